"""What each unit computes over the plane."""

import numpy as np
import pytest

from drawn import PLANE, THREE, grid_of, network
from tinyneuron import plotting
from tinyneuron.layers import Dense


def test_each_unit_is_shaded_by_what_it_computes():
    model = network(5)
    kernel, bias = model.get_weights()
    axes = plotting.plot_units(model, PLANE, THREE)
    assert len(axes) == len(axes[0].figure.axes) - 1 == 5  # and the colour bar
    outputs = np.tanh(grid_of(axes[0]) @ kernel + bias)
    for unit, ax in enumerate(axes):
        assert ax.get_title() == f"unit {unit}"
        np.testing.assert_allclose(ax.images[0].get_array(), outputs[..., unit], atol=1e-5)
        assert ax.images[0].get_clim() == (-1, 1)  # tanh's
        np.testing.assert_array_equal(ax.lines[1].get_xydata(), PLANE[THREE == 1])


@pytest.mark.parametrize(
    ("activation", "place", "tolerance"),
    [("sigmoid", 0.5, 1e-3), ("tanh", 0.5, 1e-3), (None, 0.5, 1e-9), ("relu", 0.5, 0.02)],
)
def test_a_unit_s_line_is_its_border(activation, place, tolerance):
    layer = Dense(2, activation)
    layer.build((None, 2))
    layer.set_weights([3 * np.eye(2), [-1.5, -1.5]])  # w x + b = 0 at x = 0.5
    for feature, ax in enumerate(plotting.plot_units(layer, PLANE)):
        border = ax.collections[0].get_paths()[0].vertices
        np.testing.assert_allclose(border[:, feature], place, atol=tolerance)


@pytest.mark.parametrize(
    ("activation", "scale", "title"),
    [
        ("sigmoid", (0, 1), "unit 0"),
        ("softsign", (-1, 1), "unit 0"),
        ("relu", (0, 4.32), "unit 0: 0 to 4.3"),
        (None, (-4.32, 4.32), "unit 0: ±4.3"),
    ],
)
def test_shades_are_absolute_where_the_range_is_known(activation, scale, title):
    layer = Dense(2, activation)
    layer.build((None, 2))
    layer.set_weights([[[2.0, 0.01], [0.0, 0.0]], [0.0, 0.0]])  # x0 goes up to 2.16
    first, second = plotting.plot_units(layer, PLANE)
    assert first.images[0].get_clim() == pytest.approx(scale)
    assert first.get_title() == title
    bounded = activation in ("sigmoid", "softsign")
    assert (second.images[0].get_clim() == pytest.approx(scale)) == bounded
