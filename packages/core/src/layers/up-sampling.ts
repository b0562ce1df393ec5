/** What UpSampling2D and UpSampling3D share. */
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import { repeat } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { firstSpatialAxis } from "./spatial-axes.ts";

/** Each element of the i-th spatial axis `size[i]` times in a row. */
export function repeatSpatial(x: Value, size: readonly number[], dataFormat: ConvDataFormat): Value {
  const first = firstSpatialAxis(dataFormat);
  return size.reduce((y, factor, i) => repeat(y, factor, first + i), x);
}
