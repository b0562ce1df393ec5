import { describe, expect, it } from "vitest";
import { ValueError } from "../errors.ts";
import type { Value } from "../ops/value.ts";
import { Trace, TracedTensor } from "../trace/traced-tensor.ts";
import * as regularizers from "./index.ts";

/** What a regularizer computes, as text: the numbers themselves are replayed on the backends (fixtures/regularizers). */
function formula(value: Value): string {
  if (!(value instanceof TracedTensor) || value.source.kind !== "op") return "x";
  const { op, inputs, weights } = value.source;
  const operands = [...inputs, ...weights].map(formula).join(", ");
  if (op.kind === "unary") return `${[op.fn.name, ...op.fn.params].join(" ")}(${operands})`;
  return `${op.kind === "binary" || op.kind === "reduce" ? op.fn : op.kind}(${operands})`;
}

const x = () => new Trace().input(0, [3, 2]);

describe("formulas", () => {
  it.each([
    [new regularizers.L1({ l1: 0.5 }), "affine 0.5 0(sum(abs(x)))"],
    [new regularizers.L2({ l2: 0.25 }), "affine 0.25 0(sum(square(x)))"],
    [new regularizers.L1L2({ l1: 0.5, l2: 0.25 }), "add(affine 0.5 0(sum(abs(x))), affine 0.25 0(sum(square(x))))"],
    [new regularizers.L1L2({ l2: 0.25 }), "affine 0.25 0(sum(square(x)))"],
  ])("%#", (regularizer, expected) => expect(formula(regularizer.call(x()))).toBe(expected));
});

// Keras 3.15.1: json.dumps(keras.regularizers.serialize(…)); L1 and Orthogonal round their factor to float32.
it.each([
  [new regularizers.L1(), '"L1","config":{"l1":0.009999999776482582}'],
  [new regularizers.L2(), '"L2","config":{"l2":0.01}'],
  [new regularizers.L1L2({ l1: 0.1, l2: 0.2 }), '"L1L2","config":{"l1":0.1,"l2":0.2}'],
  [
    new regularizers.OrthogonalRegularizer(),
    '"OrthogonalRegularizer","config":{"factor":0.009999999776482582,"mode":"rows"}',
  ],
])("serializes as Keras %#", (regularizer, expected) => {
  const json = regularizers.serialize(regularizer);
  expect(JSON.stringify(json)).toBe(`{"module":"keras.regularizers","class_name":${expected},"registered_name":null}`);
  expect(regularizers.serialize(regularizers.get(json as regularizers.RegularizerIdentifier))).toEqual(json);
});

describe("get", () => {
  it.each([
    ["l1", regularizers.L1],
    ["L2", regularizers.L2],
    ["l1l2", regularizers.L1L2],
    ["orthogonal_regularizer", regularizers.OrthogonalRegularizer],
  ])("%s", (name, kerasClass) => expect(regularizers.get(name)).toBeInstanceOf(kerasClass));

  it("classes, instances, functions, null and null arguments", () => {
    const l2 = new regularizers.L2();
    expect(regularizers.get(regularizers.L2)).toBeInstanceOf(regularizers.L2);
    expect(regularizers.get(l2)).toBe(l2);
    expect(regularizers.get(null)).toBeNull();
    const sameBack = (value: Value) => value;
    const custom = regularizers.get(sameBack);
    expect(custom).toBeInstanceOf(regularizers.Regularizer);
    expect(formula(custom!.call(x()))).toBe("x");
    expect(regularizers.serialize(custom)).toMatchObject({ class_name: "function", config: "sameBack" });
    expect(new regularizers.L1({ l1: null }).l1).toBe(Math.fround(0.01));
  });
});

// Messages: Keras 3.15.1.
it.each([
  [() => regularizers.get("l1_l2"), "Could not interpret regularizer identifier: l1_l2"],
  [() => regularizers.get(0.1 as never), "Could not interpret regularizer identifier: 0.1"],
  [
    () => new regularizers.L1({ l1: -1 }),
    "Invalid value for argument l1: expected a non-negative float. Received: l1=-1",
  ],
  [() => new regularizers.L1L2({ l2: Number.NaN }), "Received: l2=NaN"],
  [() => new regularizers.OrthogonalRegularizer({ factor: Number.POSITIVE_INFINITY }), "Received: factor=Infinity"],
  [
    () => new regularizers.OrthogonalRegularizer({ mode: "x" as never }),
    'Expected one of {"rows", "columns"}. Received: mode=\'x\'',
  ],
  [
    () => new regularizers.OrthogonalRegularizer().call(new Trace().input(0, [2, 3, 4])),
    "Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape=(2, 3, 4)",
  ],
  [() => new regularizers.L2(0.01 as never), "L2 takes its arguments as one object"],
])("refuses %#", (attempt, message) => {
  expect(attempt).toThrow(ValueError);
  expect(attempt).toThrow(message);
});
