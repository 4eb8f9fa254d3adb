import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyneuron import config, initializers
from tinyneuron.initializers import (
    Constant,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    Ones,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
    Zeros,
)

# The standard normal distribution cut at -2 and 2, from its area and height there.
AREA = math.erf(2 / math.sqrt(2))
HEIGHT = math.exp(-2) / math.sqrt(2 * math.pi)
CUT_VARIANCE = 1 - 4 * HEIGHT / AREA
FAN_IN, FAN_OUT = 300, 500
N = FAN_IN * FAN_OUT

RANDOM = [
    RandomNormal, RandomUniform, TruncatedNormal, VarianceScaling, GlorotUniform, GlorotNormal,
    HeUniform, HeNormal, LecunUniform, LecunNormal,
]  # fmt: skip
EVERY = [Zeros, Ones, Constant, *RANDOM]


def draw(initializer):
    return initializer((FAN_IN, FAN_OUT), "float64").ravel()


def assert_moments(values, mean, variance):
    """Mean and variance are within five standard errors (no wider than a normal's)."""
    assert abs(values.mean() - mean) < 5 * math.sqrt(variance / N)
    assert abs(values.var() / variance - 1) < 5 * math.sqrt(2 / N)


def assert_quantiles(values, cdf):
    """The share of values below each of nine points is within five standard errors of `cdf`."""
    for x in np.quantile(values, np.linspace(0.1, 0.9, 9)):
        p = cdf(float(x))
        assert abs((values <= x).mean() - p) < 5 * math.sqrt(p * (1 - p) / N)


def normal_cdf(x):
    return math.erfc(-x / math.sqrt(2)) / 2


def cut_cdf(x):
    return (normal_cdf(x) - normal_cdf(-2)) / AREA


# Distributions


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 0, 4)])
@pytest.mark.parametrize(
    ("initializer", "value"),
    [(Zeros(), 0), (Ones(), 1), (Constant(), 0), (Constant(-2.5), -2.5)],
)
def test_constants_are_their_value_everywhere(initializer, value, shape):
    got = initializer(shape)
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got, np.full(shape, value))


@pytest.mark.parametrize(("mean", "stddev"), [(0.0, 0.05), (3.0, 0.5)])
def test_random_normal(mean, stddev):
    values = draw(RandomNormal(mean, stddev, seed=1))
    assert_moments(values, mean, stddev**2)
    assert_quantiles((values - mean) / stddev, normal_cdf)


@pytest.mark.parametrize(("low", "high"), [(-0.05, 0.05), (1.0, 4.0)])
def test_random_uniform(low, high):
    values = draw(RandomUniform(low, high, seed=1))
    assert low <= values.min() < values.max() <= high
    assert_moments(values, (low + high) / 2, (high - low) ** 2 / 12)
    assert_quantiles(values, lambda x: (x - low) / (high - low))


@pytest.mark.parametrize(("mean", "stddev"), [(0.0, 0.05), (3.0, 0.5)])
def test_truncated_normal(mean, stddev):
    values = draw(TruncatedNormal(mean, stddev, seed=1))
    assert 1.99 * stddev < abs(values - mean).max() <= 2 * stddev * (1 + 1e-12)
    assert_moments(values, mean, stddev**2 * CUT_VARIANCE)
    assert_quantiles((values - mean) / stddev, cut_cdf)


FANS = {"fan_in": FAN_IN, "fan_out": FAN_OUT, "fan_avg": (FAN_IN + FAN_OUT) / 2}


@pytest.mark.parametrize("scale", [1.0, 2.5])
@pytest.mark.parametrize("mode", FANS)
@pytest.mark.parametrize("distribution", ["uniform", "truncated_normal", "untruncated_normal"])
def test_variance_scaling(scale, mode, distribution):
    values = draw(VarianceScaling(scale, mode, distribution, seed=2))
    variance = scale / FANS[mode]
    assert_moments(values, 0, variance)
    if distribution == "uniform":
        limit = math.sqrt(3 * variance)
        assert 0.999 * limit < abs(values).max() <= limit
        assert_quantiles(values, lambda x: (x / limit + 1) / 2)
    elif distribution == "truncated_normal":
        stddev = math.sqrt(variance / CUT_VARIANCE)
        assert abs(values).max() <= 2 * stddev * (1 + 1e-12)
        assert_quantiles(values / stddev, cut_cdf)
    else:
        assert abs(values).max() > 3 * math.sqrt(variance)
        assert_quantiles(values / math.sqrt(variance), normal_cdf)


