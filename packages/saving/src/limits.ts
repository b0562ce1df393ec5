// What a file may cost its reader in memory and time, whatever it claims about itself. Files come from strangers.

import { ValueError } from "@keras-ts/core";
import { FileError } from "./file-error.ts";

/** Limits of one opened file. Each that is left out has its default; a file that goes beyond one is refused with a `FileError` that names it. */
export interface FileLimits {
  /**
   * Bytes that may be worked on in total: allocated for names and for values that do not lie in the file as they are (inflated, converted,
   * moved to an aligned place, filled in), or checked. 256 MiB and 100 times the file's size. Doing it again counts again.
   */
  readonly decodedBytes?: number;
  /** Objects that may be opened, or members an archive may have: 100,000. */
  readonly objects?: number;
  /** Groups inside of groups: 64. */
  readonly depth?: number;
  /** Bytes of one attribute, as stored: 64 MiB. */
  readonly attributeBytes?: number;
  /** Bytes of one string: 64 MiB. */
  readonly stringBytes?: number;
  /** Bytes of a config in JSON: 8 MiB, ten times that of the largest of `keras.applications`. */
  readonly jsonBytes?: number;
}

const MIB = 2 ** 20;

/** What a reader has left of the limits of its file. */
export class Budget {
  readonly limits: Required<FileLimits>;
  #decodedBytes = 0;
  #objects = 0;

  /** Limits for a file of `fileBytes` bytes. Throws ValueError for a limit that is not a number of at least 0. */
  readonly file: string;

  constructor(file: string, fileBytes: number, limits: FileLimits = {}) {
    this.file = file;
    const defaults = {
      decodedBytes: 256 * MIB + 100 * fileBytes,
      objects: 100_000,
      depth: 64,
      attributeBytes: 64 * MIB,
      stringBytes: 64 * MIB,
      jsonBytes: 8 * MIB,
    };
    for (const [name, value] of Object.entries(limits)) {
      if (!(name in defaults))
        throw new ValueError(`limits: no such limit. Received: ${name}. Known: ${Object.keys(defaults).join(", ")}.`);
      if (value !== undefined && !(typeof value === "number" && value >= 0))
        throw new ValueError(`limits: ${name} must be a number of at least 0. Received: ${name}=${value}.`);
    }
    const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
    this.limits = { ...defaults, ...given };
  }

  /** Counts bytes that are about to be allocated or checked. */
  decode(bytes: number, path: string, offset: number): void {
    this.#decodedBytes += bytes;
    if (this.#decodedBytes > this.limits.decodedBytes)
      this.#refuse("decodedBytes", this.#decodedBytes, "bytes to decode", path, offset);
  }

  /** Counts an object that is about to be opened. */
  open(path: string, offset: number, objects = 1): void {
    this.#objects += objects;
    if (this.#objects > this.limits.objects) this.#refuse("objects", this.#objects, "objects", path, offset);
  }

  /** Refuses a size beyond the limit of that name. */
  check(limit: keyof typeof LIMITED, received: number, path: string, offset: number): void {
    if (received > this.limits[limit]) this.#refuse(limit, received, LIMITED[limit], path, offset);
  }

  #refuse(limit: keyof FileLimits, received: number, of: string, path: string, offset: number): never {
    const reason = `${received} ${of} are more than limits.${limit} allows. Received: ${limit}=${this.limits[limit]}.`;
    throw new FileError(`${reason} Raise it if you trust this file.`, { file: this.file, path, offset });
  }
}

const LIMITED = {
  depth: "groups inside of each other",
  attributeBytes: "bytes of an attribute",
  stringBytes: "bytes of a string",
  jsonBytes: "bytes of JSON",
};
