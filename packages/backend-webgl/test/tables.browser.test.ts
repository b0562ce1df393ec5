/** The textures that executables own: made by `prepare`, given back by `release`. */
import { webgl } from "@keras-ts/backend-webgl";
import type { ResampleOp } from "@keras-ts/core";
import { MathBackendWebGL } from "@tensorflow/tfjs-backend-webgl";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

const backend = webgl();
beforeAll(async () => {
  await tf.setBackend("webgl");
  await backend.init();
});
afterAll(() => backend.dispose());

/** Blends each element with the next, as often as there are outputs. */
function blend(outputs: number): ResampleOp {
  const starts = Array.from({ length: outputs }, (_, o) => o % 4);
  return { kind: "resample", axis: 1, starts, weights: starts.map(() => [0.25, 0.75]) };
}

function run(op: ResampleOp): Float32Array {
  const x = backend.alloc([1, 5, 3]);
  backend.write(
    x,
    Float32Array.from({ length: 15 }, (_, i) => i),
  );
  const exe = backend.prepare(op, [x.shape]);
  const y = backend.alloc(exe.outputShape);
  backend.dispatch(exe, null, [x], y, null);
  const values = new Float32Array(3 * op.starts.length);
  backend.readSync?.(y, values);
  for (const buffer of [x, y]) backend.free(buffer);
  backend.release(exe);
  return values;
}

it("are used again by the next executable", () => {
  const tfjs = tf.backend();
  if (!(tfjs instanceof MathBackendWebGL)) throw new Error("the webgl backend is not tfjs's");
  const values = run(blend(37));
  expect(Array.from(values.subarray(0, 6))).toEqual([2.25, 3.25, 4.25, 5.25, 6.25, 7.25]);
  const before = backend.memory();
  const created = vi.spyOn(tfjs.gpgpu.gl, "createTexture");
  for (let i = 0; i < 20; i++) run(blend(37));
  expect(created).not.toHaveBeenCalled();
  created.mockRestore();
  expect(backend.memory()).toEqual(before);
});

it("are not read after release", () => {
  const exe = backend.prepare(blend(7), [[1, 5, 3]]);
  const [x, y] = [backend.alloc([1, 5, 3]), backend.alloc([1, 7, 3])];
  backend.release(exe);
  backend.release(exe);
  expect(() => backend.dispatch(exe, null, [x], y, null)).toThrow(/The executable was released/);
  backend.free(x);
  backend.free(y);
});

it("are lost with the context", async () => {
  const other = webgl();
  await other.init();
  const exe = other.prepare(blend(7), [[1, 5, 3]]);
  other.dispose();
  await other.init();
  const [x, y] = [other.alloc([1, 5, 3]), other.alloc([1, 7, 3])];
  expect(() => other.dispatch(exe, null, [x], y, null)).toThrow(/was lost with the WebGL context/);
  other.release(exe);
  other.dispose();
});
