/** Options that writing a model and writing weights have in common, and where what was written goes. */
import { ValueError } from "@keras-ts/core";
import { pathExists, writeFileBytes } from "./node-files.ts";

/** How a file is written. */
export interface SaveOptions {
  /** Whether what a file said of training (`trainingStateOf`) is written, too. Default true. */
  readonly includeOptimizer?: boolean;
  /** Whether a file that is there may be replaced. Default true, as Keras's. */
  readonly overwrite?: boolean;
  /** Stops: the promise fails with the signal's reason, and no file is changed. */
  readonly signal?: AbortSignal;
}

/** Names of these options. */
export const SAVE_OPTIONS = ["includeOptimizer", "overwrite", "signal"] as const;

/** Refuses a target before anything is done for it. */
export async function checkTarget(target: unknown, ending: string, { overwrite = true }: SaveOptions): Promise<void> {
  if (target === undefined || target === null) return;
  if (typeof target !== "string")
    throw new ValueError(
      `A file is written to a path, or to none and its bytes are returned. Received: target=${String(target)}`,
    );
  if (!target.endsWith(ending))
    throw new ValueError(`The filename must end in \`${ending}\`. Received: target='${target}'`);
  if (!overwrite && (await pathExists(target)))
    throw new ValueError(`There is a file already. Received: target='${target}', overwrite=false`);
}

/** Writes bytes to a path and returns nothing, or returns them where there is no path. */
export async function deliver(
  bytes: Uint8Array,
  target: string | null | undefined,
  { signal }: SaveOptions,
): Promise<Uint8Array | undefined> {
  signal?.throwIfAborted();
  if (target === undefined || target === null) return bytes;
  await writeFileBytes(target, bytes, signal);
  return undefined;
}
