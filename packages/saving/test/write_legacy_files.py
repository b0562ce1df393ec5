"""Writes the files of test/data/legacy: small models in the legacy `.h5` format, and what they compute.

    KERAS_BACKEND=jax python packages/saving/test/write_legacy_files.py        Keras 3's files (keras3-*)
    python packages/saving/test/write_legacy_files.py --keras2                 Keras 2's files (keras2-*), with the package tf-keras

`expected-keras3.json` and `expected-keras2.json` have inputs and outputs of each model, as lists of numbers that are float32 exactly.
"""

import json
import pathlib
import sys

from drawn import array_json, randomise, seeded

OLD = "--keras2" in sys.argv
if OLD:
    import tf_keras as keras
else:
    import keras
layers = keras.layers

OUT = pathlib.Path(__file__).parent / "data" / "legacy"
PREFIX = "keras2-" if OLD else "keras3-"
expected = {}


def write(name, model, *shapes, weights=True):
    """Saves a model, and what it makes of inputs of these shapes."""
    inputs = [seeded(shape, 1 + i) for i, shape in enumerate(shapes)]
    model(inputs if len(inputs) > 1 else inputs[0])
    if weights:
        randomise(model)
    outputs = model(inputs if len(inputs) > 1 else inputs[0])
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    model.save(OUT / f"{PREFIX}{name}.h5")
    expected[f"{PREFIX}{name}"] = {"inputs": [array_json(x) for x in inputs], "outputs": [array_json(y) for y in outputs]}
    return model


def plain():
    """No InputLayer: the first layer knows its shape in Keras 2, the model what it was built for in Keras 3."""
    first = {"input_shape": (9, 3)} if OLD else {}
    return keras.Sequential(
        [layers.Conv1D(4, 3, padding="same", activation="relu", name="stem", **first), layers.BatchNormalization(name="norm"), layers.GlobalAveragePooling1D(), layers.Dense(2, activation="softmax")],
        name="plain",
    )


def convolutions():
    """Every kind of convolution, with what Keras 2 writes into their configs."""
    x = inputs = keras.Input((8, 8, 2), name="image")
    x = layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", name="depthwise")(x)
    x = layers.BatchNormalization(axis=-1, name="norm")(x)
    x = layers.SeparableConv2D(4, 3, padding="same", depthwise_regularizer="l2", name="separable")(x)
    x = layers.Conv2DTranspose(4, 3, strides=2, padding="same", name="up")(x)
    x = layers.Conv2D(4, 3, groups=2, kernel_regularizer=keras.regularizers.L2(0.01), name="grouped")(x)
    x = layers.LeakyReLU(0.2, name="leaky")(x)
    x = layers.ReLU(max_value=6, name="relu6")(x)
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.Reshape((49, 4), name="rows")(x)
    x = layers.DepthwiseConv1D(3, name="depthwise1d")(x)
    x = layers.SeparableConv1D(3, 3, name="separable1d")(x)
    x = layers.Conv1DTranspose(2, 3, name="up1d")(x)
    return keras.Model(inputs, x, name="convolutions")


def several():
    """Two inputs, two outputs, a layer called twice."""
    left = keras.Input((6, 2), name="left")
    right = keras.Input((6, 2), name="right")
    shared = layers.Conv1D(3, 2, name="shared")
    a, b = shared(left), shared(right)
    added = layers.Add(name="sum")([a, b])
    joined = layers.Concatenate(axis=-1, name="joined")([added, b])
    dropped = layers.Dropout(0.5, name="dropped")(joined, training=False)
    score = layers.Dense(2, name="score")(layers.Flatten(name="flat")(dropped))
    return keras.Model([left, right], [score, added], name="several")


def nested():
    """A functional and a sequential model inside of a functional one; the functional is called twice."""
    inner_input = keras.Input((4, 2), name="inner_input")
    inner_output = layers.BatchNormalization(name="inner_norm")(layers.Conv1D(2, 1, name="inner_conv")(inner_input))
    inner = keras.Model(inner_input, inner_output, name="inner")
    tail = keras.Sequential([keras.Input((4, 2)), layers.Dense(3, name="tail_dense"), layers.BatchNormalization(name="tail_norm")], name="tail")
    x = keras.Input((4, 2), name="outer_input")
    return keras.Model(x, tail(inner(inner(x))), name="nested")


def last_is_nested():
    """The output is that of a nested model."""
    inner_input = keras.Input((4, 2), name="inner_input")
    inner = keras.Model(inner_input, layers.Conv1D(2, 1, name="inner_conv")(inner_input), name="inner")
    x = keras.Input((4, 2), name="outer_input")
    return keras.Model(x, inner(layers.Activation("tanh", name="tanh")(x)), name="last_is_nested")


