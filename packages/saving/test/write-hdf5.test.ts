// What is written is what is read back, and h5py reads it, too, where there is a Python that has it.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Hdf5DatasetTree, type Hdf5GroupTree, type Hdf5Written, readHdf5, writeHdf5 } from "../src/index.ts";
import { describeTree, type StoredTree } from "./hdf5-files.ts";
import { python, unlessPython } from "./python.ts";
import { group, wholeTree } from "./written-trees.ts";

/** The tree as its description says it should be read. */
function expectedTree(tree: Hdf5GroupTree | Hdf5DatasetTree): StoredTree {
  const attributes = Object.fromEntries(
    [...(tree.attributes ?? [])].map(([name, value]) => [name, expectedArray(value)]),
  );
  if (!("children" in tree)) return { attributes, ...expectedArray(tree) };
  return {
    attributes,
    children: Object.fromEntries([...tree.children].map(([name, child]) => [name, expectedTree(child)])),
  };
}

function expectedArray(value: string | readonly string[] | Hdf5Written): {
  dtype: string;
  shape: number[];
  values: (number | string)[];
} {
  if (typeof value === "string") return { dtype: "string", shape: [], values: [value] };
  if (!("dtype" in value)) return { dtype: "string", shape: [value.length], values: [...value] };
  const { dtype, shape, data } = value;
  const values: (number | string)[] = [];
  if (dtype === "float16")
    values.push(...Array.from(data, (half) => ({ 15360: 1, 49152: -2, 31743: 65504, 1: 2 ** -24 })[half] ?? 0));
  else if (dtype === "bfloat16") values.push(...new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  else
    for (const item of data)
      values.push(typeof item === "bigint" ? String(item) : item === Number.POSITIVE_INFINITY ? "inf" : item);
  return { dtype: dtype === "bfloat16" ? "opaque" : dtype, shape: [...shape], values };
}

const tree = wholeTree();
const bytes = writeHdf5(tree);

test("reads back what was written", () => {
  expect(describeTree(readHdf5(bytes))).toEqual(expectedTree(tree));
});

test("the same tree gives the same bytes", () => {
  expect(Buffer.compare(writeHdf5(wholeTree()), bytes)).toBe(0);
});

test.skipIf(python === null)(`h5py reads what was written${unlessPython}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "keras-ts-hdf5-"));
  try {
    writeFileSync(join(folder, "written.h5"), bytes);
    writeFileSync(join(folder, "written.json"), JSON.stringify(expectedTree(tree)));
    const script = fileURLToPath(new URL("check_written.py", import.meta.url));
    expect(execFileSync(python as string, [script, folder], { encoding: "utf8" })).toContain("as expected");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const values = Float32Array.of(1, 2);
test.each<[string, Hdf5GroupTree, RegExp]>([
  [
    "more values than the shape",
    group({ x: { dtype: "float32", shape: [1], data: values } }),
    /"\/x" has more or fewer values.*shape=\[1\], values=2/,
  ],
  ["a name with a slash", group({ "a/b": group({}) }), /cannot hold this name. Received: "a\/b"/],
  ["an empty name", group({ g: group({ "": group({}) }) }), /"\/g" cannot hold this name/],
  ["a negative size", group({ x: { dtype: "float32", shape: [-1, -2], data: values } }), /impossible shape/],
  ["a string with a NUL", group({}, new Map([["a", "b\0c"]])), /"\/@a" has a string with a NUL/],
  [
    "a large attribute",
    group({}, new Map([["a", Array.from({ length: 5000 }, String)]])),
    /64 KB. Received: \/@a of 80000 bytes/,
  ],
])("refuses %s", (_what, refused, message) => {
  expect(() => writeHdf5(refused)).toThrow(message);
});

test("refuses values in an array of another type", () => {
  const wrong = { dtype: "float32", shape: [2], data: [1, 2] } as never;
  expect(() => writeHdf5(group({ x: wrong }))).toThrow(/array of another type/);
});
