/** Refuses a folder where a file is wanted: reading one fails without its name. */
import { stat } from "node:fs/promises";
import { InputError } from "./input-error.ts";

/** The path itself. Throws InputError for a folder, and the system's error where there is nothing. */
export async function regularFile(path: string): Promise<string> {
  if ((await stat(path)).isDirectory()) throw new InputError(`a folder, not a file: ${path}`);
  return path;
}
