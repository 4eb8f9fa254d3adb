"""The matrix products alone, as the formulas have them, each into an array that is there.

What is multiplied is not what a network would multiply, but of the same shapes. Products of wide
layers are the least that NumPy can do. Those of narrow ones, x of 2 columns say, are faster with
the memory in another order, so that a library can do with less.
"""

from itertools import pairwise

import numpy as np

CHECKED = False


def predictors(network, weights, x):
    kernels = weights[::2]
    outputs = [np.empty((len(x), units), np.float32) for units in network.sizes[1:]]

    def products():
        a = x
        for kernel, out in zip(kernels, outputs, strict=True):
            a = np.matmul(a, kernel, out=out)
        return a

    return {"": products}


callers = predictors


def trainers(network, weights, batch_size):
    kernels = weights[::2]
    kernel_gradients = [np.empty_like(kernel) for kernel in kernels]
    # Small random numbers in place of the values on the way: zeros or denormals could be faster.
    random = np.random.default_rng(0)
    values = [
        random.standard_normal((batch_size, units), dtype=np.float32) for units in network.sizes
    ]
    results = [np.empty_like(value) for value in values]
    layers = list(zip(kernels, kernel_gradients, pairwise(values), pairwise(results), strict=True))

    def train(x, y, epochs):
        for _ in range(epochs * (len(x) // batch_size)):
            for kernel, _, (inputs, _), (_, outputs) in layers:
                np.matmul(inputs, kernel, out=outputs)
            for i in reversed(range(len(layers))):
                kernel, kernel_gradient, (inputs, dz), (dx, _) = layers[i]
                np.matmul(inputs.T, dz, out=kernel_gradient)
                if i:
                    np.matmul(dz, kernel.T, out=dx)
        return [0.0] * epochs

    return {"": train}
