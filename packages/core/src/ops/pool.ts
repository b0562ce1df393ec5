/** Pooling (`keras.ops.max_pool`, `average_pool`, `adaptive_max_pool`, `adaptive_average_pool`). */
import { standardizeDataFormat } from "../config.ts";
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import { adaptivePoolAxes, poolAxes } from "../geometry/pool-geometry.ts";
import { standardizeIntegers, standardizePadding } from "../layers/arguments.ts";
import type { PoolOp } from "../op/op.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import { inChannelsLast } from "./nn.ts";
import { run } from "./run.ts";
import { recordable } from "./symbolic.ts";
import { shapeOf, type Value } from "./value.ts";

export interface PoolOptions {
  /** One number for all axes or one an axis. Default: the window's size. */
  readonly strides?: number | readonly number[] | null;
  /** In any case. Default valid. */
  readonly padding?: "valid" | "same";
  /** Default (also null): `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
}

/** The largest element of each window; a NaN wins. x `[n, ...space, c]`, 1 to 3 spatial axes. */
export const maxPool = recordable(
  "max_pool",
  (x: Value, poolSize: number | readonly number[], options: PoolOptions = {}) => pool("max", x, poolSize, options),
);

/** The mean of each window's elements; with `same`, of those inside x. */
export const averagePool = recordable(
  "average_pool",
  (x: Value, poolSize: number | readonly number[], options: PoolOptions = {}) => pool("mean", x, poolSize, options),
);

export interface AdaptivePoolOptions {
  readonly dataFormat?: ConvDataFormat | null;
}

/** `outputSize` windows an axis, the i-th being `[floor(i·n/o), ceil((i+1)·n/o))`; the largest element of each. */
export const adaptiveMaxPool = recordable(
  "adaptive_max_pool",
  (x: Value, outputSize: number | readonly number[], options: AdaptivePoolOptions = {}) =>
    adaptivePool("max", x, outputSize, options),
);

/** The same windows; the mean of each. */
export const adaptiveAveragePool = recordable(
  "adaptive_average_pool",
  (x: Value, outputSize: number | readonly number[], options: AdaptivePoolOptions = {}) =>
    adaptivePool("mean", x, outputSize, options),
);

const PADDINGS = ["valid", "same"] as const;

function pool(fn: PoolOp["fn"], x: Value, poolSize: number | readonly number[], options: PoolOptions) {
  const name = fn === "max" ? "maxPool" : "averagePool";
  checkArguments(name, options, ["strides", "padding", "dataFormat"]);
  const rank = spatialRank(name, x);
  const size = standardizeIntegers(poolSize, rank, "pool_size");
  const strides = options.strides === undefined || options.strides === null ? size : options.strides;
  const windows = {
    poolSize: size,
    strides: standardizeIntegers(strides, rank, "strides"),
    padding: standardizePadding(options.padding ?? "valid", PADDINGS),
  };
  return inChannelsLast(x, standardizeDataFormat(options.dataFormat), (h) =>
    run({ kind: "pool", fn, axes: poolAxes(shapeOf(h).slice(1, -1), windows) }, [h]),
  );
}

function adaptivePool(
  fn: PoolOp["fn"],
  x: Value,
  outputSize: number | readonly number[],
  options: AdaptivePoolOptions,
) {
  const name = fn === "max" ? "adaptiveMaxPool" : "adaptiveAveragePool";
  checkArguments(name, options, ["dataFormat"]);
  const size = standardizeIntegers(outputSize, spatialRank(name, x), "output_size");
  return inChannelsLast(x, standardizeDataFormat(options.dataFormat), (h) =>
    run({ kind: "pool", fn, axes: adaptivePoolAxes(shapeOf(h).slice(1, -1), size) }, [h]),
  );
}

function spatialRank(name: string, x: Value): number {
  const rank = shapeOf(x).length - 2;
  if (rank < 1 || rank > 3)
    throw new ValueError(`${name}: x must have rank 3 to 5. Received: x.shape=${formatShape(shapeOf(x))}`);
  return rank;
}
