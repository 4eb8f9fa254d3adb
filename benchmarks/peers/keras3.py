"""Keras 3, on the backend that KERAS_BACKEND names."""

import contextlib
from pathlib import Path

import keras
import numpy as np
from keras.layers import Dense

CHECKED = True
COMPILES = True
BACKEND = keras.backend.backend()
ROWS_AT_ONCE = 8192


def make(network, weights):
    """Return the network as a Sequential."""
    layers = [
        Dense(units, activation)
        for units, activation in zip(network.sizes[1:], network.activations, strict=True)
    ]
    model = keras.Sequential([keras.Input(network.sizes[:1]), *layers])
    model.set_weights(weights)
    return model


def predictors(network, weights, x):
    model = make(network, weights)
    ways = {"predict": lambda: model.predict(x, batch_size=ROWS_AT_ONCE, verbose=0)}
    if len(x) > ROWS_AT_ONCE:
        ways["predict, one batch"] = lambda: model.predict(x, batch_size=len(x), verbose=0)
    return ways | {"predict_on_batch": lambda: model.predict_on_batch(x)}


def callers(network, weights, x):
    model, x = make(network, weights), keras.ops.convert_to_tensor(x)
    if BACKEND == "torch":
        import torch

        without_gradients = torch.inference_mode
    else:
        without_gradients = contextlib.nullcontext

    def call():
        with without_gradients():
            outputs = model(x)
        if BACKEND == "jax":  # which returns before it is done
            outputs.block_until_ready()
        return outputs

    return {"model(x)": call}


def make_compiled(network, weights, metrics=None, steps=1):
    model = make(network, weights)
    model.compile("adam", network.loss, metrics=metrics, steps_per_execution=steps)
    return model


def evaluators(network, weights, x, y):
    model = make_compiled(network, weights)
    sizes = {"evaluate": ROWS_AT_ONCE, "evaluate, one batch": len(x)}
    return {
        way: lambda size=size: model.evaluate(x, y, batch_size=size, verbose=0)
        for way, size in sizes.items()
    }


def steppers(network, weights, x, y):
    if BACKEND == "numpy":
        return {}  # it does not train
    model = make_compiled(network, weights)
    return {"train_on_batch": lambda: model.train_on_batch(x, y)}


def metric_trainers(network, weights, batch_size):
    return trainers(network, weights, batch_size, with_metrics=True)


def trainers(network, weights, batch_size, with_metrics=False):
    if BACKEND == "numpy":
        return {}
    ways = {"fit": 1}
    if BACKEND in ("jax", "tensorflow"):
        ways["fit, steps_per_execution=32"] = 32
    return {
        way: _trainer(network, weights, batch_size, with_metrics, steps)
        for way, steps in ways.items()
    }


def _trainer(network, weights, batch_size, with_metrics, steps):
    metrics = None
    if with_metrics:
        metrics = ["accuracy", keras.metrics.Precision(), keras.metrics.Recall()]
    model = make_compiled(network, weights, metrics, steps)

    def train(x, y, epochs):
        history = model.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0)
        return np.asarray(history.history["loss"])

    return train


def save(network, weights, folder):
    path = Path(folder) / f"{BACKEND}.keras"
    make(network, weights).save(path)
    return path
