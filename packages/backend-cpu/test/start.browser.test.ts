/** The package in a browser: its build unpacks, starts and computes there. Conformance runs in Node. */
import { describe, expect, it } from "vitest";
import { cpu } from "../src/index.ts";

describe("in a browser", () => {
  it.each([
    [true, "WebAssembly relaxed SIMD, 1 thread"],
    [false, "WebAssembly SIMD, 1 thread"],
  ])("relaxed: %s starts %s", async (relaxed, words) => {
    const backend = cpu({ relaxed });
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
});
