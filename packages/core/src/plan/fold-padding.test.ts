import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import { add, conv, pad } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { tensor } from "../tf.ts";
import { Trace, type TracedTensor } from "../trace/traced-tensor.ts";
import { topological } from "../trace/walk.ts";
import { foldPadding } from "./fold-padding.ts";

const kernel = tensor(new Float32Array(3 * 2 * 2), [3, 2, 2]);

/** The padding of each convolution that is left, and how many pads are. */
function left(...outputs: readonly Value[]): { readonly convs: unknown[]; readonly pads: number } {
  const ops = topological(foldPadding(outputs.map((x) => x as TracedTensor))).flatMap(({ source }) =>
    source.kind === "op" ? [source.op] : [],
  );
  return {
    convs: ops.flatMap((op) => (op.kind === "conv" ? [op.padding] : [])),
    pads: ops.filter(({ kind }) => kind === "pad").length,
  };
}

const input = () => new Trace().input(0, [1, 9, 2]);
const around = (x: Value, before: number, after: number) =>
  pad(x, [
    [0, 0],
    [before, after],
    [0, 0],
  ]);

test("zeros before a convolution become its padding", () => {
  expect(left(conv(around(input(), 0, 1), kernel, { strides: 2 }))).toEqual({ convs: [[[0, 1]]], pads: 0 });
});

test("they add to what it has", () => {
  const y = conv(around(input(), 1, 0), kernel, { padding: "same" });
  expect(left(y)).toEqual({ convs: [[[2, 1]]], pads: 0 });
});

test("one padding that two convolutions read folds into both", () => {
  const x = around(input(), 1, 1);
  expect(left(add(conv(x, kernel), conv(x, kernel)))).toEqual({ convs: [[[1, 1]], [[1, 1]]], pads: 0 });
});

test("a padding that is an output as well is still made", () => {
  const x = around(input(), 1, 1);
  expect(left(conv(x, kernel), x)).toEqual({ convs: [[[1, 1]]], pads: 1 });
});

test("not folded: wider than the kernel reaches", () => {
  expect(left(conv(around(input(), 3, 0), kernel)).pads).toBe(1);
});

test("not folded: of channels, and of what is not zero", () => {
  const channels = pad(new Trace().input(0, [1, 9, 1]), [
    [0, 0],
    [0, 0],
    [0, 1],
  ]);
  const width = [
    [0, 0],
    [1, 1],
    [0, 0],
  ] as const;
  expect(left(conv(channels, kernel)).pads).toBe(1);
  expect(left(conv(pad(input(), width, { value: 2 }), kernel)).pads).toBe(1);
});
