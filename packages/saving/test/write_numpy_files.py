"""Writes the files of test/data/numpy: a model of Keras as JSON with its weights in numpy's files, and arrays of every kind.

    KERAS_BACKEND=jax python packages/saving/test/write_numpy_files.py

`expected.json` has inputs and outputs of the model; `arrays.npz` holds the numbers 0 to 5 in each type and order, in two rows.
"""

import json
import pathlib

import keras
import ml_dtypes
import numpy as np
from keras import layers

OUT = pathlib.Path(__file__).parent / "data" / "numpy"


def array_json(array):
    array = np.asarray(array, "float32")
    return {"shape": list(array.shape), "values": [float(v) for v in array.ravel()]}


def model():
    x = inputs = keras.Input((6, 2), name="steps")
    x = layers.Conv1D(3, 2, name="conv")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Bidirectional(layers.LSTM(2, name="lstm"), name="both")(x)
    x = layers.Dropout(0.5, name="dropped")(x)
    return keras.Model(inputs, keras.Sequential([layers.Dense(2, name="out")], name="tail")(x), name="net")


def main():
    net = model()
    random = np.random.default_rng(0)
    for weight in net.weights:
        weight.assign(random.uniform(0.1, 0.9, weight.shape))
    x = random.uniform(-1, 1, (2, 6, 2)).astype("float32")
    (OUT / "expected.json").write_text(json.dumps({"inputs": [array_json(x)], "outputs": [array_json(net(x))]}) + "\n")
    (OUT / "net.json").write_text(net.to_json())
    paths = {weight.path: np.asarray(weight) for weight in net.weights}
    np.savez(OUT / "paths.npz", **paths)
    np.savez_compressed(OUT / "paths-compressed.npz", **paths)
    np.savez(OUT / "list.npz", *net.get_weights())
    np.savez(OUT / "fortran.npz", **{path: np.asfortranarray(value.astype(">f8")) for path, value in paths.items()})

    rows = np.arange(6).reshape(2, 3)
    types = ["<f2", "<f4", "<f8", ">f4", "|i1", ">i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8"]
    arrays = {kind[1:] + ("_big" if kind[0] == ">" else ""): rows.astype(kind) for kind in types}
    arrays["bfloat16"] = rows.astype(ml_dtypes.bfloat16)
    arrays["fortran"] = np.asfortranarray(rows.astype("float32"))
    np.savez(OUT / "arrays.npz", **arrays)
    np.save(OUT / "kernel.npy", rows.astype("float32"))
    np.savez(OUT / "pickled.npz", **{"conv/kernel": np.array([{"a": 1}], dtype=object)})


main()
