"""Runs edited sources under Keras and Flax and says what their kernels and biases were drawn with. Called by edits.mjs: JSON in, JSON out.

Keras runs on PyTorch; `tensorflow.keras` is Keras 3 under the old name, for TensorFlow is not needed to draw a weight.
"""

import json
import os
import sys
import types

os.environ.setdefault("KERAS_BACKEND", "torch")

import jax
import keras
import numpy as np
from flax import linen, nnx


def old_name():
    tensorflow = types.ModuleType("tensorflow")
    tensorflow.keras = keras
    sys.modules["tensorflow"] = tensorflow
    for name in ("", ".layers", ".models", ".initializers"):
        sys.modules[f"tensorflow.keras{name}"] = sys.modules[f"keras{name}"]


def measured(kernel, bias):
    w = np.asarray(kernel, dtype=np.float64)
    fan = int(np.prod(w.shape[:-1]))
    return {
        "sigmaW": float(np.sqrt((w**2).mean() * fan)),
        # Of the standard deviation, by the entries' own kurtosis.
        "error": float(0.5 * np.sqrt((w**2).mean() * fan) * np.std(w**2) / (w**2).mean() / np.sqrt(w.size)) if w.any() else 0.0,
        "sigmaB": None if bias is None else float(np.sqrt((np.asarray(bias, dtype=np.float64) ** 2).mean())),
        "biases": 0 if bias is None else int(np.asarray(bias).size),
        "shape": list(w.shape),
    }


def of_keras(model):
    for layer in model._flatten_layers(include_self=False):
        kernel = getattr(layer, "kernel", None)
        if kernel is not None and len(kernel.shape) > 1:
            bias = getattr(layer, "bias", None)
            yield measured(keras.ops.convert_to_numpy(kernel), None if bias is None else keras.ops.convert_to_numpy(bias))


def of_tree(tree):
    if "kernel" in tree:
        yield measured(tree["kernel"], tree.get("bias"))
        return
    for value in tree.values():
        if isinstance(value, dict):
            yield from of_tree(value)


def of_nnx(module):
    state = nnx.to_pure_dict(nnx.state(module, nnx.Param))
    yield from of_tree(state)


def layers_of(source):
    scope = {"__name__": "edited"}
    exec(compile(source, "edited.py", "exec"), scope)
    made = list(scope.values())
    for value in made:
        if isinstance(value, keras.Model) and value.built:
            return list(of_keras(value))
    for value in made:
        if isinstance(value, type) and issubclass(value, keras.Model) and value.__module__ == "edited":
            model = value()
            model(np.zeros((2, 64), dtype="float32"))
            return list(of_keras(model))
    for value in made:
        if isinstance(value, type) and issubclass(value, linen.Module) and value.__module__ == "edited":
            parameters = value().init(jax.random.key(1), np.zeros((2, 8, 8, 64), dtype="float32"))
            return list(of_tree(parameters["params"]))
    for value in made:
        if isinstance(value, type) and issubclass(value, nnx.Module) and value.__module__ == "edited":
            return list(of_nnx(value(rngs=nnx.Rngs(1))))
    raise ValueError("no network in it")


def main():
    # Before the old name stands: Keras asks TensorFlow for its seed as soon as there is one.
    keras.utils.set_random_seed(1)
    old_name()
    answers = []
    for source in json.load(sys.stdin):
        try:
            answers.append({"layers": layers_of(source)})
        except Exception as error:
            answers.append({"error": f"{type(error).__name__}: {error}"[:200]})
    json.dump({"keras": keras.__version__, "flax": __import__("flax").__version__, "jax": jax.__version__, "answers": answers}, sys.stdout)


if __name__ == "__main__":
    main()
