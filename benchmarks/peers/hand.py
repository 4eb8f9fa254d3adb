"""A network written straight in NumPy, in place, in float32: the least that Python can do.

Nothing is checked, nothing recorded, and nothing can be chosen. The arithmetic is tinyneuron's,
down to Adam's factors, so that the difference in time is what a library costs.
"""

from math import sqrt
from pathlib import Path

import numpy as np

CHECKED = True


def forward(network, weights, x):
    """Return the outputs of all layers but the last, and the last one's z = x W + b."""
    outputs = [x]
    last = len(weights) - 2
    for i in range(0, len(weights), 2):
        z = outputs[-1] @ weights[i]
        z += weights[i + 1]
        if i == last:
            return outputs, z
        outputs.append(relu(z) if network.hidden == "relu" else sigmoid(z))


def relu(z):
    """Overwrite z with max(0, z)."""
    return np.maximum(z, 0, out=z)


def sigmoid(z):
    """Overwrite z with 1 / (1 + e^-z)."""
    np.negative(z, out=z)
    np.exp(z, out=z)
    z += 1
    return np.reciprocal(z, out=z)


def softmax(z):
    """Overwrite z with e^z / sum e^z."""
    z -= z.max(axis=1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=1, keepdims=True)
    return z


LAST = {"sigmoid": sigmoid, "softmax": softmax, "linear": lambda z: z}


def predictors(network, weights, x):
    last = LAST[network.last]
    return {"": lambda: last(forward(network, weights, x)[1])}


callers = predictors


def binary_crossentropy(z, y):
    """Return the sum of log(1 + e^z) - y z, and overwrite z with its derivative a - y."""
    loss = np.abs(z)
    np.negative(loss, out=loss)
    np.exp(loss, out=loss)
    np.log1p(loss, out=loss)
    loss += np.maximum(z, 0)
    loss -= y * z
    sigmoid(z)
    z -= y
    return float(loss.sum())


def categorical_crossentropy(z, y):
    """Return the sum of log sum e^z - z_y, and overwrite z with its derivative a - one-hot(y)."""
    z -= z.max(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = -float(z[rows, y].sum())
    np.exp(z, out=z)
    total = z.sum(axis=1, keepdims=True)
    z /= total
    z[rows, y] -= 1
    return loss + float(np.log(total, out=total).sum())


def squared_error(z, y):
    """Return the sum of the rows' mean (z - y)^2, and overwrite z with the derivative."""
    z -= y
    loss = float(np.vdot(z, z)) / z.shape[1]
    z *= 2 / z.shape[1]
    return loss


LOSSES = {
    "sigmoid": binary_crossentropy,
    "softmax": categorical_crossentropy,
    "linear": squared_error,
}


def evaluators(network, weights, x, y):
    find_loss = LOSSES[network.last]
    return {"": lambda: find_loss(forward(network, weights, x)[1], y) / len(x)}


def backward(network, weights, outputs, dz, gradients):
    """Leave the gradients of all weights in `gradients`, given dL/dz of the last layer."""
    for i in range(len(weights) - 2, -1, -2):
        a = outputs.pop()  # the layer's inputs, and the outputs of the one before
        np.matmul(a.T, dz, out=gradients[i])
        np.add.reduce(dz, axis=0, out=gradients[i + 1])
        if i:
            dz = dz @ weights[i].T
            if network.hidden == "relu":
                dz *= a > 0
            else:
                slope = 1 - a
                slope *= a
                dz *= slope


def adam(w, g, m, v, t):
    """Change the flat weights w by one step; m and v are kept without their factors 1 - beta."""
    scale = sqrt(1 - 0.999)
    m *= 0.9
    m += g
    np.square(g, out=g)
    v *= 0.999
    v += g
    np.sqrt(v, out=g)
    g += 1e-7 / scale
    np.divide(m, g, out=g)
    g *= 0.001 * (1 - 0.9) / (1 - 0.9**t) / scale * sqrt(1 - 0.999**t)
    w -= g


def steppers(network, weights, x, y):
    step, _ = make_step(network, weights)
    return {"": lambda: step(x, y) / len(x)}


def trainers(network, weights, batch_size):
    return {"": make_trainer(network, weights, batch_size)[0]}


def metric_trainers(network, weights, batch_size):
    return {"": make_trainer(network, weights, batch_size, count=True)[0]}


def make_step(network, weights, counts=None):
    """Return step(x, y) -> sum of the losses, and the weights that it changes."""
    # One long vector each for weights, gradients and state: Adam is then ten calls for them all.
    w = np.concatenate([weight.ravel() for weight in weights])
    g, m, v = np.zeros_like(w), np.zeros_like(w), np.zeros_like(w)
    weights, gradients = views(w, weights), views(g, weights)
    find_loss = LOSSES[network.last]
    t = 0

    def step(x, y):
        nonlocal t
        outputs, z = forward(network, weights, x)
        if counts is not None:
            count(z, y, counts)
        loss = find_loss(z, y)
        z *= 1 / len(x)
        backward(network, weights, outputs, z, gradients)
        t += 1
        adam(w, g, m, v, t)
        return loss

    return step, weights


def count(z, y, counts):
    """Add what accuracy, precision and recall are found from, of logits and targets 0 and 1."""
    predicted, actual = z > 0, y > 0
    counts[0] += np.count_nonzero(predicted == actual)
    counts[1] += np.count_nonzero(predicted & actual)
    counts[2] += np.count_nonzero(predicted)
    counts[3] += np.count_nonzero(actual)


def ratios_of(counts, rows):
    """Return accuracy, precision and recall."""
    right, both, predicted, actual = counts
    return right / rows, both / max(1, predicted), both / max(1, actual)


def make_trainer(network, weights, batch_size, shuffle=True, count=False):
    """Return train(x, y, epochs), and the weights that it changes."""
    counts = [0, 0, 0, 0] if count else None
    step, weights = make_step(network, weights, counts)

    def train(x, y, epochs):
        random = np.random.default_rng()
        x_batch = np.empty((batch_size, *x.shape[1:]), x.dtype)
        y_batch = np.empty((batch_size, *y.shape[1:]), y.dtype)
        losses, ratios = [], []
        for _ in range(epochs):
            order = random.permutation(len(x)) if shuffle else np.arange(len(x))
            total = 0.0
            for start in range(0, len(x), batch_size):
                rows = order[start : start + batch_size]
                x.take(rows, axis=0, out=x_batch, mode="clip")
                y.take(rows, axis=0, out=y_batch, mode="clip")
                total += step(x_batch, y_batch)
            losses.append(total / len(x))
            if counts:
                ratios.append(ratios_of(counts, len(x)))
                counts[:] = 0, 0, 0, 0
        return losses

    return train, weights


def views(vector, arrays):
    """Cut the vector into views with the shapes of the arrays."""
    ends = np.cumsum([array.size for array in arrays])
    return [
        vector[end - array.size : end].reshape(array.shape)
        for end, array in zip(ends, arrays, strict=True)
    ]


def save(network, weights, folder):
    path = Path(folder) / "hand.npz"
    np.savez(path, *weights)
    return path
