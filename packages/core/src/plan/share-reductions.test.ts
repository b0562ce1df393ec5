import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import { add, max, mean, unary } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { Trace, type TracedTensor } from "../trace/traced-tensor.ts";
import { topological } from "../trace/walk.ts";
import { shareReductions } from "./share-reductions.ts";

const input = () => new Trace().input(0, [2, 3]);

function kinds(...outputs: readonly Value[]): string[] {
  return topological(shareReductions(outputs.map((x) => x as TracedTensor))).flatMap(({ source }) =>
    source.kind === "op" ? [source.op.kind] : [],
  );
}

test("equal reductions of one value are one", () => {
  const x = input();
  expect(kinds(add(mean(x, { axis: 1 }), mean(x, { axis: 1 })))).toEqual(["reduce", "binary"]);
});

test("reductions of what a shared one makes are shared as well", () => {
  const x = input();
  const twice = () => mean(mean(x, { axis: 1 }));
  expect(kinds(add(twice(), twice()))).toEqual(["reduce", "reduce", "binary"]);
});

test("others stay: other axes, another function, another value", () => {
  const x = input();
  const means = add(mean(x, { axis: 1, keepdims: true }), mean(x, { axis: 0, keepdims: true }));
  const y = add(means, add(max(x, { axis: 1, keepdims: true }), mean(unary(x, { name: "tanh", params: [] }))));
  expect(kinds(y).filter((kind) => kind === "reduce")).toHaveLength(4);
});

test("element-wise ops stay apart", () => {
  const x = input();
  const tanh = () => unary(x, { name: "tanh", params: [] });
  expect(kinds(add(tanh(), tanh()))).toEqual(["unary", "unary", "binary"]);
});
