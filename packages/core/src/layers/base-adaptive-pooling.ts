/** Pooling to a wanted size (Keras: `BaseAdaptivePooling`). */
import { imageDataFormat } from "../config.ts";
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import type { AdaptivePoolOptions } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { assertIntegers } from "./arguments.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape } from "./layer-args.ts";
import type { IntOrTuple } from "./spatial-conv.ts";

/** Arguments of adaptive pooling, named as in Keras. */
export interface AdaptivePoolingArgs extends LayerArgs {
  /** Size of the output: one number, or one a spatial axis. May be above the input's. */
  readonly outputSize: IntOrTuple;
  /** In lower case. Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
}

/** As many windows as `outputSize` says: the i-th of o over n elements is `[floor(i·n/o), ceil((i+1)·n/o))`. */
export abstract class BaseAdaptivePooling extends Layer {
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "outputSize", "dataFormat"];
  readonly outputSize: readonly number[];
  readonly dataFormat: ConvDataFormat;

  constructor(rank: number, args: AdaptivePoolingArgs) {
    // Keras looks at this argument before those of every layer.
    const outputSize = standardizeOutputSize(args?.outputSize, rank);
    super(args);
    this.outputSize = Object.freeze(outputSize);
    this.dataFormat = args.dataFormat || imageDataFormat();
    if (this.dataFormat !== "channels_last" && this.dataFormat !== "channels_first") {
      throw new ValueError(
        `\`data_format\` must be 'channels_first' or 'channels_last', in lower case. Received: data_format=${formatValue(args.dataFormat)}`,
      );
    }
  }

  override computeOutputShape(inputShape: PartialShape): (number | null)[] {
    assertIntegers(this.outputSize, "output_size", this.name);
    if (this.outputSize.some((n) => n < 0)) {
      throw new ValueError(
        `Layer '${this.name}': \`output_size\` must not be negative. Received: output_size=${formatValue(this.outputSize)}`,
      );
    }
    const batch = inputShape[0] ?? null;
    return this.dataFormat === "channels_last"
      ? [batch, ...this.outputSize, inputShape.at(-1) ?? null]
      : [batch, inputShape[1] ?? null, ...this.outputSize];
  }

  override call(inputs: Value): Value {
    return this.pool(inputs, this.outputSize, { dataFormat: this.dataFormat });
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), output_size: [...this.outputSize], data_format: this.dataFormat };
  }

  /** The op of the class. */
  protected abstract pool(x: Value, outputSize: readonly number[], options: AdaptivePoolOptions): Value;
}

/** As in Keras anything passes in a list; shapes and calls refuse what is no size. */
function standardizeOutputSize(value: unknown, rank: number): number[] {
  if (typeof value === "boolean" || (typeof value === "number" && Number.isInteger(value)))
    return Array.from({ length: rank }, () => Number(value));
  if (Array.isArray(value) && value.length === rank) return [...value];
  throw new ValueError(
    `\`output_size\` must be an integer or a tuple of ${rank} integer${rank === 1 ? "" : "s"}. Received: output_size=${formatValue(value)}`,
  );
}
