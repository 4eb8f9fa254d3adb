"""Constraints: what a weight may be after a step."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import matrices
from tinyneuron import constraints
from tinyneuron._common import configuration


@given(w=matrices)
def test_non_neg_is_the_positive_part(w):
    np.testing.assert_array_equal(constraints.NonNeg()(w), (w + abs(w)) / 2)


def lengths(w, axis):
    return np.apply_along_axis(lambda x: math.hypot(*x), axis, w)


@pytest.mark.parametrize("axis", [0, 1])
@given(w=matrices, limit=st.floats(0.1, 50))
def test_max_norm_shortens_the_long_and_turns_none(w, limit, axis):
    got = constraints.MaxNorm(limit, axis)(w)
    norms = lengths(w, axis)
    wanted = np.minimum(norms, limit) * (norms / (norms + 1e-7))  # Keras' epsilon
    np.testing.assert_allclose(lengths(got, axis), wanted, rtol=1e-9, atol=1e-12)
    assert (got * w >= 0).all()


@pytest.mark.parametrize("axis", [0, 1])
@given(w=matrices)
def test_unit_norm_gives_length_one(w, axis):
    norms = lengths(w, axis)
    got = lengths(constraints.UnitNorm(axis)(w), axis)
    np.testing.assert_allclose(got, norms / (norms + 1e-7), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("make", [constraints.NonNeg, constraints.MaxNorm, constraints.UnitNorm])
def test_constraints_leave_their_argument_alone_and_keep_its_dtype(make):
    w = np.array([[-3.0, 0.0], [4.0, 0.0]], np.float32)
    before = w.copy()
    got = make()(w)
    assert got.dtype == np.float32
    assert not np.isnan(got).any()
    np.testing.assert_array_equal(w, before)


@pytest.mark.parametrize(
    ("identifier", "cls", "config"),
    [
        ("non_neg", constraints.NonNeg, {}),
        ("MaxNorm", constraints.MaxNorm, {"max_value": 2, "axis": 0}),
        ("unit_norm", constraints.UnitNorm, {"axis": 0}),
        (
            {"class_name": "MaxNorm", "config": {"max_value": 3, "axis": 1}},
            constraints.MaxNorm,
            {"max_value": 3, "axis": 1},
        ),
    ],
)
def test_constraints_by_name_and_back(identifier, cls, config):
    constraint = constraints.get(identifier)
    assert type(constraint) is cls
    assert constraint.get_config() == config
    again = constraints.deserialize(configuration.serialize(constraint))
    assert vars(again) == vars(constraint)
