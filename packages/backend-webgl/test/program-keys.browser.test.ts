/** Programs are found by a string that their step holds: a draw makes none, neither of the source nor of anything else. */
import { expect, it, vi } from "vitest";
import { Device } from "../src/gl/device.ts";
import { sizeClass } from "../src/gl/layout.ts";
import { FLOAT_INDEX_LIMIT } from "../src/gl/shader.ts";

function makeDevice(): Device {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl?.getExtension("EXT_color_buffer_float")) throw new Error("This browser has no WebGL2 with float textures.");
  return new Device(gl, 0);
}

it("a draw joins no program key, and writes a program's source once", () => {
  const device = makeDevice();
  const [from, to] = [device.textures.acquire(1), device.textures.acquire(1)];
  // Looked up as it is, an object serves as well as a string; joined with anything it would be asked for its text.
  const text = vi.fn(() => "key");
  const parts = vi.fn(() => ({ inputs: 1, ints: [], outputs: 1, body: "return x0(t);" }) as const);
  const program = { key: { toString: text } as never, parts };
  const parameters = { program, ints: Int32Array.of(1, 0, 0, 0), floats: null, texels: 1 };
  device.warm(program);
  for (let i = 0; i < 3; i++) device.draw(parameters, [from], to);
  expect(parts).toHaveBeenCalledTimes(1);
  const large = { ...from, size: sizeClass(FLOAT_INDEX_LIMIT + 1) };
  for (let i = 0; i < 3; i++) device.draw(parameters, [large], to);
  expect(parts).toHaveBeenCalledTimes(2); // the form for large textures
  expect(text).not.toHaveBeenCalled();
  device.dispose();
});
