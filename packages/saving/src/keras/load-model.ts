/** Reads a whole model: a `.keras` file, a legacy `.h5` file, or a config in JSON with a file of weights beside it. */
import { type Model, type saving, ValueError } from "@keras-ts/core";
import { FileError } from "../file-error.ts";
import { keras2Config, legacyConfig } from "../legacy/legacy-config.ts";
import { isNpz } from "../numpy/numpy-weights.ts";
import { verifyWith } from "../verify/verify-loaded.ts";
import { checkOptions } from "./check-options.ts";
import { fileKind, KIND_NAMES, receivedText } from "./file-kind.ts";
import { Hdf5Weights } from "./hdf5-weights.ts";
import { CONFIG, type KerasFile, openArchive, openFolder } from "./keras-file.ts";
import { LOAD_OPTIONS, type LoadOptions, warn } from "./load-options.ts";
import { assignWeights, openWeights, takeOptimizers, tell, type WeightFile } from "./load-weights.ts";
import { modelFromConfig } from "./model-from-config.ts";
import { parseObject } from "./read-json.ts";
import { type FileSource, readSource, type SourceBytes } from "./source.ts";

/** Options of `loadModel`. */
export interface LoadModelOptions extends LoadOptions {
  /** Classes and functions that the config may name, besides those registered with `registerKerasSerializable`. */
  readonly customObjects?: saving.CustomObjects | null;
  /** Where the source is a config in JSON (`model.to_json()`): the file of its weights. */
  readonly weights?: FileSource;
  /**
   * Runs the samples that `python -m keras_ts_fixtures … --embed` put into the `.keras` file on the active backend, and throws a
   * VerificationError that names the first layer that differs from Python Keras; ValueError where the file has none. Default false.
   */
  readonly verify?: boolean;
}

/** Names of these options. */
export const LOAD_MODEL_OPTIONS = [...LOAD_OPTIONS, "customObjects", "weights", "verify"] as const;

/**
 * The model of a file that Keras 3 (or `saveModel`) wrote, with its weights. How it was compiled and the state of its optimizer stay with
 * it, see `trainingStateOf`. Throws FileError for damaged files, UnsupportedError with everything that cannot run here, ValueError for
 * weights that do not fit; no tensor is left then. Source: `keras.saving.load_model`.
 */
export async function loadModel(source: FileSource, options: LoadModelOptions = {}): Promise<Model> {
  checkOptions("loadModel()", options, LOAD_MODEL_OPTIONS);
  const folder = await openFolder(source, options, options.verify);
  if (folder) return modelOf(folder, options);
  const file = await readSource(source, options);
  const kind = fileKind(file.bytes);
  if (options.verify && kind !== "zip")
    throw new ValueError(
      `"${file.name}" is ${KIND_NAMES[kind]}: only a .keras file can have samples to verify a model with.`,
    );
  if (kind === "json") return modelOfJson(file, options);
  if (options.weights !== undefined)
    throw new ValueError(`"${file.name}" is ${KIND_NAMES[kind]}: only a config in JSON takes \`weights\` beside it.`);
  if (kind === "npy" || (kind === "zip" && isNpz(file, options.limits)))
    throw new ValueError(
      `"${file.name}": this file has weights only. Make the model, and give it to loadWeights(model, source); or give loadModel its config in JSON with this as \`weights\`.`,
    );
  if (kind === "zip") return modelOf(openArchive(file, options.limits, options.verify), options);
  if (kind === "hdf5") return modelOfHdf5(file, options);
  throw new FileError(
    `this is ${KIND_NAMES[kind]}, not a model (.keras, .h5, or .json with \`weights\`). ${receivedText(file.bytes)}`,
    { file: file.name },
  );
}

async function modelOf(file: KerasFile, options: LoadModelOptions): Promise<Model> {
  const { name, config, weights, samples, assets } = file;
  const model = finish(`"${name}", ${CONFIG}`, config, new Hdf5Weights(weights, options.limits), options);
  if (assets.length > 0)
    warn(
      `"${name}": the file has assets, which no layer here reads and saveModel does not write again: ${assets.slice(0, 10).join(", ")}${assets.length > 10 ? ", …" : ""}.`,
      options,
    );
  if (!options.verify) return model;
  try {
    await verifyWith(model, samples, name, options.limits);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

async function modelOfJson(file: SourceBytes, options: LoadModelOptions): Promise<Model> {
  const config = parseObject(file.bytes, file.name, undefined, options.limits);
  if (options.weights === undefined)
    throw new ValueError(
      `"${file.name}" has no weights. Give loadModel the file of its weights as \`weights\`, or make a new model of the text with modelFromJSON.`,
    );
  const { customObjects: _, weights, filename: __, verify: ___, ...others } = options;
  // Keras 2 names no modules.
  const now = "module" in config ? config : keras2Config(config, `"${file.name}"`, options);
  return finish(`"${file.name}"`, now, await openWeights(weights, others), options);
}

function finish(
  place: string,
  config: Readonly<Record<string, unknown>>,
  weights: WeightFile,
  options: LoadModelOptions,
): Model {
  // Twice, and some: the parts of corrections (LoRA) are not in files.
  const mostWeights = 2 * weights.valueCount() + 2 ** 20;
  const model = modelFromConfig(config, place, options.customObjects ?? null, mostWeights);
  try {
    const report = assignWeights(model, weights);
    takeOptimizers(model, weights);
    tell(report, weights, options);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** A legacy file. */
function modelOfHdf5(file: SourceBytes, options: LoadModelOptions): Model {
  const weights = new Hdf5Weights(file, options.limits);
  const config = legacyConfig(weights, options);
  if (config) return finish(`"${file.name}", model_config`, config, weights, options);
  throw new ValueError(
    `"${file.name}": this file has weights only. Make the model, and give it to loadWeights(model, source); or give loadModel its config in JSON with this as \`weights\`.`,
  );
}
