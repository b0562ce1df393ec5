/** Finds suites on disk and reads them whole, so that a broken one is known before anything is replayed. Node only. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { Archive } from "./archive.ts";
import { type Arrays, arraysOf, checkShapes } from "./arrays.ts";
import type { Case, Generator } from "./manifest.ts";
import type { NdArray } from "./nd-array.ts";
import { readNpy } from "./npy.ts";
import { SuiteError, validateManifest } from "./validate.ts";

export interface Suite {
  /** The folder's name below the directory that was asked for. */
  readonly name: string;
  readonly folder: string;
  readonly generator: Generator;
  readonly cases: readonly Case[];
  readonly arrays: Arrays;
}

const MANIFEST = "manifest.json";

/**
 * Reads every suite of `directories`, each a suite or a folder of suites.
 * @param filter keeps the cases whose `suite/id` contains it; arrays of the others are not read.
 * @throws SuiteError naming file and case for everything that is wrong in any of them.
 */
export function loadSuites(directories: readonly string[], filter = ""): Suite[] {
  const problems: string[] = [];
  const suites: Suite[] = [];
  for (const { folder, name } of directories.flatMap(findSuites)) {
    try {
      suites.push(loadSuite(folder, name, filter));
    } catch (error) {
      if (!(error instanceof SuiteError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new SuiteError(problems);
  return suites;
}

function findSuites(directory: string): { folder: string; name: string }[] {
  const root = resolve(directory);
  if (!existsSync(root) || !statSync(root).isDirectory()) throw new SuiteError([`${directory}: no such folder`]);
  if (existsSync(join(root, MANIFEST))) return [{ folder: root, name: basename(root) }];
  const found = readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name === MANIFEST)
    .map((entry) => ({ folder: entry.parentPath, name: relative(root, entry.parentPath).replaceAll("\\", "/") }));
  if (found.length === 0)
    throw new SuiteError([`${directory}: holds no ${MANIFEST}, neither itself nor in a folder below`]);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function loadSuite(folder: string, name: string, filter: string): Suite {
  const file = join(folder, MANIFEST);
  const { generator, cases, archive: packed } = validateManifest(readFileSync(file, "utf8"), file);
  const arrays = new Map<string, NdArray & { readonly type: string }>();
  const problems: string[] = [];
  const replayed: Case[] = [];
  const kept = cases.filter((item) => `${name}/${item.id}`.includes(filter));
  const archive = packed === undefined ? null : openArchive(folder, packed, file);
  archive?.prepare(new Set(kept.flatMap((item) => arraysOf(item).map((use) => use.file))));
  for (const item of kept) {
    try {
      for (const { file: path, role, type } of arraysOf(item)) {
        const array = arrays.get(path) ?? readArray(folder, archive, path, role);
        arrays.set(path, array);
        if (type !== null && array.type !== type)
          throw new Error(`${role} ${path} holds ${array.type}, the format asks for ${type}`);
      }
      checkShapes(item, arrays);
      replayed.push(withDocument(folder, item));
    } catch (error) {
      problems.push(`${file}: case "${item.id}": ${error instanceof Error ? error.message : error}`);
    }
  }
  if (problems.length > 0) throw new SuiteError(problems);
  return { name, folder, generator, cases: replayed, arrays };
}

/** An archive that cannot be read at all is the suite's fault, not a case's. */
function openArchive(folder: string, path: string, manifest: string): Archive {
  try {
    const bytes = readBytes(folder, path, "archive");
    try {
      return new Archive(bytes);
    } catch (error) {
      throw new Error(`archive ${path}: ${error instanceof Error ? error.message : error}`);
    }
  } catch (error) {
    throw new SuiteError([`${manifest}: ${error instanceof Error ? error.message : error}`]);
  }
}

function readBytes(folder: string, path: string, role: string): Uint8Array {
  const full = inside(folder, path, role);
  try {
    return readFileSync(full);
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new Error(
      `${role} ${path} ${missing ? "is missing" : `cannot be read: ${error instanceof Error ? error.message : error}`}`,
    );
  }
}

function readMember(folder: string, archive: Archive, path: string, role: string): Uint8Array {
  inside(folder, path, role);
  try {
    return archive.read(path);
  } catch (error) {
    throw new Error(`${role} ${path} in the archive: ${error instanceof Error ? error.message : error}`);
  }
}

function inside(folder: string, path: string, role: string): string {
  const full = resolve(folder, path);
  if (relative(folder, full).startsWith("..")) throw new Error(`${role} ${path} lies outside the suite's folder`);
  return full;
}

/** A malformed object is the case's point, so only what is not JSON is the suite's fault. */
function withDocument(folder: string, item: Case): Case {
  if (item.kind === "error" && item.file?.endsWith(".json"))
    return { ...item, document: JSON.parse(readJson(folder, item.file, "file")) };
  if (item.kind === "model" && item.json) return { ...item, text: readJson(folder, item.json, "json") };
  return item;
}

/** The text of a file that is JSON. */
function readJson(folder: string, path: string, role: string): string {
  const text = new TextDecoder().decode(readBytes(folder, path, role));
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Error(`${role} ${path}: malformed JSON: ${error instanceof Error ? error.message : error}`);
  }
  return text;
}

function readArray(
  folder: string,
  archive: Archive | null,
  path: string,
  role: string,
): NdArray & { readonly type: string } {
  const bytes = archive ? readMember(folder, archive, path, role) : readBytes(folder, path, role);
  try {
    return readNpy(bytes);
  } catch (error) {
    throw new Error(`${role} ${path}: ${error instanceof Error ? error.message : error}`);
  }
}
