/** The attempts of docs/refused.md: what Keras takes and keras-ts refuses, by the words of the page's first column. */
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";

/** Makes the attempt; throws or rejects. */
export type Attempt = () => unknown;

const flat = () => tf.ones([2, 3]);
const steps = () => tf.ones([1, 4, 3]);
const images = (dtype: "float32" | "int32" = "float32") => tf.ones([2, 6, 6, 3], dtype);
const input = (...shape: number[]) => keras.Input({ shape });

const POLICIES = ["float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16"];

/** A model of one layer that is always called for training. */
function planned(layer: keras.Layer, ...shape: number[]): Promise<keras.Plan> {
  const x = input(...shape);
  const model = new keras.Model({ inputs: x, outputs: layer.apply(x, { training: true }) });
  return keras.plan(model, { inputShapes: [[1, ...shape]] });
}

async function streamed(layer: keras.Layer): Promise<keras.Stream> {
  return (await keras.plan(layer, { inputShapes: [[1, 4, 3]] })).stream();
}

class CallsTfjs extends keras.Layer {
  override call(x: tf.Tensor): tf.Tensor {
    return tf.relu(x);
  }
}

class ReturnsConstant extends keras.Layer {
  override call(): tf.Tensor {
    return tf.zeros([1]);
  }
}

const SUM_OF_TANH = (x: tf.Tensor) => keras.ops.sum(keras.ops.tanh(x)) as tf.Tensor;

const lambda = {
  module: "keras.layers",
  class_name: "Lambda",
  config: {
    name: "f",
    function: { class_name: "__lambda__", config: { code: "4wAA", defaults: null, closure: null } },
  },
  registered_name: null,
};

/** Every policy that is not float32 is refused in its own name; the message of the first is passed on. */
function buildInEachPolicy(): void {
  const [first, ...others] = POLICIES.map((dtype) =>
    messageOf(() => new keras.Dense({ units: 2, dtype, name: "head" }).apply(flat())),
  );
  if (!others.every(({ message }, i) => message.includes(`dtype=${POLICIES[i + 1]}`)))
    throw new Error("A policy was not refused by name.");
  throw first;
}

