/**
 * Matches the arrays of a file with a model's variables by Keras's paths, checks all of them, and only then assigns any.
 * Source: `_load_state` of `keras.src.saving.saving_lib`, `load_own_variables` of the layers.
 */
import { type KerasVariable, type Layer, Model, ValueError } from "@keras-ts/core";
import { assertAllFound, childrenOf, hasLora, join, OPTIMIZER, type SavedLayer } from "./saved-layers.ts";
import type { StoredArray, StoredVariables, StoredWeights } from "./stored-weights.ts";

/** What became of a file's arrays. */
export interface LoadReport {
  /** Paths of the objects whose variables were assigned. */
  readonly loaded: readonly string[];
  /** One line a layer that the file did not fit; only with `skipMismatch`, else it is an error. */
  readonly skipped: readonly string[];
  /** Paths of groups in the file that no layer took; Keras says nothing of them. */
  readonly leftOver: readonly string[];
}

/** Arrays that belong to a layer's variables, compared and not yet assigned. */
export interface Match {
  readonly layer: Layer;
  readonly path: string;
  readonly arrays: readonly { readonly variable: KerasVariable; readonly array: StoredArray }[];
}

/** Assigns all variables, or none and throws. With `skipMismatch` layers that do not fit keep theirs, whole. */
export function loadVariables(model: Model, weights: StoredWeights, skipMismatch: boolean): LoadReport {
  const search = new Search(weights);
  search.visit({ path: "", layer: model });
  assertAllFound(model, search.tried);
  const skipped = [...search.failures.values()];
  if (skipped.length > 0 && !skipMismatch) throw new ValueError(listOf(skipped, weights.file));
  assignMatches(search.matches);
  return { loaded: search.matches.map(({ path }) => path), skipped, leftOver: search.leftOver() };
}

/** Reads all arrays, and then assigns them: reading may find damage. */
export function assignMatches(matches: readonly Match[]): void {
  const values = matches.map(({ arrays }) => arrays.map(({ array }) => array.read()));
  for (const [i, { layer, arrays }] of matches.entries()) {
    for (const [j, { variable }] of arrays.entries()) {
      const read = values[i]?.[j];
      if (read) variable.adopt(read.owned ? read.values : read.values.slice());
    }
    layer.variablesLoaded();
  }
}

/** A walk through a model. A layer that a path does not fit is tried again under the next path that leads to it. */
class Search {
  readonly matches: Match[] = [];
  readonly failures = new Map<Layer, string>();
  readonly #weights: StoredWeights;
  readonly #done = new Set<Layer>();
  /** All layers that a path leads to. */
  readonly tried = new Set<Layer>();
  readonly #open = new Set<Layer>();
  readonly #used = new Set<string>();
  /** Where those of the models are, inner ones too. */
  readonly #optimizers: string[] = [];

  constructor(weights: StoredWeights) {
    this.#weights = weights;
  }

  visit(at: SavedLayer): void {
    const { layer } = at;
    if (this.#done.has(layer) || this.#open.has(layer)) return;
    this.#open.add(layer);
    if (layer instanceof Model) this.#optimizers.push(join(at.path, OPTIMIZER));
    const failuresBefore = this.failures.size;
    const fits = this.#match(at);
    for (const child of childrenOf(at)) this.visit(child);
    this.#open.delete(layer);
    if (fits && this.failures.size <= failuresBefore) this.#done.add(layer);
  }

  /** Groups that hold arrays, and that no layer took. */
  leftOver(): readonly string[] {
    const isOptimizer = (path: string) => this.#optimizers.some((at) => path === at || path.startsWith(`${at}/`));
    return this.#weights.objectPaths().filter((path) => !this.#used.has(path) && !isOptimizer(path));
  }

  #match(at: SavedLayer): boolean {
    const { layer, path } = at;
    if (this.tried.has(layer) && !this.failures.has(layer)) return true;
    this.tried.add(layer);
    const found = matchOf(at, this.#weights.variables(path));
    if (typeof found === "string") {
      if (!this.failures.has(layer)) this.failures.set(layer, found);
      return false;
    }
    // A group that is not there "fits" a layer that was never built: that is no reason to forget the one that did not.
    if (found.arrays.length === 0 && this.failures.has(layer)) return false;
    this.failures.delete(layer);
    this.#used.add(path);
    if (found.arrays.length > 0) this.matches.push(found);
    return true;
  }
}

/** The layer's variables with the arrays of its group, or why the file does not fit. */
function matchOf(at: SavedLayer, stored: StoredVariables | null): Match | string {
  const { layer } = at;
  const { savedVariables: variables } = layer;
  const count = stored?.size ?? 0;
  const where = join(at.path, "vars");
  // Keras does not count the variables of layers with LoRA.
  if (count !== variables.length && !hasLora(layer)) {
    if (variables.length === 0 && !layer.built)
      return `${where}: ${told(layer)} was never built and has no variables, the file has ${count}. Build it, or write buildFromConfig().`;
    const missing = stored === null ? ": there is no such group" : "";
    return `${where}: ${miscounted(layer, variables, count)}${missing}`;
  }
  const arrays = variables.map((_, i) => stored?.get(String(i)));
  const lost = arrays.findIndex((array) => !array);
  if (lost !== -1) return `${where}/${lost}: the '${variables[lost]?.name}' of ${told(layer)} is not in the file`;
  return matchArrays(at, variables, arrays as StoredArray[]);
}

/** Pairs variables with arrays in order, or says what differs. */
export function matchArrays(
  { layer, path }: SavedLayer,
  variables: readonly KerasVariable[],
  arrays: readonly StoredArray[],
): Match | string {
  if (arrays.length !== variables.length) return `${path}: ${miscounted(layer, variables, arrays.length)}`;
  const pairs: Match["arrays"][number][] = [];
  for (const [i, variable] of variables.entries()) {
    const array = arrays[i];
    if (!array) continue;
    if (!sameShape(array.shape, variable.shape))
      return `${array.path}: the '${variable.name}' of ${told(layer)} has shape ${shapeText(variable.shape)}. Received: shape=${shapeText(array.shape)}`;
    pairs.push({ variable, array });
  }
  return { layer, path, arrays: pairs };
}

function told(layer: Layer): string {
  return `layer '${layer.name}' (${layer.className})`;
}

function miscounted(layer: Layer, variables: readonly KerasVariable[], count: number): string {
  const names = variables.map(({ name }) => name).join(", ");
  return `${told(layer)} expected ${variables.length} variables (${names}), but received ${count}`;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

/** The text of an error or warning about layers, or single weights, that a file does not fit. */
export function listOf(lines: readonly string[], file: string, what: "layer" | "weight" = "layer"): string {
  return `"${file}": ${lines.length} ${lines.length === 1 ? what : `${what}s`} could not be loaded.\n${lines.map((line) => `- ${line}`).join("\n")}`;
}
