"""The formulas in float64, slow and plain: what every peer must compute before it is timed."""

from __future__ import annotations

import numpy as np

from benchmarks.workloads import Network

ACTIVATIONS = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
}
SLOPES = {"relu": lambda a: a > 0, "sigmoid": lambda a: a * (1 - a)}


def outputs_of_layers(network: Network, weights, x):
    """Return x and the outputs of every layer, a = g(x W + b)."""
    outputs = [np.asarray(x, np.float64)]
    for activation, kernel, bias in zip(
        network.activations, weights[::2], weights[1::2], strict=True
    ):
        outputs.append(ACTIVATIONS[activation](outputs[-1] @ kernel + bias))
    return outputs


def loss_of(network: Network, outputs, y):
    """Return the mean loss, and its derivative by the last z."""
    a, rows = outputs[-1], len(y)
    if network.last == "linear":
        return np.square(a - y).mean(), 2 * (a - y) / a.size
    target = y if network.last == "sigmoid" else np.eye(network.sizes[-1])[y]
    loss = -target * np.log(a)
    if network.last == "sigmoid":
        loss -= (1 - target) * np.log(1 - a)
    return loss.sum() / rows, (a - target) / rows


def losses_of_adam(network: Network, weights, x, y, steps):
    """Return the loss before each of the steps of Adam, with all rows in one batch."""
    weights = [weight.astype(np.float64) for weight in weights]
    means = [np.zeros_like(weight) for weight in weights]
    squares = [np.zeros_like(weight) for weight in weights]
    losses = []
    for t in range(1, steps + 1):
        outputs = outputs_of_layers(network, weights, x)
        loss, dz = loss_of(network, outputs, y)
        losses.append(loss)
        gradients = _gradients(network, weights, outputs, dz)
        for weight, g, m, v in zip(weights, gradients, means, squares, strict=True):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            weight -= 0.001 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
    return losses


def _gradients(network: Network, weights, outputs, dz):
    """Go back by the chain rule, from dL/dz of the last layer."""
    gradients = []
    for layer in reversed(range(len(weights) // 2)):
        gradients = [outputs[layer].T @ dz, dz.sum(axis=0), *gradients]
        if layer:
            dz = (dz @ weights[2 * layer].T) * SLOPES[network.hidden](outputs[layer])
    return gradients
