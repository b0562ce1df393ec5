// What the reader refuses, and that it says so by name: features that are not read, circles, sizes beyond the limits, truncated files.

import { UnsupportedError } from "@keras-ts/core";
import { describe, expect, test } from "vitest";
import { FileError, type Hdf5Dataset, readHdf5, writeHdf5 } from "../src/index.ts";
import { hdf5Bytes } from "./hdf5-files.ts";
import { group } from "./written-trees.ts";

const refused = (): ReturnType<typeof readHdf5> => readHdf5(hdf5Bytes("refused"), { name: "refused.h5" });
const read = (path: string): unknown => (refused().get(path) as Hdf5Dataset).read();

test.each([
  ["lzf", /^"refused.h5", \/lzf, byte \d+: values compressed by LZF are not read/],
  ["scale offset", /compressed by scaleoffset/],
  ["compound", /values of the datatype class "compound" are not read/],
  ["complex", /values of the datatype class "compound"/],
  ["ragged", /values of variable-length sequences/],
  ["virtual", /a virtual dataset/],
  ["external", /values in external files/],
  ["external link", /a link to another file/],
  ["type", /neither a group nor a dataset/],
])("%s is not read", (path, message) => {
  expect(() => read(path)).toThrow(message);
  expect(() => read(path)).toThrow(UnsupportedError);
});

test.each([
  ["dangling", /^"refused.h5", \/dangling, byte \d+: a soft link leads nowhere. Received: \/nowhere/],
  ["circle", /soft links lead in a circle/],
  ["group/self", /this group contains itself: it is \/group/],
  ["group/up", /this group contains itself: it is \/group/],
  [`deep${"/d".repeat(70)}`, /65 groups inside of each other are more than limits.depth allows. Received: depth=64/],
])("%s is a FileError", (path, message) => {
  expect(() => refused().get(path)).toThrow(message);
  expect(() => refused().get(path)).toThrow(FileError);
});

test("a type that is not read has a shape, and refuses to name its dtype", () => {
  const dataset = refused().get("compound") as Hdf5Dataset;
  expect(dataset.shape).toEqual([2]);
  expect(() => dataset.dtype).toThrow(/"compound" are not read/);
});

describe("limits", () => {
  const file = writeHdf5(
    group(
      { a: group({}), b: { dtype: "float32", shape: [4], data: new Float32Array(4) } },
      new Map([["text", "x".repeat(100)]]),
    ),
  );
  const chunks = hdf5Bytes("chunks-latest");

  test("stop before anything is allocated", () => {
    expect(() => readHdf5(file, { limits: { objects: 1 } }).get("b")).not.toThrow();
    expect(() => [...readHdf5(file, { limits: { objects: 1 } }).entries()]).toThrow(
      /2 objects are more than limits.objects/,
    );
    expect(() => readHdf5(file, { limits: { depth: 0 } }).get("a")).toThrow(/limits.depth/);
    expect(() =>
      readHdf5(file, { limits: { stringBytes: 99 } })
        .attributes.get("text")
        ?.read(),
    ).toThrow(/100 bytes of a string/);
    expect(() => readHdf5(file, { limits: { attributeBytes: 10 } }).attributes).toThrow(/bytes of an attribute/);
    const dataset = readHdf5(chunks, { limits: { decodedBytes: 30_000 } }).get("fixed/gzip") as Hdf5Dataset;
    const readOften = (): void => {
      for (let time = 0; time < 100; time++) dataset.read();
    };
    expect(readOften).toThrow(/\/fixed\/gzip, byte \d+: \d+ bytes to decode are more than limits.decodedBytes allows/);
  });

  test("hold for values that are nowhere, and for those that inflate to far more than the file", () => {
    const more = /bytes to decode are more than limits.decodedBytes allows/;
    expect(() => read("huge")).toThrow(more);
    expect(() => read("huge chunks")).toThrow(more);
    const bomb = hdf5Bytes("refused"); // 128 MiB of zeros in 128 KB
    const limited = readHdf5(bomb, { limits: { decodedBytes: 2 ** 26 } }).get("bomb") as Hdf5Dataset;
    expect(() => limited.read()).toThrow(more);
    expect((readHdf5(bomb, { limits: { decodedBytes: 2 ** 29 } }).get("bomb") as Hdf5Dataset).read()).toHaveLength(
      2 ** 25,
    );
  });

  test("an unknown limit is refused", () => {
    expect(() => readHdf5(file, { limits: { bytes: 1 } as never })).toThrow(/no such limit. Received: bytes/);
  });
});

test.each(["dtypes-earliest", "dtypes-latest"])("%s, truncated anywhere, is a FileError", (name) => {
  const bytes = hdf5Bytes(name);
  for (let length = 0; length < bytes.length; length += 97)
    expect(() => readHdf5(bytes.subarray(0, length), { name })).toThrow(FileError);
});

test("what is no HDF5 file says so", () => {
  expect(() => readHdf5(new Uint8Array(5000), { name: "zeros" })).toThrow(/^"zeros", \/, byte 0: this is no HDF5 file/);
});

describe("convenience", () => {
  const file = readHdf5(hdf5Bytes("attributes-earliest"), { name: "a.h5" });

  test("one string, and lists of strings, of which an empty one may have any type", () => {
    expect(file.attributes.get("text")?.readString()).toBe("Modell ü");
    expect(file.attributes.get("one bytes")?.readString()).toBe("conv2d");
    expect(file.attributes.get("bytes")?.readStrings()).toEqual(["conv2d", "dense"]);
    expect(file.attributes.get("nothing")?.readStrings()).toEqual([]);
    expect(() => file.attributes.get("float")?.readString()).toThrow(
      /"a.h5", \/@float, byte \d+: expected strings. Received: dtype=float64/,
    );
    expect(() => file.attributes.get("texts")?.readString()).toThrow(
      /expected one string. Received: dtype=string, shape=\[3\]/,
    );
  });

  test("bfloat16 as HDF5's own float, which h5py takes for float32", () => {
    const dataset = refused().get("bfloat16") as Hdf5Dataset;
    expect(dataset.dtype).toBe("bfloat16");
    expect(dataset.read()).toEqual(Float32Array.of(1, -2.5, 226 * 2 ** 120));
  });

  test("paths from any group; the same name gives the same object", () => {
    const dtypes = readHdf5(hdf5Bytes("dtypes-earliest"));
    expect(dtypes.get("/little/f4")).toBe(dtypes.get("little/f4"));
    expect(dtypes.get("little/f4/x")).toBeUndefined();
    expect(dtypes.get("little/f5")).toBeUndefined();
    expect(dtypes.get("soft")?.path).toBe("/soft");
    expect([...dtypes.datasets()].map(({ path }) => path)).toContain("/big/f8");
  });

  test("values are views of the file where they can be", () => {
    const bytes = writeHdf5(group({ x: { dtype: "float32", shape: [2], data: Float32Array.of(1, 2) } }));
    const values = (readHdf5(bytes).get("x") as Hdf5Dataset).read();
    expect((values as Float32Array).buffer).toBe(bytes.buffer);
    const moved = new Uint8Array(bytes.length + 1);
    moved.set(bytes, 1);
    expect((readHdf5(moved.subarray(1)).get("x") as Hdf5Dataset).read()).toEqual(values);
  });
});
