/** CustomScaleLayer, which InceptionResNetV2 holds (Keras: `keras.src.applications.inception_resnet_v2.CustomScaleLayer`, not public there). */

import { UnsupportedError, ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { isList, type Nested } from "../structure.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs } from "./layer-args.ts";
import { requireArguments } from "./require-arguments.ts";

export interface CustomScaleLayerArgs extends LayerArgs {
  /** The factor of the second input. */
  readonly scale: number;
}

/** `inputs[0] + scale · inputs[1]`, broadcast together; further inputs are left out, as in Keras. */
export class CustomScaleLayer extends Layer {
  static readonly module: string = "keras.src.applications.inception_resnet_v2";
  static override readonly className = "CustomScaleLayer";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "scale"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";
  readonly scale: number;

  constructor(args: CustomScaleLayerArgs) {
    super(args);
    requireArguments("CustomScaleLayer", args, "scale");
    this.scale = args.scale;
  }

  override call(inputs: Nested<Value>): Value {
    if (!isList(inputs)) {
      throw new UnsupportedError(
        `Layer '${this.name}': one tensor in place of a list is not supported; Keras would take the rows of its batch for the inputs. Received: inputs=${formatValue(inputs)}`,
      );
    }
    const [x, residual] = inputs as readonly Value[];
    if (!x || !residual) {
      throw new ValueError(
        `Layer '${this.name}' is called on a list of two inputs. Received: inputs=${formatValue(inputs)}`,
      );
    }
    // Keras finds out here.
    if (typeof this.scale !== "number") {
      throw new ValueError(`Layer '${this.name}': scale must be a number. Received: scale=${formatValue(this.scale)}`);
    }
    return ops.add(x, ops.multiply(residual, this.scale));
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), scale: this.scale };
  }

  protected override packInputs<T>(items: readonly T[]): Nested<T> {
    return items;
  }
}

/** Makes a `CustomScaleLayer`, or adds it to a model, or calls it on tensors or symbols. */
export const customScaleLayer = factory(CustomScaleLayer);