def recurrent():
    """Recurrent layers and the wrappers around layers."""
    x = inputs = keras.Input((5, 3), name="steps")
    x = layers.Masking(mask_value=9.0, name="masking")(x)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True, name="inner_lstm"), name="both")(x)
    x = layers.GRU(4, return_sequences=True, reset_after=True, name="gru")(x)
    x = layers.TimeDistributed(layers.Dense(2, name="inner_dense"), name="every_step")(x)
    x = layers.LSTM(3, name="lstm")(x)
    return keras.Model(inputs, x, name="recurrent")


def gru():
    """The GRU that resets before its product."""
    x = inputs = keras.Input((5, 3), name="steps")
    x = layers.GRU(3, return_sequences=True, reset_after=False, name="gru")(x)
    return keras.Model(inputs, x, name="gru_before")


def conv_lstm():
    options = {} if not OLD else {"recurrent_activation": "sigmoid"}
    return keras.Sequential([keras.Input((3, 5, 5, 2)), layers.ConvLSTM2D(2, 3, return_sequences=True, name="frames", **options), layers.ConvLSTM2D(2, 2, name="last", **options)], name="conv_lstm")


def hard_sigmoid():
    """Keras 2: 0.2 x + 0.5, Keras 3: x / 6 + 0.5."""
    return keras.Sequential([keras.Input((4,)), layers.Dense(6, activation="hard_sigmoid", name="gate")], name="hard")


def frozen():
    """Frozen layers between others: of a nested model the order of weights depends on it."""
    inner = keras.Sequential([keras.Input((4, 2)), layers.Conv1D(2, 1, name="a"), layers.BatchNormalization(name="b"), layers.Conv1D(2, 1, name="c")], name="inner")
    inner.layers[0].trainable = False
    return keras.Sequential([keras.Input((4, 2)), inner, layers.Dense(2, name="d")], name="frozen")


def images():
    """Layers by the order of which weights are found."""
    first = {"input_shape": (6, 6, 2)} if OLD else {}
    return keras.Sequential(
        [
            layers.DepthwiseConv2D(3, depth_multiplier=2, activation="relu", **first),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(3, 2, strides=2, kernel_regularizer="l2"),
            layers.SeparableConv2D(2, 3, padding="same"),
            layers.GlobalAveragePooling2D(),
        ],
        name="images",
    )


def everything():
    """Shared layers, models and wrappers inside, outputs of which one is a model's."""
    x = keras.Input((8, 3), name="x")
    z = keras.Input((8, 4))
    inner = keras.Model(z, layers.Conv1D(4, 1, name="pointwise")(z), name="inner")
    shared = layers.Conv1D(4, 3, padding="same", activation="relu", name="shared")
    y = shared(layers.Dense(4, name="narrow")(shared(layers.Dense(4, name="wide")(x))))
    y = layers.Add()([y, inner(y)])
    y = layers.Concatenate(axis=-1)([y, layers.Dropout(0.5)(y)])
    y = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(y)
    y = layers.TimeDistributed(layers.Dense(4))(y)
    stack = keras.Sequential([keras.Input((8, 4)), layers.Conv1D(4, 1), layers.LeakyReLU(0.25)], name="stack")
    y = stack(stack(y))
    return keras.Model(x, [layers.GlobalMaxPooling1D()(y), inner(y)], name="outer")


def write_composed():
    """The layers that hold others, as in `composed.keras`; Normalization takes its statistics over when it is loaded."""
    from write_keras_files import composed

    composed().save(OUT / "keras3-composed.h5")
    write("composed", keras.models.load_model(OUT / "keras3-composed.h5", compile=False), (2, 6, 2), weights=False)


def main():
    write("plain", plain(), (2, 9, 3))
    write("convolutions", convolutions(), (1, 8, 8, 2))
    write("several", several(), (2, 6, 2), (2, 6, 2))
    write("nested", nested(), (2, 4, 2))
    write("last-is-nested", last_is_nested(), (2, 4, 2))
    write("recurrent", recurrent(), (2, 5, 3))
    write("gru", gru(), (2, 5, 3))
    write("conv-lstm", conv_lstm(), (1, 3, 5, 5, 2))
    write("hard-sigmoid", hard_sigmoid(), (3, 4))
    write("frozen", frozen(), (2, 4, 2))

    compiled = plain()
    compiled(seeded((2, 9, 3)))
    compiled.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
    compiled.fit(seeded((2, 9, 3)), seeded((2, 2), 5), verbose=0)
    write("compiled", compiled, (2, 9, 3), weights=False)

    if OLD:
        compiled.save_weights(OUT / "keras2-weights.h5")
    lambdas = keras.Sequential([keras.Input((4,)), layers.Lambda(lambda x: 2 * x, name="twice"), layers.Dense(2)], name="lambdas")
    lambdas.save(OUT / f"{PREFIX}lambda.h5")
    write("images", images(), (2, 6, 6, 2))
    model = write("everything", everything(), (2, 8, 3))
    if OLD:
        model.get_layer("wide").trainable = False
        model.save_weights(OUT / "keras2-everything-weights.h5")
    else:
        write_composed()
    name = "expected-keras2.json" if OLD else "expected-keras3.json"
    (OUT / name).write_text(json.dumps(expected) + "\n")


main()
