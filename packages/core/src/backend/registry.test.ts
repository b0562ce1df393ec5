import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import { BackendUnavailableError, ValueError } from "../errors.ts";
import { activeBackend, getBackend } from "./active.ts";
import type { Backend } from "./backend.ts";
import { backendStatus, registerBackend, setBackend } from "./registry.ts";

/** A backend that only starts, or says why it does not. */
function stub(name: string, failure?: string): Backend & { disposals: number } {
  const unused = (): never => {
    throw new Error("unused");
  };
  return {
    name,
    tfjsBackend: "cpu",
    disposals: 0,
    generation: 0,
    init: async () => {
      if (failure) throw new Error(failure);
    },
    dispose() {
      this.disposals++;
    },
    describe: () => `stub ${name}`,
    unsupported: unused,
    pack: unused,
    prepare: unused,
    dispatch: unused,
    release: unused,
    alloc: unused,
    free: unused,
    write: unused,
    read: unused,
    storageKey: unused,
    borrow: unused,
    adopt: unused,
    memory: () => ({ buffers: 0, packed: 0, bytes: 0 }),
  };
}

test("before any choice, computing says what to do", () => {
  expect(activeBackend()).toBeNull();
  expect(() => getBackend()).toThrow(BackendUnavailableError);
  expect(() => getBackend()).toThrow(/keras\.setBackend/);
});

test("the first that starts is taken, and the reasons of the others are kept", async () => {
  registerBackend(stub("broken", "no WebGL2 here"));
  registerBackend(stub("fine"));
  expect(await setBackend(["broken", "missing", "fine"])).toBe("fine");
  expect(backendStatus()).toEqual([
    { name: "broken", status: "unavailable", reason: "no WebGL2 here" },
    { name: "fine", status: "active", detail: "stub fine" },
  ]);
});

test("when none starts, the error holds all reasons and the active one stays", async () => {
  await expect(setBackend(["broken", "missing"])).rejects.toThrow(BackendUnavailableError);
  await expect(setBackend(["broken", "missing"])).rejects.toThrow(
    /broken: no WebGL2 here · missing: not registered\. Registered: broken, fine/,
  );
  await expect(setBackend([])).rejects.toThrow(ValueError);
  expect(getBackend().name).toBe("fine");
});

test("registering a name again replaces the backend and frees the old one", async () => {
  const old = stub("fresh");
  registerBackend(old);
  registerBackend(old);
  await setBackend("fresh");
  registerBackend(stub("fresh"));
  expect(old.disposals).toBe(1);
  expect(activeBackend()).toBeNull();
  expect(await setBackend("fresh")).toBe("fresh");
});

test("names that tfjs would split are refused", () => {
  expect(() => registerBackend(stub("my_backend"))).toThrow(/name='my_backend'/);
});
