/** Starts the backend, and loads a model with a bar on the terminal. */
import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { cpu } from "@keras-ts/backend-cpu";
import { type Model, registerBackend, setBackend, ValueError } from "@keras-ts/core";
import { type FileSource, loadModel } from "@keras-ts/saving";
import { download } from "./download.ts";
import { InputError } from "./input-error.ts";
import { isUrl } from "./is-url.ts";
import { sizeText } from "./number-text.ts";
import type { ProgressLine } from "./progress-line.ts";
import type { Terminal } from "./terminal.ts";

/** The model of a path or URL, on cpu. What loading warns of goes to standard error. Throws InputError where the file holds no model. */
export async function openModel(source: string, { err }: Terminal, progress: ProgressLine): Promise<Model> {
  const file = await sourceOf(source, progress);
  // Before there are weights: at its first tensor tfjs would start a backend of its own, and greet.
  registerBackend(cpu());
  await setBackend("cpu");
  try {
    return await loadModel(file, {
      filename: source,
      onProgress: ({ loaded, total }) => progress.update("loading", loaded, total, progressText(loaded, total)),
      onWarning: (message) => err.write(`keras-ts: ${message}\n`),
      fetch: download,
    });
  } catch (error) {
    throw error instanceof ValueError ? new InputError(error.message, { cause: error }) : error;
  } finally {
    progress.end();
  }
}

function progressText(loaded: number, total: number | null): string {
  return total === null ? sizeText(loaded) : `${sizeText(loaded)} of ${sizeText(total)}`;
}

/** A file is read piece by piece where somebody looks at the bar, else as a whole. */
async function sourceOf(source: string, progress: ProgressLine): Promise<FileSource> {
  if (isUrl(source)) return source;
  const found = await stat(source);
  return found.isFile() && progress.isShown ? openAsBlob(source) : source;
}
