"""The curves of a training and of an activation."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from drawn import HISTORY, X, Y, few, labels_below, names, neuron, new_axes, sigmoid
from tinyneuron import activations, plotting


def test_history_draws_validation_dashed_in_the_same_color():
    ax = plotting.plot_history(HISTORY)
    lines = {line.get_label(): line for line in ax.lines}
    assert set(lines) == set(HISTORY)
    for name, line in lines.items():
        assert line.get_xydata().tolist() == [[i + 1, v] for i, v in enumerate(HISTORY[name])]
        assert line.get_linestyle() == ("--" if name.startswith("val_") else "-")
    for name in ("loss", "accuracy"):
        assert lines[name].get_color() == lines[f"val_{name}"].get_color()
    assert lines["loss"].get_color() != lines["accuracy"].get_color()
    assert ax.get_xlabel() == "epoch"


def test_history_draws_what_is_asked_for():
    ax = plotting.plot_history(HISTORY, names="accuracy")
    assert names(ax) == ["accuracy", "val_accuracy"]
    assert ax.get_ylabel() == "accuracy"


@few
@given(epochs=st.integers(1, 7), freq=st.integers(1, 4), start=st.integers(0, 3))
def test_epochs_of_history_are_those_of_fit(epochs, freq, start):
    model = neuron()
    history = model.fit(
        X, Y, epochs=start + epochs, initial_epoch=start, validation_data=(X, Y),
        validation_freq=freq, verbose=0,
    )  # fmt: skip
    ax = plotting.plot_history(history, new_axes(), validation_freq=freq)
    numbers = range(start + 1, start + epochs + 1)
    assert ax.lines[0].get_xdata().tolist() == list(numbers)
    validated = [number for number in numbers if number % freq == 0]
    if validated:
        assert ax.lines[1].get_xdata().tolist() == validated
    else:
        assert names(ax) == ["loss"]


def test_a_single_epoch_is_seen():
    ax = plotting.plot_history({"loss": [1.0], "val_loss": [2.0]})
    training, validation = ax.lines
    assert training.get_marker() == validation.get_marker() == "o"
    assert training.get_markerfacecolor() != validation.get_markerfacecolor()
    assert {float(tick) for tick in labels_below(ax)} == {0, 1, 2}


def panels_of(history, ax=None):
    """Draw, and return the names in each panel, from the first to the last."""
    ax = plotting.plot_history(history, ax)
    panels = [[line.get_label() for line in panel.lines] for panel in ax.figure.axes]
    assert ax is ax.figure.axes[0]
    assert all(names(panel) == inside for panel, inside in zip(ax.figure.axes, panels, strict=True))
    return panels


@few
@given(sizes=st.lists(st.floats(1e-6, 1e12), min_size=1, max_size=4))
def test_each_curve_fills_a_good_part_of_its_panel(sizes):
    """What is drawn together has like sizes, and what has like sizes is drawn together."""
    history = {f"m{i}": [size / 2, size] for i, size in enumerate(sizes)}
    history |= {"val_m0": [sizes[0], sizes[0] / 3]}
    panels = panels_of(history, new_axes())
    assert sorted(name for panel in panels for name in panel) == sorted(history)
    firsts = []
    for panel in panels:
        largest = [max(history[name]) for name in panel]
        assert max(largest) <= 100 * min(largest)  # each is within ten times of the first
        assert all(max(first, largest[0]) > 10 * min(first, largest[0]) for first in firsts)
        firsts.append(largest[0])
    assert panels[0][:2] == ["m0", "val_m0"]


def test_a_huge_loss_does_not_flatten_the_metrics():
    history = {"r2": [-1.0, 0.5], "loss": [3e11, 1e3], "val_loss": [2e11, 2e3], "val_r2": [0, 0.4]}
    assert panels_of(history) == [["loss", "val_loss"], ["r2", "val_r2"]]
    loss, r2 = plotting.plot_history(history).figure.axes
    assert (loss.get_yscale(), loss.get_ylabel(), loss.get_xlabel()) == ("log", "loss", "epoch")
    assert (r2.get_yscale(), r2.get_ylabel(), r2.get_xlabel()) == ("linear", "r2", "epoch")


@pytest.mark.parametrize(
    ("loss", "scale"),
    [([1000.0, 1.0], "linear"), ([1001.0, 1.0], "log"), ([1e6, 0.0], "linear")],
)
def test_what_spans_more_than_three_powers_of_ten_has_a_logarithmic_axis(loss, scale):
    assert plotting.plot_history({"loss": loss}).get_yscale() == scale


@pytest.mark.parametrize(
    ("worst", "said"), [(np.nan, "NaN"), (np.inf, "inf"), (-np.inf, "-inf"), (1e308, "1e+308")]
)
@pytest.mark.parametrize("first", [0, 2])
def test_where_a_curve_ends_the_legend_says_why(worst, said, first):
    ax = plotting.plot_history(
        {"loss": [1.0] * first + [worst, np.nan], "auc": [0.5] * (first + 2)}
    )
    assert names(ax) == [f"loss ({said} at epoch {first + 1})", "auc"]
    assert np.isfinite(ax.lines[0].get_ydata()).sum() == first
    ax.figure.draw_without_rendering()


def test_panels_take_the_place_of_the_axes_that_were_given():
    figure, (left, right) = plt.subplots(1, 2, layout="constrained")
    plotting.plot_history({"loss": [9e9, 8e9], "auc": [0.5, 0.6]}, left)
    figure.draw_without_rendering()
    below = figure.axes[2].get_position()
    assert below.y1 < left.get_position().y0
    assert below.x1 < right.get_position().x0


def test_axes_that_stand_in_no_grid_are_not_divided():
    ax = Figure().add_axes((0.1, 0.1, 0.8, 0.8))
    assert panels_of({"loss": [9e9, 8e9], "auc": [0.5, 0.6]}, ax) == [["loss", "auc"]]


def test_an_activation_and_its_derivative():
    ax = plotting.plot_activation("sigmoid", z=(-3, 4))
    g, slope = (line for line in ax.lines if line.get_label() in names(ax))
    z = g.get_xdata()
    assert (z[0], z[-1]) == (-3, 4)
    np.testing.assert_allclose(g.get_ydata(), sigmoid(z))
    np.testing.assert_allclose(slope.get_ydata(), sigmoid(z) * (1 - sigmoid(z)))


@pytest.mark.parametrize("identifier", ["tanh", "elu", "gelu", activations.LeakyReLU(0.5)])
def test_the_derivative_is_the_curve_s_slope(identifier):
    ax = plotting.plot_activation(identifier)
    g, slope = (line for line in ax.lines if line.get_label() in names(ax))
    z = g.get_xdata()
    smooth = np.abs(z) > 0.1
    found = np.gradient(g.get_ydata(), z)
    np.testing.assert_allclose(slope.get_ydata()[smooth], found[smooth], atol=1e-2)


def test_of_a_plain_function_the_derivative_is_not_known():
    ax = plotting.plot_activation(np.sin)
    assert names(ax) == ["g(z) = sin"]
    np.testing.assert_allclose(ax.lines[-1].get_ydata(), np.sin(np.linspace(-5, 5, 501)))
