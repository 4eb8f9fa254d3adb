"""Keras 3, on the backend that KERAS_BACKEND names."""

import contextlib
from pathlib import Path

import keras
import numpy as np
from keras.layers import Dense

CHECKED = True
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


def trainers(network, weights, batch_size):
    if BACKEND == "numpy":
        return {}  # it does not train
    loss = "binary" if network.last == "sigmoid" else "sparse_categorical"
    ways = {"fit": 1}
    if BACKEND in ("jax", "tensorflow"):
        ways["fit, steps_per_execution=32"] = 32
    return {
        way: _trainer(network, weights, batch_size, f"{loss}_crossentropy", steps)
        for way, steps in ways.items()
    }


def _trainer(network, weights, batch_size, loss, steps):
    model = make(network, weights)
    model.compile("adam", loss, steps_per_execution=steps)

    def train(x, y, epochs):
        history = model.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0)
        return np.asarray(history.history["loss"])

    return train


def save(network, weights, folder):
    path = Path(folder) / f"{BACKEND}.keras"
    make(network, weights).save(path)
    return path
