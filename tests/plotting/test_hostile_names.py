"""A layer's name is drawn as it is."""

import pytest

plt = pytest.importorskip("matplotlib.pyplot")

from tinyneuron import Input, Sequential, layers  # noqa: E402
from tinyneuron.plotting import plot_network  # noqa: E402


@pytest.mark.parametrize("name", ["$x^$", "$\\frac{", "$x$"])
def test_a_name_is_no_formula(name):
    model = Sequential([Input((2,)), layers.Dense(1, name=name)])
    ax = plot_network(model)
    ax = ax if hasattr(ax, "get_xticklabels") else plt.gca()
    ax.figure.canvas.draw()
    assert any(name in label.get_text() for label in ax.get_xticklabels())
    assert not any(label.get_parse_math() for label in ax.get_xticklabels())
    plt.close("all")
