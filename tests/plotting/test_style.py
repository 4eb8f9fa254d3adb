"""Pictures are drawn in the given axes or in new ones of the library's style."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from drawn import HISTORY, PLANE, X, Y, logistic, network, neuron
from tinyneuron import plotting


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plotting.plot_points(X, Y, ax),
        lambda ax: plotting.plot_regression(X, Y, Y, ax),
        lambda ax: plotting.plot_classes(X, Y, ax),
        lambda ax: plotting.plot_decision(logistic, X, Y, ax),
        lambda ax: plotting.plot_history(HISTORY, ax),
        lambda ax: plotting.plot_activation("relu", ax),
        lambda ax: plotting.plot_confusion(Y, Y, ax),
        lambda ax: plotting.plot_network(network(2), ax=ax),
        lambda ax: plotting.plot_weights(network(2, features=4), ax),
        lambda ax: plotting.plot_loss_surface(neuron(), X, Y, ax=ax),
        lambda ax: plotting.plot_units(network(1), PLANE, axes=None if ax is None else [ax])[0],
    ],
)
def test_functions_draw_into_the_given_axes_or_new_ones_and_never_show(draw):
    given_axes = plt.figure().add_subplot()
    assert draw(given_axes) is given_axes
    assert given_axes.get_children() != plt.figure().add_subplot().get_children()
    assert given_axes.has_data()
    assert draw(None) is not given_axes


def test_the_style_is_registered():
    assert "tinyneuron" in plt.style.available
    with plt.style.context("tinyneuron"):
        assert mpl.rcParams["figure.constrained_layout.use"]


def test_new_axes_have_the_style_without_changing_the_session():
    before = mpl.rcParams["axes.spines.top"]
    assert not plotting.plot_points(X, Y).spines["top"].get_visible()
    assert mpl.rcParams["axes.spines.top"] == before
