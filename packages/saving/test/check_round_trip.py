"""Compares files that TypeScript wrote with those of real Keras that it had read: config, weights, optimizer, outputs.

    KERAS_BACKEND=jax python packages/saving/test/check_round_trip.py FOLDER NAME …

reads `FOLDER/NAME.keras`, `FOLDER/NAME.weights.h5` and `FOLDER/NAME.weights.json` with its shards, and prints what differs, one line each. Equal is equal in every bit.
`FOLDER/made.keras` is a model that was made in TypeScript: `made.json` has what it computes there.
"""

import json
import pathlib
import re
import sys
import tempfile
import zipfile

import h5py
import keras
import numpy as np
import write_keras_files as written

FOLDER = pathlib.Path(sys.argv[1])


def tree(path):
    """All arrays and attributes of an HDF5 file."""
    found = {}
    with h5py.File(path) as file:
        for name, value in file.attrs.items():
            found[f"@{name}"] = str(value)

        def visit(name, item):
            for key, value in item.attrs.items():
                found[f"{name}@{key}"] = str(value)
            found[name] = (item.shape, str(item.dtype), item[()].tobytes()) if isinstance(item, h5py.Dataset) else "group"

        file.visititems(visit)
    return found


def weights_of(archive):
    """The tree of the weights in a `.keras` file."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(archive) as zip_file:
        return tree(zip_file.extract("model.weights.h5", folder))


def config_of(archive):
    """The text of a config, without memory addresses."""
    with zipfile.ZipFile(archive) as file:
        return re.sub(r', "shared_object_id": \d+', "", file.read("config.json").decode())


def models_of(model):
    """The model and those inside of it."""
    yield model
    for layer in model.layers:
        inner = getattr(layer, "layer", layer)
        if isinstance(inner, keras.Model):
            yield from models_of(inner)


def compare(name):
    original = keras.models.load_model(written.OUT / f"{name}.keras")
    copy = keras.models.load_model(FOLDER / f"{name}.keras")
    if config_of(written.OUT / f"{name}.keras") != config_of(FOLDER / f"{name}.keras"):
        yield "the text of the config differs"
    for before, after in zip(models_of(original), models_of(copy), strict=True):
        if before.compiled != after.compiled:
            yield f"only one {before.name} is compiled"
        elif before.compiled:
            for ours, theirs in zip(before.optimizer.variables, after.optimizer.variables, strict=True):
                if ours.numpy().tobytes() != theirs.numpy().tobytes():
                    yield f"the optimizer's {ours.path} of {before.name} differs"
    if weights_of(written.OUT / f"{name}.keras") != weights_of(FOLDER / f"{name}.keras"):
        yield "the groups, arrays or attributes of the weights differ"
    x = keras.ops.convert_to_tensor(np.random.default_rng(5).uniform(0, 4, [3, *original.input_shape[1:]]))
    for i, (before, after) in enumerate(zip(*(keras.tree.flatten(model(x)) for model in (original, copy)))):
        if np.asarray(before).tobytes() != np.asarray(after).tobytes():
            yield f"output {i} differs"
    for ending in ("weights.h5", "weights.json"):
        for weight in original.weights:
            weight.assign(weight * 0 + 1)
        original.load_weights(FOLDER / f"{name}.{ending}")
        for before, after in zip(original.weights, copy.weights, strict=True):
            if before.numpy().tobytes() != after.numpy().tobytes():
                yield f"{before.path} differs in {ending}"


def compare_made():
    model = keras.models.load_model(FOLDER / "made.keras")
    made = json.loads((FOLDER / "made.json").read_text())
    x, expected = (np.array(made[key]["values"], "float32").reshape(made[key]["shape"]) for key in ("input", "output"))
    error = np.max(np.abs(np.asarray(model(x)) - expected)) / np.max(np.abs(expected))
    if not error < 4e-6:
        yield f"relative error {error}"
    again = FOLDER / "again.keras"
    model.save(again)
    if weights_of(again) != weights_of(FOLDER / "made.keras"):
        yield "Keras writes other groups, arrays or attributes"


for line in compare_made():
    print(f"made: {line}")
for each in sys.argv[2:]:
    for line in compare(each):
        print(f"{each}: {line}")
