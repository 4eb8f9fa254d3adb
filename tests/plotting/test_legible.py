"""Every text of every picture can be read: none is cut, and no two lie on each other."""

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text

import tinyneuron as keras
from drawn import HISTORY, PLANE, THREE, X, Y, network, neuron, three_classes
from tinyneuron import plotting
from tinyneuron.layers import Dense, Dropout, Flatten, Input


def assert_legible(figure):
    """Draw the figure 640 and 1600 pixels wide: no text is cut, and no two lie on each other."""
    inches = 6.4
    figure.set_size_inches(inches, inches * figure.get_figheight() / figure.get_figwidth())
    for pixels in (640, 1600):
        figure.set_dpi(pixels / inches)
        texts = texts_drawn(figure)
        assert texts
        width, height = figure.canvas.get_width_height()
        for text, box in texts:
            whole = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
            assert whole, f"cut at {pixels} pixels: {text!r}"
        for (text, box), (other, place) in combinations(texts, 2):
            apart = min(box.x1, place.x1) - max(box.x0, place.x0) < 0.5
            apart |= min(box.y1, place.y1) - max(box.y0, place.y0) < 0.5
            assert apart, f"on each other at {pixels} pixels: {text!r} and {other!r}"


def texts_drawn(figure):
    """Lay the figure out; return each text it would draw, with its box, so no tick out of range."""
    drawn, draw = {}, Text.draw

    def recording(text, renderer):
        if text.get_visible() and text.get_text().strip():
            drawn[id(text)] = text
        draw(text, renderer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", recording)
        figure.draw_without_rendering()
    return [(text.get_text(), text.get_window_extent()) for text in drawn.values()]


def test_what_is_illegible_is_found():
    figure = plt.figure()
    figure.text(0.5, 0.5, "one")
    assert_legible(figure)
    figure.text(0.51, 0.51, "other")
    with pytest.raises(AssertionError, match="on each other at 640 pixels: 'one' and 'other'"):
        assert_legible(figure)
    figure = plt.figure()
    figure.text(0.95, 0.5, "too long for this place")
    with pytest.raises(AssertionError, match="cut at 640"):
        assert_legible(figure)


def deep_network():
    layers = [Dense(n, "sigmoid", name=f"a_layer_with_a_long_name_{n}") for n in (64, 32, 16, 8)]
    return keras.Sequential([Input((8, 8)), Flatten(), *layers, Dropout(0.5), Dense(10, "softmax")])


CLOTHES = ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker"]


def two_networks():
    with plt.style.context("tinyneuron"):
        axes = plt.subplots(1, 2)[1]
    plotting.plot_network(network(4, 3, 1), PLANE[1], axes[0])
    return plotting.plot_network(network(20, 10), ax=axes[1])


PICTURES = {
    "points": lambda: plotting.plot_points(X, Y),
    "regression": lambda: plotting.plot_regression(X, Y, Y),
    "classes": lambda: plotting.plot_classes(PLANE, THREE),
    "curve": lambda: plotting.plot_decision(neuron(), X, Y),
    "curves": lambda: plotting.plot_decision(lambda x: three_classes(np.c_[x, x]), X, THREE),
    "region": lambda: plotting.plot_decision(network(1, activation="sigmoid"), PLANE, THREE % 2),
    "regions": lambda: plotting.plot_decision(three_classes, PLANE, THREE),
    "one unit": lambda: plotting.plot_units(network(1), PLANE)[0],
    "three units": lambda: plotting.plot_units(network(3), PLANE, THREE)[0],
    "twelve units": lambda: plotting.plot_units(network(12), 1000 * PLANE)[0],
    "history": lambda: plotting.plot_history(HISTORY),
    "history in panels": lambda: plotting.plot_history(
        {"loss": [3e11, 1.0], "mean_absolute_error": [4e5, 0.5], "r2": [-1, np.nan]}
    ),
    "activation": lambda: plotting.plot_activation("gelu"),
    "confusion": lambda: plotting.plot_confusion(THREE, THREE[::-1]),
    "confusion of many": lambda: plotting.plot_confusion(
        np.repeat(np.arange(8), 1000), np.tile(np.arange(8), 1000), labels=CLOTHES
    ),
    "network": lambda: plotting.plot_network(network(4, 1)),
    "values": lambda: plotting.plot_network(network(4, 3), [-1234.5, 0.000123]),
    "two networks": two_networks,
    "fourteen layers": lambda: plotting.plot_network(network(*[4] * 14), PLANE[1]),
    "deep network": lambda: plotting.plot_network(deep_network(), np.ones((8, 8))),
    "weights": lambda: plotting.plot_weights(network(128, features=784)),
    "weights of many": lambda: plotting.plot_weights(network(900, features=9)),
    "surface": lambda: plotting.plot_loss_surface(neuron(), X, Y, [[0, 0], [1, -1]]),
}


@pytest.mark.parametrize("picture", PICTURES)
def test_no_text_is_cut_or_on_another(picture):
    assert_legible(PICTURES[picture]().figure)


@pytest.mark.parametrize("columns", [1, 2])
def test_a_network_is_whole_in_figures_that_make_no_room(columns):
    model = network(4)
    figure, axes = plt.subplots(1, columns, figsize=(6.4, 4.8), squeeze=False, layout="none")
    for ax in axes.flat:
        plotting.plot_network(model, x=np.ones(model.input_shape[1:]), ax=ax)
    assert_legible(figure)
