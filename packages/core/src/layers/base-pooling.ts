/** Pooling over windows of any rank (Keras: `BasePooling`). */
import { standardizeDataFormat } from "../config.ts";
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import { poolOutputSize } from "../geometry/pool-geometry.ts";
import type { PoolOptions } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { assertPadding, standardizePadding, standardizeTuple } from "./arguments.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape } from "./layer-args.ts";
import { mapSpatial } from "./spatial-axes.ts";
import { type IntOrTuple, VALID_OR_SAME } from "./spatial-conv.ts";

/** Arguments of AveragePooling1D, 2D and 3D, named as in Keras. */
export interface AveragePoolingArgs extends LayerArgs {
  /** Size of the window: one number, or one a spatial axis. */
  readonly poolSize: IntOrTuple;
  /** Default (also null): `poolSize`. */
  readonly strides?: IntOrTuple | null;
  /** `"valid"` (default) or `"same"`. As in Keras it is kept as given and looked at by calls; symbols want it in lower case. */
  readonly padding?: "valid" | "same" | Uppercase<"valid" | "same">;
  /** Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
}

/** Arguments of MaxPooling1D, 2D and 3D, named as in Keras. */
export interface MaxPoolingArgs extends Omit<AveragePoolingArgs, "poolSize"> {
  /** Size of the window: one number, or one a spatial axis. Default 2. */
  readonly poolSize?: IntOrTuple;
}

/** Windows of `poolSize` elements, `strides` apart. No weights: the layer counts as built at once. */
export abstract class BasePooling extends Layer {
  static override readonly argumentNames: readonly string[] = [
    ...LAYER_ARGUMENTS,
    "poolSize",
    "strides",
    "padding",
    "dataFormat",
  ];
  readonly poolSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: NonNullable<AveragePoolingArgs["padding"]>;
  readonly dataFormat: ConvDataFormat;
  readonly #rank: number;

  constructor(rank: number, args: AveragePoolingArgs) {
    super(args);
    const { poolSize, strides, padding = "valid", dataFormat } = args;
    this.#rank = rank;
    this.poolSize = Object.freeze(standardizeTuple(poolSize, rank, "pool_size"));
    this.strides = Object.freeze(standardizeTuple(strides ?? poolSize, rank, "strides", { allowZero: true }));
    this.padding = padding;
    this.dataFormat = standardizeDataFormat(dataFormat);
    this.inputSpec = { ndim: rank + 2 };
  }

  override get built(): boolean {
    return true;
  }

  override getBuildConfig(): KerasConfig | null {
    return null;
  }

  /** Refuses windows that do not fit. */
  override computeOutputShape(inputShape: PartialShape): (number | null)[] {
    const { poolSize, strides } = this;
    const padding = VALID_OR_SAME.find((name) => name === this.padding);
    if (!padding) {
      throw new ValueError(
        `Layer '${this.name}': \`padding\` must be either 'valid' or 'same' here. Received: padding=${formatValue(this.padding)}`,
      );
    }
    this.#assertStrides();
    return mapSpatial(inputShape, this.#rank, this.dataFormat, (space) =>
      poolOutputSize(space, { poolSize, strides, padding }),
    );
  }

  override call(inputs: Value): Value {
    this.#assertStrides();
    const { poolSize, strides, dataFormat } = this;
    const padding = standardizePadding(this.padding, VALID_OR_SAME);
    assertPadding(padding, VALID_OR_SAME);
    return this.pool(inputs, poolSize, { strides, padding, dataFormat });
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      pool_size: [...this.poolSize],
      padding: this.padding,
      strides: [...this.strides],
      data_format: this.dataFormat,
    };
  }

  /** The op of the class. */
  protected abstract pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value;

  /** Keras takes strides of 0 at construction and fails when it divides by them. */
  #assertStrides(): void {
    if (this.strides.every((n) => n > 0)) return;
    throw new ValueError(
      `Layer '${this.name}' cannot move its window by 0. Received: strides=${formatShape(this.strides)}`,
    );
  }
}