function messageOf(fn: () => unknown): Error {
  try {
    fn();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("Nothing was refused.");
}

export const UNSUPPORTED: Readonly<Record<string, Attempt>> = {
  "build a layer with dtype float16, bfloat16, float64, mixed_float16 or mixed_bfloat16": buildInEachPolicy,
  'build a layer after setFloatx("float16")': () => {
    keras.config.setFloatx("float16");
    try {
      new keras.Dense({ units: 2, name: "head" }).apply(flat());
    } finally {
      keras.config.setFloatx("float32");
    }
  },
  "call a model whose Input is float16": () => {
    const x = keras.Input({ shape: [3], dtype: "float16", name: "x" });
    new keras.Model({ inputs: x, outputs: new keras.Identity().apply(x) }).apply(flat());
  },
  "quantizationConfig of Dense or Embedding": () => {
    const quantizationConfig = { mode: "int8" };
    messageOf(() => new keras.Embedding({ inputDim: 2, outputDim: 2, quantizationConfig } as never));
    new keras.Dense({ units: 2, quantizationConfig } as never);
  },
  "an initializer for another dtype": () => keras.initializers.get("ones")?.call([2], "int32" as never),
  "Input with sparse": () => keras.Input({ shape: [3], sparse: true }),
  "Input with optional": () => keras.Input({ shape: [3], optional: true }),
  "BatchNormalization with renorm, at build": () =>
    new keras.BatchNormalization({ renorm: true, name: "bn" }).apply(flat()),
  "GroupNormalization with axis 0": () =>
    new keras.GroupNormalization({ groups: 1, axis: 0, name: "gn" }).apply(images()),
  "SpectralNormalization around a layer with LoRA": () =>
    new keras.SpectralNormalization({
      layer: new keras.Conv1D({ filters: 2, kernelSize: 2, loraRank: 1, name: "conv" }),
      name: "sn",
    }).apply(steps()),
  "TimeDistributed around a layer with several outputs": () =>
    new keras.TimeDistributed({
      layer: new keras.LSTM({ units: 2, returnState: true, name: "lstm" }),
      name: "td",
    }).apply(tf.ones([1, 2, 3, 4])),
  "the windows parzen, taylor, tukey and exponential of STFT": () => {
    const [first] = ["parzen", "taylor", "tukey", "exponential"].map((window) =>
      messageOf(() => new keras.initializers.STFT({ side: "real", window }).call([8, 1, 5])),
    );
    throw first;
  },
  "a config with a TensorFlow TypeSpec": () =>
    keras.saving.deserializeKerasObject({
      class_name: "__typespec__",
      config: {},
      module: null,
      registered_name: null,
    }),
  "a second derivative through an element-wise function": () =>
    tf.grad((x) => tf.grad(SUM_OF_TANH)(x))(tf.tensor1d([1, 2])),
  "plan a model that calls a layer that draws with training=True": () =>
    planned(new keras.Dropout({ rate: 0.5, name: "drop" }), 3),
  "plan a model that calls StochasticDepth with training=True": () =>
    planned(new keras.StochasticDepth({ dropPathRate: 0.5, name: "path" }), 3),
  "one tensor as the inputs of CustomScaleLayer": () =>
    new keras.CustomScaleLayer({ scale: 0.1, name: "scale" }).apply(tf.ones([2, 3])),
  "plan a model that calls BatchNormalization with training=True": () =>
    planned(new keras.BatchNormalization({ name: "bn" }), 3),
  "plan a model that calls SpectralNormalization with training=True": () =>
    planned(
      new keras.SpectralNormalization({ layer: new keras.Conv1D({ filters: 1, kernelSize: 1 }), name: "sn" }),
      ...[4, 3],
    ),
  "plan a model that calls a recurrent layer with dropout and training=True": () =>
    planned(new keras.LSTM({ units: 2, dropout: 0.5 }), 4, 3),
  "plan a stateful recurrent layer": () =>
    keras.plan(new keras.LSTM({ units: 2, stateful: true, name: "lstm" }), { inputShapes: [[1, 4, 3]] }),
  "plan a layer whose call uses tfjs's own functions": () =>
    keras.plan(new CallsTfjs({ name: "mine" }), { inputShapes: [[1]] }),
  "plan a layer whose call returns a constant tensor": () =>
    keras.plan(new ReturnsConstant({ name: "mine" }), { inputShapes: [[1]] }),
  "stream a plan of a convolution that looks ahead": () =>
    streamed(new keras.Conv1D({ filters: 1, kernelSize: 3, padding: "same", name: "conv" })),
  "stream a plan of a recurrent layer": () =>
    streamed(new keras.LSTM({ units: 2, returnSequences: true, name: "lstm" })),
  "stream a plan of a layer that reduces time": () => streamed(new keras.GlobalMaxPooling1D({ name: "pool" })),
  "stream a plan of a transposed convolution that overlaps": () =>
    streamed(new keras.Conv1DTranspose({ filters: 1, kernelSize: 4, strides: 2, name: "up" })),
  "call a layer without computeOutputShape on a symbol where its call returns no symbol": () =>
    new ReturnsConstant({ name: "mine" }).apply(input(2)),
};

export const INVALID: Readonly<Record<string, Attempt>> = {
  "a layer of dtype int32": () => new keras.Dense({ units: 2, dtype: "int32" }),
  "a layer of a quantized dtype policy": () => new keras.Dense({ units: 2, dtype: "int8_from_float32" }),
  "integers given to a layer that Keras computes in integer arithmetic": () =>
    new keras.LayerNormalization({ name: "norm" }).apply(tf.ones([2, 3], "int32")),
  "an Input of integers before a layer that Keras computes in integer arithmetic": () =>
    new keras.Resizing({ height: 3, width: 3, name: "resizing" }).apply(
      keras.Input({ shape: [6, 6, 3], dtype: "uint8" }),
    ),
  "sums of bool, or of integers of less than 32 bits": () => {
    const masks = [tf.ones([2, 3], "bool"), tf.ones([2, 3], "bool")];
    return new keras.Add({ name: "add" }).apply(masks);
  },
  "Input of strings": () => keras.Input({ shape: [3], dtype: "string" }),
  "the autocast argument of a layer": () => new keras.Dense({ units: 2, autocast: false } as never),
  "useCudnn true of GRU": () => new keras.GRU({ units: 2, useCudnn: true, name: "gru" }).apply(steps()),
  "a Lambda config that holds a Python lambda, also with safeMode false": () => {
    messageOf(() => keras.layers.deserialize(lambda));
    keras.layers.deserialize(lambda, { safeMode: false } as never);
  },
  "the config of a Lambda whose function has no name": () =>
    new keras.Lambda({ function: (x: keras.Value) => x }).getConfig(),
  "a config of a class of Keras's that is not here": () =>
    keras.layers.deserialize({
      module: "keras.layers",
      class_name: "MultiHeadAttention",
      config: { num_heads: 2, key_dim: 2 },
      registered_name: null,
    }),
  "callbacks given to predict": () =>
    new keras.Sequential({ layers: [input(3), new keras.Identity()] }).predict(flat(), { callbacks: [] } as never),
  "arrays given to Normalization.adapt": () => new keras.Normalization().adapt([[1, 2]] as never),
  "a pooling window larger than a tensor": () => new keras.MaxPooling2D({ poolSize: 7 }).apply(images()),
  "a maskValue that is no number": () => new keras.Masking({ maskValue: "a" as never }),
  "setEpsilon with no number": () => keras.config.setEpsilon("1" as never),
  "plan a model of unknown sizes without inputShapes": () =>
    keras.plan(
      new keras.Sequential({
        layers: [keras.Input({ shape: [null, 3] }), new keras.Conv1D({ filters: 1, kernelSize: 1 })],
      }),
    ),
  "toJSON of a model with an op that Keras lacks": () => {
    const x = input(3);
    return new keras.Model({ inputs: x, outputs: keras.ops.affine(x, 2, 1) as keras.KerasTensor }).toJSON();
  },
  "weights of Bidirectional": () =>
    new keras.Bidirectional({ layer: new keras.LSTM({ units: 2 }), weights: [flat()] } as never),
  "inputDim of a layer, for its input shape": () => new keras.Dense({ units: 2, inputDim: 3 } as never),
  "inputLength of Embedding": () => new keras.Embedding({ inputDim: 2, outputDim: 2, inputLength: 4 } as never),
  "inputShape, batchInputShape and others of InputLayer": () => {
    messageOf(() => new keras.InputLayer({ inputShape: [2] } as never));
    messageOf(() => new keras.InputLayer({ shape: [2], inputDim: 2 } as never));
    new keras.InputLayer({ batchInputShape: [null, 2] } as never);
  },
  "tensor of Input, inputTensor of InputLayer": () => {
    messageOf(() => keras.Input({ tensor: input(2) } as never));
    new keras.InputLayer({ inputTensor: input(2) } as never);
  },
  "boundingBoxFormat of Resizing and CenterCrop": () => {
    const args = { height: 2, width: 2, boundingBoxFormat: "xyxy" };
    messageOf(() => new keras.Resizing(args as never));
    new keras.CenterCrop(args as never);
  },
  "images in a record given to Resizing and CenterCrop": () => {
    messageOf(() => new keras.Resizing({ height: 3, width: 3 }).apply({ images: images() }));
    new keras.CenterCrop({ height: 3, width: 3 }).apply({ images: images() });
  },
  "a Model without inputs, outputs and call": () => new keras.Model(),
  "dtype, activityRegularizer and inputShape of a functional model": () => {
    const inputs = input(2);
    messageOf(() => new keras.Model({ inputs, outputs: inputs, dtype: "float32" }));
    messageOf(() => new keras.Model({ inputs, outputs: inputs, inputShape: [2] }));
    new keras.Model({ inputs, outputs: inputs, activityRegularizer: "l2" });
  },
  "masks of another number than a functional model's inputs": () => {
    const inputs = [input(2, 1), input(2, 1)];
    const x = tf.ones([1, 2, 1]);
    new keras.Model({ inputs, outputs: inputs }).apply([x, x], { mask: [tf.ones([1, 2])] });
  },
};
