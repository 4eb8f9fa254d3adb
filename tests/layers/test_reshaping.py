"""Flatten, Reshape and Identity."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from one_of_each import ROWS
from strategies import shapes
from tinyneuron import layers


@given(shapes(max_rank=5))
def test_flatten_lays_each_sample_out_in_a_row(shape):
    x = np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape)
    rows = layers.Flatten()(x)
    assert rows.ndim == 2
    assert len(rows) == shape[0]
    for row, sample in zip(rows, x, strict=True):
        assert row.tolist() == list(sample.flat)


def test_flatten_gives_single_numbers_an_axis():
    assert layers.Flatten()(np.ones(3)).shape == (3, 1)
    assert layers.Flatten().compute_output_shape((None,)) == (None, 1)


@given(shapes(max_rank=4), st.integers(1, 3))
def test_reshape_keeps_the_numbers_in_order(shape, last):
    shape = (*shape, last)
    x = np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape)
    outputs = layers.Reshape((-1, last))(x)
    assert outputs.shape[::2] == (shape[0], last)
    assert list(outputs.flat) == list(x.flat)
    assert layers.Reshape(shape[1:])(outputs).tolist() == x.tolist()


@pytest.mark.parametrize("target", [(2, 2), (-1, 2), (0,), (-1, 0), ()])
def test_a_shape_that_does_not_fit_is_refused(target):
    with pytest.raises(ValueError, match=r"'reshape' cannot reshape samples of shape \(5,\), 5"):
        layers.Reshape(target)(np.ones((1, 5)))


@pytest.mark.parametrize("target", [(-1, -1), (-2, 3), 3, "ab", (2.5,)])
def test_a_target_that_is_no_shape_is_refused(target):
    with pytest.raises(ValueError, match="Reshape: target_shape"):
        layers.Reshape(target)


def test_identity_returns_its_inputs():
    np.testing.assert_array_equal(layers.Identity()(ROWS), ROWS)


def test_flatten_takes_channels_last_alone():
    assert layers.Flatten("channels_last").compute_output_shape((None, 2, 3)) == (None, 6)
    with pytest.raises(ValueError, match="data_format must be None or 'channels_last'"):
        layers.Flatten("channels_first")
