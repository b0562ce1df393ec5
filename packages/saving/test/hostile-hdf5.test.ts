// Files made to cost more than they are: structures that overlap, names that are shared, each small and each valid by itself.

import { expect, test } from "vitest";
import { FileError, readHdf5, writeHdf5 } from "../src/index.ts";
import { describeTree } from "./hdf5-files.ts";
import { group } from "./written-trees.ts";

/** Where these letters are for the first time after `from`. */
function find(bytes: Uint8Array, letters: string, from = 0): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(letters, from, "latin1");
}

test("hundreds of names that share one text of a megabyte", () => {
  const names = Array.from({ length: 900 }, (_, index) => `name${index}`);
  const written = writeHdf5(group(Object.fromEntries(names.map((name) => [name, group({})]))));
  // the root's heap, made to reach over a megabyte of letters behind the file
  const bytes = new Uint8Array(written.length + 2 ** 20).fill(0x61);
  bytes.set(written);
  const view = new DataView(bytes.buffer);
  view.setUint32(40, bytes.length, true); // end of the file
  view.setUint8(bytes.length - 1, 0);
  const rootHeap = view.getUint32(88, true);
  view.setUint32(rootHeap + 8, 2 ** 20, true);
  view.setUint32(rootHeap + 24, written.length, true);
  expect(() => describeTree(readHdf5(bytes, { name: "x.h5" }))).toThrow(
    /^"x.h5", \/, byte \d+: a link whose name or target is longer/,
  );
});

test("a node of a B-tree that is its own child", () => {
  const names = Array.from({ length: 600 }, (_, index) => `${index}`);
  const bytes = writeHdf5(group(Object.fromEntries(names.map((name) => [name, group({})]))));
  const view = new DataView(bytes.buffer);
  const root = view.getUint32(80, true);
  expect(view.getUint8(root + 5)).toBe(1); // its level
  view.setUint32(root + 32, root, true);
  expect(() => readHdf5(bytes, { name: "x.h5" }).keys()).toThrow(
    new RegExp(`^"x.h5", /, byte ${root}: a node of a B-tree comes up twice`),
  );
});

test("groups whose children are each other", () => {
  const bytes = writeHdf5(group({ a: group({ b: group({}) }) }));
  const view = new DataView(bytes.buffer);
  const entries = [find(bytes, "SNOD"), find(bytes, "SNOD", find(bytes, "SNOD") + 1)].map((at) => at + 8);
  const headers = entries.map((entry) => view.getUint32(entry + 8, true)); // of b, in a; of a, in the root
  view.setUint32((entries[0] as number) + 8, headers[1] as number, true); // b is a
  expect(() => describeTree(readHdf5(bytes))).toThrow(/\/a\/b, byte \d+: this group contains itself: it is \/a/);
});

test("thousands of paths to the same objects", () => {
  // 10 levels of groups with 10 names each, all for the same next group: 10^10 paths
  let bottom = group({});
  for (let level = 0; level < 10; level++)
    bottom = group(
      Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`${index}`, index === 0 ? bottom : group({})])),
    );
  const bytes = writeHdf5(bottom);
  const view = new DataView(bytes.buffer);
  for (let node = find(bytes, "SNOD"); node >= 0; node = find(bytes, "SNOD", node + 1)) {
    const first = view.getUint32(node + 16, true);
    for (let entry = 1; entry < view.getUint16(node + 6, true); entry++)
      view.setUint32(node + 8 + entry * 40 + 8, first, true);
  }
  const start = performance.now();
  expect(() => describeTree(readHdf5(bytes, { limits: { objects: 10_000 } }))).toThrow(
    /10001 objects are more than limits.objects/,
  );
  expect(performance.now() - start).toBeLessThan(10_000);
});

test("whatever is refused, it is a FileError", () => {
  expect(() => readHdf5(new Uint8Array(0))).toThrow(FileError);
});
