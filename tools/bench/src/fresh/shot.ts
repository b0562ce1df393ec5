/** What a process of its own says of one contestant. */
export interface Shot {
  /** From the import to the first result. */
  readonly firstMs: number;
  readonly peakBytes: number;
  readonly agrees: boolean;
}

/** In place of a contestant: the same process without a library. */
export const BASELINE = "none";

/** A contestant of this part alone: keras-ts in a program of one file. */
export const BUNDLED = "keras-ts-bundled";
