import { describe, expect, it } from "vitest";
import { ValueError } from "../errors.ts";
import { KerasTensor } from "../models/keras-tensor.ts";
import { affine } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { registerKerasSerializable } from "../serialization/custom-objects.ts";
import { Trace, TracedTensor } from "../trace/traced-tensor.ts";
import * as activations from "./index.ts";

const NAMES = [
  "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu linear log_sigmoid log_softmax mish relu",
  "relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus tanh tanh_shrink threshold",
].flatMap((line) => line.split(" "));

/** What it records, outermost first: `add`, `unary relu 0 6 0`. The numbers are replayed on the backends (fixtures/activations). */
function recorded(value: Value): string[] {
  if (!(value instanceof TracedTensor) || value.source.kind !== "op") return [];
  const { op, inputs } = value.source;
  const name = op.kind === "unary" ? [op.fn.name, ...op.fn.params].join(" ") : op.kind;
  return [name, ...inputs.flatMap(recorded)];
}

const x = (...shape: number[]) => new Trace().input(0, shape.length > 0 ? shape : [2, 4]);

it("knows the thirty names of Keras 3.15, and two aliases", () => {
  expect(NAMES).toHaveLength(30);
  for (const name of NAMES) expect(activations.serialize(activations.get(name))).toBe(name);
  expect(activations.serialize("swish")).toBe("silu");
  expect(activations.serialize("hard_swish")).toBe("hard_silu");
  expect(activations.serialize(null)).toBe("linear");
});

it("says which element-wise function a name stands for, and records just that", () => {
  for (const name of NAMES) {
    const activation = activations.get(name);
    if (activation.fn)
      expect(recorded(activation.call(x()))).toEqual([[activation.fn.name, ...activation.fn.params].join(" ")]);
  }
  expect(activations.get("relu6").fn).toEqual({ name: "relu", params: [0, 6, 0] });
  expect(activations.get("leaky_relu").fn).toEqual({ name: "leaky_relu", params: [0.2] });
  expect(
    ["linear", "softmax", "log_softmax", "sparsemax", "glu", "threshold"].map((name) => activations.get(name).fn),
  ).toEqual(Array(6).fill(null));
});

it("leaves values alone when linear", () => {
  const value = x();
  expect(activations.get("linear").call(value)).toBe(value);
  expect(activations.get(null).isLinear).toBe(true);
});

describe("options", () => {
  it.each([
    [activations.relu(x(), { negativeSlope: 0.1, maxValue: 2, threshold: 0.7 }), "relu 0.1 2 0.7"],
    [activations.relu(x(), { maxValue: null }), "relu 0 Infinity 0"],
    [activations.leakyRelu(x(), { negativeSlope: 0.3 }), "leaky_relu 0.3"],
    [activations.elu(x(), { alpha: 2 }), "elu 2"],
    [activations.gelu(x(), { approximate: true }), "gelu_tanh"],
    [activations.hardShrink(x(), { threshold: 1 }), "hard_shrink 1"],
    [activations.squareplus(x(), { b: 1 }), "squareplus 1"],
    [activations.threshold(x(), { threshold: 0.5, defaultValue: -1 }), "threshold 0.5 -1"],
  ])("%#", (value, expected) => expect(recorded(value)).toEqual([expected]));

  it("axes", () => {
    expect(recorded(activations.softmax(x()))).toEqual(["softmax"]);
    expect(recorded(activations.softmax(x(2, 3, 4), { axis: 1 }))).toEqual(["transpose", "softmax", "transpose"]);
    expect(recorded(activations.softmax(x(2, 3, 4), { axis: [1, 2] }))).toEqual([
      "transpose",
      "reshape",
      "softmax",
      "reshape",
      "transpose",
    ]);
    expect(activations.glu(x(4, 3), { axis: 0 }).shape).toEqual([2, 3]);
    expect(activations.glu(new KerasTensor([null, 6], { name: "x" })).shape).toEqual([null, 3]);
  });
});

describe("get", () => {
  it("built-in functions, under their names", () => {
    expect(activations.get(activations.leakyRelu)).toBe(activations.get("leaky_relu"));
    expect(
      activations.get({ module: "builtins", class_name: "function", config: "relu", registered_name: "function" }),
    ).toBe(activations.get("relu"));
  });

  it("a user's function, registered or not", () => {
    const twice = (value: Value) => affine(value, 2, 0);
    expect(recorded(activations.get(twice).call(x()))).toEqual(["affine 2 0"]);
    const json = { module: "builtins", class_name: "function", config: "twice", registered_name: "function" };
    expect(activations.serialize(twice)).toEqual(json);
    expect(() => activations.get(json)).toThrow("Could not locate function 'twice'");
    expect(activations.deserialize(json, { twice }).source).toBe(twice);
    registerKerasSerializable("mine")(twice);
    expect(activations.serialize(twice)).toEqual({ ...json, config: "mine>twice" });
    expect(activations.get({ ...json, config: "mine>twice" }).source).toBe(twice);
    // What Keras 3.6 and older wrote.
    expect(activations.get(json).source).toBe(twice);
    expect(() => activations.serialize((value: Value) => value)).toThrow("cannot be serialized");
  });

  it("a layer", () => {
    class Doubling {
      static readonly className = "Doubling";
      readonly name = "doubling";
      apply(value: Value): Value {
        return affine(value, 2, 0);
      }
      getConfig() {
        return { name: this.name };
      }
    }
    const layer = new Doubling();
    expect(recorded(activations.get(layer).call(x()))).toEqual(["affine 2 0"]);
    expect(activations.get(layer).source).toBe(layer);
    expect(activations.serialize(layer)).toEqual({
      module: null,
      class_name: "Doubling",
      config: { name: "doubling" },
      registered_name: "Doubling",
    });
  });
});

// Messages: Keras 3.15.1.
it.each([
  [() => activations.get("ReLU"), "Could not interpret activation function identifier: ReLU"],
  [() => activations.get(3 as never), "Could not interpret activation function identifier: 3"],
  [
    () => activations.get({ class_name: "relu" }),
    "Could not interpret activation function identifier: {'class_name': 'relu'}",
  ],
  [() => activations.get({ class_name: "relu", config: {} }), "Could not locate class 'relu'"],
  [() => activations.get("threshold").call(x()), "missing 2 required arguments: 'threshold' and 'default_value'"],
  [() => activations.glu(x(2, 3)), "must be divisible by 2"],
  [() => activations.softmax(x(3, 2), { axis: 4 }), "axis=4"],
])("refuses %#", (attempt, message) => {
  expect(attempt).toThrow(ValueError);
  expect(attempt).toThrow(message);
});
