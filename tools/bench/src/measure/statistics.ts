/** Quantiles of samples. */

/** Milliseconds a call. */
export interface Summary {
  readonly medianMs: number;
  readonly p5Ms: number;
  readonly p95Ms: number;
}

export function summarize(samples: readonly number[]): Summary {
  return { medianMs: quantile(samples, 0.5), p5Ms: quantile(samples, 0.05), p95Ms: quantile(samples, 0.95) };
}

/** Linear between the two nearest ranks (numpy's default); NaN of no samples. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = q * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? Number.NaN;
  const above = sorted[Math.ceil(rank)] ?? Number.NaN;
  return below + (above - below) * (rank - Math.floor(rank));
}
