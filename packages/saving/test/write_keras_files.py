"""Writes the files of test/data/keras with the Keras that is installed: small models of every structure, and what they compute.

    KERAS_BACKEND=jax python packages/saving/test/write_keras_files.py          all files, with the present Keras
    KERAS_BACKEND=jax python packages/saving/test/write_keras_files.py --old    one file of this version, for older ones

`expected.json` has inputs and outputs of each model, as lists of numbers that are float32 exactly.
"""

import json
import pathlib
import shutil
import sys
import zipfile

import h5py
import keras
import numpy as np
from drawn import array_json, randomise, seeded
from keras import layers

OUT = pathlib.Path(__file__).parent / "data" / "keras"


@keras.saving.register_keras_serializable("saving_test")
class Block(keras.layers.Layer):
    """Layers in attributes, lists, lists of lists and dictionaries; a weight of its own; a private attribute."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.blocks = [layers.Conv1D(2, 1, name="first"), [layers.Conv1D(2, 1, name="second")], {"a": layers.Dense(2, name="third")}, layers.Conv1D(2, 1, name="fourth")]
        self.zeta = layers.Conv1D(2, 1, name="zeta")
        self.alpha_beta = layers.Dense(2, name="alpha")
        self.table = {"x": layers.Dense(2, name="table")}
        self._hidden = layers.Dense(2, name="hidden")

    def all_layers(self):
        first, (second,), third, fourth = self.blocks
        return [first, second, third["a"], fourth, self.zeta, self.alpha_beta, self.table["x"], self._hidden]

    def build(self, input_shape):
        for layer in self.all_layers():
            layer.build(input_shape)
        self.scale = self.add_weight(shape=(2,), name="scale")
        super().build(input_shape)

    def call(self, x):
        for layer in self.all_layers():
            x = layer(x)
        return x * self.scale


@keras.saving.register_keras_serializable("saving_test")
class Net(keras.Model):
    """A model with a call of its own: its layers are found by attribute, and then by `layers`."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.blocks = [layers.Conv1D(2, 1), layers.Conv1D(2, 1)]
        self.zeta = layers.Conv1D(2, 1)
        self.alpha = layers.Dense(2)
        self.table = {"x": layers.Dense(2)}

    def call(self, x):
        for layer in [*self.blocks, self.zeta, self.alpha, self.table["x"]]:
            x = layer(x)
        return x


