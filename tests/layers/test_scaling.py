"""Rescaling and Normalization."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from one_of_each import normalization
from strategies import floats
from tinyneuron import Input, Sequential, config, layers, utils
from tinyneuron.layers import scaling


@given(floats((3, 2), "float64"), st.floats(-10, 10), st.floats(-10, 10))
def test_rescaling_is_x_times_scale_plus_offset(x, scale, offset):
    outputs = layers.Rescaling(scale, offset, dtype="float64")(x)
    expected = [[scale * number + offset for number in row] for row in x]
    np.testing.assert_allclose(outputs, expected, rtol=1e-15, atol=1e-300)


def test_rescaling_by_several_numbers_makes_as_many_of_one():
    layer = layers.Rescaling([[1.0, 2.0, 3.0]], offset=[[1.0], [0.0]])
    x = np.ones((5, 2, 1))
    assert layer.compute_output_shape((None, 2, 1)) == (None, 2, 3)
    assert layer(x).shape == (5, 2, 3)
    np.testing.assert_array_equal(layer(x)[0], [[2, 3, 4], [1, 2, 3]])
    model = Sequential([Input((2, 1)), layers.Dense(1), layer, layers.Dense(1)])
    assert max(utils.check_gradients(model, x, np.ones((5, 2, 1))).values()) < 1e-6


def test_rescaling_names_what_is_no_number():
    with pytest.raises(TypeError, match=r"^scale must be real numbers"):
        layers.Rescaling("twice")
    with pytest.raises(TypeError, match=r"^offset must be real numbers"):
        layers.Rescaling(2.0, offset=["a"])


def test_rescaling_refuses_other_inputs_once_it_is_built():
    layer = layers.Rescaling([1.0, 2.0])
    assert layer(np.ones((4, 2))).shape == (4, 2)
    with pytest.raises(ValueError, match=r"do not fit inputs of shape \(4, 3\)"):
        layer(np.ones((4, 3)))


def test_normalization_adapts_to_infinities_and_large_numbers_without_a_warning():
    layer = layers.Normalization()
    layer.adapt([[np.inf, 1e308], [1.0, -1e308]])
    assert layer.mean.tolist() == [[np.inf, 0]]


def test_rescaling_may_differ_from_feature_to_feature():
    layer = layers.Rescaling([1.0, 10.0], offset=np.array([0.0, 5.0]))
    assert layer([[1.0, 1.0], [2.0, 2.0]]).tolist() == [[1, 15], [2, 25]]
    assert layer([[1.0]]).tolist() == [[1, 15]]
    assert layer.compute_output_shape((None, 1)) == (None, 2)


data_sets = hnp.arrays(
    np.float64,
    st.tuples(st.integers(2, 6), st.integers(1, 3), st.integers(1, 3)),
    elements=st.integers(-1000, 1000).map(float),
)
AXES = [(-1, (0, 1)), (None, (0, 1, 2)), ((1, 2), (0,)), ([1], (0, 2)), ((-1, -2), (0,))]


@given(data_sets)
def test_normalization_takes_off_the_mean_and_divides_by_the_deviation(x):
    for axis, reduced in AXES:
        layer = layers.Normalization(axis, dtype="float64")
        layer.adapt(x)
        count = np.prod([x.shape[i] for i in reduced])
        mean = x.sum(axis=reduced, keepdims=True) / count
        variance = ((x - mean) ** 2).sum(axis=reduced, keepdims=True) / count
        deviation = np.maximum(np.sqrt(variance), 1e-7)
        np.testing.assert_allclose(layer.mean, mean, rtol=1e-12, atol=1e-10)
        np.testing.assert_allclose(layer.variance, variance, rtol=1e-9, atol=1e-10)
        # where a feature is constant, a rounding of its mean is divided by 1e-7
        np.testing.assert_allclose(layer(x), (x - mean) / deviation, rtol=1e-9, atol=1e-4)
        back = layers.Normalization(axis, invert=True, dtype="float64")
        back.adapt(x)
        np.testing.assert_allclose(back(layer(x)), x, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("options", [{"input_shape": [1]}, {}])
def test_one_mean_for_all_fits_inputs_of_any_rank(options):
    layer = layers.Normalization(axis=None, **options)
    layer.adapt([1.0, 3.0, 5.0])
    expected = (np.array([1.0, 7.0]) - 3) / np.sqrt(8 / 3)
    np.testing.assert_allclose(layer([1.0, 7.0]), expected, rtol=1e-6)
    np.testing.assert_allclose(layer([[1.0], [7.0]])[:, 0], expected, rtol=1e-6)
    model = Sequential([Input((1,)), layer, layers.Dense(1)])
    layer.adapt([0.0, 1.0])
    assert layer.mean.item() == 0.5
    assert model.predict(np.array([1.0, 2.0])).shape == (2, 1)


def test_normalization_adapts_in_float64_and_forgets_earlier_data():
    layer = layers.Normalization()
    layer.adapt(np.array([[1.0], [2.0]]))
    mean = layer.weights[0]
    x = np.full((100_000, 1), 0.1, np.float32)
    layer.adapt(x)
    assert layer.mean.item() == np.float32(0.1)
    assert layer.variance.item() == 0
    assert layer.weights[0] is mean
    assert layer(x[:1]).item() == 0


def test_normalization_has_kerass_weights():
    layer = layers.Normalization()
    layer.build((None, 3))
    assert [weight.name for weight in layer._weights] == ["mean", "variance", "count"]
    assert [weight.shape for weight in layer.weights] == [(3,), (3,), ()]
    assert [weight.dtype.name for weight in layer.weights] == ["float32", "float32", "int32"]
    assert layer.trainable_weights == []
    assert layer([[1.0, 2.0, 3.0]]).tolist() == [[1.0, 2.0, 3.0]]
    layer.set_weights([[1, 1, 1], [4, 4, 4], 0])
    assert layer([[1.0, 3.0, 5.0]]).tolist() == [[0.0, 1.0, 2.0]]


@pytest.mark.parametrize(
    ("invert", "expected"), [(False, [[1.0, 1.0], [0.0, -1.0]]), (True, [[7.0, 17.0], [3.0, -1.0]])]
)
def test_a_given_mean_and_variance_are_taken(invert, expected):
    layer = layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 9.0], invert=invert)
    assert layer([[3.0, 5.0], [1.0, -1.0]]).tolist() == expected
    assert layer.weights == []
    assert layer.mean.tolist() == [[1.0, 2.0]]
    assert layer.variance.tolist() == [[4.0, 9.0]]


def test_a_constant_feature_is_divided_by_epsilon_not_zero():
    config.set_epsilon(0.25)
    layer = layers.Normalization(mean=1.0, variance=0.0)
    assert layer([[1.0, 2.0]]).tolist() == [[0.0, 4.0]]


@pytest.mark.parametrize(
    ("do", "message"),
    [
        (lambda: layers.Normalization(mean=1.0), "both mean and variance"),
        (lambda: layers.Normalization(variance=1.0), "both mean and variance"),
        (
            lambda: layers.Normalization(mean=1.0, variance=1.0).adapt([[1.0]]),
            "was given its mean and variance and cannot adapt",
        ),
        (lambda: layers.Normalization().adapt(np.ones((0, 2))), r"no data, shape \(0, 2\)"),
        (lambda: layers.Normalization(axis=2)([[1.0]]), r"axis \(2,\) is not among the 2 axes"),
        (lambda: layers.Normalization(axis=-3)([[1.0]]), r"axis \(-3,\) is not among"),
        (lambda: layers.Normalization().build((None, None)), r"needs to know the sizes of axes"),
        (lambda: normalization()(np.ones((2, 3))), r"mean of shape \(1, 4\), which does not fit"),
        (lambda: normalization()(np.ones((2, 2, 4))), r"inputs of shape \(2, 2, 4\)"),
        (lambda: normalization().adapt(np.ones((2, 3))), "already built"),
        (
            lambda: layers.Normalization(mean=[1.0, 2.0], variance=[1.0, 2.0])(np.ones((2, 3))),
            r"needs a mean and a variance of shape \(3,\)",
        ),
    ],
)
def test_what_normalization_refuses(do, message):
    with pytest.raises(ValueError, match=message):
        do()


def test_one_dimension_of_data_is_told_to_be_one_row():
    with pytest.warns(
        UserWarning, match=r"one row of 60 features. .* data.reshape\(-1, 1\)"
    ) as told:
        layers.Normalization(name="n").adapt(np.arange(60.0))
    assert told[0].filename == __file__
    layers.Normalization(axis=None).adapt(np.arange(60.0))  # of all numbers one mean


@given(
    hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=2, max_dims=3, max_side=7),
        elements=st.floats(-100, 100, width=32),
    ),
    st.sampled_from([-1, 0, 1, (0, 1), (0, -1), None]),
    st.integers(1, 40),
)
def test_adapting_to_a_few_rows_at_a_time_finds_what_numpy_finds(data, axis, block):
    kept = () if axis is None else tuple(each % data.ndim for each in np.atleast_1d(axis))
    averaged = tuple(each for each in range(data.ndim) if each not in kept)
    layer = layers.Normalization(axis=axis, dtype="float64")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scaling, "_BLOCK", block)
        layer.adapt(data)
    exact = data.astype(np.float64)
    scale = 1e-12 * (1 + np.square(exact).max())
    np.testing.assert_allclose(layer._mean, exact.mean(averaged), atol=scale)
    np.testing.assert_allclose(layer._variance, exact.var(averaged), atol=scale)


def test_adapting_takes_the_memory_of_a_few_rows():
    data = np.ones((200, 50_000), np.float32)
    layer = layers.Normalization()
    tracemalloc.start()
    layer.adapt(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < data.nbytes / 2


def test_adapting_that_fails_leaves_the_layer_unbuilt(monkeypatch):
    def fail(*_):
        raise MemoryError

    layer = layers.Normalization()
    with monkeypatch.context() as patch:
        patch.setattr(scaling, "write_all", fail)
        with pytest.raises(MemoryError):
            layer.adapt(np.ones((3, 2)))
    assert (layer.built, layer.weights) == (False, [])
    layer.adapt([[1.0], [3.0]])
    np.testing.assert_array_equal(layer.mean, [[2.0]])
