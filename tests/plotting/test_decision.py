"""Where a model decides: curves, borders and regions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

import tinyneuron as keras
from drawn import (
    B3,
    PLANE,
    THREE,
    W3,
    X,
    Y,
    few,
    grid_of,
    logistic,
    names,
    new_axes,
    sigmoid,
    softmax,
    three_classes,
)
from tinyneuron import plotting
from tinyneuron.layers import Dense, Input


@few
@given(
    w=st.floats(0.5, 5) | st.floats(-5, -0.5),
    place=st.floats(0.5, 4.5),
    threshold=st.floats(0.1, 0.9),
)
def test_the_decision_stands_where_the_probability_crosses_the_threshold(w, place, threshold):
    b = np.log(threshold / (1 - threshold)) - w * place  # so that sigmoid(w place + b) = threshold
    ax = plotting.plot_decision(
        lambda x: sigmoid(w * x + b), X, Y, new_axes(), threshold=threshold, colorbar=False
    )
    (border,) = [line for line in ax.lines if "decision" in line.get_label()]
    assert border.get_xdata()[0] == pytest.approx(place, abs=1e-3)


def test_one_feature_has_its_curve():
    ax = plotting.plot_decision(logistic, X, Y)
    assert names(ax) == ["y = 0", "y = 1", "prediction", "decision: x = 2.25"]
    (curve,) = [line for line in ax.lines if line.get_label() == "prediction"]
    x, p = curve.get_xydata().T
    assert x[0] < 0
    assert x[-1] > 5
    np.testing.assert_allclose(p, sigmoid(2 * x - 4.5))
    np.testing.assert_allclose(ax.images[0].get_array(), [p, p])


def test_several_outputs_over_one_feature_have_a_curve_each():
    w, b = np.array([-2.0, 0.0, 2.0]), np.array([2.0, 1.0, -7.0])
    ax = plotting.plot_decision(lambda x: softmax(x * w + b), X, THREE)
    curves = [line for line in ax.lines if len(line.get_xdata()) > 100]
    for number, curve in enumerate(curves):
        x = curve.get_xdata()
        np.testing.assert_allclose(curve.get_ydata(), softmax(x[:, None] * w + b)[:, number])
        assert curve.get_color() == ax.lines[number].get_color()  # the data points'
    # The logits cross where -2x + 2 = 1 and where 1 = 2x - 7.
    assert names(ax)[3:] == ["decision: x = 0.50", "decision: x = 4.00"]
    for line in ax.lines[:3]:
        np.testing.assert_array_equal(line.get_ydata(), [1, 1])


@few
@given(st.integers(0, 1000))
def test_two_features_are_shaded_and_divided(seed):
    w = np.random.default_rng(seed).normal(size=2)
    b = -(PLANE.mean(axis=0) @ w)  # so that the border goes through the middle
    ax = plotting.plot_decision(lambda x: sigmoid(x @ w[:, None] + b), PLANE, THREE % 2, new_axes())
    np.testing.assert_allclose(ax.images[0].get_array(), sigmoid(grid_of(ax) @ w + b), rtol=1e-9)
    border = ax.collections[0].get_paths()[0].vertices
    assert len(border) > 10
    np.testing.assert_allclose(border @ w + b, 0, atol=1e-3)
    assert "decision: P(y = 1) = 0.5" in names(ax)


def test_where_one_class_always_wins_there_is_no_border():
    ax = plotting.plot_decision(lambda x: np.zeros(len(x)), PLANE, THREE % 2)
    assert names(ax) == ["y = 0", "y = 1"]
    sure = np.array([0.8, 0.1, 0.1])
    ax = plotting.plot_decision(lambda x: np.tile(sure, (len(x), 1)), PLANE, THREE)
    assert not ax.collections


@pytest.mark.parametrize("classes", [2, 3])
def test_regions_have_the_likeliest_class_s_color_as_strong_as_it_is_sure(classes):
    def model(x):
        return softmax(x @ W3[:, :classes] + B3[:classes])

    ax = plotting.plot_decision(model, PLANE, THREE % classes)
    grid = grid_of(ax)
    p = model(grid)
    image = ax.images[0].get_array()
    for row, column in [(0, 0), (0, 200), (200, 0), (200, 200), (100, 100), (50, 120)]:
        number = p[row, column].argmax()
        strength = 0.45 * (p[row, column, number] - 1 / classes) / (1 - 1 / classes)
        color = np.array(to_rgb(ax.lines[number].get_color()))
        mixed = (1 - strength) * np.ones(3) + strength * color
        np.testing.assert_allclose(image[row, column], mixed, atol=1e-9)
    for contour in ax.collections:
        for path in contour.get_paths():
            first, second = np.sort(model(path.vertices), axis=1)[:, -1:-3:-1].T
            np.testing.assert_allclose(first, second, atol=0.01)
    assert len(ax.collections) == classes


def test_logits_are_drawn_as_their_probabilities():
    def image(model, y):
        return plotting.plot_decision(model, PLANE, y).images[0].get_array()

    several = image(three_classes, THREE)
    np.testing.assert_allclose(image(lambda x: x @ W3 + B3, THREE), several)
    one = image(lambda x: sigmoid(x @ W3[:, :1]), THREE % 2)
    np.testing.assert_allclose(image(lambda x: x @ W3[:, :1], THREE % 2), one)


def test_small_logits_are_known_by_the_compiled_loss():
    model = keras.Sequential([Input((2,)), Dense(1, kernel_initializer="zeros")])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    for compiled, value in ((False, 0.25), (True, sigmoid(0.25))):
        if compiled:
            model.compile("sgd", loss)
        model.set_weights([np.zeros((2, 1)), [0.25]])
        ax = plotting.plot_decision(model, PLANE, THREE % 2)
        np.testing.assert_allclose(ax.images[0].get_array(), value, rtol=1e-6)
