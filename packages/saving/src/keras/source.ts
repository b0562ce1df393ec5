/** Where a file comes from: a path, a URL, a File or Blob, or bytes. All become bytes, with progress and a way to stop. */
import { ValueError } from "@keras-ts/core";
import { FileError } from "../file-error.ts";
import { pathOfFileUrl, readFileBytes } from "./node-files.ts";

/**
 * A path (Node), a URL (as text with `http:`, `https:`, `file:`, `blob:` or `data:`; or a `URL`), a `File` or `Blob`, or the bytes
 * themselves, which are not changed and may be changed again when the promise is settled.
 */
export type FileSource = string | URL | Blob | ArrayBuffer | Uint8Array;

/** What `onProgress` is told: bytes so far, and of how many where that is known. */
export interface LoadProgress {
  readonly loaded: number;
  readonly total: number | null;
}

/** Options of everything that reads a file. */
export interface SourceOptions {
  /** Called as bytes arrive; at least once, at the end. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Stops reading: the promise fails with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Used in place of the global `fetch`, for headers, credentials or a cache. */
  readonly fetch?: (url: string, init: { readonly signal: AbortSignal | null }) => Promise<Response>;
  /** The name that errors give to bytes and Blobs, which have none. */
  readonly filename?: string;
}

/** Names of these options, for `checkArguments`. */
export const SOURCE_OPTIONS = ["onProgress", "signal", "fetch", "filename"] as const;

/** The bytes of a source. */
export interface SourceBytes {
  readonly bytes: Uint8Array;
  readonly name: string;
  /** Whether nobody else holds the bytes, so that they need not be copied. */
  readonly owned: boolean;
}

/** All bytes of a source. Throws ValueError for what is no source, FileError for an answer that is no success. */
export async function readSource(source: FileSource, options: SourceOptions = {}): Promise<SourceBytes> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const read = await bytesOf(source, options);
  signal?.throwIfAborted();
  onProgress?.({ loaded: read.bytes.length, total: read.bytes.length });
  signal?.throwIfAborted();
  return read;
}

/** What errors call a source. */
export function nameOfSource(source: FileSource, filename?: string): string {
  if (filename !== undefined) return filename;
  if (typeof source === "string") return source.startsWith("data:") ? "data:…" : source;
  if (source instanceof URL) return source.href;
  return typeof source === "object" && source !== null && "name" in source && typeof source.name === "string"
    ? source.name
    : "(bytes)";
}

/** Whether a source is a path of Node's file system. */
export function isPath(source: FileSource): source is string {
  return typeof source === "string" && !isUrl(source);
}

/** A path with two letters before the colon is a URL; one letter is a drive. */
function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(text);
}

async function bytesOf(source: FileSource, options: SourceOptions): Promise<SourceBytes> {
  const name = nameOfSource(source, options.filename);
  if (source instanceof Uint8Array) return { bytes: source, name, owned: false };
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source), name, owned: false };
  if (source instanceof Blob)
    return { bytes: await readStream(source.stream(), source.size, options), name, owned: true };
  const url = source instanceof URL ? source.href : source;
  if (typeof url !== "string" || url === "")
    throw new ValueError(
      `A file is given by a path, a URL, a File, a Blob, an ArrayBuffer or a Uint8Array. Received: source=${String(source)}`,
    );
  if (!isUrl(url)) return { bytes: await readFileBytes(url, options.signal), name, owned: true };
  if (url.startsWith("file:"))
    return { bytes: await readFileBytes(pathOfFileUrl(url), options.signal), name, owned: true };
  return { bytes: await downloadNamed(url, name, options), name, owned: true };
}

/** `fetch` and the streams of its answers fail with a TypeError that names no file. What the signal or a custom `fetch` says is left as it is. */
async function downloadNamed(url: string, name: string, options: SourceOptions): Promise<Uint8Array> {
  try {
    return await download(url, name, options);
  } catch (error) {
    if (!(error instanceof TypeError) || options.signal?.aborted) throw error;
    const because = error.cause instanceof Error && error.cause.message !== "" ? ` (${error.cause.message})` : "";
    throw new FileError(`it could not be downloaded: ${error.message}${because}.`, { file: name }, { cause: error });
  }
}

async function download(url: string, name: string, options: SourceOptions): Promise<Uint8Array> {
  const { fetch: get = globalThis.fetch, signal = null } = options;
  const response = await get(url, { signal });
  if (!response.ok)
    throw new FileError(`the server answered ${response.status} ${response.statusText}.`, { file: name });
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  // The length of a compressed answer is not that of what comes out.
  const total = response.headers.has("content-encoding") || !(length > 0) ? null : length;
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  return readStream(response.body, total, options);
}

/** The bytes of a stream; where their number is known they are written to one array as they come. */
async function readStream(
  stream: ReadableStream<Uint8Array>,
  total: number | null,
  { onProgress, signal }: SourceOptions,
): Promise<Uint8Array> {
  let bytes = new Uint8Array(total ?? FIRST_BYTES);
  let loaded = 0;
  const reader = stream.getReader();
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) break;
      if (loaded + value.length > bytes.length) {
        const grown = new Uint8Array(Math.max(2 * bytes.length, loaded + value.length));
        grown.set(bytes.subarray(0, loaded));
        bytes = grown;
      }
      bytes.set(value, loaded);
      loaded += value.length;
      if (loaded !== total) onProgress?.({ loaded, total });
    }
  } catch (error) {
    await reader.cancel(error).catch(() => {}); // the error that counts is this one
    throw error;
  }
  return loaded === bytes.length ? bytes : bytes.slice(0, loaded);
}

const FIRST_BYTES = 65536; // grows by doubling
