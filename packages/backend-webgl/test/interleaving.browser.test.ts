/** Our draws between tfjs's own on one context: any order gives the right values, and nothing is left behind. */
import type { Backend, ConvOp, TensorInfo, UnaryOp } from "@keras-ts/core";
import { MathBackendWebGL } from "@tensorflow/tfjs-backend-webgl";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { webgl } from "../src/index.ts";

const square: UnaryOp = { kind: "unary", fn: { name: "square", params: [] } };

function conv(channels: number): ConvOp {
  return {
    kind: "conv",
    kernelSize: [3],
    strides: [1],
    dilation: [1],
    padding: [[1, 1]],
    groups: channels,
    inChannels: channels,
    outChannels: channels,
    bias: false,
    activation: null,
  };
}

const info = (t: tf.Tensor): TensorInfo => ({ dataId: t.dataId, shape: t.shape, dtype: t.dtype });
const tensorOf = (t: TensorInfo) => tf.engine().makeTensorFromTensorInfo(t);

function squared(backend: Backend, x: tf.Tensor): tf.Tensor {
  const from = backend.borrow(info(x));
  const executable = backend.prepare(square, [x.shape]);
  const to = backend.alloc(x.shape);
  backend.dispatch(executable, null, [from], to, null);
  backend.free(from);
  return tensorOf(backend.adopt(to, x.shape));
}

function depthwise(backend: Backend, x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
  const op = conv(x.shape[2] ?? 1);
  const weights = backend.borrow(info(kernel));
  const packed = backend.pack(op, [weights]);
  backend.free(weights);
  const from = backend.borrow(info(x));
  const executable = backend.prepare(op, [x.shape]);
  const to = backend.alloc(executable.outputShape);
  backend.dispatch(executable, packed, [from], to, null);
  backend.free(from);
  backend.release(packed);
  return tensorOf(backend.adopt(to, executable.outputShape));
}

/** Numbers that float32 adds and multiplies exactly, so that values are compared bit by bit. */
const counted = (shape: number[], step = 1) =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => ((i * step) % 17) - 8),
    shape,
  );

