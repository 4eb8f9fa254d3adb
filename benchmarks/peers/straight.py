"""A step of a network of sigmoids as a straight line of NumPy calls: how little NumPy can take.

All arrays are made beforehand. Each sample is a column, so that NumPy's loops run along the batch,
the rows of an epoch are gathered at once, and the loss is found once, of an epoch's logits.
"""

from itertools import pairwise

import numpy as np
from numpy import add, divide, exp, matmul, multiply, subtract

from benchmarks.peers import hand

CHECKED = True

ONE = np.array(1, np.float32)


def trainers(network, weights, batch_size):
    if {network.hidden, network.last} != {"sigmoid"}:
        return {}
    flat = np.concatenate([weight.ravel() for weight in weights])
    gradient, m, v = (np.zeros_like(flat) for _ in range(3))
    t = 0
    kernels, biases = _transposed(hand.views(flat, weights))
    kernel_gradients, bias_gradients = _transposed(hand.views(gradient, weights))
    arrays = [
        [np.empty((units, batch_size), np.float32) for _ in range(4)] for units in network.sizes[1:]
    ]
    layers = list(zip(kernels, biases, arrays, strict=True))
    # the layers but the first, from the last: what the way back needs of each and of the one before
    back = [
        (kernel.T, kernel_gradient, bias_gradient, dz, before)
        for kernel, kernel_gradient, bias_gradient, ((*_, dz), before) in zip(
            kernels[:0:-1], kernel_gradients[:0:-1], bias_gradients[:0:-1],
            [(own, before) for before, own in pairwise(arrays)][::-1], strict=True,
        )
    ]  # fmt: skip
    last_a, last_dz, first_dz = arrays[-1][2], arrays[-1][3], arrays[0][3]
    share = np.array(1 / batch_size, np.float32)

    def step(x, y, logits):
        nonlocal t
        a = x
        for kernel, bias, (e, total, outputs, _) in layers:
            matmul(kernel, a, e)
            add(e, bias, e)
            if outputs is last_a:
                logits[...] = e
            exp(e, e)
            add(e, ONE, total)
            a = divide(e, total, outputs)
        subtract(a, y, last_dz)
        multiply(last_dz, share, last_dz)
        for kernel, kernel_gradient, bias_gradient, dz, (_, slope, outputs, dz_before) in back:
            matmul(dz, outputs.T, kernel_gradient)
            add.reduce(dz, 1, None, bias_gradient, True)
            matmul(kernel, dz, dz_before)
            subtract(ONE, outputs, slope)
            multiply(slope, outputs, slope)
            multiply(dz_before, slope, dz_before)
        matmul(first_dz, x.T, kernel_gradients[0])
        add.reduce(first_dz, 1, None, bias_gradients[0], True)
        t += 1
        hand.adam(flat, gradient, m, v, t)

    def train(x, y, epochs):
        random, losses = np.random.default_rng(), []
        x, y, logits = x.T.copy(), y.T.copy(), np.empty(y.T.shape, np.float32)
        for _ in range(epochs):
            order = random.permutation(x.shape[1])
            xs, ys = x.take(order, 1), y.take(order, 1)
            for start in range(0, len(order), batch_size):
                cut = slice(start, start + batch_size)
                step(xs[:, cut], ys[:, cut], logits[:, cut])
            losses.append(hand.binary_crossentropy(logits.copy(), ys) / len(order))
        return losses

    return {"": train}


def _transposed(weights):
    """Return the kernels with a row for each unit, and the biases as columns."""
    return [kernel.T for kernel in weights[::2]], [bias[:, None] for bias in weights[1::2]]
