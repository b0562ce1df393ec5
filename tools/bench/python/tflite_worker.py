"""Converts workloads of the benchmark to .tflite files for LiteRT, with TensorFlow's converter and no optimizations that change numbers."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf  # noqa: E402
from answering import answer_messages  # noqa: E402
from described_model import build  # noqa: E402
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2  # noqa: E402


def answer(message):
    model, x = build(message)
    function = tf.function(lambda x: model(x, training=False), input_signature=[tf.TensorSpec(x.shape, tf.float32)])
    frozen = convert_variables_to_constants_v2(function.get_concrete_function())
    with open(message["output"], "wb") as file:
        file.write(tf.lite.TFLiteConverter.from_concrete_functions([frozen]).convert())
    return {}


answer_messages({"tensorflow": tf.__version__}, answer)