@pytest.mark.parametrize(
    ("make", "variance", "uniform"),
    [
        (GlorotUniform, 2 / (FAN_IN + FAN_OUT), True),
        (GlorotNormal, 2 / (FAN_IN + FAN_OUT), False),
        (HeUniform, 2 / FAN_IN, True),
        (HeNormal, 2 / FAN_IN, False),
        (LecunUniform, 1 / FAN_IN, True),
        (LecunNormal, 1 / FAN_IN, False),
    ],
)
def test_the_classical_choices(make, variance, uniform):
    values = draw(make(seed=3))
    assert_moments(values, 0, variance)
    limit = math.sqrt(3 * variance) if uniform else 2 * math.sqrt(variance / CUT_VARIANCE)
    assert 0.99 * limit < abs(values).max() <= limit * (1 + 1e-12)


@pytest.mark.parametrize(
    ("shape", "fan_in", "fan_out"),
    [
        ((), 1, 1),
        ((7,), 7, 7),
        ((7, 5), 7, 5),
        ((2, 7, 5), 14, 10),
        ((2, 3, 7, 5), 42, 30),
        ((0, 5), 1, 5),  # no input: as one, never a division by zero
    ],
)
def test_fans_follow_the_shape(shape, fan_in, fan_out):
    for mode, fan in (("fan_in", fan_in), ("fan_out", fan_out)):
        scaled = VarianceScaling(2.0, mode, "uniform", seed=4)(shape, "float64")
        limit = math.sqrt(6 / fan)
        plain = RandomUniform(-limit, limit, seed=4)(shape, "float64")
        np.testing.assert_allclose(scaled, plain, rtol=1e-12)


@pytest.mark.parametrize("make", EVERY)
@pytest.mark.parametrize("shape", [(), (4,), (3, 4), (2, 3, 4), (0, 4)])
def test_the_result_is_an_array_of_the_shape_and_dtype(make, shape):
    for dtype in (None, "float32", "float64", np.float64):
        values = make()(shape, dtype)
        assert isinstance(values, np.ndarray)
        assert values.shape == shape
        assert values.dtype == np.dtype(dtype or "float32")
        assert values.flags.writeable
    config.set_floatx("float64")
    assert make()(shape).dtype == np.float64


@pytest.mark.parametrize("make", EVERY)
def test_each_call_returns_an_array_of_its_own(make):
    initializer = make()
    first = initializer((2, 2))
    first += 1
    assert not np.array_equal(initializer((2, 2)), first)


# Seeds


@given(seed=st.integers(0, 2**40))
def test_same_seed_same_values(seed):
    for make in RANDOM:
        initializer = make(seed=seed)
        first = initializer((3, 4))
        np.testing.assert_array_equal(initializer((3, 4)), first)
        np.testing.assert_array_equal(make(seed=np.int64(seed))((3, 4)), first)
        assert not np.array_equal(make(seed=seed + 1)((3, 4)), first)


@pytest.mark.parametrize("make", RANDOM)
def test_unseeded_instances_differ_yet_each_repeats_itself(make):
    one, two = make(), make()
    np.testing.assert_array_equal(one((3, 4)), one((3, 4)))
    assert not np.array_equal(one((3, 4)), two((3, 4)))


@pytest.mark.parametrize("make", RANDOM)
def test_set_random_seed_repeats_the_unseeded(make):
    def two_of_them():
        config.set_random_seed(7)
        return make()((3, 4)), make()((3, 4))

    np.testing.assert_array_equal(two_of_them(), two_of_them())


def test_the_order_of_calls_does_not_matter():
    one, two = HeNormal(seed=1), HeNormal(seed=1)
    one((9, 9))
    np.testing.assert_array_equal(one((3, 4)), two((3, 4)))


# Given values


