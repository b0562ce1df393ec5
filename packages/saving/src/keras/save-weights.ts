/** Writes a model's weights to one or more `.weights.h5` files that Keras reads, or to an `.npz` file that numpy reads. */
import { type Model, ValueError } from "@keras-ts/core";
import { npzOf } from "../numpy/npz-of.ts";
import { checkOptions } from "./check-options.ts";
import { checkTarget, deliver, SAVE_OPTIONS, type SaveOptions } from "./save-options.ts";
import { hdf5Of } from "./weights-hdf5.ts";
import { writtenObjects } from "./weights-tree.ts";
import { GIB, MAP_ENDING, shardsOf } from "./write-shards.ts";

/** Options of `saveWeights`. */
export interface SaveWeightsOptions extends SaveOptions {
  /** Default: what the target ends in, `.weights.h5` or `.npz`; without a target `"weights.h5"`. */
  readonly format?: WeightsFormat;
  /**
   * Writes `.weights.h5` files of up to so many GiB (2³⁰ bytes) of values, and a `.weights.json`, the target, that says what is where.
   * The map is written last; files of an earlier map stay. Needs a path.
   */
  readonly maxShardSize?: number;
}

/** `"npz"`: arrays by `weight.path`, without the optimizer's. */
export type WeightsFormat = "weights.h5" | "npz";

/** Names of these options. */
export const SAVE_WEIGHTS_OPTIONS = [...SAVE_OPTIONS, "format", "maxShardSize"] as const;

/**
 * Writes the weights to a path (Node), as a whole or not at all; or returns the bytes of the file, in a browser for a download. Equal
 * weights give equal bytes. Source: `keras.saving.save_weights`; `numpy.savez` with each `weight.path`.
 */
export function saveWeights(model: Model, target: string, options?: SaveWeightsOptions): Promise<undefined>;
export function saveWeights(model: Model, target?: null, options?: SaveWeightsOptions): Promise<Uint8Array>;
export async function saveWeights(
  model: Model,
  target: string | null = null,
  options: SaveWeightsOptions = {},
): Promise<Uint8Array | undefined> {
  checkOptions("saveWeights()", options, SAVE_WEIGHTS_OPTIONS);
  const format = formatOf(target, options);
  const mostBytes = mostBytesOf(target, format, options);
  await checkTarget(target, mostBytes === null ? `.${format}` : MAP_ENDING, options);
  if (!model.built)
    throw new ValueError(
      `You are saving weights of model '${model.name}' that has not yet been built. Build it with build(inputShape), or call it on some data.`,
    );
  if (format === "npz") return deliver(await npzOf(model, target ?? "(bytes)"), target, options);
  const objects = await writtenObjects(model, options.includeOptimizer ?? true);
  if (mostBytes === null || target === null) return deliver(hdf5Of(objects), target, options);
  const [folder, name] = [target.replace(/[^\\/]*$/, ""), target.slice(0, -MAP_ENDING.length).replace(/^.*[\\/]/s, "")];
  const { map, files } = shardsOf(objects, name, mostBytes);
  for (const [file, parts] of files) await deliver(hdf5Of(parts), folder + file, options);
  return deliver(new TextEncoder().encode(map), target, options);
}

function mostBytesOf(target: unknown, format: WeightsFormat, { maxShardSize }: SaveWeightsOptions): number | null {
  if (maxShardSize === undefined) return null;
  if (!(typeof maxShardSize === "number" && maxShardSize > 0) || target === null || format !== "weights.h5")
    throw new ValueError(
      `Weights in several files need a path, and maxShardSize a number of GiB. Received: target=${String(target)}, format=${format}, maxShardSize=${String(maxShardSize)}`,
    );
  return maxShardSize * GIB;
}

function formatOf(target: unknown, { format, includeOptimizer }: SaveWeightsOptions): WeightsFormat {
  const isNpz = typeof target === "string" && target.endsWith(".npz");
  const found = format ?? (isNpz ? "npz" : "weights.h5");
  if (found !== "npz" && found !== "weights.h5")
    throw new ValueError(`Weights are written as "weights.h5" or "npz". Received: format=${String(found)}`);
  if (found === "npz" && includeOptimizer)
    throw new ValueError(
      "A .npz file has the weights of the model only; .weights.h5 has the optimizer's, too. Received: includeOptimizer=true",
    );
  return found;
}
