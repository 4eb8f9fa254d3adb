"""Layers of different dtypes in one model: each finds its gradients in its own."""

import itertools

import numpy as np
import pytest

import tinyneuron as keras
from tinyneuron.layers import Dense

DTYPES = list(itertools.product(["float32", "float64"], repeat=3))


def train(dtypes, x, y):
    """Return the weights after five steps from the same ones."""
    first, twice, last = (
        Dense(units, activation, dtype=dtype)
        for units, activation, dtype in zip((4, 4, 2), ("tanh", "relu", None), dtypes, strict=True)
    )
    inputs = keras.Input((3,))
    model = keras.Model(inputs, last(twice(twice(first(inputs)))))
    random = np.random.default_rng(1)
    model.set_weights([random.normal(size=weight.shape) for weight in model.get_weights()])
    model.compile(keras.optimizers.SGD(0.1, momentum=0.5), "mse")
    for _ in range(5):
        model.train_on_batch(x, y)
    return model.get_weights()


@pytest.mark.parametrize("dtypes", DTYPES, ids="-".join)
def test_they_train_as_in_one_dtype_whatever_stands_beside_whatever(dtypes):
    random = np.random.default_rng(0)
    x, y = random.normal(size=(40, 3)), random.normal(size=(40, 2))
    expected = train(["float64"] * 3, x, y)
    weights = train(dtypes, x, y)
    assert [str(weight.dtype) for weight in weights[::2]] == list(dtypes)
    for mine, exact in zip(weights, expected, strict=True):
        np.testing.assert_allclose(mine, exact, rtol=1e-4, atol=1e-5)
