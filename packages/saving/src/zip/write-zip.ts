// Writes a zip archive as Keras does: members stored, in the order given, dated 1980-01-01. The same members give the same bytes.

import { ValueError } from "@keras-ts/core";
import { crc32 } from "./crc32.ts";
import { refuseMemberName } from "./member-name.ts";

const VERSION = 20; // needed to read; 0x0314 says that a Unix of that version wrote it
const FIRST_DAY = 0x21; // 1980-01-01, the first that the format has
const MODE = 0o600; // as Python writes
const MOST = 0xffffffff;

/** An archive of these members. Throws ValueError for a name that `readZip` would refuse, and for archives of 4 GiB and more. */
export function writeZip(members: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const encoder = new TextEncoder();
  const parts = [...members].map(([name, bytes]) => {
    const reason = refuseMemberName(name);
    if (reason !== null)
      throw new ValueError(`writeZip: a member's name ${reason}. Received: ${JSON.stringify(name)}.`);
    return { name: encoder.encode(name), bytes, crc: crc32(bytes) };
  });
  const directoryBytes = parts.reduce((sum, { name }) => sum + 46 + name.length, 0);
  const total = parts.reduce((sum, { name, bytes }) => sum + 30 + name.length + bytes.length, directoryBytes + 22);
  if (total > MOST || parts.length >= 0xffff)
    throw new ValueError(
      `writeZip: an archive may have 4 GiB and 65,534 members. Received: bytes=${total}, members=${parts.length}.`,
    );
  const out = new Uint8Array(total);
  const view = new DataView(out.buffer);
  const directory = total - 22 - directoryBytes;
  let at = 0;
  let entry = directory;
  for (const { name, bytes, crc } of parts) {
    view.setUint32(entry, 0x02014b50, true);
    view.setUint16(entry + 4, 0x0300 | VERSION, true);
    view.setUint32(entry + 38, MODE * 2 ** 16, true);
    view.setUint32(entry + 42, at, true);
    writeCommon(view, entry + 6, name, bytes.length, crc);
    out.set(name, entry + 46);
    entry += 46 + name.length;
    view.setUint32(at, 0x04034b50, true);
    writeCommon(view, at + 4, name, bytes.length, crc);
    out.set(name, at + 30);
    out.set(bytes, at + 30 + name.length);
    at += 30 + name.length + bytes.length;
  }
  view.setUint32(entry, 0x06054b50, true);
  view.setUint16(entry + 8, parts.length, true);
  view.setUint16(entry + 10, parts.length, true);
  view.setUint32(entry + 12, directoryBytes, true);
  view.setUint32(entry + 16, directory, true);
  return out;
}

/** What a member's header and its entry in the directory have in common. */
function writeCommon(view: DataView, at: number, name: Uint8Array, bytes: number, crc: number): void {
  view.setUint16(at, VERSION, true);
  view.setUint16(at + 2, name.some((byte) => byte > 127) ? 0x0800 : 0, true); // the name is UTF-8
  view.setUint16(at + 8, FIRST_DAY, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, bytes, true);
  view.setUint32(at + 18, bytes, true);
  view.setUint16(at + 22, name.length, true);
}
