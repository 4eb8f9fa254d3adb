"""The normal curve and its integral."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyneuron._common import normal


@given(z=st.floats(-5, 5))
def test_normal_cdf_is_erfc_to_rounding(z):
    expected = math.erfc(-z / math.sqrt(2)) / 2
    assert normal.normal_cdf(np.array(z)) == pytest.approx(expected, rel=2e-14)


def test_normal_cdf_keeps_its_precision_far_into_the_left_tail():
    z = np.linspace(-37, 9, 2001)
    expected = [math.erfc(-x / math.sqrt(2)) / 2 for x in z]
    np.testing.assert_allclose(normal.normal_cdf(z), expected, rtol=1e-12)


def test_normal_cdf_at_the_ends_is_zero_and_one():
    z = np.array([-np.inf, -1e308, -40, 40, 1e308, np.inf])
    assert normal.normal_cdf(z).tolist() == [0, 0, 0, 1, 1, 1]
    assert normal.normal_pdf(z).tolist() == [0] * 6


@given(z=st.floats(-30, 30))
def test_normal_pdf_is_the_bell_curve(z):
    expected = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    assert normal.normal_pdf(np.array(z)) == pytest.approx(expected, rel=1e-14)
