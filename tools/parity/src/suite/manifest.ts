/** The suite format `keras-parity` 1 as types: what `manifest.json` holds after `validate.ts` accepted it. */

export const FORMAT = "keras-parity";
export const VERSION = 1;
export const KINDS = ["layer", "geometry", "value", "error", "model", "training"] as const;
export const STAGES = ["construct", "build", "call", "compute_output_shape", "load", "fit"] as const;

export type Kind = (typeof KINDS)[number];
export type Stage = (typeof STAGES)[number];
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field of an object; `undefined` where the value is no object or has no such field. */
export function property(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined;
}

/** A shape with `null` where a size is not known. */
export type PartialShape = readonly (number | null)[];

/** One shape, or a list of them for what takes a list of inputs. */
export type ShapeOrShapes = PartialShape | readonly PartialShape[];

export function isShapeList(shape: ShapeOrShapes): shape is readonly PartialShape[] {
  return shape.length > 0 && shape.every((item) => Array.isArray(item));
}

export interface FileRef {
  readonly file: string;
}

/** Whole numbers are stored as float32 values; `dtype` says what the layer is given. */
export interface InputRef extends FileRef {
  readonly dtype?: "int32";
}

export interface WeightRef extends FileRef {
  readonly path: string;
  readonly trainable: boolean;
}

/** Derivatives of `sum(output * upstream)`, as file names; `null` where there is none. */
export interface GradientRefs {
  readonly upstream: readonly (string | null)[];
  readonly inputs: readonly (string | null)[];
  readonly weights: readonly (string | null)[];
}

/** The weights after one step of plain SGD on the case's derivatives and the constraints; `null` for those not trainable. */
export interface SgdStepRefs {
  readonly learning_rate: number;
  readonly weights: readonly (string | null)[];
}

interface CaseBase {
  readonly id: string;
  readonly origin: string;
  readonly tags: readonly string[];
  readonly note?: string;
}

export interface LayerCase extends CaseBase {
  readonly kind: "layer";
  readonly layer: JsonObject;
  /** The keyword arguments of the constructor, where the generator kept them. */
  readonly arguments?: JsonObject;
  /** One is passed by itself, several as a list. */
  readonly inputs: readonly InputRef[];
  /** One item an input. */
  readonly mask?: readonly (FileRef | null)[];
  readonly initial_state?: readonly FileRef[];
  readonly training: boolean | null;
  /** How often the layer is called on the same inputs; what is compared is the last call. */
  readonly calls: number;
  readonly weights: readonly WeightRef[];
  readonly outputs: readonly FileRef[];
  readonly outputs_float64?: readonly FileRef[];
  /** One item an output; left out where no mask went in or came out. */
  readonly output_masks?: readonly (FileRef | null)[];
  /** One shape an output. */
  readonly output_shapes: readonly PartialShape[];
  readonly gradients?: GradientRefs;
  /** What gradient descent makes of the weights: one step, then the constraints. */
  readonly sgd_step?: SgdStepRefs;
  readonly losses: readonly number[];
  readonly state?: readonly { readonly path: string; readonly file: string }[];
}

export interface GeometryCase extends CaseBase {
  readonly kind: "geometry";
  readonly layer: JsonObject;
  readonly input_shape: ShapeOrShapes;
  readonly output_shapes: readonly PartialShape[];
}

export type Sort = "activation" | "initializer" | "constraint" | "regularizer" | "loss" | "metric";
export const SORTS: readonly Sort[] = ["activation", "initializer", "constraint", "regularizer", "loss", "metric"];

export interface ValueCase extends CaseBase {
  readonly kind: "value";
  readonly sort: Sort;
  readonly object: Json;
  readonly inputs: readonly FileRef[];
  readonly shape?: readonly number[];
  readonly dtype?: string;
  readonly outputs: readonly FileRef[];
  readonly outputs_float64?: readonly FileRef[];
  readonly value?: number;
  readonly value_float64?: number;
  readonly gradients?: GradientRefs;
}

