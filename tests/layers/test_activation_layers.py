"""Activations as layers."""

import numpy as np
import pytest
from hypothesis import given

from strategies import dtypes, floats
from tinyneuron import activations, layers


@given(dtypes.flatmap(lambda dtype: floats((3, 4), dtype, limit=20)))
def test_a_layer_form_equals_its_activation(x):
    def check(layer, expected):
        np.testing.assert_allclose(layer(x), expected, rtol=4e-6, atol=1e-30)
        assert layer(x).dtype == x.dtype

    z, dtype = x.astype(np.float64), x.dtype
    exponentials = np.exp(z - z.max(axis=0))
    check(layers.Activation("sigmoid", dtype=dtype), 1 / (1 + np.exp(-z)))
    check(layers.ReLU(dtype=dtype), np.maximum(z, 0))
    check(layers.ReLU(3.0, 0.5, 1.0, dtype=dtype), np.where(z <= 1, (z - 1) / 2, np.minimum(z, 3)))
    check(layers.LeakyReLU(dtype=dtype), np.where(z < 0, 0.3 * z, z))
    check(layers.ELU(dtype=dtype), np.where(z < 0, np.expm1(np.minimum(z, 0)), z))
    check(layers.ELU(2.0, dtype=dtype), np.where(z < 0, 2 * np.expm1(np.minimum(z, 0)), z))
    check(layers.Softmax(axis=0, dtype=dtype), exponentials / exponentials.sum(axis=0))


def test_softmax_over_two_axes_sums_to_one_over_both():
    outputs = layers.Softmax(axis=(1, 2))(np.random.default_rng(0).normal(size=(3, 4, 5)))
    np.testing.assert_allclose(outputs.sum(axis=(1, 2)), 1, rtol=1e-6)
    assert (outputs.sum(axis=1) < 0.9).all()


def test_the_activation_of_a_layer_is_the_one_in_the_house():
    assert layers.Activation("relu").activation is activations.relu
    assert layers.Activation(np.tanh)([[0.0]]).item() == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.ReLU(max_value=-1.0),
        lambda: layers.ReLU(negative_slope=-1.0),
        lambda: layers.LeakyReLU(-1.0),
        lambda: layers.LeakyReLU(None),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(make):
    with pytest.raises(ValueError, match=r"ReLU: (max_value|negative_slope) must .* (-1\.0|None)"):
        make()
