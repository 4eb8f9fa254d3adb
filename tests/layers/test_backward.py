"""The way back through each layer is the derivative of the way there."""

import numpy as np
import pytest

from one_of_each import MAKERS
from tinyneuron import config, layers


def slope(f, array, direction, h=1e-6):
    """Rate at which f() changes as `array` moves along `direction`."""
    before = array.copy()
    array += h * direction
    above = f()
    array[...] = before - h * direction
    below = f()
    array[...] = before
    return (above - below) / (2 * h)


def back(layer, x, gradient):
    """dL/dx and dL/dweights, from `forward` and `backward`."""
    outputs, entry = layer.forward(x)
    np.testing.assert_array_equal(outputs, layer(x))
    gradients = [np.full_like(weight, np.nan) for weight in layer.trainable_weights]
    return layer.backward(gradient.copy(), entry, gradients), gradients


@pytest.mark.parametrize("name", [n for n in MAKERS if n not in ("Dropout", "Sequential")])
def test_the_way_back_is_the_derivative_of_the_way_there(name):
    config.set_floatx("float64")
    layer, rng = MAKERS[name](), np.random.default_rng(5)
    x = rng.normal(size=(3, 4))  # no number near the kink of a ReLU
    gradient = rng.normal(size=layer(x).shape)

    def loss():
        return (layer(x) * gradient).sum()

    dx, gradients = back(layer, x, gradient)
    arrays = [x, *layer.trainable_weights]
    for array, d in zip(arrays, [dx, *gradients], strict=True):
        direction = rng.normal(size=array.shape)
        expected = slope(loss, array, direction)
        np.testing.assert_allclose((d * direction).sum(), expected, rtol=1e-6, atol=1e-8)
    alone = [np.full_like(d, np.nan) for d in gradients]
    to_inputs = {"to_inputs": False} if name == "Dense" else {}
    layer.backward(gradient.copy(), layer.forward(x)[1], alone, **to_inputs)
    for d, same in zip(gradients, alone, strict=True):
        np.testing.assert_array_equal(d, same)


@pytest.mark.parametrize("options", [{"use_bias": False}, {"activation": "gelu"}])
def test_the_way_back_through_dense_whatever_its_options_and_rank(options):
    layer, rng = layers.Dense(2, dtype="float64", **options), np.random.default_rng(6)
    x = rng.normal(size=(2, 5, 3))
    gradient = rng.normal(size=layer(x).shape)
    dx, gradients = back(layer, x, gradient)
    arrays = [x, *layer.weights]
    for array, d in zip(arrays, [dx, *gradients], strict=True):
        direction = rng.normal(size=array.shape)
        expected = slope(lambda: (layer(x) * gradient).sum(), array, direction)
        np.testing.assert_allclose((d * direction).sum(), expected, rtol=1e-6)
