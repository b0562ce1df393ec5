"""Compares files that TypeScript wrote with those of real Keras that it had read: config, weights, optimizer, outputs.

    KERAS_BACKEND=jax python packages/saving/test/check_round_trip.py FOLDER NAME …

reads `FOLDER/NAME.keras` and `FOLDER/NAME.weights.h5`, and prints what differs, one line each. Equal is equal in every bit.
`FOLDER/made.keras` is a model that was made in TypeScript: `made.json` has what it computes there.
"""

import json
import pathlib
import sys

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
    import tempfile
    import zipfile

    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(archive) as zip_file:
        return tree(zip_file.extract("model.weights.h5", folder))


def without_addresses(config):
    if isinstance(config, dict):
        return {key: without_addresses(value) for key, value in config.items() if key != "shared_object_id"}
    return [without_addresses(item) for item in config] if isinstance(config, list) else config


def compare(name):
    original = keras.models.load_model(written.OUT / f"{name}.keras")
    copy = keras.models.load_model(FOLDER / f"{name}.keras")
    for part in ("get_config", "get_compile_config"):
        before, after = (without_addresses(getattr(model, part)()) for model in (original, copy))
        if before != after:
            yield f"{part} differs"
    if original.compiled != copy.compiled:
        yield "only one is compiled"
    elif original.compiled:
        for before, after in zip(original.optimizer.variables, copy.optimizer.variables, strict=True):
            if before.numpy().tobytes() != after.numpy().tobytes():
                yield f"the optimizer's {before.path} differs"
    if weights_of(written.OUT / f"{name}.keras") != weights_of(FOLDER / f"{name}.keras"):
        yield "the groups, arrays or attributes of the weights differ"
    x = keras.ops.convert_to_tensor(np.random.default_rng(5).uniform(0, 4, [3, *original.input_shape[1:]]))
    for i, (before, after) in enumerate(zip(*(keras.tree.flatten(model(x)) for model in (original, copy)))):
        if np.asarray(before).tobytes() != np.asarray(after).tobytes():
            yield f"output {i} differs"
    original.load_weights(FOLDER / f"{name}.weights.h5")


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
