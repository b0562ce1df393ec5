/** Zero padding of any rank: zeros around the spatial axes. */

import { standardizeDataFormat } from "../config.ts";
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import { pad } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { assertIntegers } from "./arguments.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape } from "./layer-args.ts";
import { type AxisPair, mapKnown, mapSpatial, pairsOfShape } from "./spatial-axes.ts";

/** Arguments that the classes share. */
export interface ZeroPaddingArgs extends LayerArgs {
  /** Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
}

export abstract class ZeroPadding extends Layer {
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "padding", "dataFormat"];
  static override readonly integers: IntegerUse = "kept";
  readonly dataFormat: ConvDataFormat;
  /** How many zeros come at both ends of each spatial axis. */
  protected abstract get pairs(): readonly AxisPair[];
  readonly #rank: number;

  constructor(rank: number, args: ZeroPaddingArgs) {
    super(args);
    this.#rank = rank;
    this.dataFormat = standardizeDataFormat(args.dataFormat);
    this.inputSpec = { ndim: rank + 2 };
  }

  override computeOutputShape(inputShape: PartialShape): (number | null)[] {
    assertIntegers(this.pairs.flat(), "padding", this.name);
    return mapSpatial(inputShape, this.#rank, this.dataFormat, (space) => {
      const output = mapKnown(space, (n, i) => n + (this.pairs[i]?.[0] ?? 0) + (this.pairs[i]?.[1] ?? 0));
      if (output.some((n) => n !== null && n < 0)) {
        throw new ValueError(
          `Layer '${this.name}': a negative \`padding\` leaves less than nothing. Received: input_shape=${formatShape(inputShape)}, padding=${formatValue(this.pairs)}`,
        );
      }
      return output;
    });
  }

  override call(inputs: Value): Value {
    return pad(inputs, pairsOfShape(this.pairs, this.dataFormat));
  }
}
