/** Files by their path, in Node. Its modules are asked for when a path is used, so that bundles for browsers do not hold them. */
import { UnsupportedError } from "@keras-ts/core";

/** A file's bytes. The promise fails with Node's own error where the file cannot be read. */
export async function readFileBytes(path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const { readFile } = fileSystem(path);
  const bytes = await readFile(path, signal ? { signal } : {});
  // A small file shares a pool with others: what is kept of it must be its own.
  return bytes.buffer.byteLength === bytes.byteLength && bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer)
    : Uint8Array.from(bytes);
}

/** Whether there is a folder at a path. */
export async function isFolder(path: string): Promise<boolean> {
  const { stat } = fileSystem(path);
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // reading it as a file says what is wrong
  }
}

/** Whether there is anything at a path. */
export async function pathExists(path: string): Promise<boolean> {
  const { stat } = fileSystem(path);
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

/** Names of what is in a folder. */
export async function listFolder(path: string): Promise<string[]> {
  const { readdir } = fileSystem(path);
  return readdir(path);
}

/** Writes a file as a whole or not at all: beside it under another name, which then takes its place. */
export async function writeFileBytes(path: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
  const { rename, rm, writeFile } = fileSystem(path);
  const draft = `${path}.${crypto.randomUUID()}.part`;
  try {
    await writeFile(draft, bytes, { flag: "wx", ...(signal ? { signal } : {}) });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** `folder/name`. */
export function joinPath(folder: string, name: string): string {
  return /[\\/]$/.test(folder) ? folder + name : `${folder}/${name}`;
}

/** The path of a `file:` URL. */
export function pathOfFileUrl(url: string): string {
  const module = (globalThis as MaybeNode).process?.getBuiltinModule?.("node:url") as NodeUrl | undefined;
  return module ? module.fileURLToPath(url) : refusePath(url);
}

/** The part of `node:fs` that is used. */
interface NodeFileSystem {
  readFile(path: string, options: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
  writeFile(
    path: string,
    bytes: Uint8Array,
    options: { readonly flag: string; readonly signal?: AbortSignal },
  ): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { readonly force: boolean }): Promise<void>;
  readdir(path: string): Promise<string[]>;
  stat(path: string): Promise<{ isDirectory(): boolean }>;
}

interface NodeUrl {
  fileURLToPath(url: string): string;
}

interface MaybeNode {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

/** Asked for at run time: an import would be something that bundlers for browsers follow. */
function fileSystem(path: string): NodeFileSystem {
  const module = (globalThis as MaybeNode).process?.getBuiltinModule?.("node:fs");
  return module ? (module as { readonly promises: NodeFileSystem }).promises : refusePath(path);
}

function refusePath(path: string): never {
  throw new UnsupportedError(
    `A path can be read and written in Node only (20.16 or later). In a browser give a URL, a File, a Blob or bytes. Received: path='${path}'`,
  );
}
