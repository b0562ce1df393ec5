import "@tensorflow/tfjs-backend-cpu";
import { beforeEach, expect, test } from "vitest";
import { DepthwiseConv1D } from "../layers/depthwise-conv1d.ts";
import { Input } from "../layers/input-layer.ts";
import { clearSession } from "../layers/names.ts";
import { SeparableConv1D } from "../layers/separable-conv1d.ts";
import { serializeLayer } from "../layers/serialization.ts";
import { deserialize } from "./deserialize.ts";
import { Sequential } from "./sequential.ts";

beforeEach(() => clearSession());

function summaryOf(model: Sequential): string {
  let printed = "";
  model.summary({
    printFn: (text) => {
      printed = text;
    },
  });
  return printed;
}

// What Keras 3.15.1 prints for the same models (keras.Sequential([...]).summary()).
test("the summary is Keras's", () => {
  const model = new Sequential({
    layers: [
      Input({ shape: [null, 4] }),
      new DepthwiseConv1D({ kernelSize: 3, depthMultiplier: 2, trainable: false }),
      new SeparableConv1D({ filters: 1000, kernelSize: 3, name: "a_rather_long_layer_name_that_wraps_somewhere" }),
    ],
  });
  expect(summaryOf(model)).toBe(`Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ depthwise_conv1d                │ (None, None, 8)        │            32 │
│ (DepthwiseConv1D)               │                        │               │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ a_rather_long_layer_name_that_… │ (None, None, 1000)     │         9,024 │
│ (SeparableConv1D)               │                        │               │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 9,056 (35.38 KB)
 Trainable params: 9,024 (35.25 KB)
 Non-trainable params: 32 (128.00 B)`);
  model.dispose();
});

test("layers that are not built are shown so", () => {
  const model = new Sequential({ layers: [new DepthwiseConv1D({ kernelSize: 3 })] });
  expect(summaryOf(model)).toContain("│ ?                      │   0 (unbuilt) │");
  expect(model.built).toBe(false);
  expect(model.weights).toEqual([]);
  expect(() => model.countParams()).toThrow(/sequential.*isn't built/);
});

test("the config is Keras's, key order included, and comes back", () => {
  const model = new Sequential({ layers: [Input({ shape: [null, 4] }), new DepthwiseConv1D({ kernelSize: 3 })] });
  const json = serializeLayer(model);
  expect(Object.keys(json)).toEqual([
    "module",
    "class_name",
    "config",
    "registered_name",
    "build_config",
    "compile_config",
  ]);
  expect(Object.keys(json.config)).toEqual(["name", "trainable", "dtype", "layers", "build_input_shape"]);
  expect(json.config.build_input_shape).toEqual([null, null, 4]);
  const copy = deserialize(JSON.parse(JSON.stringify(json)));
  expect(copy).toBeInstanceOf(Sequential);
  expect(copy.built).toBe(true);
  expect(JSON.stringify(serializeLayer(copy))).toBe(JSON.stringify(json));
  model.dispose();
  copy.dispose();
});

test("how Keras compiled a model, and models inside, is kept and written again", () => {
  const inner = new Sequential({ layers: [Input({ shape: [6, 4] }), new DepthwiseConv1D({ kernelSize: 3 })] });
  const model = new Sequential({ layers: [Input({ shape: [6, 4] }), inner] });
  inner.compileFromConfig({ loss: "mae" });
  model.compileFromConfig({ optimizer: "sgd", loss_weights: [1, 0.5] });
  const json = serializeLayer(model);
  const copy = deserialize(JSON.parse(JSON.stringify(json))) as Sequential;
  expect(JSON.stringify(serializeLayer(copy))).toBe(JSON.stringify(json));
  expect(copy.getCompileConfig()).toEqual({ optimizer: "sgd", loss_weights: [1, 0.5] });
  expect((copy.layers[0] as Sequential).getCompileConfig()).toEqual({ loss: "mae" });
  expect(() => deserialize({ ...json, compile_config: "sgd" as never })).toThrow(
    "Expected 'compile_config' to be a dict for Sequential. Received: compile_config='sgd'",
  );
  model.dispose();
  copy.dispose();
});

test("what does not belong is refused by name when it is added", () => {
  const model = new Sequential({ layers: [Input({ shape: [6, 4] })] });
  expect(() => model.add({} as DepthwiseConv1D)).toThrow(/Only instances of Layer/);
  expect(() => model.add(Input({ shape: [6, 4] }))).toThrow(/already been configured/);
  expect(() => model.add(new DepthwiseConv1D({ kernelSize: 7, name: "too_long" }))).toThrow(
    /zero or negative.*\(None, 6, 4\)/s,
  );
  expect(model.layers).toHaveLength(0);
  model.add(new DepthwiseConv1D({ kernelSize: 3, name: "twice" }));
  expect(() => model.add(new DepthwiseConv1D({ kernelSize: 3, name: "twice" }))).toThrow(/unique names.*'twice'/s);
  model.dispose();
});

test("inputShape of the first layer builds the model", () => {
  const model = new Sequential({ layers: [new DepthwiseConv1D({ kernelSize: 3, inputShape: [8, 2] })] });
  expect(model.built).toBe(true);
  expect(model.outputShape).toEqual([null, 6, 2]);
  model.dispose();
});
