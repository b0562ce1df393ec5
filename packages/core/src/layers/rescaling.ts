/** Rescaling (Keras: `keras.layers.Rescaling`). */

import { imageDataFormat } from "../config.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { JsonValue, KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";
import { LayerConstants } from "./layer-constants.ts";
import { type NumberArray, numberArray } from "./number-array.ts";

/** A number, numbers in nested lists, a Float32Array, or an array as Keras writes it in configs. */
export type Numbers = number | readonly Numbers[] | Float32Array | { readonly [key: string]: JsonValue };

export interface RescalingArgs extends LayerArgs {
  readonly scale: Numbers;
  /** Default 0. */
  readonly offset?: Numbers;
}

/**
 * `x · scale + offset`, integers being cast to float32. Lists are broadcast from the last axis on; a list of scales is one a
 * channel where `keras.config.imageDataFormat()` is channels_first.
 */
export class Rescaling extends Layer {
  static override readonly className = "Rescaling";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "scale", "offset"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";
  readonly #scale: NumberArray;
  readonly #offset: NumberArray;
  readonly #constants = new LayerConstants();

  constructor(args: RescalingArgs) {
    super(args);
    // Keras finds out about other things than numbers when the layer is called.
    this.#scale = numberArray(args.scale, "scale");
    this.#offset = numberArray(args.offset === undefined ? 0 : args.offset, "offset");
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override call(inputs: Value): Value {
    const scale = this.#scale;
    const offset = this.#offset;
    if (scale.shape.length === 0 && offset.shape.length === 0)
      return ops.affine(inputs, scale.values[0] ?? 1, offset.values[0] ?? 0);
    const ones = Array.from({ length: Math.max(3 - scale.shape.length, 0) }, () => 1);
    const shape =
      imageDataFormat() === "channels_first" && scale.shape.length > 0 ? [...scale.shape, ...ones] : scale.shape;
    const scaled = ops.multiply(inputs, this.#constants.get(scale.values, shape));
    return ops.add(scaled, this.#constants.get(offset.values, offset.shape));
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    return [...inputShape];
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), scale: this.#scale.json, offset: this.#offset.json };
  }

  override dispose(): void {
    this.#constants.dispose();
    super.dispose();
  }
}

/** Makes a `Rescaling`, or adds it to a model, or calls it on tensors or symbols. */
export const rescaling = factory(Rescaling);
