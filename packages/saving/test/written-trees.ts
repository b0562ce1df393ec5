// Trees for the writer: all types, odd shapes and names, groups of one to hundreds of names, strings short, long and many.

import type { Hdf5DatasetTree, Hdf5GroupTree } from "../src/index.ts";

/** A tree of everything that can be written. */
export function wholeTree(): Hdf5GroupTree {
  return group({
    types: types(),
    shapes: shapes(),
    strings: strings(),
    attributes: attributes(),
    wide: wide(),
    deep: deep(40),
  });
}

/** A group of these children. */
export function group(
  children: Record<string, Hdf5GroupTree | Hdf5DatasetTree>,
  attributes: Hdf5GroupTree["attributes"] = new Map(),
): Hdf5GroupTree {
  return { children: new Map(Object.entries(children)), attributes };
}

function types(): Hdf5GroupTree {
  const shape = [2, 2];
  return group({
    float16: { dtype: "float16", shape, data: Uint16Array.of(0x3c00, 0xc000, 0x7bff, 1) },
    bfloat16: {
      dtype: "bfloat16",
      shape,
      data: Uint16Array.of(0x3f80, 0xc000, 0, 1),
      attributes: new Map([["dtype", "bfloat16"]]),
    },
    float32: { dtype: "float32", shape, data: Float32Array.of(1, -0, 1e-45, 3.4e38) },
    float64: { dtype: "float64", shape, data: Float64Array.of(Math.PI, -1e300, 5e-324, Number.POSITIVE_INFINITY) },
    int8: { dtype: "int8", shape, data: Int8Array.of(-128, 127, 0, 1) },
    int16: { dtype: "int16", shape, data: Int16Array.of(-32768, 32767, 0, 1) },
    int32: { dtype: "int32", shape, data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, 1) },
    int64: { dtype: "int64", shape, data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n) },
    uint8: { dtype: "uint8", shape, data: Uint8Array.of(0, 255, 1, 2) },
    uint16: { dtype: "uint16", shape, data: Uint16Array.of(0, 65535, 1, 2) },
    uint32: { dtype: "uint32", shape, data: Uint32Array.of(0, 2 ** 32 - 1, 1, 2) },
    uint64: { dtype: "uint64", shape, data: BigUint64Array.of(0n, 2n ** 64n - 1n, 1n, 2n) },
    bool: { dtype: "bool", shape, data: Uint8Array.of(0, 1, 1, 0) },
  });
}

function shapes(): Hdf5GroupTree {
  const view = new Float32Array(20).map((_, index) => index);
  return group({
    scalar: { dtype: "float32", shape: [], data: Float32Array.of(7) },
    "zero size": { dtype: "float32", shape: [3, 0], data: new Float32Array(0) },
    view: { dtype: "float32", shape: [1, 3, 1], data: view.subarray(5, 8) },
    one: { dtype: "int32", shape: [1], data: Int32Array.of(5) },
    nothing: group({}),
  });
}

function strings(): Hdf5GroupTree {
  const many = Array.from({ length: 70_000 }, (_, index) => `s${index}`);
  return group({
    scalar: { dtype: "string", shape: [], data: ["one"] },
    list: { dtype: "string", shape: [2, 2], data: ["", "ä", "日本", "one"] },
    long: { dtype: "string", shape: [], data: ["x".repeat(3_000_000)] },
    many: { dtype: "string", shape: [many.length], data: many },
  });
}

function attributes(): Hdf5GroupTree {
  return group(
    { dataset: { dtype: "float32", shape: [1], data: Float32Array.of(1), attributes: new Map([["name", "ü"]]) } },
    new Map<string, string | string[] | Hdf5DatasetTree>([
      ["name", "conv2d"],
      ["empty", ""],
      ["layer_names", ["input", "conv2d", ""]],
      ["no names", []],
      ["number", { dtype: "float64", shape: [], data: Float64Array.of(0.1) }],
      ["numbers", { dtype: "int64", shape: [2], data: BigInt64Array.of(1n, -1n) }],
      ["flag", { dtype: "bool", shape: [], data: Uint8Array.of(1) }],
      ["config", "{".repeat(100_000)],
      ["large", { dtype: "uint8", shape: [60_000], data: new Uint8Array(60_000).fill(3) }],
    ]),
  );
}

/** Names around the sizes of nodes (8 and 32 · 8), in an order that is not theirs. */
function wide(): Hdf5GroupTree {
  const counts = [1, 7, 8, 9, 16, 17, 255, 256, 257, 600, 8200];
  const named = (count: number): Hdf5GroupTree =>
    group(
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${(index * 7919) % count} ä`, scalar(index)])),
    );
  return group(Object.fromEntries(counts.map((count) => [`of ${count}`, named(count)])));
}

function scalar(value: number): Hdf5DatasetTree {
  return { dtype: "int32", shape: [], data: Int32Array.of(value) };
}

function deep(levels: number): Hdf5GroupTree {
  return group(levels === 0 ? { bottom: scalar(1) } : { deeper: deep(levels - 1) });
}