def expect(name, model, *inputs):
    """What the model computes in inference."""
    outputs = model(inputs[0] if len(inputs) == 1 else list(inputs), training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    EXPECTED[name] = {"inputs": [array_json(x) for x in inputs], "outputs": [array_json(y) for y in outputs]}


EXPECTED = {}


def composed():
    """Every layer that holds others, and those that write their variables in ways of their own."""
    x = keras.Input((6, 2))
    y = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(x)
    y = layers.TimeDistributed(layers.Dense(2))(y)
    y = layers.GRU(3, return_sequences=True)(y)
    y = layers.SpectralNormalization(layers.Dense(2))(y)
    y = layers.Conv1D(2, 1, activation=layers.PReLU())(y)
    y = layers.Activation(layers.LeakyReLU(0.25))(y)
    y = layers.BatchNormalization()(y)
    y = layers.Normalization()(y)
    y = layers.Dropout(0.5)(y)
    y = layers.SeparableConv1D(2, 3, padding="same")(y)
    y = layers.ConvLSTM1D(2, 3, return_sequences=True, padding="same")(layers.Reshape((1, 6, 2))(y))
    model = keras.Model(x, y)
    model(seeded((1, 6, 2)))  # PReLU as an activation is built when it is called
    randomise(model)
    return model


def sequential():
    model = keras.Sequential(
        [
            keras.Input((8, 3), name="Eingang"),
            layers.DepthwiseConv1D(3, depth_multiplier=2, activation="relu", name="größe"),
            layers.Conv1D(4, 3, strides=2, kernel_regularizer="l2"),
            layers.Conv1D(2, 1),
            layers.GlobalAveragePooling1D(),
        ],
        name="net",
    )
    randomise(model)
    return model


def lora():
    """Weights with a correction: the file has them merged."""
    model = keras.Sequential([keras.Input((5,), dtype="int32"), layers.Embedding(7, 3), layers.Conv1D(3, 2), layers.Dense(2)])
    randomise(model)
    for layer in model.layers:
        layer.enable_lora(2)
    randomise(model, 3)
    return model


def nested():
    """Models in models, a layer that is called twice, operations between layers, two outputs; compiled and trained a little."""
    x = keras.Input((4, 4, 2))
    inner = keras.Sequential([keras.Input((4, 4, 2)), layers.Conv2D(2, 1)], name="inner")
    z = keras.Input((4, 4, 2))
    functional = keras.Model(z, layers.ReLU(6.0)(layers.Conv2D(2, 1)(z)), name="middle")
    y = functional(inner(x)) + 1
    y = layers.Add()([y, inner(y) * 0.5])
    image = layers.Conv2D(2, 1, name="image")(y)
    label = layers.Dense(3, activation="softmax", name="label")(layers.GlobalAveragePooling2D()(y))
    model = keras.Model(x, [image, label], name="outer")
    randomise(model)
    model.compile(keras.optimizers.Adam(0.01), {"image": "mse", "label": "categorical_crossentropy"}, metrics={"label": ["accuracy"]})
    model.fit(seeded((4, 4, 4, 2)), [seeded((4, 4, 4, 2), 2), np.eye(3)[[0, 1, 2, 0]]], epochs=2, verbose=0)
    return model


def compiled():
    """Models that were compiled, inside of others that were, too: some trained, one inside of a layer, one not compiled."""
    inner = keras.Sequential([keras.Input((4, 3)), layers.Conv1D(2, 1)], name="trained")
    inner.compile(keras.optimizers.Adam(0.002), keras.losses.BinaryCrossentropy(from_logits=True), metrics=[keras.metrics.BinaryAccuracy(threshold=1.0)])
    z = keras.Input((4, 2))
    functional = keras.Model(z, layers.ReLU()(layers.Conv1D(2, 1)(z)), name="untrained")
    functional.compile(keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(1.0, 10, 0.5), momentum=0.9), keras.losses.Huber(delta=1.0), loss_weights=[1.0])
    step = keras.Sequential([keras.Input((2,)), layers.Dense(2)], name="step")
    step.compile("rmsprop", "mae")
    deepest = keras.Sequential([keras.Input((4, 2)), layers.TimeDistributed(step)], name="deepest")
    deepest.compile("sgd", "mse")
    deep = keras.Sequential([keras.Input((4, 2)), deepest], name="deep")
    x = keras.Input((4, 3))
    model = keras.Model(x, deep(functional(inner(x))), name="outer")
    randomise(model)
    inner.fit(seeded((2, 4, 3)), np.ones((2, 4, 2)), verbose=0)
    model.compile(keras.optimizers.AdamW(0.001), "mse", loss_weights=[2], weighted_metrics=["mae"])
    model.fit(seeded((2, 4, 3)), seeded((2, 4, 2), 2), verbose=0)
    return model


def shared():
    """One object in two places: a Dense by itself and inside TimeDistributed."""
    x = keras.Input((3, 2))
    dense = layers.Dense(2)
    model = keras.Model(x, layers.TimeDistributed(dense)(dense(x)))
    randomise(model)
    return model


def custom():
    model = keras.Sequential([keras.Input((6, 2)), Block(name="block"), layers.Conv1D(2, 3)])
    randomise(model)
    return model


