"""scikit-learn's multi-layer perceptron, given the weights after one call that makes its arrays."""

from pathlib import Path

import joblib
import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

CHECKED = True


def make(network, weights, batch_size=32):
    """Return a model that has seen one batch, with these weights in place of its own."""
    x = np.zeros((1, network.sizes[0]), np.float32)
    if network.last == "linear":
        model = MLPRegressor(hidden_layer_sizes=network.sizes[1:-1], batch_size=1)
        model.partial_fit(x, np.zeros((1, network.sizes[-1]), np.float32))
    else:
        classes = np.arange(max(2, network.sizes[-1]))
        model = MLPClassifier(hidden_layer_sizes=network.sizes[1:-1], batch_size=1)
        model.partial_fit(x, classes[:1], classes=classes)
    model.set_params(
        activation="logistic" if network.hidden == "sigmoid" else network.hidden,
        solver="adam",
        alpha=0.0,
        batch_size=batch_size,
        warm_start=True,  # each `fit` goes on from the weights that are there
        early_stopping=False,
        n_iter_no_change=10**6,
    )
    model.coefs_ = [kernel.copy() for kernel in weights[::2]]
    model.intercepts_ = [bias.copy() for bias in weights[1::2]]
    return model


def predictors(network, weights, x):
    model = make(network, weights)
    if network.last == "linear":
        return {"predict": lambda: model.predict(x)}
    if network.last == "sigmoid":  # it gives both classes a column
        return {"predict_proba": lambda: model.predict_proba(x)[:, 1:]}
    return {"predict_proba": lambda: model.predict_proba(x)}


callers = predictors  # there is nothing below `predict`


def trainers(network, weights, batch_size):
    if network.last == "linear":
        return {}  # its loss is half of the others'
    model = make(network, weights, batch_size)

    def train(x, y, epochs):
        model.set_params(max_iter=epochs)
        done = len(model.loss_curve_)
        model.fit(x, y.ravel())
        return model.loss_curve_[done:]

    return {"fit": train}


def save(network, weights, folder):
    path = Path(folder) / "sklearn.joblib"
    joblib.dump(make(network, weights), path)
    return path
