/** Inputs from, and outputs to, files of NumPy. */
import { readFile, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Model, type PredictInput, UnsupportedError } from "@keras-ts/core";
import { type NpyArray, readNpyFile, readZip, writeNpyFile, writeZip } from "@keras-ts/saving";
import { InputError } from "./input-error.ts";
import { regularFile } from "./regular-file.ts";
import { UsageError } from "./usage-error.ts";

/** An array for each of the model's inputs, by name. Throws UsageError where they do not fit. */
export async function readInputs(model: Model, words: readonly string[]): Promise<Record<string, PredictInput>> {
  const names = model.inputNames;
  const found = new Map<string, NpyArray>();
  for (const word of words) {
    const named = names.find((name) => word.startsWith(`${name}=`));
    const file = named === undefined ? word : word.slice(named.length + 1);
    for (const [name, array] of await arraysOf(file).catch(inputFault(word, names))) {
      const input = named ?? name ?? (names.length === 1 ? names[0] : undefined);
      if (input === undefined || !names.includes(input))
        throw new UsageError(
          `${word}: this model's inputs are ${names.join(", ")}: give NAME=FILE for each, or a .npz with these names. Received: ${name ?? "no name"}`,
        );
      if (found.has(input)) throw new UsageError(`${word}: input ${input} is given twice`);
      found.set(input, array);
    }
  }
  const entries = model.inputs.map(({ name, shape }) => {
    const array = found.get(name);
    if (!array) throw new UsageError(`input ${name} is missing. Received: ${[...found.keys()].join(", ") || "none"}`);
    const fits =
      array.shape.length === shape.length && shape.every((size, i) => size === null || size === array.shape[i]);
    if (!fits)
      throw new UsageError(
        `input ${name} has shape (${shape.map((size) => size ?? "any").join(", ")}). Received: (${array.shape.join(", ")})`,
      );
    return [name, shape.slice(1).includes(null) ? nested(array) : array.data] as const;
  });
  return Object.fromEntries(entries);
}

/** Writes one output as `.npy`, or any number as `.npz`. Throws UsageError for another name, and for several outputs in a `.npy`. */
export async function writeOutputs(path: string, outputs: ReadonlyMap<string, NpyArray>): Promise<void> {
  await writeFile(path, isArchive(path) ? archiveOf(outputs) : writeNpyFile(onlyOf(outputs)));
}

/** Refuses a file for outputs, or a folder that is not there, before anything has run. */
export async function checkOutputFile(path: string, outputs: number): Promise<void> {
  if (!/\.np[yz]$/.test(path)) throw new UsageError(`--output: outputs are written to .npy or .npz. Received: ${path}`);
  if (outputs > 1 && !isArchive(path))
    throw new UsageError(`--output: this model has ${outputs} outputs, which a .npz holds. Received: ${path}`);
  const isFolder = async (name: string) => (await stat(name).catch(() => null))?.isDirectory() === true;
  if (!(await isFolder(dirname(path)))) throw new InputError(`no such folder: ${dirname(path)}`);
  if (await isFolder(path)) throw new InputError(`a folder, not a file: ${path}`);
}

function isArchive(path: string): boolean {
  return path.endsWith(".npz");
}

/** With names where they come from a `.npz` of several. */
async function arraysOf(file: string): Promise<readonly (readonly [string | null, NpyArray])[]> {
  const bytes = new Uint8Array(await readFile(await regularFile(file)));
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return [[null, readNpyFile(bytes, { name: file })]];
  const archive = readZip(bytes, { name: file });
  const names = archive.names();
  return names.map((name) => {
    const array = readNpyFile(archive.read(name) ?? new Uint8Array(), { name: `${file}, ${name}` });
    return [names.length === 1 ? null : name.replace(/\.npy$/, ""), array] as const;
  });
}

/** What a file cannot be read for, in terms of the command line. */
function inputFault(word: string, names: readonly string[]): (error: unknown) => never {
  return (error) => {
    if (error instanceof UnsupportedError) throw new InputError(error.message, { cause: error });
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isMissing && word.includes("="))
      throw new UsageError(`no such file: ${word}; this model's inputs are ${names.join(", ")}`);
    throw error;
  };
}

function archiveOf(outputs: ReadonlyMap<string, NpyArray>): Uint8Array {
  return writeZip(new Map([...outputs].map(([name, array]) => [`${name}.npy`, writeNpyFile(array)])));
}

function onlyOf(outputs: ReadonlyMap<string, NpyArray>): NpyArray {
  const [array] = outputs.values();
  if (!array) throw new UsageError("this model has no outputs");
  return array;
}

/** Lists in lists, which carry their shape where the model's has unknown sizes. */
function nested({ shape, data }: NpyArray): PredictInput {
  const at = (axis: number, start: number, size: number): NestedList => {
    const length = shape[axis] ?? 1;
    if (axis === shape.length - 1) return Array.from(data.subarray(start, start + length));
    return Array.from({ length }, (_, i) => at(axis + 1, start + (i * size) / length, size / length));
  };
  return at(0, 0, data.length);
}

type NestedList = readonly (number | NestedList)[];
