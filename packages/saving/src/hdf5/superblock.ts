// The superblock, versions 0 to 3: where an HDF5 file says how wide its addresses are and where its root group is.

import type { Cursor, FileBytes } from "./file-bytes.ts";

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Finds and reads the superblock, sets the file's base and widths, and returns the address of the root group's object header. */
export function readSuperblock(file: FileBytes): number {
  const start = findSignature(file);
  file.base = start;
  const cursor = file.at(SIGNATURE.length, "/");
  const version = cursor.uint8();
  if (version > 3) cursor.fail(`a superblock of an unknown version. Received: version=${version}, known are 0 to 3.`);
  const root = version < 2 ? readOld(cursor, version) : readNew(cursor, start);
  return root;
}

/** The signature lies at byte 0, or after a user block of 512, 1024, 2048, … bytes. */
function findSignature(file: FileBytes): number {
  for (let start = 0; start + 48 <= file.bytes.length; start = start === 0 ? 512 : start * 2)
    if (SIGNATURE.every((byte, index) => file.bytes[start + index] === byte)) return start;
  return file.fail(`this is no HDF5 file: it has no superblock. Received: file bytes=${file.bytes.length}.`, "/", 0);
}

function readOld(cursor: Cursor, version: number): number {
  cursor.skip(4); // versions of free space, root group, reserved, shared header messages
  readWidths(cursor);
  cursor.skip(1 + 2 + 2 + 4); // reserved, leaf and internal node K (B-trees carry their own counts), consistency flags
  if (version === 1) cursor.skip(2 + 2);
  const base = cursor.definedAddress("address 0");
  cursor.address(); // free space
  checkEnd(cursor, base);
  const driver = cursor.address();
  if (driver !== null) cursor.refuse("a file in several parts (driver information) is not read.");
  cursor.length(); // offset of the root's name
  return cursor.definedAddress("the root group");
}

function readNew(cursor: Cursor, start: number): number {
  readWidths(cursor);
  cursor.skip(1); // consistency flags
  const base = cursor.definedAddress("address 0");
  cursor.address(); // superblock extension: free space and shared messages, which are refused where they are used
  checkEnd(cursor, base);
  const root = cursor.definedAddress("the root group");
  cursor.checksum(start);
  return root;
}

function readWidths(cursor: Cursor): void {
  const start = cursor.position;
  const addressBytes = cursor.uint8();
  const lengthBytes = cursor.uint8();
  if (![2, 4, 8].includes(addressBytes) || ![2, 4, 8].includes(lengthBytes))
    cursor.fail(
      `widths of addresses and lengths must be 2, 4 or 8. Received: ${addressBytes} and ${lengthBytes}.`,
      start,
    );
  cursor.file.addressBytes = addressBytes;
  cursor.file.lengthBytes = lengthBytes;
}

/** The end is counted from byte 0 of the file as it was written, with address 0 at `base`; a user block may have come or gone since. */
function checkEnd(cursor: Cursor, base: number): void {
  const { file, position } = cursor;
  const end = file.base + cursor.definedAddress("the end of the file") - base;
  if (end > file.bytes.length)
    cursor.fail(
      `the file is truncated: it should have ${end} bytes. Received: file bytes=${file.bytes.length}.`,
      position,
    );
}
