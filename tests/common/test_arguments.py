"""Checks of arguments."""

import numpy as np
import pytest

from tinyneuron._common import arguments


@pytest.mark.parametrize("value", [1, 3, np.int64(3), np.uint8(200)])
def test_positive_integers_are_ints(value):
    got = arguments.integer("units", value)
    assert got == value
    assert type(got) is int


@pytest.mark.parametrize("value", [0, -1, 2.5, 3.0, "3", None, True, np.float64(3), [3]])
def test_anything_else_is_no_positive_integer(value):
    with pytest.raises(ValueError, match="units must be a positive integer, got"):
        arguments.integer("units", value)
