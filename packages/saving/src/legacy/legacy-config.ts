/** The model that a legacy file holds, or a config in JSON of Keras 2, as the config of a `.keras` file. */

import { saving } from "@keras-ts/core";
import type { Hdf5Weights } from "../keras/hdf5-weights.ts";
import { type LoadOptions, warn } from "../keras/load-options.ts";
import { atPlace } from "../keras/model-from-config.ts";
import { parseObject } from "../keras/read-json.ts";
import { hardSigmoidLayers, hardSigmoidWarning } from "./hard-sigmoid.ts";
import type { Json } from "./json.ts";
import { kerasVersionOf } from "./legacy-layers.ts";
import { upgradeTraining } from "./legacy-training.ts";
import { upgradeConfig } from "./upgrade-config.ts";

/** Options that a config is read with. */
export interface LegacyConfigOptions extends LoadOptions {
  readonly customObjects?: saving.CustomObjects | null;
}

/**
 * The config, with `compile_config` where Keras 3 wrote the file: what Keras 2 says of training is not taken over, which the user is
 * told. Null for a file of weights only. Throws FileError for texts that are no JSON, and as `upgradeConfig`.
 */
export function legacyConfig(weights: Hdf5Weights, options: LegacyConfigOptions): Json | null {
  const config = textOf(weights, "model_config", options);
  if (!config) return null;
  const { file } = weights;
  const training = textOf(weights, "training_config", options);
  if (isKeras3(kerasVersionOf(weights)))
    return {
      ...saving.customObjectScope(options.customObjects, () => atPlace(`"${file}"`, () => upgradeConfig(config))),
      ...(training ? { compile_config: upgradeTraining(training) } : {}),
    };
  if (training)
    warn(
      `"${file}": Keras 2 compiled this model. Its optimizer, losses and metrics are not taken over: compile it again to go on with training.`,
      options,
    );
  return keras2Config(config, `"${file}"`, options);
}

/** A config of Keras 2 from a file (`place`); its words that mean something else now are told as a warning. */
export function keras2Config(config: Json, place: string, options: LegacyConfigOptions): Json {
  return saving.customObjectScope(options.customObjects, () => {
    const isGiven = saving.getRegisteredObject("hard_sigmoid") !== undefined;
    const layers = isGiven ? [] : hardSigmoidLayers(config);
    if (layers.length > 0) warn(hardSigmoidWarning(place, layers), options);
    return atPlace(place, () => upgradeConfig(config));
  });
}

function isKeras3(version: string | null): boolean {
  return version !== null && Number.parseInt(version, 10) >= 3;
}

function textOf({ root, file }: Hdf5Weights, name: string, { limits }: LegacyConfigOptions): Json | null {
  const attribute = root.attributes.get(name);
  return attribute ? parseObject(new TextEncoder().encode(attribute.readString()), file, `/@${name}`, limits) : null;
}
