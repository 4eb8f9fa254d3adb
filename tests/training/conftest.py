"""Closed forms are compared in float64."""

import pytest

from tinyneuron import config


@pytest.fixture
def wide():
    config.set_floatx("float64")
