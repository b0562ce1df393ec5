/** Writes a whole model to a `.keras` file that Keras 3.15 reads. */
import { Model, saving } from "@keras-ts/core";
import { writeZip } from "../zip/write-zip.ts";
import { checkOptions } from "./check-options.ts";
import { CONFIG, METADATA, WEIGHTS } from "./keras-file.ts";
import { COMPILE, textsOf, toPythonJson } from "./python-json.ts";
import { checkTarget, deliver, SAVE_OPTIONS, type SaveOptions } from "./save-options.ts";
import { savedLayers } from "./saved-layers.ts";
import { hdf5Of } from "./weights-hdf5.ts";
import { writtenObjects } from "./weights-tree.ts";

/** Options of `saveModel`. */
export interface SaveModelOptions extends SaveOptions {
  /** Written to `metadata.json` as Keras does. Default none, so that equal models give equal bytes. */
  readonly dateSaved?: Date | null;
}

/** Names of these options. */
export const SAVE_MODEL_OPTIONS = [...SAVE_OPTIONS, "dateSaved"] as const;

/** The version whose format is written. */
const KERAS_VERSION = "3.15.1";

/**
 * Writes config, weights and what is known of training to a path (Node), as a whole or not at all; or returns the bytes of the file, in a
 * browser for a download. Equal models give equal bytes. Source: `keras.saving.save_model`.
 */
export function saveModel(model: Model, target: string, options?: SaveModelOptions): Promise<undefined>;
export function saveModel(model: Model, target?: null, options?: SaveModelOptions): Promise<Uint8Array>;
export async function saveModel(
  model: Model,
  target: string | null = null,
  options: SaveModelOptions = {},
): Promise<Uint8Array | undefined> {
  checkOptions("saveModel()", options, SAVE_MODEL_OPTIONS);
  await checkTarget(target, ".keras", options);
  const { includeOptimizer = true, dateSaved = null } = options;
  const config = saving.serializeWithSharedIds(() => saving.serializeKerasObject(model));
  const metadata = {
    keras_version: KERAS_VERSION,
    ...(dateSaved === null ? {} : { date_saved: kerasDate(dateSaved) }),
  };
  const weights = hdf5Of(await writtenObjects(model, includeOptimizer));
  const text = new TextEncoder();
  const bytes = writeZip(
    new Map([
      [METADATA, text.encode(toPythonJson(metadata))],
      [
        CONFIG,
        text.encode(toPythonJson(includeOptimizer ? config : withoutTraining(config), textsOf(compiledAs(model)))),
      ],
      [WEIGHTS, weights],
    ]),
  );
  return deliver(bytes, target, options);
}

/** How the model and those inside of it were compiled. */
function compiledAs(model: Model): object[] {
  return savedLayers(model).flatMap(({ layer }) => (layer instanceof Model ? [layer.getCompileConfig()] : []));
}

/** A config in which no model was compiled. */
function withoutTraining(config: saving.JsonValue): saving.JsonValue {
  if (Array.isArray(config)) return config.map(withoutTraining);
  if (typeof config !== "object" || config === null) return config;
  const entries = Object.entries(config);
  return Object.fromEntries(entries.map(([key, value]) => [key, key === COMPILE ? {} : withoutTraining(value)]));
}

/** `2026-01-31@23:59:00`, in UTC. */
function kerasDate(date: Date): string {
  return date.toISOString().slice(0, 19).replace("T", "@");
}
