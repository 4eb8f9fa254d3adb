"""What each unit computes over the plane."""

import numpy as np
import pytest

from drawn import PLANE, THREE, grid_of, network
from tinyneuron import plotting


def test_each_unit_is_shaded_by_what_it_computes():
    model = network(5)
    kernel, bias = model.get_weights()
    axes = plotting.plot_units(model, PLANE, THREE)
    assert len(axes) == len(axes[0].figure.axes) - 1 == 5  # and the colour bar
    outputs = np.tanh(grid_of(axes[0]) @ kernel + bias)
    for unit, ax in enumerate(axes):
        assert ax.get_title() == f"unit {unit}"
        np.testing.assert_allclose(ax.images[0].get_array(), outputs[..., unit], atol=1e-5)
        assert ax.images[0].get_clim() == pytest.approx((outputs.min(), outputs.max()), abs=1e-5)
        np.testing.assert_array_equal(ax.lines[1].get_xydata(), PLANE[THREE == 1])


def test_a_unit_s_line_is_halfway():
    axes = plotting.plot_units(lambda x: 3 * x, PLANE)
    middle = (grid_of(axes[0]).min() + grid_of(axes[0]).max()) / 2
    for feature, ax in enumerate(axes):
        border = ax.collections[0].get_paths()[0].vertices
        np.testing.assert_allclose(border[:, feature], middle)
