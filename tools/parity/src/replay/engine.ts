/**
 * What the replay needs of keras-ts, in plain arrays: no tensor crosses this border, so the replay can be read, and tested,
 * without a backend. `keras-engine.ts` is the implementation.
 */
import type { Json, JsonObject, PartialShape, ShapeOrShapes, Sort } from "../suite/manifest.ts";
import type { NdArray } from "../suite/nd-array.ts";

export interface EngineWeight {
  readonly path: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
}

/** Whole numbers are given as int32 where `dtype` says so. */
export interface EngineInput extends NdArray {
  readonly dtype?: "int32";
}

/** The arguments of a call. */
export interface EngineCall {
  /** One is passed by itself, several as a list; a model takes them in its own structure. */
  readonly inputs: readonly EngineInput[];
  readonly training: boolean | null;
  /** One item an input. */
  readonly mask?: readonly (NdArray | null)[];
  readonly initialState?: readonly NdArray[];
  /** How often it is made; the results are those of the last time. */
  readonly calls: number;
}

export interface CallResult {
  readonly outputs: readonly NdArray[];
  /** One item an output. */
  readonly masks: readonly (NdArray | null)[];
  readonly losses: readonly number[];
}

export interface GradientResult {
  readonly outputs: readonly NdArray[];
  /** `null` for inputs of whole numbers. */
  readonly inputs: readonly (NdArray | null)[];
  /** In the order of `weights()`; `null` for those not trainable. */
  readonly weights: readonly (NdArray | null)[];
}

/** A layer or a model with its weights. */
export interface EngineCallable {
  /** Paths are as in a manifest: a layer's relative to the layer, a model's from its top. */
  weights(): readonly EngineWeight[];
  readWeights(): Promise<readonly NdArray[]>;
  setWeights(values: readonly NdArray[]): void;
  apply(call: EngineCall): Promise<CallResult>;
  /** Derivatives of `sum(output * upstream)` over the outputs that have an upstream, zeros where none arrives. */
  gradients(call: EngineCall, upstream: readonly (NdArray | null)[]): Promise<GradientResult>;
  /**
   * One step of plain gradient descent, `weight - learningRate · gradient`, then the constraints of the weights. `gradients` is in
   * the order of `weights()`, `null` for those not trainable.
   */
  descend(gradients: readonly (NdArray | null)[], learningRate: number): void;
  /** Compiled for the shapes of these inputs, run on them twice: a plan must not depend on what it ran before. */
  plan(inputs: readonly EngineInput[]): Promise<readonly NdArray[]>;
  dispose(): void;
}

export interface EngineLayer extends EngineCallable {
  /** True at once where the serialized form says for which shape it was built. */
  readonly built: boolean;
  build(shape: ShapeOrShapes): void;
  serialize(): Json;
  /** One shape an output. */
  computeOutputShapes(input: ShapeOrShapes): readonly PartialShape[];
}

export interface EngineModel extends EngineCallable {
  /** In the order of `model.inputs` and `model.outputs`. */
  readonly inputShapes: readonly PartialShape[];
  readonly outputShapes: readonly PartialShape[];
  toJson(): Json;
  /** What `summary` prints for Python's keyword arguments. */
  summary(keywords: JsonObject): string;
  /** The outputs of inner layers in inference mode, eagerly or by a plan of all of them; `null` where the model has no such layer. */
  layerOutputs(
    names: readonly string[],
    inputs: readonly EngineInput[],
    by: "eager" | "plan",
  ): Promise<readonly (NdArray | null)[]>;
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
  /** The model of what `model.to_json()` gave. */
  model(json: string): EngineModel;
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
