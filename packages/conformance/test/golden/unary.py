"""Writes unary.json: values and derivatives of the element-wise functions as Keras on JAX gives them, in float64.

Run: KERAS_BACKEND=jax JAX_ENABLE_X64=1 python packages/conformance/test/golden/unary.py   (Keras 3.15.1, JAX 0.10.2)
"""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras import activations, ops

keras.config.set_floatx("float64")

POINTS = [-np.inf, -100, -30, -6, -5, -4, -3, -2.5, -2, -1, -0.5, -0.25, -1e-7, -0.0, 0.0, 1e-7, 0.25, 0.5, 0.7, 1, 1.5, 2, 2.5, 3, 5, 6, 7, 30, 100, np.inf, np.nan]
INF = np.inf


def relu(slope, maximum, threshold):
    maximum = None if maximum == INF else maximum
    return lambda x: activations.relu(x, negative_slope=slope, max_value=maximum, threshold=threshold)


FUNCTIONS = {
    "affine": (lambda a, b: lambda x: a * x + b, [(2, 3)]),
    "clip": (lambda lo, hi: lambda x: ops.clip(x, lo, hi), [(-1, 2), (0, 6)]),
    "relu": (relu, [(0, INF, 0), (0, 6, 0), (0, 2, 0), (0, 0, 0), (0.25, INF, 0), (0.25, 6, 0), (0.25, 2, 0), (0, INF, 0.5), (0, INF, -0.5),
                    (0, 6, 0.5), (0, 6, -0.5), (0, 2, 3), (0.25, INF, 0.5), (0.25, INF, -1), (0.25, 2, -1), (0.25, 2, 3)]),
    "leaky_relu": (lambda s: lambda x: activations.leaky_relu(x, negative_slope=s), [(0.2,), (0,)]),
    "elu": (lambda a: lambda x: activations.elu(x, alpha=a), [(1,), (0.5,), (2,)]),
    "celu": (lambda a: lambda x: activations.celu(x, alpha=a), [(1,), (0.5,), (2,)]),
    "hard_shrink": (lambda t: lambda x: activations.hard_shrink(x, threshold=t), [(0.5,)]),
    "soft_shrink": (lambda t: lambda x: activations.soft_shrink(x, threshold=t), [(0.5,)]),
    "squareplus": (lambda b: lambda x: activations.squareplus(x, b=b), [(4,), (1,)]),
    "threshold": (lambda t, v: lambda x: activations.threshold(x, t, v), [(0.5, -1), (0, 20)]),
    "gelu_tanh": (lambda: lambda x: activations.gelu(x, approximate=True), [()]),
    "exp": (lambda: activations.exponential, [()]),
    "tanh": (lambda: jnp.tanh, [()]),  # Keras's promotion table brings float64 tanh back to 32 bits
}
for name in ["abs", "sign", "square", "sqrt", "rsqrt", "reciprocal", "log"]:
    FUNCTIONS[name] = (lambda name=name: getattr(ops, name), [()])
for name in ["selu", "gelu", "tanh_shrink", "hard_sigmoid", "hard_silu", "hard_tanh", "log_sigmoid", "mish", "sigmoid", "silu", "softplus",
             "softsign", "sparse_plus", "sparse_sigmoid"]:
    FUNCTIONS[name] = (lambda name=name: getattr(activations, name), [()])


def plain(values):
    """JSON has no specials: they are strings."""
    return [float(v) if np.isfinite(v) else str(v) for v in np.asarray(values, dtype=np.float64)]


def main():
    x = jnp.asarray(np.array(POINTS, dtype=np.float64))
    rows = []
    for name, (make, all_params) in sorted(FUNCTIONS.items()):
        for params in all_params:
            y, pullback = jax.vjp(make(*params), x)
            (derivative,) = pullback(jnp.ones_like(y))
            assert y.dtype == np.float64, name
            params = [float(p) if np.isfinite(p) else str(p) for p in params]
            rows.append({"name": name, "params": params, "values": plain(y), "derivatives": plain(derivative)})
    header = {"keras": keras.__version__, "jax": jax.__version__, "points": [*plain(POINTS)]}
    lines = ",\n".join("  " + json.dumps(row) for row in rows)
    text = json.dumps(header)[:-1] + ', "functions": [\n' + lines + "\n]}\n"
    Path(__file__).with_name("unary.json").write_text(text)


main()
