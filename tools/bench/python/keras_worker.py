"""Python Keras on JAX for the benchmark: compiles a model's stateless call with jax.jit and times calls by its own clock, on one core."""

import os
import time

os.environ["KERAS_BACKEND"] = "jax"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import jax  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from answering import answer_messages  # noqa: E402
from described_model import build  # noqa: E402


class Workload:
    """One compiled model with its input on the device."""

    def __init__(self, message):
        model, x = build(message)
        trained = [variable.value for variable in model.trainable_variables]
        others = [variable.value for variable in model.non_trainable_variables]
        compiled = jax.jit(lambda trained, others, x: model.stateless_call(trained, others, x, training=False)[0])
        x = jax.device_put(x)
        self.call = lambda: compiled(trained, others, x)
        self.last = self.call().block_until_ready()

    def time(self, calls):
        """Milliseconds of all calls together."""
        start = time.perf_counter()
        for _ in range(calls):
            self.last = self.call().block_until_ready()
        return (time.perf_counter() - start) * 1e3


workload = None


def answer(message):
    global workload
    if message["do"] == "prepare":
        workload = Workload(message)
        return {}
    if message["do"] == "time":
        return {"ms": workload.time(message["calls"]), "first": float(np.ravel(workload.last)[0])}
    np.asarray(workload.last, dtype="<f4").tofile(message["output"])
    return {}


answer_messages({"keras": keras.__version__, "jax": jax.__version__}, answer)
