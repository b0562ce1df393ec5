import { describe, expect, it } from "vitest";
import { CpuBackend } from "./cpu-backend.ts";
import { compileCpuKernels, cpu } from "./index.ts";

describe("cpu()", () => {
  it("with relaxed: false never runs the relaxed build", async () => {
    const backend = cpu({ relaxed: false, threads: 1 });
    await backend.init();
    expect(backend.describe()).toBe("WebAssembly SIMD, 1 thread");
    expect(backend.prepare({ kind: "softmax", log: false }, [[2, 3]]).kernel).toBe("softmax_4__simd");
    backend.dispose();
  });

  it("stays below maximumMemory, says so, leaks nothing and goes on", async () => {
    const backend = cpu({ maximumMemory: 4 << 20 });
    await backend.init();
    expect(() => backend.alloc([1 << 21])).toThrow(
      /cannot grow by 8388608 bytes: \d+ bytes are in use.* 4194304 bytes/,
    );
    expect(backend.memory()).toEqual({ buffers: 0, packed: 0, bytes: 0 });
    const buffer = backend.alloc([1 << 18]);
    expect(backend.memory()).toEqual({ buffers: 1, packed: 0, bytes: 1 << 20 });
    backend.free(buffer);
    backend.dispose();
  });

  it("frees what pack took when there is no room for all of it", async () => {
    const backend = cpu({ maximumMemory: 4 << 20 });
    await backend.init();
    const kernel = backend.alloc([1, 1, 1 << 19]);
    const op = {
      kind: "conv",
      kernelSize: [1],
      strides: [1],
      dilation: [1],
      padding: [[0, 0]],
      groups: 1,
      inChannels: 1,
      outChannels: 1 << 19,
      bias: false,
      activation: null,
    } as const;
    expect(() => backend.pack(op, [kernel])).toThrow("cannot grow");
    expect(backend.memory().packed).toBe(0);
    backend.free(kernel);
    const all = backend.alloc([900_000]);
    backend.free(all);
    backend.dispose();
  });

  it("windows are read and written where they were moved, and hold their buffer", async () => {
    const backend = new CpuBackend({ threads: 1 });
    await backend.init();
    const whole = backend.alloc([8]);
    backend.write(whole, Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7));
    const [from, to] = [backend.window(whole, [2]), backend.window(whole, [1, 2])];
    from.offset = 3;
    to.offset = 6;
    const exe = backend.prepare({ kind: "reshape", shape: [1, 2] }, [[2]]);
    backend.dispatch(exe, null, [from], to, null);
    backend.free(whole);
    to.offset = 0;
    backend.write(to, Float32Array.of(8, 9));
    from.offset = 6;
    const values = new Float32Array(2);
    backend.readSync(from, values);
    expect([...values]).toEqual([3, 4]);
    from.offset = 7;
    expect(() => backend.readSync(from, values)).toThrow("offset=7");
    expect(backend.memory()).toEqual({ buffers: 2, packed: 0, bytes: 0 });
    backend.free(from);
    backend.free(to);
    expect(backend.memory()).toEqual({ buffers: 0, packed: 0, bytes: 0 });
    backend.dispose();
  });

  it("refuses a limit below one page", () => {
    expect(() => cpu({ maximumMemory: 1000 })).toThrow("maximumMemory=1000");
  });

  it.each([0, 1.5, 65, "2"])("refuses threads=%j", (threads) => {
    expect(() => cpu({ threads: threads as number })).toThrow(`threads=${threads}`);
  });

  it.each([0, Number.NaN, "2"])("refuses leastWork=%j", (leastWork) => {
    expect(() => cpu({ leastWork: leastWork as number })).toThrow(`leastWork=${leastWork}`);
  });

  it("starts kernels that were compiled elsewhere, on one thread", async () => {
    const kernels = structuredClone(await compileCpuKernels({ relaxed: false }));
    const backend = cpu({ kernels });
    await backend.init();
    expect(backend.describe()).toMatch(/^WebAssembly SIMD, 1 thread/);
    backend.dispose();
    expect(() => cpu({ kernels, threads: 2 })).toThrow("threads=2");
    expect(() => cpu({ kernels, relaxed: false })).toThrow("relaxed=false");
    expect(() => cpu({ kernels: {} as typeof kernels })).toThrow("compileCpuKernels()");
  });

  it("refuses options it does not know", () => {
    expect(() => cpu({ thread: 2 } as object)).toThrow("thread");
  });

  it("starts again after dispose, and refuses what was allocated before", async () => {
    const backend = cpu();
    await backend.init();
    const old = backend.alloc([4]);
    backend.dispose();
    expect(() => backend.alloc([4])).toThrow("not started");
    await backend.init();
    expect(() => backend.write(old, new Float32Array(4))).toThrow("disposed");
    backend.free(old);
    expect(backend.memory()).toEqual({ buffers: 0, packed: 0, bytes: 0 });
    backend.dispose();
  });
});
