/** Writes a model's weights to a `.weights.h5` file that Keras reads. */
import { type Model, ValueError } from "@keras-ts/core";
import { checkOptions } from "./check-options.ts";
import { checkTarget, deliver, SAVE_OPTIONS, type SaveOptions } from "./save-options.ts";
import { hdf5Of } from "./weights-hdf5.ts";
import { writtenObjects } from "./weights-tree.ts";

/**
 * Writes the weights to a path (Node), as a whole or not at all; or returns the bytes of the file, in a browser for a download. Equal
 * weights give equal bytes. Source: `keras.saving.save_weights`.
 */
export function saveWeights(model: Model, target: string, options?: SaveOptions): Promise<undefined>;
export function saveWeights(model: Model, target?: null, options?: SaveOptions): Promise<Uint8Array>;
export async function saveWeights(
  model: Model,
  target: string | null = null,
  options: SaveOptions = {},
): Promise<Uint8Array | undefined> {
  checkOptions("saveWeights()", options, SAVE_OPTIONS);
  await checkTarget(target, ".weights.h5", options);
  if (!model.built)
    throw new ValueError(
      `You are saving weights of model '${model.name}' that has not yet been built. Build it with build(inputShape), or call it on some data.`,
    );
  const objects = await writtenObjects(model, options.includeOptimizer ?? true);
  return deliver(hdf5Of(objects), target, options);
}
