/** JSON in files: configs and maps of shards. Files come from strangers, so that its size and its depth are limited. */
import { FileError } from "../file-error.ts";
import { Budget, type FileLimits } from "../limits.ts";
import { parsePythonJson } from "./python-json.ts";

/** The object in a JSON file, or in its part at `path`. Throws FileError. */
export function parseObject(
  bytes: Uint8Array,
  file: string,
  path?: string,
  limits?: FileLimits,
): Readonly<Record<string, unknown>> {
  checkJsonBytes(bytes.length, file, path, limits);
  const place = { file, ...(path === undefined ? {} : { path }) };
  let json: unknown;
  try {
    json = parsePythonJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new FileError(`this is no JSON: ${error instanceof Error ? error.message : String(error)}.`, place);
  }
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  throw new FileError("an object in JSON is expected.", place);
}

/** Refuses JSON beyond `limits.jsonBytes`, before it is inflated: a list of lists takes twenty times its bytes and a second for 4 MiB. */
export function checkJsonBytes(bytes: number, file: string, path = "", limits: FileLimits = {}): void {
  new Budget(file, bytes, limits).check("jsonBytes", bytes, path, 0);
}
