/** Options that reading a model and reading weights have in common. */
import type { FileLimits } from "../limits.ts";
import { SOURCE_OPTIONS, type SourceOptions } from "./source.ts";

/** How a file is read and what of it is told. */
export interface LoadOptions extends SourceOptions {
  /** What the file may cost in memory and time, whatever it claims. */
  readonly limits?: FileLimits;
  /**
   * Told, one text each, what Keras warns of or passes over: layers skipped by `skipMismatch`, and weights in the file that no layer took.
   * Default: `console.warn`. Give `() => {}` for silence.
   */
  readonly onWarning?: (message: string) => void;
}

/** Names of these options. */
export const LOAD_OPTIONS = [...SOURCE_OPTIONS, "limits", "onWarning"] as const;

/** Tells a warning. */
export function warn(message: string, { onWarning }: LoadOptions): void {
  if (onWarning) onWarning(message);
  // biome-ignore lint/suspicious/noConsole: Keras warns, too; onWarning takes its place
  else console.warn(message);
}
