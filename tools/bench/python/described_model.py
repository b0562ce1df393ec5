"""A workload of the benchmark as a Keras model: its layers as described, its weights from a file of float32 numbers."""

import keras
import numpy as np


def build(message):
    """The model, and its input as an array. The file holds the input, then each layer's weights in Keras's order."""
    description = message["description"]
    values = np.fromfile(message["file"], dtype="<f4")
    offset = message["inputSize"]
    symbols, layers = [keras.Input(batch_shape=description["inputShape"])], []
    for call in description["calls"]:
        layer = getattr(keras.layers, call["layer"])(**call["config"])
        given = [symbols[i] for i in call["inputs"]]
        symbols.append(layer(given[0] if len(given) == 1 else given))
        layers.append(layer)
    for layer, shapes in zip(layers, message["shapes"], strict=True):
        arrays = []
        for shape in shapes:
            size = int(np.prod(shape))
            arrays.append(values[offset : offset + size].reshape(shape))
            offset += size
        if arrays:
            layer.set_weights(arrays)
    model = keras.Model(symbols[0], symbols[-1])
    return model, values[: message["inputSize"]].reshape(description["inputShape"])
