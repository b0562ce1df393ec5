/** Cropping1D (Keras: `keras.layers.Cropping1D`). */

import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import { Cropping } from "./cropping.ts";
import { LAYER_ARGUMENTS, type LayerArgs } from "./layer-args.ts";
import { type AxisPair, standardizePair } from "./spatial-axes.ts";

/** Arguments of Cropping1D, named as in Keras. */
export interface Cropping1DArgs extends LayerArgs {
  /** Steps left out at both ends: one number, or `[left, right]`. Default 1. */
  readonly cropping?: number | AxisPair;
}

/** Input `[batch, steps, channels]` → `[batch, steps − left − right, channels]`, whatever the data format. */
export class Cropping1D extends Cropping {
  static override readonly className = "Cropping1D";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "cropping"];
  static readonly pure = true;
  readonly cropping: AxisPair;
  protected override readonly layout = "channels_last";

  constructor(args: Cropping1DArgs = {}) {
    super(1, args);
    this.cropping = standardizePair(args.cropping === undefined ? 1 : args.cropping, "cropping");
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), cropping: [...this.cropping] };
  }

  protected override get pairs(): readonly AxisPair[] {
    return [this.cropping];
  }
}

/** Makes a `Cropping1D`, or adds it to a model, or calls it on tensors or symbols. */
export const cropping1d = factory(Cropping1D);
