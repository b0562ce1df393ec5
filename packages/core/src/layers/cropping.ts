/** Cropping of any rank: elements at the edges of the spatial axes are left out. */

import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import { slice } from "../ops/index.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import { assertIntegers } from "./arguments.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import type { LayerArgs, PartialShape } from "./layer-args.ts";
import { type AxisPair, mapKnown, mapSpatial, pairsOfShape } from "./spatial-axes.ts";

export abstract class Cropping extends Layer {
  static override readonly integers: IntegerUse = "kept";
  /** How many elements go at both ends of each spatial axis. */
  protected abstract get pairs(): readonly AxisPair[];
  /** Where the spatial axes are. */
  protected abstract get layout(): ConvDataFormat;
  readonly #rank: number;

  constructor(rank: number, args: LayerArgs) {
    super(args);
    this.#rank = rank;
    this.inputSpec = { ndim: rank + 2 };
  }

  /** Refuses to crop all there is of an axis. */
  override computeOutputShape(inputShape: PartialShape): (number | null)[] {
    assertIntegers(this.pairs.flat(), "cropping", this.name);
    return mapSpatial(inputShape, this.#rank, this.layout, (space) => {
      const output = mapKnown(space, (n, i) => n - (this.pairs[i]?.[0] ?? 0) - (this.pairs[i]?.[1] ?? 0));
      if (output.some((n) => n !== null && n <= 0)) {
        throw new ValueError(
          `Layer '${this.name}': \`cropping\` must be smaller than the spatial sizes of the input. Received: input_shape=${formatShape(inputShape)}, cropping=${formatValue(this.pairs)}`,
        );
      }
      return output;
    });
  }

  override call(inputs: Value): Value {
    const shape = this.computeOutputShape(shapeOf(inputs)).map((n) => n ?? 0);
    return slice(
      inputs,
      pairsOfShape(this.pairs, this.layout).map(([before]) => before),
      shape,
    );
  }
}
