/** Assigns the arrays of numpy's files to a model's weights: by Keras's paths, or by the order of `get_weights()`; the names decide. */
import { type KerasVariable, type Model, ValueError } from "@keras-ts/core";
import { type LoadReport, listOf } from "../keras/load-variables.ts";
import type { StoredArray } from "../keras/stored-weights.ts";
import { matchPaths } from "./match-paths.ts";
import type { NumpyWeights } from "./numpy-weights.ts";

interface Pair {
  readonly variable: KerasVariable;
  readonly array: StoredArray;
}

/**
 * Assigns all weights, or none and throws ValueError with everything that does not fit. With `skipMismatch` weights of other shapes, and
 * those whose path the file does not have, keep their values.
 */
export function loadNumpyWeights(model: Model, numpy: NumpyWeights, skipMismatch: boolean): LoadReport {
  const { list, file } = numpy;
  const { pairs, missing } = list ? byOrder(model, list, file) : byPath(model, numpy);
  const fits = ({ variable, array }: Pair) => array.shape.join() === variable.shape.join();
  const misfits = pairs.filter((pair) => !fits(pair)).map(misfitText);
  const failures = [
    ...missing.map((path) => `${path}: the file has no such array, or several that may be meant`),
    ...misfits,
  ];
  if (failures.length > 0 && !skipMismatch) throw new ValueError(listOf(failures, file, "weight"));
  const matched = pairs.filter(fits);
  assign(matched);
  const used = new Set(pairs.map(({ array }) => array));
  const leftOver = [...numpy.arrays.values()].filter((array) => !used.has(array)).map(({ path }) => path);
  return { loaded: matched.map(({ variable }) => variable.path), skipped: failures, leftOver };
}

interface Matched {
  readonly pairs: readonly Pair[];
  readonly missing: readonly string[];
}

function byOrder(model: Model, list: readonly StoredArray[], file: string): Matched {
  const { weights } = model;
  if (list.length !== weights.length)
    throw new ValueError(
      `"${file}": the model has ${weights.length} weights (${weights.map(({ path }) => path).join(", ")}), the file ${list.length}.`,
    );
  const pairs = weights.flatMap((variable, i) => (list[i] ? [{ variable, array: list[i] }] : []));
  return { pairs, missing: [] };
}

function byPath(model: Model, { arrays, file }: NumpyWeights): Matched {
  const variables = weightsByPath(model, file);
  const names = matchPaths([...variables.keys()], [...arrays.keys()]);
  const pairs: Pair[] = [];
  const missing: string[] = [];
  for (const [path, variable] of variables) {
    const array = arrays.get(names.get(path) ?? "");
    if (array) pairs.push({ variable, array });
    else missing.push(path);
  }
  if (pairs.length > 0) return { pairs, missing };
  throw new ValueError(
    `"${file}": arrays are named by the paths of weights (${model.weights.map(({ path }) => path).join(", ")}), or arr_0, arr_1, … in the order of get_weights(). Received: ${[...arrays.keys()].join(", ") || "no arrays"}`,
  );
}

/** Throws ValueError where two weights have one path. */
export function weightsByPath(model: Model, file: string): ReadonlyMap<string, KerasVariable> {
  const found = new Map<string, KerasVariable>();
  for (const weight of model.weights) {
    if (found.has(weight.path))
      throw new ValueError(
        `"${file}": model '${model.name}' has two weights of the same path: layers of nested models have the same name. Name them apart, or use .weights.h5. Received: path='${weight.path}'`,
      );
    found.set(weight.path, weight);
  }
  return found;
}

function misfitText({ variable, array }: Pair): string {
  return `${array.path}: weight ${variable.path} has shape [${variable.shape.join(", ")}]. Received: shape=[${array.shape.join(", ")}]`;
}

/** Reading may find damage: nothing is assigned before everything is read. */
function assign(pairs: readonly Pair[]): void {
  const values = pairs.map(({ array }) => array.read());
  for (const [i, { variable }] of pairs.entries()) {
    const read = values[i];
    if (read) variable.adopt(read.owned ? read.values : read.values.slice());
  }
}
