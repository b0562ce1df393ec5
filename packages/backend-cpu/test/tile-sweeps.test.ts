/** Every row of the kernel table at sizes around its tile, on one, two and four threads, on the build that this engine gets. */
import { runCase } from "@keras-ts/conformance/run";
import type { Backend } from "@keras-ts/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cpu } from "../src/index.ts";
import { KERNEL_ROWS } from "../src/select.ts";
import { sizesAround, TILE_SWEEPS } from "./tile-sweeps.ts";

it("every row has its sweeps", () => {
  expect(Object.keys(TILE_SWEEPS).sort()).toEqual(KERNEL_ROWS.map(({ name }) => name).sort());
});

describe.each([1, 2, 4])("%i threads", (threads) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = cpu({ threads, leastWork: 1 });
    await backend.init();
  });
  afterAll(() => backend.dispose());

  it.each(Object.entries(TILE_SWEEPS))("%s", async (row, sweeps) => {
    for (const sweep of sweeps) {
      for (const n of sizesAround(sweep)) {
        const name = `${n} ${sweep.of}`;
        const call = sweep.call(n);
        const exe = backend.prepare(call.op, call.inputs);
        expect(exe.kernel.split("__")[0], name).toBe(row);
        backend.release(exe);
        expect(await runCase(backend, { ...call, name }, `${row}: ${name}`)).toEqual([]);
      }
    }
  });
});
