"""Settings: floatx, epsilon, and the random numbers."""

import math
import random

import numpy as np
import pytest

from tinyneuron import config
from tinyneuron._common import settings


def test_floatx_is_float32_until_it_is_set():
    assert config.floatx() == "float32"
    config.set_floatx("float64")
    assert config.floatx() == "float64"
    assert settings.float_dtype(None) == np.float64
    config.set_floatx(np.float32)
    assert config.floatx() == "float32"


@pytest.mark.parametrize("value", ["float16", "int32", "nonsense", 3, object, "complex64"])
def test_any_other_dtype_is_refused(value):
    with pytest.raises(ValueError, match="dtype must be 'float32' or 'float64', got"):
        config.set_floatx(value)
    assert config.floatx() == "float32"


def test_epsilon_is_keras_and_can_be_set():
    assert config.epsilon() == 1e-7
    config.set_epsilon(1)
    assert config.epsilon() == 1
    assert isinstance(config.epsilon(), float)


@pytest.mark.parametrize("value", [0, -1e-7, math.nan])
def test_epsilon_must_be_positive(value):
    with pytest.raises(ValueError, match="epsilon must be a finite number above 0"):
        config.set_epsilon(value)
    assert config.epsilon() == 1e-7


@pytest.mark.parametrize("seed", [0, 7, 2**32 - 1, np.int64(7)])
def test_set_random_seed_repeats_pythons_numpys_and_our_numbers(seed):
    def draw():
        config.set_random_seed(seed)
        return random.random(), np.random.rand(), settings.make_seed()

    assert draw() == draw()
    assert random.random() != draw()[0]


def test_seeds_differ_from_draw_to_draw_and_from_seed_to_seed():
    drawn = [settings.make_seed() for _ in range(100)]
    assert len(set(drawn)) == 100
    assert all(0 <= seed < 2**31 for seed in drawn)
    config.set_random_seed(1)
    assert settings.make_seed() not in drawn


def test_without_a_seed_the_generator_is_made_once(monkeypatch):
    monkeypatch.setattr(settings, "_generator", None)
    generator = settings.random_generator()
    assert isinstance(generator, np.random.Generator)
    assert settings.random_generator() is generator


@pytest.mark.parametrize(
    ("seed", "message"),
    [
        (1.5, "an integer, got 1.5"),
        ("1", "an integer, got '1'"),
        (-1, "from 0 to"),
        (2**32, "from"),
    ],
)
def test_a_seed_out_of_range_is_refused_and_changes_nothing(seed, message):
    before = settings.random_generator()
    with pytest.raises(ValueError, match=f"seed must be {message}"):
        config.set_random_seed(seed)
    assert settings.random_generator() is before


@pytest.mark.parametrize(
    "value", [None, "float32", "f4", ">f4", np.float32, np.dtype("<f4"), "float64", ">f8", float]
)
def test_a_dtype_is_numpys_own_object_so_that_layers_need_not_compare(value):
    found = settings.float_dtype(value)
    expected = np.dtype("float32" if value is None else value).newbyteorder("=")
    assert found == expected
    assert found.isnative
    assert found is np.empty(0, found.name).dtype
