import "@tensorflow/tfjs-backend-cpu";
import { describe, expect, it } from "vitest";
import { ValueError } from "../errors.ts";
import type { Value } from "../ops/value.ts";
import { Trace, TracedTensor } from "../trace/traced-tensor.ts";
import * as constraints from "./index.ts";

/** What a constraint computes, as text: the numbers themselves are replayed on the backends (fixtures/constraints). */
function formula(value: Value): string {
  if (!(value instanceof TracedTensor)) return "?";
  const { source } = value;
  if (source.kind === "constant") return `[${source.tensor.dataSync()}]`;
  if (source.kind !== "op") return "w";
  const { op, inputs } = source;
  const operands = inputs.map(formula).join(", ");
  if (op.kind === "unary") return `${[op.fn.name, ...op.fn.params].join(" ")}(${operands})`;
  if (op.kind === "reduce") return `${op.fn}${op.keepdims ? "_" : ""}${op.axes}(${operands})`;
  return `${op.kind === "binary" ? op.fn : op.kind}(${operands})`;
}

const NORM = "sqrt(sum_0(square(w)))";

describe("formulas", () => {
  it.each([
    [new constraints.MaxNorm(), `mul(w, div(clip 0 2(${NORM}), affine 1 1e-7(${NORM})))`],
    [
      new constraints.MaxNorm({ axis: [0, 1] }),
      `mul(w, div(clip 0 2(${NORM}), affine 1 1e-7(${NORM})))`.replaceAll("sum_0", "sum_0,1"),
    ],
    [new constraints.UnitNorm(), `div(w, affine 1 1e-7(${NORM}))`],
    [
      new constraints.MinMaxNorm({ minValue: 0.25, maxValue: 0.5, rate: 0.75 }),
      `mul(w, div(add(affine 0.75 0(clip 0.25 0.5(${NORM})), affine 0.25 0(${NORM})), affine 1 1e-7(${NORM})))`,
    ],
  ])("%#", (constraint, expected) => expect(formula(constraint.call(new Trace().input(0, [3, 2])))).toBe(expected));
});

// Keras 3.15.1: json.dumps(keras.constraints.serialize(…)).
it.each([
  [new constraints.MaxNorm(), '"MaxNorm","config":{"max_value":2,"axis":0}'],
  [new constraints.UnitNorm({ axis: [0, 1] }), '"UnitNorm","config":{"axis":[0,1]}'],
  [new constraints.MinMaxNorm(), '"MinMaxNorm","config":{"min_value":0,"max_value":1,"rate":1,"axis":0}'],
  [new constraints.NonNeg(), '"NonNeg","config":{}'],
])("serializes as Keras %#", (constraint, expected) => {
  const json = constraints.serialize(constraint);
  expect(JSON.stringify(json)).toBe(`{"module":"keras.constraints","class_name":${expected},"registered_name":null}`);
  expect(constraints.serialize(constraints.get(json as constraints.ConstraintIdentifier))).toEqual(json);
});

describe("get", () => {
  it.each([
    ["max_norm", constraints.MaxNorm],
    ["UnitNorm", constraints.UnitNorm],
    ["min_max_norm", constraints.MinMaxNorm],
    ["non_neg", constraints.NonNeg],
  ])("%s", (name, kerasClass) => expect(constraints.get(name)).toBeInstanceOf(kerasClass));

  it("functions and objects with call", () => {
    const keep = (w: Value) => w;
    const w = new Trace().input(0, [2]);
    expect(constraints.get(keep)!.call(w)).toBe(w);
    expect(constraints.get({ call: keep })!.call(w)).toBe(w);
    expect(constraints.get(undefined)).toBeNull();
  });
});

// Messages: Keras 3.15.1, but for the types of arguments, which Keras leaves to the first call.
it.each([
  [() => constraints.get("maxnorm"), "Could not interpret constraint identifier: maxnorm"],
  [() => constraints.get(2 as never), "Could not interpret constraint identifier: 2"],
  [
    () => constraints.get({ class_name: "MaxNorm", config: { m: 1 } }),
    "Unrecognized keyword arguments passed to MaxNorm: {'m': 1}",
  ],
  [() => new constraints.MaxNorm({ maxValue: "a" as never }), "max_value='a'"],
  [() => new constraints.UnitNorm({ axis: 0.5 }), "axis=0.5"],
])("refuses %#", (attempt, message) => {
  expect(attempt).toThrow(ValueError);
  expect(attempt).toThrow(message);
});
