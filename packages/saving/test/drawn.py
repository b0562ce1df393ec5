"""What the writers of this folder's files share: weights and inputs that differ everywhere, and arrays as JSON."""

import numpy as np


def randomise(model, seed=0):
    """Weights that differ everywhere; variances stay positive."""
    random = np.random.default_rng(seed)
    for weight in model.weights:
        value = random.uniform(0.1, 0.9, weight.shape) * random.choice([-1, 1], weight.shape)
        weight.assign(np.abs(value) if "variance" in weight.name else value)


def seeded(shape, seed=1):
    """Numbers from -1 to 1, the same for the same seed."""
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype("float32")


def array_json(array):
    """Shape and values, in row-major order."""
    array = np.asarray(array, "float32")
    return {"shape": list(array.shape), "values": [float(value) for value in array.ravel()]}
