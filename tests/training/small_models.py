"""Ten rows of data, and models of known weights for them."""

import numpy as np

from tinyneuron import Input, Sequential, losses
from tinyneuron.layers import Dense
from tinyneuron.optimizers import SGD, Adam

rng = np.random.default_rng(8)
X = rng.normal(0, 1, (10, 3))
Y = X @ [[1.0], [-2.0], [0.5]] + 0.3 + rng.normal(0, 0.1, (10, 1))
CLASSES = np.array([0, 1, 2, 1, 0, 2, 2, 1, 0, 1])
BINARY = (CLASSES > 0).astype(float)
SILENT = {"verbose": 0}


def neuron(activation=None, units=1, loss="mse", rate=0.1, compiled=None, **options):
    """One layer with known weights."""
    model = Sequential([Input((3,)), Dense(units, activation, **options)])
    start = np.random.default_rng(1)
    model.set_weights([start.normal(0, 0.5, w.shape) for w in model.weights])
    model.compile(SGD(rate), loss, **(compiled or {}))
    return model


def network(*inner, last="sigmoid"):
    model = Sequential([Input((3,)), Dense(4, "tanh"), *inner, Dense(1, last)])
    model.compile(Adam(0.01), "binary_crossentropy")
    return model


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def affine(weights, x=X):
    W, b = weights
    return x @ W + b


class Seen(losses.MeanSquaredError):
    """Squared error that writes down the targets of each batch."""

    def __init__(self):
        super().__init__()
        self.batches = []

    def call(self, y_true, y_pred):
        self.batches.append(y_true[:, 0].tolist())
        return super().call(y_true, y_pred)

    gradient = losses.MeanSquaredError.gradient


def weights_bytes(model):
    return [w.tobytes() for w in model.weights]


def halves(times=1, weights=False):
    for _ in range(times):
        for rows in (slice(0, 5), slice(5, 10)):
            yield (X[rows], Y[rows], np.full(5, 2.0)) if weights else (X[rows], Y[rows])


class Again:
    """An iterable that can be gone through again."""

    def __iter__(self):
        return halves()
