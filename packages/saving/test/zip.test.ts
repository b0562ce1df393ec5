// Archives of Python's zipfile, of our own and of nobody sane: what is read, and what is refused with its reason and place.

import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { FileError, readZip, writeZip } from "../src/index.ts";
import { crc32 } from "../src/zip/crc32.ts";
import { zipFile } from "./zip-files.ts";

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const bytesOf = (letters: string): Uint8Array => new TextEncoder().encode(letters);

describe("archives of Python's zipfile", () => {
  test.each(["stored", "deflated", "streamed", "zip64", "commented"])("%s", (name) => {
    const archive = readZip(zipFile(name), { name });
    expect(archive.names()).toEqual(["metadata.json", "config.json", "assets/", "assets/ü.txt", "zeros"]);
    expect(text(archive.read("metadata.json"))).toBe('{"keras_version": "3.15.1"}');
    expect(text(archive.read("config.json"))).toBe("{}".repeat(500));
    expect(archive.read("assets/")).toHaveLength(0);
    expect(text(archive.read("assets/ü.txt"))).toBe("ü");
    expect(archive.read("zeros")).toEqual(new Uint8Array(10_000));
    expect(archive.size("zeros")).toBe(10_000);
    expect(archive.read("no such")).toBeUndefined();
  });

  test("a stored member is a view of the archive", () => {
    const bytes = zipFile("stored");
    expect(readZip(bytes).read("zeros")?.buffer).toBe(bytes.buffer);
  });
});

describe("writing", () => {
  const members = new Map([
    ["metadata.json", bytesOf("{}")],
    ["config.json", new Uint8Array(0)],
    ["1", bytesOf("one")],
    ["assets/ü", Uint8Array.from({ length: 70_000 }, (_, index) => index * 7)],
  ]);

  test("reads back, in the order given", () => {
    const archive = readZip(writeZip(members));
    expect(archive.names()).toEqual([...members.keys()]);
    for (const [name, bytes] of members) expect(archive.read(name)).toEqual(bytes);
  });

  test("gives the bytes that Python's zipfile gives", () => {
    const archive = readZip(zipFile("stored"));
    const same = new Map(archive.names().map((name) => [name, archive.read(name) as Uint8Array]));
    expect(Buffer.compare(writeZip(same), zipFile("stored"))).toBe(0);
  });

  test("refuses names that lead outside", () => {
    expect(() => writeZip(new Map([["../x", new Uint8Array(1)]]))).toThrow(/is no plain path. Received: "\.\.\/x"/);
  });
});

