/** Reads weights into a model that is there: from `.weights.h5`, `.weights.json` with its shards, `.keras`, legacy `.h5`, `.npz` or `.npy`. */
import { Model, ValueError } from "@keras-ts/core";
import { FileError } from "../file-error.ts";
import { isLegacy } from "../legacy/legacy-layers.ts";
import { loadLegacyWeights } from "../legacy/load-legacy-weights.ts";
import { loadNumpyWeights } from "../numpy/load-numpy-weights.ts";
import { isNpz, NumpyWeights } from "../numpy/numpy-weights.ts";
import { checkOptions } from "./check-options.ts";
import { fileKind, KIND_NAMES, receivedText } from "./file-kind.ts";
import { Hdf5Weights } from "./hdf5-weights.ts";
import { openArchive, openFolder } from "./keras-file.ts";
import { LOAD_OPTIONS, type LoadOptions, warn } from "./load-options.ts";
import { type LoadReport, listOf, loadVariables } from "./load-variables.ts";
import { readOptimizer } from "./optimizer-groups.ts";
import { OPTIMIZER, savedLayers } from "./saved-layers.ts";
import { openShards, ShardedWeights } from "./sharded-weights.ts";
import { type FileSource, readSource } from "./source.ts";
import { setTrainingState, trainingStateOf } from "./training-state.ts";

/** Options of `loadWeights`. */
export interface LoadWeightsOptions extends LoadOptions {
  /** Layers whose number or shapes of variables differ keep theirs, with a warning; default false: they are an error. */
  readonly skipMismatch?: boolean;
  /** For a legacy `.h5` file: layers of the same name are given to each other, and others left alone. Default false: by their order. */
  readonly byName?: boolean;
  /** For a `.weights.json` that came as bytes or as a Blob: its shards by name. Those of a path or URL lie beside it. */
  readonly shards?: Readonly<Record<string, FileSource>>;
}

/** What weights are read from. */
export type WeightFile = Hdf5Weights | ShardedWeights | NumpyWeights;

/** Names of these options. */
export const LOAD_WEIGHTS_OPTIONS = [...LOAD_OPTIONS, "skipMismatch", "byName", "shards"] as const;

/**
 * Assigns a file's weights to the model's variables; all of them, or none and an error that names each path that does not fit. They are
 * matched by Keras's paths; those of legacy `.h5` files by the order of the layers, or their names; those of `.npz` by `weight.path`, or by
 * `arr_0`, `arr_1`, … in the order of `get_weights()`. The model must be built. Of a model that was compiled in Python it takes the
 * optimizer's variables, too, where `.keras` or `.weights.h5` has them. Source: `keras.saving.load_weights`.
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
  const report = assignWeights(model, weights, options);
  // Keras takes none from a legacy file of weights.
  if (!(weights instanceof Hdf5Weights && isLegacy(weights))) takeOptimizers(model, weights);
  // By name, the others are left over on purpose.
  tell(options.byName ? { ...report, leftOver: [] } : report, weights, options);
  return report;
}

/** Warns of what the report has. */
export function tell({ skipped, leftOver }: LoadReport, weights: WeightFile, options: LoadOptions): void {
  const { file } = weights;
  if (skipped.length > 0) warn(listOf(skipped, file, weights instanceof NumpyWeights ? "weight" : "layer"), options);
  if (leftOver.length > 0)
    warn(
      `"${file}": the file has weights that no layer of the model took: ${leftOver.join(", ")}. The model may be another one than was saved.`,
      options,
    );
}

/** The weights of a file of any kind. */
export async function openWeights(source: FileSource, options: LoadWeightsOptions): Promise<WeightFile> {
  const folder = await openFolder(source, options);
  if (folder) return new Hdf5Weights(folder.weights, options.limits);
  const file = await readSource(source, options);
  const kind = fileKind(file.bytes);
  if (kind === "npy") return NumpyWeights.ofArray(file, options.limits);
  if (kind === "zip" && isNpz(file, options.limits)) return NumpyWeights.ofArchive(file, options.limits);
  if (kind === "zip") return new Hdf5Weights(openArchive(file, options.limits).weights, options.limits);
  if (kind === "json") return openShards(file, source, options);
  if (kind !== "hdf5")
    throw new FileError(
      `this is ${KIND_NAMES[kind]}, not a file of weights (.weights.h5, .weights.json, .h5, .npz, .npy or .keras). ${receivedText(file.bytes)}`,
      { file: file.name },
    );
  return new Hdf5Weights(file, options.limits);
}

/** Assigns all weights, in the way of their file. Throws ValueError where something does not fit. */
export function assignWeights(
  model: Model,
  weights: WeightFile,
  { skipMismatch = false, byName = false }: Pick<LoadWeightsOptions, "skipMismatch" | "byName"> = {},
): LoadReport {
  if (weights instanceof Hdf5Weights && isLegacy(weights))
    return loadLegacyWeights(model, weights, { byName, skipMismatch });
  if (byName)
    throw new ValueError(
      `"${weights.file}": only legacy .h5 files are loaded by name, others by the paths of weights. Received: byName=true`,
    );
  if (weights instanceof NumpyWeights) return loadNumpyWeights(model, weights, skipMismatch);
  return loadVariables(model, weights, skipMismatch);
}

/** Gives the models that Python compiled, inner ones too, the variables of their optimizers, where a file has them. */
export function takeOptimizers(model: Model, weights: WeightFile): void {
  if (weights instanceof NumpyWeights) return;
  const files = weights instanceof ShardedWeights ? [...weights.shards.values()] : [weights];
  const isOptimizer = (path: string) => path.split("/").some((part) => part.startsWith(OPTIMIZER));
  if (!weights.objectPaths().some(isOptimizer)) return;
  for (const { path, layer } of savedLayers(model)) {
    if (!(layer instanceof Model)) continue;
    const state = trainingStateOf(layer);
    const optimizer = state ? readOptimizer(files, path) : [];
    if (state && optimizer.length > 0) setTrainingState(layer, { ...state, optimizer });
  }
}
