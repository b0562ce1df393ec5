/**
 * How a shape lies in a texture: the last axis is cut in blocks of four channels, one RGBA32F texel each. Shape
 * `[...lead, c]`: pixel = row-major index over `lead`, texel = pixel · ceil(c/4) + block, lanes past `c` hold 0.
 * Texel t is at `(t mod W, t div W)`; W is a power of two, so that both are exact bit operations in a shader.
 */
import type { Shape } from "@keras-ts/core";

/** Size of the last axis; a scalar is `[1]`. */
export function channels(shape: Shape): number {
  return shape.length === 0 ? 1 : (shape[shape.length - 1] ?? 1);
}

/** Number of positions: the product of all axes but the last. */
export function pixels(shape: Shape): number {
  return shape.slice(0, -1).reduce((product, n) => product * n, 1);
}

/** Texels a pixel takes. */
export function blocks(shape: Shape): number {
  return Math.ceil(channels(shape) / 4);
}

/** Texels a shape takes. */
export function texels(shape: Shape): number {
  return pixels(shape) * blocks(shape);
}

/** Width, height and their product: a class of textures of which each can stand for the other. */
export interface SizeClass {
  readonly key: string;
  readonly width: number;
  readonly height: number;
  /** log₂ of the width. */
  readonly shift: number;
}

const classes = new Map<number, SizeClass>();

/**
 * The class for a number of texels: the next of 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20 … (at most a quarter is spare),
 * in the most square shape whose width is a power of two.
 */
export function sizeClass(texelCount: number): SizeClass {
  const capacity = classCapacity(Math.max(1, texelCount));
  const known = classes.get(capacity);
  if (known) return known;
  const shift = Math.ceil(Math.log2(Math.sqrt(capacity)) - 1e-9);
  const width = 2 ** shift;
  const height = Math.ceil(capacity / width);
  const made = { key: `rgba32f:${capacity}`, width, height, shift };
  classes.set(capacity, made);
  return made;
}

/** Null when a texture of at most that width and height can hold that many texels, else the reason. */
export function textureRefusal(texelCount: number, maxTextureSize: number): string | null {
  const { width, height } = sizeClass(texelCount);
  if (width <= maxTextureSize && height <= maxTextureSize) return null;
  return (
    `${texelCount} texels (${16 * texelCount} bytes) need a texture of ${width}×${height}; ` +
    `textures are at most ${maxTextureSize}×${maxTextureSize}`
  );
}

function classCapacity(n: number): number {
  if (n <= 8) return n;
  const step = 2 ** (Math.floor(Math.log2(n)) - 2);
  return Math.ceil(n / step) * step;
}

/** Row-major values → RGBA texels (`rows · width · 4` floats), zeros in the lanes past the last channel. */
export function toTexels(values: Float32Array, shape: Shape, floats: number): Float32Array {
  const out = new Float32Array(floats);
  const c = channels(shape);
  if (c % 4 === 0) {
    out.set(values.subarray(0, pixels(shape) * c));
    return out;
  }
  const padded = blocks(shape) * 4;
  for (let p = 0, n = pixels(shape); p < n; p++) {
    for (let i = 0; i < c; i++) out[p * padded + i] = values[p * c + i] ?? 0;
  }
  return out;
}

/** RGBA texels → row-major values, into `into`. */
export function fromTexels(data: Float32Array, shape: Shape, into: Float32Array): void {
  const c = channels(shape);
  const n = pixels(shape);
  if (c % 4 === 0) {
    into.set(data.subarray(0, n * c));
    return;
  }
  const padded = blocks(shape) * 4;
  for (let p = 0; p < n; p++) {
    for (let i = 0; i < c; i++) into[p * c + i] = data[p * padded + i] ?? 0;
  }
}
