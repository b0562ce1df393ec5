/** Flatten (Keras: `keras.layers.Flatten`). */

import { standardizeDataFormat } from "../config.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import * as ops from "../ops/index.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";

export interface FlattenArgs extends LayerArgs {
  /** With `"channels_first"` the channels are moved to the end before flattening. Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
}

/** `[batch, …]` → `[batch, product of the others]`; a vector `[batch]` becomes `[batch, 1]`. */
export class Flatten extends Layer {
  static override readonly className = "Flatten";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "dataFormat"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "shown";
  readonly dataFormat: ConvDataFormat;

  constructor(args: FlattenArgs = {}) {
    super(args);
    this.dataFormat = standardizeDataFormat(args.dataFormat);
    this.inputSpec = { minNdim: 1 };
  }

  override call(inputs: Value): Value {
    const shape = shapeOf(inputs);
    const rank = shape.length;
    const [batch = 0] = shape;
    const moves = this.dataFormat === "channels_first" && rank > 2;
    const x = moves ? ops.transpose(inputs, [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1]) : inputs;
    return ops.reshape(x, [batch, shape.slice(1).reduce((a, b) => a * b, 1)]);
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    const [batch = null, ...others] = inputShape;
    return [batch, others.reduce<number | null>((a, b) => (a === null || b === null ? null : a * b), 1)];
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), data_format: this.dataFormat };
  }
}

/** Makes a `Flatten`, or adds it to a model, or calls it on tensors or symbols. */
export const flatten = factory(Flatten);
