"""The curves of a training and of an activation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import HISTORY, X, Y, few, names, neuron, new_axes, sigmoid
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
    (line,) = plotting.plot_history({"loss": [1.0]}).lines
    assert line.get_marker() == "o"


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
