"""Python Keras on JAX for the benchmark: a JSON message a line on stdin, an answer a line on stdout.

Builds the layers of a description, compiles the model's stateless call with jax.jit, and times calls by its own clock.
"""

import json
import os
import sys
import time

os.environ["KERAS_BACKEND"] = "jax"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import jax  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402


class Workload:
    """One compiled model with its input on the device."""

    def __init__(self, description, input_size, shapes, file):
        values = np.fromfile(file, dtype="<f4")
        inputs = keras.Input(batch_shape=description["inputShape"])
        model = _build(description, inputs)
        offset = input_size
        for layer, layer_shapes in zip(model.layers_in_order, shapes, strict=True):
            arrays = []
            for shape in layer_shapes:
                size = int(np.prod(shape))
                arrays.append(values[offset : offset + size].reshape(shape))
                offset += size
            if arrays:
                layer.set_weights(arrays)
        keras_model = model.model
        state = (
            [variable.value for variable in keras_model.trainable_variables],
            [variable.value for variable in keras_model.non_trainable_variables],
        )
        call = jax.jit(lambda trained, others, x: keras_model.stateless_call(trained, others, x, training=False)[0])
        x = jax.device_put(values[:input_size].reshape(description["inputShape"]))
        self.call = lambda: call(*state, x)
        self.last = self.call().block_until_ready()

    def time(self, calls):
        """Milliseconds of all calls together."""
        start = time.perf_counter()
        for _ in range(calls):
            self.last = self.call()
            self.last.block_until_ready()
        return (time.perf_counter() - start) * 1e3


class _Built:
    def __init__(self, model, layers):
        self.model = model
        self.layers_in_order = layers


def _build(description, inputs):
    values, layers = [inputs], []
    for call in description["calls"]:
        layer = getattr(keras.layers, call["layer"])(**call["config"])
        given = [values[i] for i in call["inputs"]]
        values.append(layer(given[0] if len(given) == 1 else given))
        layers.append(layer)
    return _Built(keras.Model(inputs, values[-1]), layers)


def main():
    workload = None
    print(json.dumps({"keras": keras.__version__, "jax": jax.__version__}), flush=True)
    for line in sys.stdin:
        message = json.loads(line)
        try:
            if message["do"] == "prepare":
                workload = Workload(message["description"], message["inputSize"], message["shapes"], message["file"])
                answer = {}
            elif message["do"] == "time":
                answer = {"ms": workload.time(message["calls"]), "first": float(np.ravel(workload.last)[0])}
            else:
                np.asarray(workload.last, dtype="<f4").tofile(message["file"])
                answer = {}
        except Exception as error:  # said to the benchmark, which goes on without this workload
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
