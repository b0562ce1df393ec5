/** `keras.Input` and the layer that stands for it in configs (Keras: `Input`, `InputLayer`). */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { KerasTensor } from "../models/keras-tensor.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { Layer } from "./layer.ts";
import type { LayerArgs, PartialShape } from "./layer-args.ts";

export interface InputArgs {
  /** Shape of one sample; null for sizes that vary. */
  readonly shape?: PartialShape;
  /** Default null: any. */
  readonly batchSize?: number | null;
  /** The whole shape, instead of `shape` and `batchSize`. */
  readonly batchShape?: PartialShape;
  readonly dtype?: string;
  readonly name?: string;
}

export class InputLayer extends Layer {
  static override readonly className = "InputLayer";
  readonly batchShape: PartialShape;
  readonly #dtype: string;
  readonly #output: KerasTensor;

  constructor(args: InputArgs) {
    const layerArgs: LayerArgs = { name: args.name ?? null, dtype: "float32" };
    super(layerArgs);
    this.batchShape = batchShapeOf(args);
    this.#dtype = args.dtype ?? "float32";
    if (this.#dtype !== "float32") {
      throw new ValueError(
        `Input '${this.name}' takes float32 values only. Received: dtype=${formatValue(args.dtype)}`,
      );
    }
    const operation = {
      name: this.name,
      layer: this,
      replay: (): Value => {
        throw new ValueError(`Input '${this.name}' has no value.`);
      },
    };
    this.#output = new KerasTensor(this.batchShape, { name: this.name, history: { operation, inputs: [] } });
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

function batchShapeOf({ shape, batchSize, batchShape }: InputArgs): PartialShape {
  if (batchShape !== undefined && shape === undefined && batchSize === undefined)
    return checked(batchShape, "batch_shape");
  if (shape === undefined || batchShape !== undefined) {
    throw new ValueError(
      `You must pass either \`shape\` or \`batchShape\`. Received: shape=${formatValue(shape)}, batch_shape=${formatValue(batchShape)}`,
    );
  }
  return [batchSize ?? null, ...checked(shape, "shape")];
}

function checked(shape: PartialShape, name: string): PartialShape {
  if (!Array.isArray(shape) || shape.some((n) => n !== null && (!Number.isInteger(n) || n < 0))) {
    throw new ValueError(
      `\`${name}\` must be a list of sizes, null for unknown ones. Received: ${name}=${formatValue(shape)}`,
    );
  }
  return [...shape];
}
