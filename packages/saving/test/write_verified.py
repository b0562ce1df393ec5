"""Writes data/verify/two-inputs.keras: a model with its samples inside, for the tests of verification and of the command line.

    PYTHONPATH=tools/fixtures python packages/saving/test/write_verified.py
"""

import sys
import tempfile
from pathlib import Path

from keras_ts_fixtures import environment

environment.use_jax()

import keras  # noqa: E402
from keras_ts_fixtures.__main__ import main  # noqa: E402

FOLDER = Path(__file__).parent / "data" / "verify"

keras.utils.set_random_seed(5)
sound = keras.Input((None, 3), name="sound")
words = keras.Input((4,), name="words", dtype="int32")
x = keras.layers.Conv1D(4, 3, padding="same", activation="relu", name="conv")(sound)
x = keras.layers.LayerNormalization(name="norm")(x)
x = keras.layers.GlobalMaxPooling1D(name="peak")(x)
y = keras.layers.Flatten(name="row")(keras.layers.Embedding(5, 2, name="words_to_numbers")(words))
joined = keras.layers.Concatenate(name="joined")([x, y])
outputs = {"yes": keras.layers.Dense(2, activation="softmax", name="choice")(joined), "much": keras.layers.Dense(1, name="amount")(joined)}
FOLDER.mkdir(exist_ok=True)
file = FOLDER / "two-inputs.keras"
keras.Model({"words": words, "sound": sound}, outputs, name="two").save(file)
with tempfile.TemporaryDirectory() as out:
    sys.exit(main([str(file), "--samples", "2", "--sizes", "6", "--out", f"{out}/samples", "--embed"]))
