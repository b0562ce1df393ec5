/** Models of configs that are wrong somewhere: nothing that was made until then stays. */
import "@tensorflow/tfjs-backend-cpu";
import { memory, tensor } from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BatchNormalization, Bidirectional, Conv1D, Dense, Dropout, LSTM } from "../layers/classes.ts";
import { Input } from "../layers/input-layer.ts";
import { deserializeLayer } from "../layers/serialization.ts";
import * as ops from "../ops/index.ts";
import type { KerasObjectJson } from "../serialization/json.ts";
import { modelFromJSON } from "./deserialize.ts";
import type { KerasTensor } from "./keras-tensor.ts";
import { Model } from "./model.ts";
import { Sequential } from "./sequential.ts";

let before = 0;
beforeEach(() => {
  before = memory().numTensors;
});
afterEach(() => {
  expect(memory().numTensors).toBe(before);
});

/** The text of a Sequential with another one and a wrapper inside; Dense is the last to be made. */
function sequentialText(): string {
  const inner = new Sequential({ layers: [new Conv1D({ filters: 4, kernelSize: 3 }), new BatchNormalization()] });
  const around = new Bidirectional({ layer: new LSTM({ units: 3 }) });
  const net = new Sequential({
    layers: [Input({ shape: [8, 3] }), inner, new Dropout({ rate: 0.5 }), around, new Dense({ units: 7 })],
  });
  const text = net.toJSON();
  net.dispose();
  return text;
}

/** The text of a graph that reads a tensor. */
function graphText(): string {
  const x = Input({ shape: [3] });
  const term = tensor([1, 2, 3]);
  const y = new Dense({ units: 7, name: "last" }).apply<KerasTensor>(ops.add(x, term) as KerasTensor);
  const net = new Model({ inputs: x, outputs: y });
  const text = net.toJSON();
  net.dispose();
  term.dispose();
  return text;
}

function changed(text: string, from: string, to: string): string {
  expect(text).toContain(from);
  return text.replaceAll(from, to);
}

test("a model of a sound config frees all with itself", () => {
  for (const text of [sequentialText(), graphText()]) modelFromJSON(text).dispose();
});

test.each([
  ["a layer refuses its arguments", sequentialText, '"units":7', '"units":-7', /units/],
  ["a class is unknown", sequentialText, '"class_name":"Dense"', '"class_name":"Dance"', /Dance/],
  [
    "a shape to build for is none",
    sequentialText,
    '"input_shape":[null,6]',
    '"input_shape":[null,"6"]',
    /cannot be built/,
  ],
  ["a layer of a graph refuses its arguments", graphText, '"units":7', '"units":-7', /units/],
  ["an output is of no layer", graphText, '["last",0,0]', '["least",0,0]', /least/],
  ["a node's input is of no layer", graphText, '["input_layer', '["inputs_layer', /inputs_layer/],
])("nothing is left where %s", (_, text, from, to, message) => {
  expect(() => modelFromJSON(changed(text(), from, to))).toThrow(message);
});

test("nothing is left of what is no model, or no layer", () => {
  const { config } = JSON.parse(sequentialText()) as { config: { layers: KerasObjectJson[] } };
  expect(() => modelFromJSON(JSON.stringify(config.layers[3]))).toThrow(/is that of a Bidirectional, not of a model/);
  expect(() => deserializeLayer(config.layers as never)).toThrow(/as a layer/);
});
