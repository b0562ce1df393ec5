/**
 * Whether a GPU draws in 32 bits, by drawing. tfjs's `floatPrecision()` cannot be asked: where it may render to float32 textures
 * it answers 16 without a look.
 */
import type { Device } from "./device.ts";
import { downloadNow, upload } from "./transfer.ts";

/** All 24 bits of a mantissa, a number below half floats, one above them, and one near the end of float32's range. */
const PROBES = Float32Array.of(1 + 2 ** -23, 2 ** -100, 2 ** 24 - 1, -(2 ** 126));
const SHAPE = [1, PROBES.length];

/** Draws doubled numbers, which float32 holds exactly: null when they come back so, else what is wrong. */
export function renderRefusal(device: Device): string | null {
  const { gl, textures } = device;
  const [from, to] = [textures.acquire(1), textures.acquire(1)];
  const program = {
    key: "float-check",
    parts: () => ({ inputs: 1, ints: [], outputs: 1, body: "vec4 v = x0(t); return v + v;" }) as const,
  };
  const found = new Float32Array(PROBES.length);
  try {
    upload(gl, from, PROBES, SHAPE);
    device.draw({ program, ints: Int32Array.of(1, 0, 0, 0), floats: null, texels: 1 }, [from], to);
    downloadNow(gl, to, SHAPE, found);
  } finally {
    textures.release(from);
    textures.release(to);
  }
  if (found.every((value, i) => value === 2 * (PROBES[i] ?? 0))) return null;
  return `This GPU does not compute in 32 bits: doubling [${PROBES.join(", ")}] gave [${found.join(", ")}]. Use the cpu backend.`;
}
