/** RMSNormalization (Keras: `keras.layers.RMSNormalization`). */

import * as initializers from "../initializers/index.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { assertAxis, axisConfig, sizeOfAxis, standardizeAxis } from "./axis-size.ts";
import { factory } from "./compose.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";

export interface RMSNormalizationArgs extends LayerArgs {
  /** The axis, or the axes together, that the mean square is taken over. Default −1. */
  readonly axis?: number | readonly number[];
  /** Added to the mean square. Default 1e-6. */
  readonly epsilon?: number;
}

/** `x / √(mean(x²) + epsilon) · scale` over the axes. Weight: `scale` of the shape of the axes, broadcast from the last axis on. */
export class RMSNormalization extends Layer {
  static override readonly className = "RMSNormalization";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "axis", "epsilon"];
  static readonly pure = true;
  readonly epsilon: number;
  #axis: number | readonly number[];
  #scale: KerasVariable | null = null;

  constructor(args: RMSNormalizationArgs = {}) {
    super(args);
    // Keras finds out about other things than integers when the layer is built.
    this.#axis = standardizeAxis(args.axis === undefined ? -1 : args.axis);
    this.epsilon = args.epsilon ?? 1e-6;
  }

  /** As given; once built, a list in ascending order. */
  get axis(): number | readonly number[] {
    return this.#axis;
  }

  /** Null before build. */
  get scale(): KerasVariable | null {
    return this.#scale;
  }

  override build(inputShape: PartialShape): void {
    const axes = typeof this.#axis === "number" ? [this.#axis] : [...this.#axis].sort((a, b) => a - b);
    const shape = axes.map((axis) => sizeOfAxis(inputShape, axis, this.name, "scale"));
    this.#scale = this.addWeight({ name: "scale", shape, initializer: initializers.get("ones") });
    this.#axis = axes;
    super.build(inputShape);
  }

  override call(inputs: Value): Value {
    const meanSquare = ops.mean(ops.square(inputs), { axis: this.#axis, keepdims: true });
    const y = ops.multiply(inputs, ops.rsqrt(ops.add(meanSquare, this.epsilon)));
    return this.#scale ? ops.multiply(y, this.#scale) : y;
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    for (const axis of typeof this.#axis === "number" ? [this.#axis] : this.#axis)
      assertAxis(inputShape, axis, this.#axis, this.name);
    return [...inputShape];
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), axis: axisConfig(this.#axis), epsilon: this.epsilon };
  }
}

/** Makes a `RMSNormalization`, or adds it to a model, or calls it on tensors or symbols. */
export const rmsNormalization = factory(RMSNormalization);
