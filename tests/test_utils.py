"""to_categorical, normalize, clear_session."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinyneuron import backend, config, layers, utils


@given(
    classes=hnp.arrays(
        np.int64, hnp.array_shapes(max_dims=2, min_side=2), elements=st.integers(0, 9)
    ),
    extra=st.integers(0, 3),
)
def test_to_categorical_is_one_at_the_class_alone(classes, extra):
    n = int(classes.max()) + 1 + extra
    got = utils.to_categorical(classes, n)
    assert got.dtype == np.float64  # as from Keras
    assert got.shape == (*classes.shape, n)
    for i in np.ndindex(classes.shape):
        assert got[i].tolist() == [float(j == classes[i]) for j in range(n)]
    np.testing.assert_array_equal(utils.to_categorical(classes), got[..., : n - extra])


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([[1], [0]], [[0, 1], [1, 0]]),  # a column is its entries
        ([1], [[0, 1]]),
        (1, [0, 1]),
        ([1.0, 0.0], [[0, 1], [1, 0]]),
        ([True, False], [[0, 1], [1, 0]]),
        (np.uint8([1, 0]), [[0, 1], [1, 0]]),
    ],
)
def test_to_categorical_takes_what_counts_as_classes(x, expected):
    np.testing.assert_array_equal(utils.to_categorical(x), expected)


def test_to_categorical_of_nothing_is_nothing():
    assert utils.to_categorical([]).shape == (0, 0)
    assert utils.to_categorical([], 3).shape == (0, 3)


@pytest.mark.parametrize(
    ("x", "n", "message"),
    [
        ([0.5], None, "whole class numbers"),
        ([math.nan], None, "whole class numbers"),
        ([math.inf], None, "whole class numbers"),
        ([1e300], None, "whole class numbers"),
        ([-1, 2], None, "from 0 to 2, got some from -1 to 2"),
        ([0, 3], 3, "from 0 to 2, got some from 0 to 3"),
        ([0], 0, "num_classes must be a positive integer"),
        ([0], 2.5, "num_classes must be a positive integer"),
        ([[0], [0, 1]], None, "classes must be rectangular"),
    ],
)
def test_to_categorical_refuses_what_is_no_class(x, n, message):
    with pytest.raises(ValueError, match=message):
        utils.to_categorical(x, n)


def test_to_categorical_refuses_words():
    with pytest.raises(TypeError, match=r"classes must be .* got dtype <U3.*np\.unique"):
        utils.to_categorical(["cat"])


NORMS = {
    1: lambda x: math.fsum(map(abs, x)),
    2: lambda x: math.hypot(*x),
    3: lambda x: math.fsum(abs(t) ** 3 for t in x) ** (1 / 3),
}


@given(x=hnp.arrays(np.float64, (3, 4), elements=st.integers(-20, 20)))
def test_normalize_gives_length_one_and_keeps_zeros(x):
    for order, norm in NORMS.items():
        for axis in (0, 1, -1):
            norms = np.apply_along_axis(norm, axis, x)
            got = utils.normalize(x, axis, order) * np.expand_dims(norms, axis)
            np.testing.assert_allclose(got, x, rtol=1e-12)
    assert not utils.normalize(0 * x).any()


def test_normalize_takes_lists_and_single_vectors():
    got = utils.normalize([3, 4])
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, [0.6, 0.8], rtol=1e-6)
    np.testing.assert_array_equal(utils.normalize(-5.0), [-1])
    with pytest.raises(TypeError, match="x must be real numbers"):
        utils.normalize(["a"])


def test_clear_session_starts_the_names_over():
    assert [layers.Dense(1).name for _ in range(2)] == ["dense", "dense_1"]
    utils.clear_session()
    assert layers.Dense(1).name == "dense"


def test_backend_and_utils_are_doors_to_the_same_functions():
    for name in ("floatx", "set_floatx", "epsilon", "set_epsilon"):
        assert getattr(backend, name) is getattr(config, name)
    assert utils.set_random_seed is config.set_random_seed
    assert backend.clear_session is utils.clear_session
