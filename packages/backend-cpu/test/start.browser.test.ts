/** The package in a browser: its build unpacks, starts and computes there. Conformance runs in Node. */
import { describe, expect, it } from "vitest";
import { cpu } from "../src/index.ts";
import { ThreadPool } from "../src/threads/thread-pool.ts";
import { compileKernels, startKernels } from "../src/wasm.ts";
import { DIVIDED, outputOf, untilWorkersHelp } from "./divided-ops.ts";

describe("in a browser", () => {
  it.each([
    [true, "WebAssembly relaxed SIMD, 1 thread"],
    [false, "WebAssembly SIMD, 1 thread"],
  ])("relaxed: %s starts %s", async (relaxed, words) => {
    const backend = cpu({ relaxed, threads: 1 });
    await backend.init();
    expect(backend.describe()).toBe(words);
    const exe = backend.prepare({ kind: "unary", fn: { name: "square", params: [] } }, [[5]]);
    const [x, y] = [backend.alloc([5]), backend.alloc([5])];
    backend.write(x, Float32Array.of(1, 2, 3, 4, -5));
    backend.dispatch(exe, null, [x], y, null);
    const result = new Float32Array(5);
    await backend.read(y, result);
    expect([...result]).toEqual([1, 4, 9, 16, 25]);
    backend.dispose();
  });

  it("shares work among threads, for the page of this test is cross-origin isolated", async () => {
    expect(globalThis.crossOriginIsolated).toBe(true);
    const module = await startKernels(await compileKernels(true, true), 256, true);
    const pool = new ThreadPool(module, 3);
    await untilWorkersHelp(module, pool);
    expect(pool.ready).toBe(2);
    expect(pool.failure).toBeNull();
    pool.stop();
  });

  it("computes the same bits on three threads as on one", async () => {
    const [one, three] = [cpu({ threads: 1, leastWork: 1 }), cpu({ threads: 3, leastWork: 1 })];
    await Promise.all([one.init(), three.init()]);
    expect(three.describe()).toContain("3 threads");
    for (const op of DIVIDED) expect(outputOf(three, op)).toEqual(outputOf(one, op));
    one.dispose();
    three.dispose();
  });
});
