// The error of everything that reads a file: which file, where inside of it, at which byte, and what is wrong there.

import { UnsupportedError, ValueError } from "@keras-ts/core";

/** Where something was found wrong. */
export interface FilePlace {
  /** The file's name, as its reader was given it. */
  readonly file: string;
  /** The object inside, such as `/layers/conv2d/vars/0` of an HDF5 file or `config.json` of a zip archive. */
  readonly path?: string;
  /** Byte offset from the file's start. */
  readonly offset?: number;
}

/** Thrown when a file is damaged, is no file of its kind, or asks for more than its reader's limits allow. */
export class FileError extends ValueError {
  override readonly name: string = "FileError";
  readonly file: string;
  readonly path: string | undefined;
  readonly offset: number | undefined;

  constructor(reason: string, place: FilePlace, options?: ErrorOptions) {
    super(atPlace(reason, place), options);
    this.file = place.file;
    this.path = place.path;
    this.offset = place.offset;
  }
}

/** The error for a sound file that uses a feature of its format which is not read here; it names the place as `FileError` does. */
export function unsupportedInFile(feature: string, place: FilePlace): UnsupportedError {
  return new UnsupportedError(atPlace(feature, place));
}

function atPlace(reason: string, { file, path, offset }: FilePlace): string {
  const inside = path === undefined || path === "" ? "" : `, ${path}`;
  const byte = offset === undefined ? "" : `, byte ${offset}`;
  return `"${file}"${inside}${byte}: ${reason}`;
}
