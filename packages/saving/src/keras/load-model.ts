/** Reads a whole model: a `.keras` file, or a config in JSON with a file of weights beside it. */
import { type Model, type saving, UnsupportedError, ValueError } from "@keras-ts/core";
import { FileError } from "../file-error.ts";
import { checkOptions } from "./check-options.ts";
import { fileKind, KIND_NAMES } from "./file-kind.ts";
import { Hdf5Weights } from "./hdf5-weights.ts";
import { CONFIG, type KerasFile, openArchive, openFolder } from "./keras-file.ts";
import { LOAD_OPTIONS, type LoadOptions } from "./load-options.ts";
import { loadVariables } from "./load-variables.ts";
import { openWeights, tell } from "./load-weights.ts";
import { modelFromConfig } from "./model-from-config.ts";
import { readOptimizer } from "./optimizer-groups.ts";
import { parseObject, ShardedWeights } from "./sharded-weights.ts";
import { type FileSource, readSource, type SourceBytes } from "./source.ts";
import { setTrainingState } from "./training-state.ts";

/** Options of `loadModel`. */
export interface LoadModelOptions extends LoadOptions {
  /** Classes and functions that the config may name, besides those registered with `registerKerasSerializable`. */
  readonly customObjects?: saving.CustomObjects | null;
  /** Where the source is a config in JSON (`model.to_json()`): the file of its weights. */
  readonly weights?: FileSource;
}

/** Names of these options. */
export const LOAD_MODEL_OPTIONS = [...LOAD_OPTIONS, "customObjects", "weights"] as const;

/**
 * The model of a file that Keras 3 (or `saveModel`) wrote, with its weights. How it was compiled and the state of its optimizer stay with
 * it, see `trainingStateOf`. Throws FileError for damaged files, UnsupportedError with everything that cannot run here, ValueError for
 * weights that do not fit; no tensor is left then. Source: `keras.saving.load_model`.
 */
export async function loadModel(source: FileSource, options: LoadModelOptions = {}): Promise<Model> {
  checkOptions("loadModel()", options, LOAD_MODEL_OPTIONS);
  const folder = await openFolder(source, options);
  if (folder) return modelOf(folder, options);
  const file = await readSource(source, options);
  const kind = fileKind(file.bytes);
  if (kind === "json") return modelOfJson(file, options);
  if (options.weights !== undefined)
    throw new ValueError(`"${file.name}" is ${KIND_NAMES[kind]}: only a config in JSON takes \`weights\` beside it.`);
  if (kind === "zip") return modelOf(openArchive(file, options.limits), options);
  if (kind === "hdf5") throw refuseHdf5(file, options);
  throw new FileError(`this is ${KIND_NAMES[kind]}, not a model (.keras, or .json with \`weights\`).`, {
    file: file.name,
  });
}

function modelOf({ name, config, weights }: KerasFile, options: LoadModelOptions): Model {
  return finish(`"${name}", ${CONFIG}`, config, new Hdf5Weights(weights, options.limits), options);
}

async function modelOfJson(file: SourceBytes, options: LoadModelOptions): Promise<Model> {
  const config = parseObject(file.bytes, file.name);
  if (options.weights === undefined)
    throw new ValueError(
      `"${file.name}" has no weights. Give loadModel the file of its weights as \`weights\`, or make a new model of the text with modelFromJSON.`,
    );
  const { customObjects: _, weights, filename: __, ...others } = options;
  return finish(`"${file.name}"`, config, await openWeights(weights, others), options);
}

function finish(
  place: string,
  config: Readonly<Record<string, unknown>>,
  weights: Hdf5Weights | ShardedWeights,
  options: LoadModelOptions,
): Model {
  // Twice, and some: the parts of corrections (LoRA) are not in files.
  const mostWeights = 2 * weights.valueCount() + 2 ** 20;
  const model = modelFromConfig(config, place, options.customObjects ?? null, mostWeights);
  try {
    const report = loadVariables(model, weights, false);
    keepTraining(model, config["compile_config"], weights);
    tell(report, weights.file, options);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

function keepTraining(model: Model, compileConfig: unknown, weights: Hdf5Weights | ShardedWeights): void {
  if (typeof compileConfig !== "object" || compileConfig === null || Object.keys(compileConfig).length === 0) return;
  const files = weights instanceof ShardedWeights ? [...weights.shards.values()] : [weights];
  setTrainingState(model, {
    compileConfig: compileConfig as saving.KerasConfig,
    optimizer: files.flatMap(readOptimizer),
  });
}

function refuseHdf5(file: SourceBytes, { limits }: LoadModelOptions): Error {
  const { root } = new Hdf5Weights(file, limits);
  return root.attributes.has("model_config")
    ? new UnsupportedError(
        `"${file.name}": this is a whole model in a legacy .h5 file, which is not read yet. In Python: keras.models.load_model("…h5").save("….keras").`,
      )
    : new ValueError(
        `"${file.name}": this file has weights only. Make the model, and give it to loadWeights(model, source); or give loadModel its config in JSON with this as \`weights\`.`,
      );
}
