/**
 * Assigns the weights of a legacy `.h5` file: the k-th layer of the file that has weights belongs to the k-th of the model, or layers of
 * the same name to each other. Source: `load_weights_from_hdf5_group` and `…_by_name` of `keras.src.legacy.saving.legacy_h5_format`.
 */
import { type KerasVariable, type Layer, type Model, ValueError } from "@keras-ts/core";
import type { Hdf5Weights } from "../keras/hdf5-weights.ts";
import { type LoadReport, listOf } from "../keras/load-variables.ts";
import type { StoredArray } from "../keras/stored-weights.ts";
import { type LegacyLayer, legacyLayers, TOP_LEVEL, topLevelArrays } from "./legacy-layers.ts";

/** How layers of the file and of the model find each other, and what becomes of those that differ. */
export interface LegacyOptions {
  /** Layers of the same name, whatever their order; others on either side are left alone. */
  readonly byName: boolean;
  /** Weights of another shape keep theirs, with `byName` also layers of another number of weights. */
  readonly skipMismatch: boolean;
}

interface Pair {
  readonly variable: KerasVariable;
  readonly array: StoredArray;
}

/** What is to be assigned, and what does not fit. */
interface Found {
  readonly loaded: string[];
  readonly pairs: Pair[];
  /** Skipped with `skipMismatch`. */
  readonly misfits: string[];
  /** Errors all the same. */
  readonly faults: string[];
}

/** Assigns all weights, or none and throws ValueError with everything that does not fit. */
export function loadLegacyWeights(
  model: Model,
  weights: Hdf5Weights,
  { byName, skipMismatch }: LegacyOptions,
): LoadReport {
  const layers = legacyLayers(weights);
  const found: Found = { loaded: [], pairs: [], misfits: [], faults: [] };
  const matched = byName ? matchedByName(model, layers) : matchedByOrder(model, layers, weights.file);
  for (const [layer, saved] of matched)
    match(found, saved, `layer '${layer.name}' (${layer.className})`, legacyOrder(layer), byName);
  const own = topLevelArrays(weights);
  if (own) match(found, { name: TOP_LEVEL, arrays: own }, `the model itself`, ownWeights(model), byName);
  const failures = skipMismatch ? found.faults : [...found.faults, ...found.misfits];
  if (failures.length > 0) throw new ValueError(listOf(failures, weights.file));
  assign(found.pairs);
  const taken = new Set(matched.map(([, saved]) => saved));
  const leftOver = layers.filter((layer) => layer.arrays.length > 0 && !taken.has(layer)).map(({ name }) => name);
  return { loaded: found.loaded, skipped: found.misfits, leftOver };
}

type Matched = readonly (readonly [layer: Layer, saved: LegacyLayer])[];

function matchedByOrder(model: Model, saved: readonly LegacyLayer[], file: string): Matched {
  const stored = saved.filter(({ arrays }) => arrays.length > 0);
  const layers = model.layers.filter(({ weights }) => weights.length > 0);
  if (stored.length === layers.length)
    return stored.flatMap((item, k) => {
      const layer = layers[k];
      return layer ? [[layer, item] as const] : [];
    });
  throw new ValueError(
    `"${file}": the model has ${layers.length} layers with weights (${namesOf(layers)}), the file ${stored.length} (${namesOf(stored)}). Layers that have the same names in both can be loaded with byName: true.`,
  );
}

function matchedByName(model: Model, saved: readonly LegacyLayer[]): Matched {
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  return saved.flatMap((item) => {
    const layer = byName.get(item.name);
    return layer ? [[layer, item] as const] : [];
  });
}

function namesOf(items: readonly { readonly name: string }[]): string {
  return items.map(({ name }) => name).join(", ");
}

function match(
  found: Found,
  { name, arrays }: LegacyLayer,
  who: string,
  variables: readonly KerasVariable[],
  byName: boolean,
): void {
  if (arrays.length !== variables.length) {
    const names = variables.map((variable) => variable.name).join(", ") || "none";
    const line = `${name}: ${who} has ${variables.length} weights (${names}), the file ${arrays.length}`;
    (byName ? found.misfits : found.faults).push(line);
    return;
  }
  const misfits: string[] = [];
  for (const [i, variable] of variables.entries()) {
    const array = arrays[i];
    if (!array) continue;
    if (array.shape.join() === variable.shape.join()) found.pairs.push({ variable, array });
    else
      misfits.push(
        `the '${variable.name}' has shape [${variable.shape.join(", ")}]. Received: shape=[${array.shape.join(", ")}]`,
      );
  }
  if (misfits.length > 0) found.misfits.push(`${name}: ${who}: ${misfits.join("; ")}`);
  if (arrays.length > misfits.length) found.loaded.push(name);
}

/** Those that are trained come first. */
function legacyOrder(layer: Layer): readonly KerasVariable[] {
  return [...layer.trainableWeights, ...layer.nonTrainableWeights];
}

/** Weights of the model that none of its layers has. */
function ownWeights(model: Model): readonly KerasVariable[] {
  const inLayers = new Set(model.layers.flatMap(({ weights }) => weights));
  return legacyOrder(model).filter((weight) => !inLayers.has(weight));
}

/** Reading may find damage: nothing is assigned before everything is read. */
function assign(pairs: readonly Pair[]): void {
  const values = pairs.map(({ array }) => array.read());
  for (const [i, { variable }] of pairs.entries()) {
    const read = values[i];
    if (read) variable.adopt(read.owned ? read.values : read.values.slice());
  }
}
