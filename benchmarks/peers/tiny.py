"""tinyneuron, as anyone would use it."""

from pathlib import Path

import tinyneuron as keras
from tinyneuron.layers import Dense

CHECKED = True


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
    return {"predict": lambda: model.predict(x)}


def callers(network, weights, x):
    model = make(network, weights)
    return {"model(x)": lambda: model(x)}


def make_compiled(network, weights, metrics=None):
    model = make(network, weights)
    model.compile("adam", network.loss, metrics=metrics)
    return model


def evaluators(network, weights, x, y):
    model = make_compiled(network, weights)
    return {"evaluate": lambda: model.evaluate(x, y, verbose=0)}


def steppers(network, weights, x, y):
    model = make_compiled(network, weights)
    return {"train_on_batch": lambda: model.train_on_batch(x, y)}


def metric_trainers(network, weights, batch_size):
    metrics = ["accuracy", keras.metrics.Precision(), keras.metrics.Recall()]
    return trainers(network, weights, batch_size, metrics)


def trainers(network, weights, batch_size, metrics=None):
    model = make_compiled(network, weights, metrics)

    def train(x, y, epochs):
        return model.fit(x, y, batch_size, epochs, verbose=0).history["loss"]

    return {"fit": train}


def save(network, weights, folder):
    path = Path(folder) / "tinyneuron.npz"
    make(network, weights).save(path)
    return path
