/** Whether the GPU computes in 32 bits is found out by drawing: what tfjs says of it is not asked. */
import { MathBackendWebGL } from "@tensorflow/tfjs-backend-webgl";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, expect, it, vi } from "vitest";
import { webgl } from "../src/index.ts";

afterEach(() => vi.restoreAllMocks());

async function negated(values: Float32Array): Promise<Float32Array> {
  const backend = webgl();
  await backend.init();
  const shape = [values.length];
  const exe = backend.prepare({ kind: "unary", fn: { name: "affine", params: [-1, 0] } }, [shape]);
  const [x, y] = [backend.alloc(shape), backend.alloc(shape)];
  backend.write(x, values);
  backend.dispatch(exe, null, [x], y, null);
  const result = new Float32Array(values.length);
  await backend.read(y, result);
  for (const buffer of [x, y]) backend.free(buffer);
  backend.dispose();
  return result;
}

it("starts and computes in 32 bits where tfjs's floatPrecision() says 16", async () => {
  await tf.setBackend("webgl");
  const { backend } = tf.engine();
  expect(tf.env().getBool("WEBGL_RENDER_FLOAT32_ENABLED")).toBe(true);
  expect(backend.floatPrecision()).toBe(16); // tfjs's issue 6980
  const asked = vi.spyOn(MathBackendWebGL.prototype, "floatPrecision");
  const values = Float32Array.of(1 + 2 ** -23, 2 ** -100, 2 ** 24 - 1, 3e38, 1e-8);
  expect([...(await negated(values))]).toEqual([...values].map((value) => -value));
  expect(asked).not.toHaveBeenCalled();
});

it("refuses a GPU that draws in 16 bits, whatever tfjs says", async () => {
  vi.spyOn(MathBackendWebGL.prototype, "floatPrecision").mockReturnValue(32);
  const gl = WebGL2RenderingContext.prototype;
  const allocate = gl.texStorage2D;
  vi.spyOn(gl, "texStorage2D").mockImplementation(function (
    this: WebGL2RenderingContext,
    target,
    levels,
    format,
    w,
    h,
  ) {
    allocate.call(this, target, levels, format === this.RGBA32F ? this.RGBA16F : format, w, h);
  });
  const backend = webgl();
  await expect(backend.init()).rejects.toThrow(
    /^This GPU does not compute in 32 bits: doubling \[1\.0000001192092896, .*\] gave \[2, 0, .*\]\. Use the cpu backend\.$/,
  );
  expect(() => backend.alloc([1])).toThrow(/not started/);
  vi.restoreAllMocks();
  await backend.init();
  backend.dispose();
});
