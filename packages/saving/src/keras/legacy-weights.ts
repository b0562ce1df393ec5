/**
 * Weights of legacy `.h5` files: the k-th layer with weights in the file belongs to the k-th in the model, whatever their names.
 * Source: `load_weights_from_hdf5_group` of `keras.src.legacy.saving.legacy_h5_format`.
 */
import { type KerasVariable, type Layer, type Model, ValueError } from "@keras-ts/core";
import { FileError } from "../file-error.ts";
import type { Hdf5Group } from "../hdf5/hdf5-group.ts";
import type { Hdf5Weights } from "./hdf5-weights.ts";
import { assignMatches, type LoadReport, listOf, type Match, matchArrays } from "./load-variables.ts";
import type { StoredArray } from "./stored-weights.ts";

const TOP_LEVEL = "top_level_model_weights"; // of the model itself, since Keras 2.6

/** Whether the file has weights in the legacy form, alone or with a model. */
export function isLegacy({ root }: Hdf5Weights): boolean {
  return groupOf(root).attributes.has("layer_names") || groupOf(root).attributes.has("layer_names0");
}

/** Assigns all, or none and throws. With `skipMismatch` layers of other shapes keep theirs; their number must be equal all the same. */
export function loadLegacyWeights(model: Model, weights: Hdf5Weights, skipMismatch: boolean): LoadReport {
  const group = groupOf(weights.root);
  const saved = textsOf(group, "layer_names")
    .map((name) => ({ name, arrays: arraysOf(weights, group, name) }))
    .filter(({ arrays }) => arrays.length > 0);
  const layers = model.layers.filter((layer) => layer.weights.length > 0);
  if (saved.length !== layers.length)
    throw new ValueError(
      `"${weights.file}": the model has ${layers.length} layers with weights (${namesOf(layers)}), the file ${saved.length} (${namesOf(saved)}).`,
    );
  const matches: Match[] = [];
  const failures: string[] = [];
  const match = (layer: Layer, name: string, variables: readonly KerasVariable[], arrays: readonly StoredArray[]) => {
    const found = matchArrays({ layer, path: name }, variables, arrays);
    if (typeof found === "string") failures.push(found);
    else matches.push(found);
  };
  for (const [k, { name, arrays }] of saved.entries()) {
    const layer = layers[k];
    if (layer) match(layer, name, legacyOrder(layer), arrays);
  }
  if (group.get(TOP_LEVEL) && !model.isFunctional)
    match(model, TOP_LEVEL, model.savedVariables, arraysOf(weights, group, TOP_LEVEL));
  if (failures.length > 0 && !skipMismatch) throw new ValueError(listOf(failures, weights.file));
  assignMatches(matches);
  return { loaded: matches.map(({ path }) => path), skipped: failures, leftOver: [] };
}

/** Those that are trained come first. */
function legacyOrder(layer: Layer): readonly KerasVariable[] {
  return [...layer.trainableWeights, ...layer.nonTrainableWeights];
}

function groupOf(root: Hdf5Group): Hdf5Group {
  const group = root.get("model_weights");
  return group?.kind === "group" ? group : root;
}

function arraysOf(weights: Hdf5Weights, group: Hdf5Group, name: string): StoredArray[] {
  const layer = group.get(name);
  if (layer?.kind !== "group")
    throw new FileError("layer_names has a layer without a group.", {
      file: weights.file,
      path: `${group.path}/${name}`,
    });
  return textsOf(layer, "weight_names").map((path) => {
    const dataset = layer.get(path);
    if (dataset?.kind === "dataset") return weights.array(dataset);
    throw new FileError("weight_names has a weight without a dataset.", {
      file: weights.file,
      path: `${layer.path}/${path}`,
    });
  });
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

function namesOf(items: readonly { readonly name: string }[]): string {
  return items.map(({ name }) => name).join(", ");
}
