/**
 * Weights for enlarging, shrinking, repeating and reversing one axis, as `resample` takes them. Resizing follows
 * `jax.image.resize`: half-pixel centres, taps outside the image dropped and the rest brought back to a sum of 1.
 */
import type { ResampleOp } from "../op/op.ts";

export type Interpolation = "nearest" | "bilinear" | "bicubic" | "lanczos3" | "lanczos5";

/** Names of `keras.ops.image.resize` that have a meaning here. */
export const INTERPOLATIONS: readonly Interpolation[] = ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"];

type Table = Pick<ResampleOp, "starts" | "weights">;

const memo = new Map<string, Table>();
const MEMO_LIMIT = 256; // tables kept; the largest in use hold a few thousand numbers

/** The table from `size` positions to `outputSize`. With `antialias`, shrinking widens the kernel. */
export function resizeTable(size: number, outputSize: number, interpolation: Interpolation, antialias: boolean): Table {
  return remembered(`${interpolation} ${size} ${outputSize} ${antialias}`, () =>
    interpolation === "nearest"
      ? copies(Array.from({ length: outputSize }, (_, i) => Math.floor(((i + 0.5) * size) / outputSize)))
      : rows(size, outputSize, KERNELS[interpolation], antialias),
  );
}

/** Each element `repeats` times in a row. */
export function repeatTable(size: number, repeats: number): Table {
  return remembered(`repeat ${size} ${repeats}`, () =>
    copies(Array.from({ length: size * repeats }, (_, i) => Math.floor(i / repeats))),
  );
}

/** The elements from last to first. */
export function flipTable(size: number): Table {
  return remembered(`flip ${size}`, () => copies(Array.from({ length: size }, (_, i) => size - 1 - i)));
}

function remembered(key: string, make: () => Table): Table {
  let table = memo.get(key);
  if (!table) {
    table = make();
    memo.set(key, table);
    const [oldest] = memo.keys();
    if (memo.size > MEMO_LIMIT && oldest !== undefined) memo.delete(oldest);
  }
  return table;
}

function copies(starts: readonly number[]): Table {
  return { starts, weights: starts.map(() => [1]) };
}

function rows(size: number, outputSize: number, kernel: Kernel, antialias: boolean): Table {
  const scale = size / outputSize;
  const width = antialias ? Math.max(scale, 1) : 1;
  const starts: number[] = [];
  const weights: number[][] = [];
  for (let o = 0; o < outputSize; o++) {
    const centre = (o + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.ceil(centre - kernel.support * width));
    const last = Math.min(size - 1, Math.floor(centre + kernel.support * width));
    const taps = Array.from({ length: Math.max(last - first + 1, 0) }, (_, t) =>
      kernel.at(Math.abs(centre - (first + t)) / width),
    );
    const total = taps.reduce((sum, weight) => sum + weight, 0);
    // As JAX has it: a sum of nearly nothing (1,000 float32 roundings) gives nothing.
    const usable = Math.abs(total) > 1000 * 2 ** -23;
    starts.push(usable ? first : 0);
    weights.push(usable ? taps.map((weight) => weight / total) : []);
  }
  return { starts, weights };
}

interface Kernel {
  /** Zero at this distance and beyond. */
  readonly support: number;
  at(distance: number): number;
}

/** Keys's cubic with a = −½. */
function cubic(t: number): number {
  if (t >= 2) return 0;
  return t >= 1 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : (1.5 * t - 2.5) * t * t + 1;
}

/** sinc(t)·sinc(t/radius). */
function lanczos(t: number, radius: number): number {
  if (t > radius) return 0;
  if (t <= 1e-3) return 1;
  return (radius * Math.sin(Math.PI * t) * Math.sin((Math.PI * t) / radius)) / (Math.PI * t) ** 2;
}

const KERNELS: Readonly<Record<Exclude<Interpolation, "nearest">, Kernel>> = {
  bilinear: { support: 1, at: (t) => Math.max(0, 1 - t) },
  bicubic: { support: 2, at: cubic },
  lanczos3: { support: 3, at: (t) => lanczos(t, 3) },
  lanczos5: { support: 5, at: (t) => lanczos(t, 5) },
};
