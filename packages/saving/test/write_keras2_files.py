"""Writes the legacy `.h5` files of test/data/keras that Keras 2 made (the package tf_keras), and what their models compute.

    python packages/saving/test/write_keras2_files.py
"""

import json
import pathlib

from drawn import array_json, randomise, seeded
from tf_keras import Input, Model, Sequential, layers

OUT = pathlib.Path(__file__).parent / "data" / "keras"
EXPECTED = {}


def write(name, model, shape):
    randomise(model)
    x = seeded(shape)
    outputs = model(x, training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    EXPECTED[name] = {"inputs": [array_json(x)], "outputs": [array_json(y) for y in outputs]}
    model.save(OUT / f"{name}.h5")


def sequential():
    return Sequential(
        [
            layers.DepthwiseConv2D(3, depth_multiplier=2, activation="relu", input_shape=(6, 6, 2)),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(3, 2, strides=2, kernel_regularizer="l2"),
            layers.SeparableConv2D(2, 3, padding="same"),
            layers.GlobalAveragePooling2D(),
        ],
        name="keras2",
    )


def functional():
    x = Input((8, 3), name="x")
    z = Input((8, 4))
    inner = Model(z, layers.Conv1D(4, 1, name="pointwise")(z), name="inner")
    shared = layers.Conv1D(4, 3, padding="same", activation="relu", name="shared")
    y = shared(layers.Dense(3)(shared(layers.Dense(3)(x))))
    y = layers.Add()([y, inner(y)])
    y = layers.Concatenate(axis=-1)([y, layers.Dropout(0.5)(y)])
    y = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(y)
    y = layers.TimeDistributed(layers.Dense(4))(y)
    stack = Sequential([layers.Conv1D(4, 1, input_shape=(8, 4)), layers.LeakyReLU(0.25)], name="stack")
    y = stack(stack(y))
    return Model(x, [layers.GlobalMaxPooling1D()(y), inner(y)], name="outer")


if __name__ == "__main__":
    write("keras2-sequential", sequential(), (2, 6, 6, 2))
    model = functional()
    write("keras2-functional", model, (2, 8, 3))
    model.layers[1].trainable = False
    model.compile("adam", "mse")
    model.save_weights(OUT / "keras2-functional-weights.h5")
    (OUT / "keras2.json").write_text(json.dumps(EXPECTED) + "\n")