def unsupported():
    """What cannot be loaded: a Python lambda, unknown classes, a dtype."""
    x = keras.Input((6, 2))
    y = layers.Lambda(lambda t: t * 2, name="twice")(x)
    inner = keras.Sequential([keras.Input((6, 2)), layers.Conv1D(2, 1, dtype="mixed_float16", name="half")], name="inner")
    y = layers.MultiHeadAttention(1, 2, name="attention")(inner(y), y)
    y = Block(name="block")(y)
    return keras.Model(x, y, name="net")


def rezip(source, target):
    """The same members, deflated."""
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            after.writestr(info.filename, before.read(info))


def with_dtypes(source, target):
    """The same weights as other types; values that all of them hold."""
    import ml_dtypes

    shutil.copy(source, target)
    with h5py.File(target, "r+") as file:
        group = file["layers/conv1d/vars"]
        rounded = np.asarray(group["0"]).astype(ml_dtypes.bfloat16)
        del group["0"]
        group.create_dataset("0", data=rounded).attrs["dtype"] = "bfloat16"
        bias = np.asarray(group["1"])
        del group["1"]
        group["1"] = bias.astype("float64")
        group = file["layers/conv1d_1/vars"]
        kernel = np.asarray(group["0"])
        del group["0"]
        group["0"] = kernel.astype("float16")
        del group["1"]
        group["1"] = np.array([1, -2], "int64")
        return rounded, kernel.astype("float16")


def write_all():
    models = {
        "composed": (composed(), seeded((2, 6, 2))),
        "sequential": (sequential(), seeded((2, 8, 3))),
        "lora": (lora(), np.array([[0, 1, 2, 3, 6]], "int32")),
        "nested": (nested(), seeded((2, 4, 4, 2))),
        "custom": (custom(), seeded((2, 6, 2))),
        "shared": (shared(), seeded((2, 3, 2))),
        "compiled": (compiled(), seeded((2, 4, 3))),
    }
    for name, (model, x) in models.items():
        model.save(OUT / f"{name}.keras")
        # Normalization takes its statistics over when it is loaded.
        expect(name, keras.models.load_model(OUT / f"{name}.keras"), x)
    unsupported().save(OUT / "unsupported.keras")
    rezip(OUT / "sequential.keras", OUT / "deflated.keras")
    folder = OUT / "folder"
    shutil.rmtree(folder, ignore_errors=True)
    models["sequential"][0].save(folder, zipped=False)
    models["sequential"][0].save_weights(OUT / "sequential.weights.h5")
    models["sequential"][0].save_weights(OUT / "sharded.weights.json", max_shard_size=400 / 1024**3)
    models["compiled"][0].save_weights(OUT / "spread.weights.json", max_shard_size=60 / 1024**3)
    net = Net(name="net")
    net(seeded((1, 6, 2)))
    randomise(net)
    net.save_weights(OUT / "net.weights.h5")
    expect("net", net, seeded((2, 6, 2)))
    first, second = with_dtypes(OUT / "sequential.weights.h5", OUT / "dtypes.weights.h5")
    EXPECTED["dtypes"] = {"conv1d": array_json(first), "conv1d_1": array_json(second)}
    (OUT / "expected.json").write_text(json.dumps(EXPECTED) + "\n")


def write_old():
    """One file by an older version of Keras, trained for a step."""
    name = f"keras-{keras.__version__}"
    x = keras.Input((6, 2))
    y = layers.Conv1D(3, 3, padding="same", activation="relu")(x)
    y = layers.BatchNormalization()(layers.SeparableConv1D(2, 3)(y))
    y = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(y * 2 + 1)
    y = layers.Dropout(0.1)(layers.TimeDistributed(layers.Dense(2))(y))
    model = keras.Model(x, y)
    randomise(model)
    model.compile("sgd", "mse")
    model.fit(seeded((2, 6, 2)), seeded((2, 4, 2), 2), verbose=0)
    model.save(OUT / f"{name}.keras")
    expect(name, model, seeded((2, 6, 2)))
    (OUT / f"{name}.json").write_text(json.dumps(EXPECTED[name]) + "\n")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    write_old() if "--old" in sys.argv else write_all()