export interface ErrorCase extends CaseBase {
  readonly kind: "error";
  readonly target: JsonObject;
  readonly stage: Stage;
  readonly input_shape?: ShapeOrShapes;
  /** For a layer that is built for another shape before the stage. */
  readonly build_shape?: ShapeOrShapes;
  /** From `load` on; a `.json` file holds a serialized object, which `load.ts` reads into `document`. */
  readonly file?: string;
  readonly document?: JsonObject;
  readonly exception: string;
  readonly message: string;
  readonly mentions: readonly string[];
}

/** What `model.summary(...)` printed for these keyword arguments. */
export interface SummaryRef {
  readonly arguments: JsonObject;
  readonly text: string;
}

/** A whole model in inference mode. Without inputs it is only its JSON and its summaries. */
export interface ModelCase extends CaseBase {
  readonly kind: "model";
  /** Name of the file that holds `model.to_json()`, which `load.ts` reads into `text`; or of a saved model. */
  readonly json?: string;
  readonly text?: string;
  readonly model?: string;
  readonly summaries: readonly SummaryRef[];
  /** `path` from the model's top, as Keras's `variable.path`. */
  readonly weights: readonly WeightRef[];
  /** In the order of `model.inputs`. */
  readonly inputs: readonly InputRef[];
  readonly outputs: readonly FileRef[];
  readonly outputs_float64?: readonly FileRef[];
  readonly input_shapes?: readonly PartialShape[];
  readonly output_shapes?: readonly PartialShape[];
  readonly gradients?: GradientRefs;
  /** Outputs of the layers in topological order. */
  readonly layers: readonly LayerOutputRef[];
}

export interface LayerOutputRef extends FileRef {
  readonly name: string;
}

/** Kinds that are read but not replayed yet: they are reported as refused. */
export interface LaterCase extends CaseBase {
  readonly kind: "training";
}

export type Case = LayerCase | GeometryCase | ValueCase | ErrorCase | ModelCase | LaterCase;

/** Who wrote the suite. */
export interface Generator {
  readonly keras: string;
  readonly backend: string;
  readonly [key: string]: Json;
}

const INITIALIZERS =
  /^(Zeros|Ones|Constant|Identity|STFT|RandomNormal|RandomUniform|TruncatedNormal|VarianceScaling|Orthogonal|(Glorot|He|Lecun)(Normal|Uniform))(Initializer)?$/;
const REGULARIZERS = /^(L1|L2|L1L2|OrthogonalRegularizer)$/;
const CONSTRAINTS = /^(MaxNorm|MinMaxNorm|NonNeg|UnitNorm)$/;

/** What a class is where it is no layer. */
export function partOf(className: string): "initializer" | "regularizer" | "constraint" | null {
  if (INITIALIZERS.test(className)) return "initializer";
  if (REGULARIZERS.test(className)) return "regularizer";
  return CONSTRAINTS.test(className) ? "constraint" : null;
}

/** Older names that Keras knows some classes by, and the names under which it writes them. */
const ALIASES: readonly (readonly [RegExp, string])[] = [
  [/Convolution(?=\dD)/, "Conv"],
  [/^(Global|Adaptive)?MaxPool(?=\dD$)/, "$1MaxPooling"],
  [/^(Global|Adaptive)?AvgPool(?=\dD$)/, "$1AveragePooling"],
];

function classOf(className: string): string {
  return ALIASES.reduce((name, [alias, written]) => name.replace(alias, written), className);
}

/** The layer's class name, or the value's sort: the row of the table a case belongs to. */
export function groupOf(item: Case): string {
  switch (item.kind) {
    case "layer":
    case "geometry":
      return classOf(String(item.layer["class_name"]));
    case "error": {
      const className = String(item.target["class_name"]);
      return partOf(className) ?? classOf(className);
    }
    case "value":
      return item.sort;
    default:
      return item.kind;
  }
}
