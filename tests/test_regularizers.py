"""Penalties and their gradients."""

import json
import math

import numpy as np
import pytest
from hypothesis import given

from strategies import matrices, vectors
from tinyneuron import regularizers
from tinyneuron._common import configuration

PENALTIES = [
    (regularizers.L1(0.3), 0.3, 0),
    (regularizers.L2(0.2), 0, 0.2),
    (regularizers.L1L2(0.3, 0.2), 0.3, 0.2),
    (regularizers.L1L2(), 0, 0),
    (regularizers.L1(), 0.01, 0),
    (regularizers.L2(), 0, 0.01),
    (regularizers.L1L2(None, 0.5), 0, 0.5),
]


@given(w=matrices)
def test_a_penalty_is_its_formula(w):
    for regularizer, l1, l2 in PENALTIES:
        expected = math.fsum(l1 * abs(x) + l2 * x * x for x in w.flat)
        assert regularizer(w) == pytest.approx(expected, rel=1e-13, abs=1e-300)
        assert type(regularizer(w.astype(np.float32))) is float
        assert regularizer(w.tolist()) == pytest.approx(expected, rel=1e-5, abs=1e-30)


@given(w=vectors)
def test_a_penaltys_gradient_is_its_finite_difference(w):
    h = 1e-3
    w[abs(w) < 2 * h] = 1  # |w| has a kink at 0
    up, down = w + h, w - h
    for regularizer, l1, l2 in PENALTIES:
        rise = l1 * (abs(up) - abs(down)) + l2 * (up**2 - down**2)
        np.testing.assert_allclose(regularizer.gradient(w), rise / (2 * h), rtol=1e-7, atol=1e-7)


def test_the_gradient_at_zero_is_zero_and_keeps_the_dtype():
    gradient = regularizers.L1L2(0.5, 0.5).gradient(np.zeros(3, np.float32))
    assert gradient.tolist() == [0, 0, 0]
    assert gradient.dtype == np.float32


@pytest.mark.parametrize(
    ("identifier", "config"),
    [
        ("l1", {"l1": 0.01}), ("L2", {"l2": 0.01}), ("l1_l2", {"l1": 0.0, "l2": 0.0}),
        ("l1l2", {"l1": 0.0, "l2": 0.0}), (regularizers.l2, {"l2": 0.01}),
        ({"class_name": "L1L2", "config": {"l1": 1, "l2": 2}}, {"l1": 1.0, "l2": 2.0}),
    ],
)  # fmt: skip
def test_regularizers_by_name_and_back(identifier, config):
    regularizer = regularizers.get(identifier)
    assert json.loads(json.dumps(regularizer.get_config())) == config
    again = regularizers.deserialize(configuration.serialize(regularizer))
    assert type(again) is type(regularizer)
    assert again([1.0, -3.0]) == regularizer([1.0, -3.0])


@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf, "much", [1]])
def test_factors_that_are_no_weight_are_refused_by_name(value):
    for name, make in (("l1", regularizers.L1), ("l2", regularizers.L2)):
        with pytest.raises(ValueError, match=f"{name} must be a finite number from 0 up"):
            make(value)


def test_a_penalty_on_words_is_refused():
    with pytest.raises(TypeError, match="x must be real numbers"):
        regularizers.L2()(["a"])
