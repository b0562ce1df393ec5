/** `keras.initializers.Orthogonal`. */
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { normalValues } from "../random/distributions.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { sizeOf } from "./initializer.ts";
import { RandomInitializer, type RandomInitializerArgs } from "./random-initializers.ts";

export interface OrthogonalArgs extends RandomInitializerArgs {
  /** Factor of the orthogonal matrix. Default 1. */
  readonly gain?: number;
}

/**
 * A matrix of shape `[product of all sizes but the last, last size]` with orthonormal rows or columns, whichever are
 * fewer, times `gain` (Saxe et al. 2014). Computed in float64; Keras's float32 differs from it by about 1e-7.
 */
export class Orthogonal extends RandomInitializer {
  static readonly module: string = "keras.initializers";
  static override readonly className: string = "Orthogonal";
  readonly gain: number;

  constructor(args: OrthogonalArgs = {}) {
    checkArguments("Orthogonal", args, ["gain", "seed"]);
    super(args);
    this.gain = args.gain ?? 1;
  }

  override values(shape: readonly number[]): Float32Array {
    if (shape.length < 2) {
      throw new ValueError(
        `The tensor to initialize must be at least two-dimensional. Received: shape=${formatShape(shape)} of rank ${shape.length}.`,
      );
    }
    const rows = sizeOf(shape.slice(0, -1));
    const columns = shape.at(-1) ?? 0;
    const tall = Math.max(rows, columns);
    const narrow = Math.min(rows, columns);
    const draws = Float64Array.from(normalValues(this.nextKey(), tall * narrow, 0, 1));
    const q = orthonormalColumns(draws, tall, narrow);
    const out = new Float32Array(rows * columns);
    for (let i = 0; i < tall; i++) {
      for (let j = 0; j < narrow; j++)
        out[rows < columns ? j * columns + i : i * columns + j] = this.gain * (q[i * narrow + j] ?? 0);
    }
    return out;
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), gain: this.gain };
  }
}

/**
 * Q · sign(diag R) of the QR decomposition of `a` `[m, n]`, m ≥ n, by Householder reflections. The signs make the result
 * independent of the method: it is the Q whose R has a positive diagonal.
 */
function orthonormalColumns(a: Float64Array, m: number, n: number): Float64Array {
  const at = (i: number, j: number): number => a[i * n + j] ?? 0;
  const reflectors: Float64Array[] = [];
  const signs = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const v = new Float64Array(m);
    for (let i = k; i < m; i++) v[i] = at(i, k);
    const norm = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
    const diagonal = at(k, k) > 0 ? -norm : norm;
    signs[k] = Math.sign(diagonal);
    v[k] = at(k, k) - diagonal;
    reflectors.push(v);
    reflect(a, v, n, k);
  }
  const q = new Float64Array(m * n);
  for (let k = 0; k < n; k++) q[k * n + k] = signs[k] ?? 0;
  for (let k = n - 1; k >= 0; k--) reflect(q, reflectors[k] ?? new Float64Array(m), n, k);
  return q;
}

/** a ← (I − 2·v·vᵀ/|v|²)·a; v is zero before row `from`. */
function reflect(a: Float64Array, v: Float64Array, n: number, from: number): void {
  let squared = 0;
  for (let i = from; i < v.length; i++) squared += (v[i] ?? 0) ** 2;
  if (squared === 0) return;
  for (let j = 0; j < n; j++) {
    let dot = 0;
    for (let i = from; i < v.length; i++) dot += (v[i] ?? 0) * (a[i * n + j] ?? 0);
    const factor = (2 * dot) / squared;
    for (let i = from; i < v.length; i++) a[i * n + j] = (a[i * n + j] ?? 0) - factor * (v[i] ?? 0);
  }
}
