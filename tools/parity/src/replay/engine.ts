/**
 * What the replay needs of keras-ts, in plain arrays: no tensor crosses this border, so the replay can be read, and tested,
 * without a backend. `keras-engine.ts` is the implementation.
 */
import type { Json, JsonObject, PartialShape, Sort } from "../suite/manifest.ts";
import type { NdArray } from "../suite/nd-array.ts";

export interface EngineWeight {
  readonly path: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
}

export interface CallResult {
  readonly outputs: readonly NdArray[];
  readonly losses: readonly number[];
}

export interface GradientResult {
  readonly outputs: readonly NdArray[];
  readonly inputs: readonly (NdArray | null)[];
  /** In the order of `weights()`; `null` for those not trainable. */
  readonly weights: readonly (NdArray | null)[];
}

export interface EngineLayer {
  /** True at once where the serialized form says for which shape it was built. */
  readonly built: boolean;
  build(shape: PartialShape): void;
  /** Paths are relative to the layer, as in a manifest. */
  weights(): readonly EngineWeight[];
  readWeights(): Promise<readonly NdArray[]>;
  setWeights(values: readonly NdArray[]): void;
  serialize(): Json;
  /** One shape an output. */
  computeOutputShapes(input: PartialShape): readonly PartialShape[];
  apply(inputs: readonly NdArray[], training: boolean | null): Promise<CallResult>;
  /** Derivatives of `sum(output * upstream)`. */
  gradients(
    inputs: readonly NdArray[],
    upstream: readonly NdArray[],
    training: boolean | null,
  ): Promise<GradientResult>;
  /** Compiled for the shapes of these inputs, run on them twice: a plan must not depend on what it ran before. */
  plan(inputs: readonly NdArray[]): Promise<readonly NdArray[]>;
  dispose(): void;
}

/** What is allocated, by name (`tensors`, `buffers`, `packed`): equal before and after a case. */
export type Memory = Readonly<Record<string, number>>;

/** `refused`: Keras's rules say no (a ValueError). `unsupported`: this backend cannot. `broken`: anything else. */
export type Refusal = "refused" | "unsupported" | "broken";

export interface EngineStatus {
  readonly available: boolean;
  readonly reason?: string;
  readonly detail?: string;
}

export interface Engine {
  /** Makes a backend the active one. */
  start(backend: string): Promise<EngineStatus>;
  layer(serialized: JsonObject): EngineLayer;
  /** Constructs an object that is not a layer from its class name; for `error` cases. */
  construct(target: JsonObject): void;
  /** Whether `construct` rather than `layer` makes this class. */
  isPart(className: string): boolean;
  value(
    sort: Sort,
    object: Json,
    inputs: readonly NdArray[],
    made: { shape?: readonly number[]; dtype?: string },
  ): Promise<NdArray>;
  valueGradients(sort: Sort, object: Json, inputs: readonly NdArray[], upstream: NdArray): Promise<readonly NdArray[]>;
  /** Sorts of value that `value` can compute. */
  readonly sorts: readonly Sort[];
  classify(error: unknown): Refusal;
  memory(): Memory;
  /** Forgets name counters and global state between cases. */
  reset(): void;
}
