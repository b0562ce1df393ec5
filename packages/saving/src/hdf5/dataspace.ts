// Dataspace messages: the shape of a dataset or an attribute.

import type { Cursor } from "./file-bytes.ts";

/** A shape, and how far its axes may grow; null is without end. */
export interface Dataspace {
  readonly shape: readonly number[];
  readonly largest: readonly (number | null)[];
}

/** Reads a dataspace message. A scalar has no axes; HDF5's null dataspace (h5py's Empty) is read as one axis of 0. */
export function readDataspace(cursor: Cursor): Dataspace {
  const start = cursor.position;
  const version = cursor.uint8();
  if (version !== 1 && version !== 2)
    cursor.fail(`a dataspace of an unknown version. Received: version=${version}.`, start);
  const rank = cursor.uint8();
  const flags = cursor.uint8();
  if (version === 1) cursor.skip(5);
  else if (cursor.uint8() === 2) return { shape: [0], largest: [0] };
  if (rank > 32) cursor.fail(`HDF5 has at most 32 axes. Received: rank=${rank}.`, start);
  const shape = Array.from({ length: rank }, () => cursor.length());
  const largest = flags & 1 ? Array.from({ length: rank }, () => cursor.lengthOrEndless()) : shape;
  elementCount(shape, cursor, start);
  return { shape, largest };
}

/** How many elements a shape has; a FileError where no array can have them. */
export function elementCount(shape: readonly number[], cursor: Cursor, offset: number): number {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count > Number.MAX_SAFE_INTEGER)
    cursor.fail(`more elements than a number can count. Received: shape=[${shape.join(", ")}].`, offset);
  return count;
}
