/** The weights of a legacy `.h5` file as it lists them: by layer, in order. Source: `keras.src.legacy.saving.legacy_h5_format`. */
import { FileError } from "../file-error.ts";
import type { Hdf5Group } from "../hdf5/hdf5-group.ts";
import type { Hdf5Weights } from "../keras/hdf5-weights.ts";
import type { StoredArray } from "../keras/stored-weights.ts";

/** A layer of the file with its arrays, those that are trained first. */
export interface LegacyLayer {
  readonly name: string;
  readonly arrays: readonly StoredArray[];
}

/** Whether a file has weights in the legacy form, alone or with a model. */
export function isLegacy({ root }: Hdf5Weights): boolean {
  const { attributes } = groupOf(root);
  return attributes.has("layer_names") || attributes.has("layer_names0");
}

/** All layers of the file, also those without weights. Throws FileError where a name leads to nothing. */
export function legacyLayers(weights: Hdf5Weights): LegacyLayer[] {
  const group = groupOf(weights.root);
  return textsOf(group, "layer_names").map((name) => ({ name, arrays: arraysOf(weights, group, name) }));
}

/** What belongs to the model itself, to none of its layers; null where the file does not say. */
export function topLevelArrays(weights: Hdf5Weights): readonly StoredArray[] | null {
  const group = groupOf(weights.root);
  return group.get(TOP_LEVEL) ? arraysOf(weights, group, TOP_LEVEL) : null;
}

/** The version of Keras that wrote the file; null where it does not say. */
export function kerasVersionOf({ root }: Hdf5Weights): string | null {
  const said = groupOf(root).attributes.get("keras_version") ?? root.attributes.get("keras_version");
  return said?.readString() ?? null;
}

/** The group of the weights of the model itself. */
export const TOP_LEVEL = "top_level_model_weights";

/** A file with a model has its weights in a group, a file of weights at its root. */
function groupOf(root: Hdf5Group): Hdf5Group {
  const group = root.get("model_weights");
  return group?.kind === "group" ? group : root;
}

function arraysOf(weights: Hdf5Weights, group: Hdf5Group, name: string): StoredArray[] {
  const layer = group.get(name);
  if (layer?.kind !== "group") throw nothingThere(weights, group, name, "layer_names");
  return textsOf(layer, "weight_names").map((path) => {
    const dataset = layer.get(path);
    if (dataset?.kind !== "dataset") throw nothingThere(weights, layer, path, "weight_names");
    return weights.array(dataset);
  });
}

function nothingThere({ file }: Hdf5Weights, group: Hdf5Group, name: string, list: string): FileError {
  return new FileError(`${list} names what is not there.`, { file, path: `${group.path}/${name}` });
}

/** A list in an attribute; one that is too long for HDF5 is split into `name0`, `name1`, … */
function textsOf(group: Hdf5Group, name: string): string[] {
  const whole = group.attributes.get(name);
  if (whole) return whole.readStrings();
  const texts: string[] = [];
  for (let i = 0; ; i++) {
    const part = group.attributes.get(`${name}${i}`);
    if (!part) return texts;
    texts.push(...part.readStrings());
  }
}
