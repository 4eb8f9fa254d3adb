"""Dropout: its share, its scale, its seed."""

import numpy as np
import pytest
from hypothesis import given

from strategies import floats, rates
from tinyneuron import config, layers


def test_dropout_goes_back_through_the_inputs_that_it_kept():
    layer, gradient = layers.Dropout(0.5, seed=1), np.full((4, 50), 3.0, np.float32)
    outputs, entry = layer.forward(np.ones((4, 50), np.float32))
    assert set(outputs.flat) == {0, 2}
    np.testing.assert_array_equal(layer.backward(gradient, entry, []), 3 * outputs)


@given(rates, floats((3, 2)))
def test_dropout_does_nothing_at_prediction_time(rate, x):
    np.testing.assert_array_equal(layers.Dropout(rate)(x), x)
    np.testing.assert_array_equal(layers.Dropout(rate)(x, training=False), x)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_dropout_silences_its_share_and_scales_the_rest(rate, dtype):
    n = 100_000
    outputs = layers.Dropout(rate, dtype=dtype)(np.full((n, 1), 3.0), training=True)
    zeros = (outputs == 0).mean()
    assert abs(zeros - rate) < 5 * np.sqrt(rate * (1 - rate) / n)
    assert outputs.dtype == dtype
    np.testing.assert_allclose(outputs[outputs != 0], 3 / (1 - rate), rtol=1e-6)


def test_dropout_of_nothing_and_of_everything():
    x = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    np.testing.assert_array_equal(layers.Dropout(0)(x, training=True), x)
    assert not layers.Dropout(1)(x, training=True).any()


def test_a_seed_repeats_the_masks_in_their_order():
    x = np.ones((1, 1000))
    one, same, other = (layers.Dropout(0.5, seed=seed) for seed in (3, 3, 4))
    masks = [one(x, training=True) for _ in range(3)]
    for mask in masks:
        np.testing.assert_array_equal(same(x, training=True), mask)
    assert (masks[0] != masks[1]).any()
    assert (other(x, training=True) != masks[0]).any()


def test_without_a_seed_the_librarys_random_numbers_decide():
    x, layer = np.ones((1, 1000)), layers.Dropout(0.5)
    config.set_random_seed(1)
    first, second = layer(x, training=True), layer(x, training=True)
    config.set_random_seed(1)
    np.testing.assert_array_equal(layer(x, training=True), first)
    assert (first != second).any()


@pytest.mark.parametrize("rate", [-0.1, 1.1, np.nan, "a", None, True])
def test_a_rate_that_is_no_share_is_refused(rate):
    with pytest.raises(ValueError, match="Dropout: rate must be"):
        layers.Dropout(rate)
