/** No option is taken and ignored: each changes what a layer computes, its weights or its losses, or is refused. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { argumentsOf, classNamed, inputShapeOf, readSignatures, type SignatureArgument } from "./keras-signatures.ts";

/** Options that change nothing that a call shows, as in Keras: `class option` or `option`. */
const NO_EFFECT: Readonly<Record<string, string>> = {
  name: "It names.",
  renorm_clipping: "Renormalisation is refused when the layer is built.",
  renorm_momentum: "The same.",
  quantization_config: "Null is all that it takes.",
  fill_mode: "It has one value.",
  unroll: "How Keras compiles its loop. It shows after masked first steps with an initial state only.",
  use_cudnn: "Without cuDNN false is automatic; true is refused.",
  weights: "Tensors, which a config cannot hold; see below.",
  "Dense lora_alpha": "Keras sets it to the rank when the layer is built; enableLora takes it.",
  "Embedding lora_alpha": "The same.",
};

const THREE = { module: "keras.initializers", class_name: "Constant", config: { value: 3 }, registered_name: null };

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

afterEach(() => keras.clearSession());

const classes = Object.entries(readSignatures().classes).filter(
  // Their options say what the caller's values and function are.
  ([name]) => name !== "InputLayer" && name !== "Lambda",
);

describe.each(classes)("%s", (className, signature) => {
  const names = signature.arguments.map(({ name }) => name);
  const seed: keras.KerasConfig = names.includes("seed") ? { seed: 1 } : {};
  const plain = (name: string) => ({ ...signature.required, ...(name === "seed" ? {} : seed) });

  it.each(signature.arguments.filter(({ name }) => !(name in NO_EFFECT) && !(`${className} ${name}` in NO_EFFECT)))(
    "$name",
    (argument) => {
      const { name } = argument;
      const before = tf.tidy(() => JSON.stringify(observe(className, { ...plain(name), ...without(argument) })));
      expect(behaviourOf(className, { ...plain(name), ...givenFor(argument) })).not.toBe(before);
    },
  );
});

/** The value of the recorded row, with initial weights that tell. */
function givenFor({ name, given }: SignatureArgument): keras.KerasConfig {
  return name.endsWith("_initializer") ? { ...given, [name]: THREE } : given;
}

/** What the recorded row has beside the argument; mean and variance cannot be one without the other. */
function without({ name, given }: SignatureArgument): keras.KerasConfig {
  const pair = ["mean", "variance"];
  const left = pair.includes(name) ? pair : [name];
  return Object.fromEntries(Object.entries(given).filter(([key]) => !left.includes(key)));
}

it("the table of an Embedding is the one that was given", () => {
  const layer = new keras.Embedding({ inputDim: 2, outputDim: 1, weights: tf.tensor2d([[5], [6]]) });
  expect([...layer.apply(tf.tensor1d([1, 0])).dataSync()]).toEqual([6, 5]);
});

/** All that a caller can see of building and calling a layer, as text; or its refusal. */
function behaviourOf(className: string, given: keras.KerasConfig): string {
  try {
    return tf.tidy(() => JSON.stringify(observe(className, given)));
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

function observe(className: string, given: keras.KerasConfig): unknown[] {
  const layer = new (classNamed(className))({ name: "layer", ...argumentsOf(className, given) });
  const shape = inputShapeOf(className);
  const inputs = isList(shape) ? shape.map(valuesOf) : valuesOf(shape);
  const call = (options: keras.CallOptions = {}) => seen(layer.apply<keras.Nested<keras.Value>>(inputs, options));
  const shapes = JSON.stringify(layer.computeOutputShape(shape));
  call();
  // Zeros and ones are seen, what was drawn is not.
  const initial = layer.weights.map(({ value }) => [...value.dataSync()].map((v) => (Number.isInteger(v) ? v : null)));
  layer.setWeights(layer.weights.map((weight) => valuesOf([...weight.shape])));
  const outputs = [call(), call(), call({ training: true }), call({ training: true }), call()];
  if (layer instanceof keras.LSTM || layer instanceof keras.GRU || className.startsWith("ConvLSTM"))
    outputs.push(call({ mask: maskOf(shape) }));
  const weights = layer.weights.map((weight) => [
    weight.path,
    weight.trainable,
    (weight.regularizer ?? null) !== null,
    (weight.constraint ?? null) !== null,
    [...weight.value.dataSync()],
  ]);
  const losses = layer.losses.map((loss) => [...loss.dataSync()]);
  return [shapes, initial, outputs, weights, losses, layer.trainable];
}

/** The first and the last step do not count. */
function maskOf([batch = 0, steps = 0]: ReturnType<typeof inputShapeOf>): tf.Tensor {
  const counts = Array.from({ length: Number(steps) }, (_, i) => (i === 0 || i === Number(steps) - 1 ? 0 : 1));
  return tf.tensor(Array.from({ length: Number(batch) }, () => counts));
}

function valuesOf(shape: readonly number[]): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => (i < 3 ? 2 : ((i * 7) % 11) / 2 - 2)),
    [...shape],
  );
}

function isList(shape: ReturnType<typeof inputShapeOf>): shape is number[][] {
  return Array.isArray(shape[0]);
}

function seen(outputs: keras.Nested<keras.Value>): unknown {
  if (outputs instanceof tf.Tensor) {
    const mask = keras.maskOf(outputs);
    return [outputs.shape, [...outputs.dataSync()], mask instanceof tf.Tensor ? [...mask.dataSync()] : null];
  }
  return Object.values(outputs).map((each) => seen(each as keras.Nested<keras.Value>));
}