describe("refused", () => {
  const names: [string, RegExp][] = [
    ["/etc/passwd", /absolute path/],
    ["C:/x", /absolute path/],
    ["../x", /no plain path/],
    ["a/../../x", /no plain path/],
    ["a//x", /no plain path/],
    ["a\\x", /backslash/],
    ["a\nx", /control character/],
  ];
  test.each(names)("the name %j", (name, reason) => {
    const archive = zipSync({ [name]: bytesOf("x") });
    expect(() => readZip(archive, { name: "evil.keras" })).toThrow(reason);
    expect(() => readZip(archive, { name: "evil.keras" })).toThrow(/^"evil.keras", byte \d+: /);
  });

  const stored = zipFile("stored");
  const deflated = zipFile("deflated");
  const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** Changes the directory's entry number `index`, and the member's own header. */
  const changed = (
    from: Uint8Array,
    index: number,
    change: (fields: DataView, entry: number, header: number) => void,
  ): Uint8Array => {
    const bytes = from.slice();
    const fields = view(bytes);
    let entry = fields.getUint32(bytes.length - 6, true);
    for (let skip = 0; skip < index; skip++)
      entry +=
        46 +
        fields.getUint16(entry + 28, true) +
        fields.getUint16(entry + 30, true) +
        fields.getUint16(entry + 32, true);
    change(fields, entry, fields.getUint32(entry + 42, true));
    return bytes;
  };
  const read = (bytes: Uint8Array): void => {
    const archive = readZip(bytes, { name: "x.keras" });
    for (const name of archive.names()) archive.read(name);
  };

  test("truncated at every byte", () => {
    for (let length = 0; length < stored.length; length++)
      expect(() => read(stored.slice(0, length))).toThrow(FileError);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["what is no archive", bytesOf("PK is how it starts, but no archive"), /no zip archive/],
    [
      "two members of a name",
      changed(stored, 1, (f, e) => {
        f.setUint8(e + 46, 0x6d);
      }),
      /different names|same name/,
    ],
    [
      "an encrypted member",
      changed(stored, 0, (f, e) => f.setUint16(e + 8, 1, true)),
      /metadata.json, byte \d+: an encrypted member/,
    ],
    ["a symbolic link", changed(stored, 0, (f, e) => f.setUint32(e + 38, 0xa1ff0000, true)), /symbolic link/],
    [
      "changed values",
      changed(stored, 4, (f, _e, h) => f.setUint8(h + 50, 1)),
      /zeros, byte \d+: the checksum \(CRC-32\)/,
    ],
    ["a changed CRC", changed(deflated, 1, (f, e) => f.setUint32(e + 16, 5, true)), /checksum/],
    ["a size that is too small", changed(deflated, 4, (f, e) => f.setUint32(e + 24, 9_999, true)), /declared are/],
    ["a size that is too large", changed(deflated, 4, (f, e) => f.setUint32(e + 24, 10_001, true)), /declared are/],
    [
      "a size beyond what deflate can",
      changed(deflated, 4, (f, e) => f.setUint32(e + 24, 4e9, true)),
      /cannot inflate to 4000000000/,
    ],
    ["two sizes of a stored member", changed(stored, 4, (f, e) => f.setUint32(e + 24, 9_999, true)), /two sizes/],
    ["overlapping members", changed(stored, 1, (f, e) => f.setUint32(e + 42, 0, true)), /different names|overlaps/],
    [
      "another way of compression",
      changed(deflated, 0, (f, e, h) => {
        f.setUint16(e + 10, 12, true);
        f.setUint16(h + 8, 12, true);
      }),
      /bzip2 is not read/,
    ],
    ["bytes in front", Uint8Array.from([0, 0, ...stored]), /not where it should be/],
    ["bytes behind", Uint8Array.from([...stored, 0]), /no zip archive, or it is truncated/],
  ])("%s", (_what, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
  });

  test("a member inside of another, which is how archives inflate to more than deflate can", () => {
    const inner = writeZip(new Map([["b", new Uint8Array(500)]])).subarray(0, 30 + 1 + 500);
    const bytes = writeZip(
      new Map([
        ["a", inner],
        ["b", new Uint8Array(500)],
      ]),
    );
    const overlapping = changed(bytes, 1, (f, e) => f.setUint32(e + 42, 31, true));
    expect(() => readZip(bytes)).not.toThrow();
    expect(() => readZip(overlapping, { name: "x" })).toThrow(/^"x", b, byte 31: this member overlaps another/);
  });

  test("inflating a longer member than was declared, in pieces", () => {
    const bomb = changed(zipSync({ a: new Uint8Array(4e7) }), 0, (f, e) => f.setUint32(e + 24, 1000, true));
    expect(() => read(bomb)).toThrow(
      /"x.keras", a, byte 31: this member does not inflate: inflates to more, declared are 1000/,
    );
  });

  test("a bomb, by the limit of what is inflated in total", () => {
    const bomb = zipSync({ a: new Uint8Array(3e6), b: new Uint8Array(3e6) });
    const archive = readZip(bomb, { name: "bomb", limits: { decodedBytes: 4e6 } });
    expect(archive.read("a")).toHaveLength(3e6);
    expect(() => archive.read("b")).toThrow(
      /"bomb", b, byte \d+: 6000000 bytes to decode are more than limits.decodedBytes allows. Received: decodedBytes=4000000/,
    );
  });

  test("too many members", () => {
    expect(() => readZip(stored, { limits: { objects: 4 } })).toThrow(/5 objects are more than limits.objects allows/);
    expect(() => readZip(stored, { limits: { objects: -1 } })).toThrow(/limits: objects must be/);
    expect(() => readZip(stored, { limits: { files: 1 } as never })).toThrow(/no such limit. Received: files/);
  });
});

test("crc32 of the standard's check value, at any length", () => {
  expect(crc32(bytesOf("123456789"))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
  expect(crc32(new Uint8Array(32).fill(0xff))).toBe(0xff6cab0b);
});
