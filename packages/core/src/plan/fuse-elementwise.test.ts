import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import type { ElementwiseOp, Op } from "../op/op.ts";
import { add, conv, multiply, slice, subtract, unary } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { tensor } from "../tf.ts";
import { Trace, type TracedTensor } from "../trace/traced-tensor.ts";
import { isStatic, topological } from "../trace/walk.ts";
import { fuseElementwise } from "./fuse-elementwise.ts";

const TANH = { name: "tanh", params: [] } as const;
const SIGMOID = { name: "sigmoid", params: [] } as const;

const input = (...shape: number[]) => new Trace().input(0, shape);
const ones = (...shape: number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape);

/** The ops that are left. */
function left(outputs: readonly Value[], supports: (op: Op) => boolean = () => true): Op[] {
  return topological(
    fuseElementwise(
      outputs.map((x) => x as TracedTensor),
      supports,
    ),
  ).flatMap((value) => (value.source.kind === "op" && !isStatic(value) ? [value.source.op] : []));
}

/** As words: the functions of an element-wise op in their order. */
function words(...outputs: readonly Value[]): string[] {
  return left(outputs).map((op) => (op.kind === "elementwise" ? functionsOf(op) : op.kind));
}

function functionsOf({ steps }: ElementwiseOp): string {
  return steps.map(({ fn }) => (typeof fn === "string" ? fn : fn.name)).join(" ");
}

test("a chain becomes one op", () => {
  const x = input(2, 3);
  expect(words(add(unary(multiply(x, ones(3)), TANH), x))).toEqual(["mul tanh add"]);
});

test("a single op stays what it was", () => {
  expect(words(unary(input(2, 3), TANH))).toEqual(["unary"]);
});

test("slices are read in place, slices of slices too", () => {
  const x = input(4, 6);
  const half = slice(x, [1, 0], [3, 6]);
  const y = multiply(unary(slice(half, [0, 0], [2, 3]), TANH), unary(slice(half, [1, 3], [2, 3]), SIGMOID));
  const [op, ...others] = left([y]);
  expect(others).toEqual([]);
  expect(op).toMatchObject({
    views: [
      { input: 0, part: { begin: [1, 0], size: [2, 3] } },
      { input: 0, part: { begin: [2, 3], size: [2, 3] } },
    ],
  });
});

test("what is read inside of a group only belongs to it, however often", () => {
  const z = unary(input(2, 3), SIGMOID);
  expect(words(add(multiply(z, z), subtract(1, z)))).toEqual(["sigmoid mul affine add"]);
});

test("an output, and what another op reads, leave their group", () => {
  const x = input(1, 9, 2);
  const c = add(unary(x, TANH), x);
  const h = multiply(unary(c, TANH), x);
  expect(words(h, c)).toEqual(["tanh add", "tanh mul"]);
  expect(words(add(multiply(c, x), conv(c, ones(3, 2, 2), { padding: "same" })))).toEqual([
    "tanh add",
    "conv",
    "mul add",
  ]);
});

test("a path that leaves a group and comes back keeps it apart", () => {
  const x = input(1, 9, 2);
  const a = unary(x, TANH);
  const b = conv(a, ones(3, 2, 2), { padding: "same" });
  expect(words(add(unary(a, SIGMOID), b))).toEqual(["unary", "conv", "sigmoid add"]);
});

test("values of other shapes are made before", () => {
  const x = input(2, 3);
  const row = unary(multiply(slice(x, [0, 0], [1, 3]), 2), TANH);
  expect(words(unary(add(x, row), SIGMOID))).toEqual(["affine tanh", "add sigmoid"]);
});

test("nothing changes where the backend refuses", () => {
  const x = input(2, 3);
  const y = multiply(unary(slice(x, [0, 0], [2, 3]), TANH), x);
  expect(left([y], (op) => op.kind !== "elementwise").map(({ kind }) => kind)).toEqual(["slice", "unary", "binary"]);
});

test("a group that the backend refuses as a whole is left as it was", () => {
  const x = input(2, 3);
  const y = unary(multiply(x, ones(3)), TANH);
  const supports = (op: Op) => op.kind !== "elementwise" || op.steps.length === 1;
  expect(left([y], supports).map(({ kind }) => kind)).toEqual(["binary", "unary"]);
});
