import { afterEach, expect, it } from "vitest";
import { describeTfjsCopies } from "./tfjs-copies.ts";

/** A backend of another copy, whose `KernelBackend` lies where `frame` says. */
function foreignBackend(frame: string): object {
  class KernelBackend {
    time(): never {
      const error = new Error("'time' not yet implemented or not found in the registry.");
      error.stack = `Error: ${error.message}\n${frame}`;
      throw error;
    }
  }
  class Foreign extends KernelBackend {}
  return new Foreign();
}

afterEach(() => Reflect.deleteProperty(globalThis, "tf"));

it.each([
  [
    "    at e.time (https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.10.0/dist/tf.min.js:17:29)",
    "4.10.0 (https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.10.0/dist/tf.min.js)",
  ],
  [
    "    at t (/app/node_modules/.pnpm/@tensorflow+tfjs-core@4.1.0-rc.1/node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js:1:2)",
    "4.1.0-rc.1 (/app/node_modules/.pnpm/@tensorflow+tfjs-core@4.1.0-rc.1/node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js)",
  ],
  ["time@http://localhost:8080/app.js?v=3:10:2", "of unknown version (http://localhost:8080/app.js)"],
  ["    at time (C:\\app\\bundle.js:3:4)", "of unknown version (C:\\app\\bundle.js)"],
  ["    at time (<anonymous>)", "of unknown version (its file is unknown)"],
])("%s", (frame, words) => {
  expect(describeTfjsCopies("cpu", foreignBackend(frame), "4.22.0")).toContain(
    `tfjs's backend 'cpu' was started by another copy of tfjs: @tensorflow/tfjs-core ${words}, while this package uses 4.22.0.`,
  );
});

it("asks the global tf for its version where the backend is its own", () => {
  const backend = foreignBackend("    at time (<anonymous>)");
  const KernelBackend = Object.getPrototypeOf(Object.getPrototypeOf(backend)).constructor;
  Object.assign(globalThis, { tf: { version_core: "4.5.0", KernelBackend } });
  expect(describeTfjsCopies("webgl", backend, "4.22.0")).toContain("tfjs-core 4.5.0 (its file is unknown)");
  expect(describeTfjsCopies("webgl", foreignBackend(""), "4.22.0")).toContain("tfjs-core of unknown version");
});
