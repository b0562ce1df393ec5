/** Reads weights into a model that is there: from `.weights.h5`, `.weights.json` with its shards, or out of a `.keras` file. */
import { type Model, ValueError } from "@keras-ts/core";
import { FileError } from "../file-error.ts";
import { checkOptions } from "./check-options.ts";
import { fileKind, KIND_NAMES } from "./file-kind.ts";
import { Hdf5Weights } from "./hdf5-weights.ts";
import { openArchive, openFolder } from "./keras-file.ts";
import { isLegacy, loadLegacyWeights } from "./legacy-weights.ts";
import { LOAD_OPTIONS, type LoadOptions, warn } from "./load-options.ts";
import { type LoadReport, listOf, loadVariables } from "./load-variables.ts";
import { readOptimizer } from "./optimizer-groups.ts";
import { openShards, ShardedWeights } from "./sharded-weights.ts";
import { type FileSource, readSource } from "./source.ts";
import { setTrainingState, trainingStateOf } from "./training-state.ts";

/** Options of `loadWeights`. */
export interface LoadWeightsOptions extends LoadOptions {
  /** Layers whose number or shapes of variables differ keep theirs, with a warning; default false: they are an error. */
  readonly skipMismatch?: boolean;
  /** For a `.weights.json` that came as bytes or as a Blob: its shards by name. Those of a path or URL lie beside it. */
  readonly shards?: Readonly<Record<string, FileSource>>;
}

/** Names of these options. */
export const LOAD_WEIGHTS_OPTIONS = [...LOAD_OPTIONS, "skipMismatch", "shards"] as const;

/**
 * Assigns a file's weights to the model's variables, matched by Keras's paths; all of them, or none and an error that names each path
 * that does not fit; those of legacy `.h5` files by the order of the layers. The model must be built. Of a model that was compiled in Python it takes the optimizer's variables, too.
 * Source: `keras.saving.load_weights`.
 */
export async function loadWeights(
  model: Model,
  source: FileSource,
  options: LoadWeightsOptions = {},
): Promise<LoadReport> {
  checkOptions("loadWeights()", options, LOAD_WEIGHTS_OPTIONS);
  if (!model.built)
    throw new ValueError(
      `You are loading weights into model '${model.name}' that has not yet been built. Build it with build(inputShape), or call it on some data.`,
    );
  const weights = await openWeights(source, options);
  const report = assignWeights(model, weights, options.skipMismatch ?? false);
  updateOptimizer(model, weights);
  tell(report, weights.file, options);
  return report;
}

/** Warns of what the report has. */
export function tell({ skipped, leftOver }: LoadReport, file: string, options: LoadOptions): void {
  if (skipped.length > 0) warn(listOf(skipped, file), options);
  if (leftOver.length > 0)
    warn(
      `"${file}": the file has weights that no layer of the model took: ${leftOver.join(", ")}. The model may be another one than was saved.`,
      options,
    );
}

/** The weights of a file of any kind. */
export async function openWeights(
  source: FileSource,
  options: LoadWeightsOptions,
): Promise<Hdf5Weights | ShardedWeights> {
  const folder = await openFolder(source, options);
  if (folder) return new Hdf5Weights(folder.weights, options.limits);
  const file = await readSource(source, options);
  const kind = fileKind(file.bytes);
  if (kind === "zip") return new Hdf5Weights(openArchive(file, options.limits).weights, options.limits);
  if (kind === "json") return openShards(file, source, options);
  if (kind !== "hdf5")
    throw new FileError(
      `this is ${KIND_NAMES[kind]}, not a file of weights (.weights.h5, .weights.json, .h5 or .keras).`,
      {
        file: file.name,
      },
    );
  return new Hdf5Weights(file, options.limits);
}

/** By Keras's paths, or by order for a legacy file. */
export function assignWeights(model: Model, weights: Hdf5Weights | ShardedWeights, skipMismatch: boolean): LoadReport {
  return weights instanceof Hdf5Weights && isLegacy(weights)
    ? loadLegacyWeights(model, weights, skipMismatch)
    : loadVariables(model, weights, skipMismatch);
}

/** Keras loads an optimizer's variables into a compiled model. */
function updateOptimizer(model: Model, weights: Hdf5Weights | ShardedWeights): void {
  const state = trainingStateOf(model);
  const files = weights instanceof ShardedWeights ? [...weights.shards.values()] : [weights];
  const optimizer = files.flatMap(readOptimizer);
  if (state && optimizer.length > 0) setTrainingState(model, { ...state, optimizer });
}
