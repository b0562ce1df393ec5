/** `keras.Input` and the layer that stands for it in configs (Keras: `Input`, `InputLayer`). */
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { KerasTensor, recordNode } from "../models/keras-tensor.ts";
import type { Value } from "../ops/value.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { Layer } from "./layer.ts";
import type { LayerArgs, PartialShape } from "./layer-args.ts";
import { standardizeShape } from "./shapes.ts";

export interface InputArgs {
  /** Shape of one sample; null for sizes that vary. */
  readonly shape?: PartialShape | null;
  /** Default null: any. */
  readonly batchSize?: number | null;
  /** The whole shape, instead of `shape` and `batchSize`. */
  readonly batchShape?: PartialShape | null;
  /** Default float32. Integers are truncated, as Keras casts them, and computed as float32. */
  readonly dtype?: string | null;
  readonly name?: string | null;
  /** What Keras's configs carry besides; only false (and null) is supported. */
  readonly sparse?: boolean | null;
  readonly ragged?: boolean | null;
  readonly optional?: boolean;
}

/** Integers and booleans are numbers of float32 here. Other floats are kept for configs; layers refuse to compute them. */
const INPUT_DTYPES = [
  ...["float32", "float16", "bfloat16", "float64", "bool"],
  ...["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"],
];

const INPUT_ARGUMENTS = ["shape", "batchSize", "batchShape", "dtype", "name", "sparse", "ragged", "optional"];

export class InputLayer extends Layer {
  static override readonly className = "InputLayer";
  static readonly pure = true;
  readonly batchShape: PartialShape;
  readonly #dtype: string;
  readonly #output: KerasTensor;

  constructor(args: InputArgs) {
    if (args === null || typeof args !== "object") {
      throw new ValueError(
        `Input takes its arguments as one object, such as { shape: [null, 40] }. Received: ${formatValue(args)}`,
      );
    }
    checkArguments("Input", args, INPUT_ARGUMENTS);
    for (const flag of ["sparse", "ragged", "optional"] as const) {
      if (args[flag])
        throw new UnsupportedError(
          `Input does not support ${flag} inputs. Received: ${flag}=${formatValue(args[flag])}`,
        );
    }
    super({ name: args.name ?? null, dtype: "float32" } satisfies LayerArgs);
    this.batchShape = batchShapeOf(args);
    this.#dtype = args.dtype ?? "float32";
    if (!INPUT_DTYPES.includes(this.#dtype)) {
      throw new ValueError(
        `Input '${this.name}' takes values of one of ${INPUT_DTYPES.join(", ")}. Received: dtype=${formatValue(args.dtype)}`,
      );
    }
    this.#output = new KerasTensor(this.batchShape, { name: this.name, dtype: this.#dtype });
    recordNode(this, [], {}, this.#output);
    this.build(this.batchShape);
  }

  override get output(): KerasTensor {
    return this.#output;
  }

  override get input(): KerasTensor {
    return this.#output;
  }

  override call(inputs: Value): Value {
    return inputs;
  }

  override computeOutputShape(): (number | null)[] {
    return [...this.batchShape];
  }

  override getConfig(): KerasConfig {
    return {
      batch_shape: [...this.batchShape],
      dtype: this.#dtype,
      sparse: false,
      ragged: false,
      name: this.name,
      optional: false,
    };
  }

  override getBuildConfig(): null {
    return null;
  }
}

/** A symbol to compose a model with. */
export function Input(args: InputArgs): KerasTensor {
  return new InputLayer(args).output;
}

function batchShapeOf({ shape = null, batchSize = null, batchShape = null }: InputArgs): PartialShape {
  if (batchShape !== null && shape === null && batchSize === null) return standardizeShape(batchShape, "batch_shape");
  if (shape === null || batchShape !== null) {
    throw new ValueError(
      `You must pass either \`shape\` or \`batchShape\`. Received: shape=${formatValue(shape)}, batch_shape=${formatValue(batchShape)}`,
    );
  }
  if (batchSize !== null && (!Number.isInteger(batchSize) || batchSize <= 0)) {
    throw new ValueError(
      `\`batchSize\` must be a positive integer or null. Received: batch_size=${formatValue(batchSize)}`,
    );
  }
  return [batchSize, ...standardizeShape(shape, "shape")];
}
