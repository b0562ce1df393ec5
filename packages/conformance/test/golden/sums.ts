/** What a golden line says of an output that is too long to write down. */
export interface Sums {
  readonly mode: string;
  readonly shape: number[];
  readonly sum: number;
  /** Σ(i+1)·y_i over the flattened output. */
  readonly weighted: number;
  readonly first: number[];
  readonly last: number[];
}
