/** LayerScale, which ConvNeXt models hold (Keras: `keras.src.applications.convnext.LayerScale`, not public there). */

import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { Constant } from "../initializers/index.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";
import { autoName } from "./names.ts";
import { requireArguments } from "./require-arguments.ts";

export interface LayerScaleArgs extends LayerArgs {
  /** What every factor starts at; ConvNeXt: 1e-6. */
  readonly initValues: number;
  /** Number of factors: the size of the last axis. */
  readonly projectionDim: number;
}

/** `x · γ`. Weight: γ `[projection_dim]`, broadcast from the last axis on; Keras gives it no name, so that it is `variable`, `variable_1`, … */
export class LayerScale extends Layer {
  static readonly module: string = "keras.src.applications.convnext";
  static override readonly className = "LayerScale";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "initValues", "projectionDim"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";
  readonly initValues: number;
  readonly projectionDim: number;
  #gamma: KerasVariable | null = null;

  constructor(args: LayerScaleArgs) {
    super(args);
    requireArguments("LayerScale", args, "initValues", "projectionDim");
    this.initValues = args.initValues;
    this.projectionDim = args.projectionDim;
  }

  /** Null before build. */
  get gamma(): KerasVariable | null {
    return this.#gamma;
  }

  override build(inputShape: PartialShape): void {
    const { initValues, projectionDim } = this;
    // Keras finds out about both when it makes the weight.
    if (!Number.isInteger(projectionDim) || projectionDim < 0) {
      throw new ValueError(
        `Layer '${this.name}': projection_dim must be a size. Received: projection_dim=${formatValue(projectionDim)}`,
      );
    }
    if (typeof initValues !== "number") {
      throw new ValueError(
        `Layer '${this.name}': init_values must be a number. Received: init_values=${formatValue(initValues)}`,
      );
    }
    this.#gamma = this.addWeight({
      name: autoName("Variable"),
      shape: [projectionDim],
      initializer: new Constant({ value: initValues }),
    });
    super.build(inputShape);
  }

  override call(inputs: Value): Value {
    if (!this.#gamma) throw new ValueError(`Layer '${this.name}' was called before it was built.`);
    return ops.multiply(inputs, this.#gamma);
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    const last = inputShape.at(-1) ?? null;
    return [...inputShape.slice(0, -1), last === null || last === 1 ? this.projectionDim : last];
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), init_values: this.initValues, projection_dim: this.projectionDim };
  }
}

/** Makes a `LayerScale`, or adds it to a model, or calls it on tensors or symbols. */
export const layerScale = factory(LayerScale);