def test_an_array_is_copied_into_the_weight():
    given_values = np.arange(6.0).reshape(2, 3)
    got = initializers.get(given_values)((2, 3))
    assert got.dtype == np.float32
    got[:] = 9
    np.testing.assert_array_equal(given_values, [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(Constant([[1, 2]])((1, 2)), [[1, 2]])


@pytest.mark.parametrize("shape", [(3, 2), (3,), (1, 2, 3), ()])
def test_an_array_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"value has shape \(2, 3\), but the weight has shape"):
        Constant(np.zeros((2, 3)))(shape)


def test_a_value_that_is_no_number_is_refused():
    with pytest.raises(TypeError, match="value must be real numbers, got dtype <U1"):
        Constant("a")((2,))


# Names and configurations


@pytest.mark.parametrize("make", EVERY)
def test_every_name_finds_its_class(make):
    snake = "".join("_" + c.lower() if c.isupper() else c for c in make.__name__)[1:]
    for identifier in (make.__name__, snake, make, {"class_name": make.__name__, "config": {}}):
        assert type(initializers.get(identifier)) is make
    assert getattr(initializers, snake) is make


@pytest.mark.parametrize(
    ("alias", "cls"),
    [("zero", Zeros), ("one", Ones), ("normal", RandomNormal), ("uniform", RandomUniform)],
)
def test_aliases(alias, cls):
    assert type(initializers.get(alias)) is cls


@pytest.mark.parametrize(
    "initializer",
    [
        Zeros(),
        Ones(),
        Constant(3.0),
        Constant(np.arange(12.0).reshape(3, 4)),
        RandomNormal(1.0, 2.0, seed=3),
        RandomUniform(1.0, 2.0, seed=3),
        TruncatedNormal(1.0, 2.0, seed=3),
        VarianceScaling(3.0, "fan_avg", "untruncated_normal", seed=3),
        *(make(seed=3) for make in RANDOM[4:]),
    ],
    ids=repr,
)
def test_a_configuration_makes_the_same_initializer_through_json(initializer):
    config = json.loads(json.dumps(initializer.get_config()))
    again = type(initializer).from_config(config)
    np.testing.assert_array_equal(again((3, 4)), initializer((3, 4)))
    assert again.get_config() == config


def test_a_numpy_seed_can_be_written_as_json():
    assert json.loads(json.dumps(HeNormal(seed=np.int64(3)).get_config())) == {"seed": 3}


def test_repr_and_config_show_the_arguments():
    assert RandomNormal(seed=1).get_config() == {"mean": 0.0, "stddev": 0.05, "seed": 1}
    assert repr(HeNormal(seed=1)) == "HeNormal(seed=1)"
    assert HeNormal().get_config() == {"seed": None}


def test_keras_axes_are_accepted_when_they_say_nothing():
    config = {"scale": 2.0, "mode": "fan_out", "distribution": "uniform", "seed": None}
    axes = {"input_axes": None, "output_axes": None}
    assert VarianceScaling.from_config(config | axes).get_config() == config
    with pytest.raises(ValueError, match=r"VarianceScaling takes output_axes .* None, got \[1\]"):
        VarianceScaling.from_config(config | {"output_axes": [1]})


def test_the_older_name_normal_is_the_truncated_normal():
    assert VarianceScaling(distribution="normal").distribution == "truncated_normal"


def test_none_and_callables_are_themselves():
    def mine(shape, dtype=None):
        return np.full(shape, 5, dtype)

    assert initializers.get(None) is None
    assert initializers.get(mine) is mine
    ready = HeNormal()
    assert initializers.get(ready) is ready
    assert initializers.deserialize("ones")((1,)) == 1


# Refusals


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: VarianceScaling(scale=0), "scale must be a finite number above 0, got 0"),
        (lambda: VarianceScaling(scale=-1.0), "scale must be a finite number above 0, got -1.0"),
        (lambda: VarianceScaling(mode="fan"), "mode must be 'fan_in', 'fan_out' or 'fan_avg'"),
        (lambda: VarianceScaling(distribution="flat"), "distribution must be .* got 'flat'"),
        (lambda: HeNormal(seed=1.5), "HeNormal: seed must be an integer, got 1.5"),
        (lambda: RandomNormal(seed="1"), "RandomNormal: seed must be an integer, got '1'"),
        (lambda: HeNormal(seed=1)((2, 2), "int32"), "dtype must be 'float32' or 'float64'"),
        (lambda: initializers.get("he_norml"), "Unknown initializer 'he_norml'.*'he_normal'"),
    ],
)
def test_bad_arguments_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("identifier", [3, 2.5, [1.0, 2.0]])
def test_what_is_neither_name_nor_array_nor_callable_is_refused(identifier):
    with pytest.raises(TypeError, match="An initializer is a name, an array or a callable"):
        initializers.get(identifier)


def test_a_subclass_without_its_method_says_which():
    with pytest.raises(NotImplementedError, match="Initializer must define __call__"):
        initializers.Initializer()((1,))
    with pytest.raises(NotImplementedError, match="RandomInitializer must define draw"):
        initializers.RandomInitializer()((1,))