describe("interleaved with tfjs", () => {
  const backend = webgl();
  beforeAll(async () => {
    await backend.init();
    await tf.setBackend("webgl");
  });
  afterAll(() => backend.dispose());

  it.each([[[1]], [[7]], [[5, 3]], [[2, 5, 3]], [[2, 3, 5, 7]], [[3, 4, 8]], [[4, 1, 9]]])(
    "passes %j through chains in any order",
    async (shape) => {
      const x = counted(shape);
      const host = await x.data();
      const y = tf.tidy(() => {
        const a = tf.add(x, 1); // tfjs: packed
        const b = squared(backend, a); // ours, from a tfjs texture
        const c = tf.transpose(tf.mul(b, 0.5)); // tfjs, from ours
        const d = squared(backend, tf.transpose(c)); // ours again
        return tf.add(tf.sub(squared(backend, d), d), b); // both textures of d and b
      });
      const expected = Array.from(host, (v) => {
        const b = (v + 1) ** 2;
        const d = (0.5 * b) ** 2;
        return Math.fround(Math.fround(d ** 2 - d) + b);
      });
      expect(Array.from(await y.data())).toEqual(expected);
      tf.dispose([x, y]);
    },
  );

  it("agrees with tfjs's own depthwise convolution, before and after it", async () => {
    const x = counted([1, 400, 12]);
    const kernel = counted([3, 1, 12], 5);
    const theirs = () =>
      tf.tidy(() =>
        tf.reshape(
          tf.depthwiseConv2d(
            tf.reshape(x, [1, 1, 400, 12]) as tf.Tensor4D,
            tf.reshape(kernel, [1, 3, 12, 1]) as tf.Tensor4D,
            1,
            "same",
          ),
          [1, 400, 12],
        ),
      );
    const results = [
      depthwise(backend, x, kernel),
      theirs(),
      depthwise(backend, x, kernel),
      theirs(),
      depthwise(backend, x, kernel),
    ];
    const values = await Promise.all(results.map((t) => t.data()));
    // tfjs starts its packed sums at 1e-15
    for (const value of values)
      expect(Array.from(value, (v) => Math.round(v) + 0)).toEqual(Array.from(values[0] ?? [], (v) => v + 0));
    tf.dispose([x, kernel, ...results]);
  });

  it("borrows shallow slices, reshapes and tensors already read", async () => {
    const x = counted([6, 4, 3]);
    const [onGpu, slice, reshaped] = tf.tidy(() => {
      const moved = tf.reshape(tf.add(x, 0), [72]);
      return [moved, tf.slice(moved, 24, 24), tf.reshape(tf.add(x, 0), [8, 9])];
    });
    const host = Array.from(await x.data());
    await reshaped?.data();
    for (const [tensor, from, count] of [
      [onGpu, 0, 72],
      [slice, 24, 24],
      [reshaped, 0, 72],
    ] as const) {
      if (!tensor) throw new Error("tidy gave less than three tensors");
      const y = squared(backend, tensor);
      const z = squared(backend, tf.reshape(y, [count]));
      expect(Array.from(await z.data())).toEqual(host.slice(from, from + count).map((v) => v ** 4));
      tf.dispose([y, z]);
    }
    tf.dispose([x, onGpu, slice, reshaped].filter((t): t is tf.Tensor => t !== undefined));
  });

  it("returns every tensor, texture and byte", async () => {
    const round = async () => {
      const x = counted([3, 30, 5]);
      const y = tf.tidy(() => tf.add(squared(backend, tf.add(squared(backend, x), 1)), x));
      const unread = squared(backend, y);
      await y.data();
      tf.dispose([x, y, unread]);
    };
    await round();
    const before = [tf.memory(), backend.memory()];
    for (let i = 0; i < 5; i++) await round();
    expect([tf.memory(), backend.memory()]).toEqual(before);
  });

  it("keeps values when it is disposed before the tensors", async () => {
    const other = webgl();
    await other.init();
    const x = counted([5, 6]);
    const y = squared(other, x);
    other.dispose();
    expect(Array.from(await tf.add(y, 0).data())).toEqual(Array.from(await x.data(), (v) => v * v));
    tf.dispose([x, y]);
  });
});

describe("a lost context", () => {
  it("is an error that names the event; init starts anew", async () => {
    const backend = webgl();
    await backend.init();
    await tf.setBackend("webgl");
    const generation = backend.generation;
    const buffer = backend.alloc([4, 4]);
    const tfjs = tf.backend();
    if (!(tfjs instanceof MathBackendWebGL)) throw new Error("the webgl backend is not tfjs's");
    const { gl } = tfjs.gpgpu;
    const event = new Promise((resolve) => gl.canvas.addEventListener("webglcontextlost", resolve, { once: true }));
    gl.getExtension("WEBGL_lose_context")?.loseContext();
    await event;
    expect(() => backend.alloc([2])).toThrow(/webglcontextlost/);
    expect(() => backend.readSync?.(buffer, new Float32Array(16))).toThrow(/webglcontextlost/);
    await expect(backend.read(buffer, new Float32Array(16))).rejects.toThrow(/webglcontextlost/);

    await backend.init();
    expect(backend.generation).toBeGreaterThan(generation);
    expect(backend.memory()).toEqual({ buffers: 0, packed: 0, bytes: 0 });
    expect(() => backend.write(buffer, new Float32Array(16))).toThrow(/lost with the WebGL context/);
    backend.free(buffer);
    const x = counted([2, 3, 4]);
    const y = tf.tidy(() => tf.add(squared(backend, x), 0));
    expect(Array.from(await y.data())).toEqual(Array.from(await x.data(), (v) => v * v));
    tf.dispose([x, y]);
    expect(backend.memory()).toEqual({ buffers: 0, packed: 0, bytes: 0 });
    backend.dispose();
  });
});
