"""One language of colours, which the colour-blind and a grey printer can read too.

What they see is computed: the matrices are those of Machado, Oliveira and Fernandes, "A
Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), at full severity, on
linear light; distances are Euclidean in CIELAB (1976), in which 2.3 is just noticeable.
"""

from itertools import combinations, pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from drawn import HISTORY, PLANE, THREE, X, Y, logistic, network, neuron, three_classes
from tinyneuron import plotting
from tinyneuron.plotting import style

SIGHT = {
    "usual": np.eye(3),
    "protan": np.array([
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]),
    "deutan": np.array([
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]),
    "tritan": np.array([
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ]),
}  # fmt: skip
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
every_sight = pytest.mark.parametrize("sight", SIGHT)


def lab(color, sight="usual"):
    """Return a colour as it is seen, in CIELAB: lightness, and two axes of hue."""
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(SIGHT[sight] @ linear, 0, 1) / [0.9505, 1.0, 1.089]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(one, other, sight):
    return np.linalg.norm(lab(one, sight) - lab(other, sight))


def test_the_distance_is_that_of_black_and_white_and_red_and_green_come_close_for_the_deutan():
    assert distance("white", "black", "usual") == pytest.approx(100, abs=0.1)
    assert distance("#A04000", "#508000", "usual") > 60
    assert distance("#A04000", "#508000", "deutan") < 30


@every_sight
def test_colors_of_different_meaning_are_told_apart(sight):
    classes = [style.class_color(number) for number in range(7)]
    for one, other in combinations(classes, 2):
        assert distance(one, other, sight) > 15, (one, other)
    assert distance(style.POSITIVE, style.NEGATIVE, sight) > 50
    for sign in (style.POSITIVE, style.NEGATIVE):
        for color in classes[:4]:
            assert distance(sign, color, sight) > 20, (sign, color)


DARK_PAGE = np.array(to_rgb("#1E2129"))


def in_the_dark(color):
    """Return a colour as the site shows it on a dark page: inverted, its hue kept, on a screen.

    In CSS: ``filter: invert(1) hue-rotate(180deg); mix-blend-mode: screen``.
    """
    turn = [[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]]
    inverted = np.clip(turn @ (1 - np.array(to_rgb(color))), 0, 1)
    return tuple(1 - (1 - DARK_PAGE) * (1 - inverted))


@every_sight
def test_on_a_dark_page_colors_are_told_apart_too(sight):
    assert in_the_dark("white") == pytest.approx(DARK_PAGE)  # no glare: paper becomes the page
    assert lab(in_the_dark("black"))[0] > 95
    classes = [in_the_dark(style.class_color(number)) for number in range(4)]
    signs = [in_the_dark(color) for color in (style.POSITIVE, style.NEGATIVE)]
    for one, other in combinations(classes, 2):
        assert distance(one, other, sight) > 10, (one, other)  # and their markers differ
    assert distance(*signs, sight) > 20
    for color in [*classes, *signs]:
        assert distance(color, DARK_PAGE, sight) > 40


def test_one_mistake_among_many_rows_is_seen():
    ax = plotting.plot_confusion([0] * 1000 + [1] * 1000, [1] + [0] * 999 + [1] * 1000)
    image = ax.images[0]
    assert distance(image.cmap(image.norm(-1)), "white", "usual") > 5


@every_sight
@pytest.mark.parametrize("name", ["PROBABILITY", "SIGNED", "LIGHT_SIGNED"])
def test_the_two_ends_of_a_map_are_told_apart_and_the_middle_is_white(name, sight):
    cmap = getattr(style, name)
    assert distance(cmap(0.0), cmap(1.0), sight) > 25
    assert cmap(0.5)[:3] == pytest.approx((1, 1, 1), abs=0.01)


@every_sight
@pytest.mark.parametrize(("cmap", "darker"), [(style.AMOUNT, True), (style.LOSS, False)])
def test_amounts_and_losses_go_one_way_in_lightness(cmap, darker, sight):
    lightness = [lab(cmap(place), sight)[0] for place in np.linspace(0, 1, 12)]
    steps = [second - first for first, second in pairwise(lightness)]
    assert all(step < -2 if darker else step > 2 for step in steps)


def test_the_ends_of_probability_are_the_classes_own():
    for end, number in ((0.0, 0), (1.0, 1)):
        hue = np.subtract(1, style.PROBABILITY(end)[:3])
        own = np.subtract(1, to_rgb(style.class_color(number)))
        np.testing.assert_allclose(hue / hue.max(), own / own.max(), atol=0.01)


def test_a_class_has_its_color_in_points_curves_and_regions():
    for number in range(3):
        color = plotting.plot_classes(PLANE, THREE).lines[number].get_color()
        curves = plotting.plot_decision(lambda x: three_classes(np.c_[x, x]), X, THREE).lines[3:6]
        assert curves[number].get_color() == color == style.class_color(number)
    (curve,) = [
        line for line in plotting.plot_decision(logistic, X, Y).lines
        if line.get_label() == "prediction"
    ]  # fmt: skip
    assert curve.get_color() == style.class_color(1)  # it is P(y = 1)


def looks(lines):
    return [(line.get_marker(), line.get_linestyle()) for line in lines]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plotting.plot_classes(np.arange(7), np.arange(7)).lines,
        lambda: plotting.plot_decision(lambda x: three_classes(np.c_[x, x]), X, THREE).lines[:7],
        lambda: plotting.plot_history(HISTORY).lines,
        lambda: plotting.plot_regression(X, Y, Y).lines,
        lambda: plotting.plot_activation("tanh").lines[-2:],
    ],
)
def test_in_grey_lines_and_points_differ_by_marker_or_style(draw):
    found = looks(draw())
    assert len(set(found)) == len(found)


def test_in_grey_signs_differ_by_dashes_and_minus_signs():
    lines = plotting.plot_network(network(3, features=3)).collections[0]
    kernel = network(3, features=3).layers[0].kernel
    assert len(lines.get_linestyles()) == kernel.size
    layer = network(1, features=4).layers[0]
    layer.set_weights([[[1.0], [-1.0], [0.5], [-0.5]], [0.0]])
    (minus,) = plotting.plot_weights(layer).lines
    assert minus.get_marker() == "_"
    assert minus.get_xydata().tolist() == [[1, 0], [1, 1]]


def test_in_grey_a_loss_is_read_from_its_labelled_contours():
    ax = plotting.plot_loss_surface(neuron(), X, Y, w=(-1, 3), b=(-8, 2))
    levels = [f"{level:g}" for level in ax.collections[1].levels]
    written = [text.get_text() for text in ax.texts]
    assert len(set(written)) >= 5
    assert set(written) <= set(levels)
    assert max(map(len, levels)) <= 4  # no 7.5146


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plotting.plot_classes(PLANE, THREE),
        lambda: plotting.plot_decision(logistic, X, Y),
        lambda: plotting.plot_decision(three_classes, PLANE, THREE),
        lambda: plotting.plot_history(HISTORY),
        lambda: plotting.plot_regression(X, Y, Y),
        lambda: plotting.plot_activation("tanh"),
        lambda: plotting.plot_loss_surface(neuron(), X, Y, [[0, 0], [1, -1]]),
    ],
)
def test_legends_lie_outside_the_axes_and_its_x_axis_has_a_name(draw):
    ax = draw()
    ax.figure.draw_without_rendering()
    legend = ax.get_legend().get_window_extent()
    assert not legend.overlaps(ax.get_window_extent())
    assert not legend.overlaps(ax.xaxis.get_tightbbox())
    assert ax.get_xlabel()
    assert (
        ax.get_ylabel() or "g(z)" in ax.get_legend().get_texts()[0].get_text() or len(ax.lines) > 3
    )


def test_in_a_figure_without_a_layout_the_legend_stays_in_the_picture():
    ax = plt.figure(layout="none").add_subplot()
    plotting.plot_decision(logistic, X, Y, ax)
    ax.figure.draw_without_rendering()
    box, picture = ax.get_legend().get_window_extent(), ax.figure.bbox
    assert picture.x0 <= box.x0 <= box.x1 <= picture.x1
    assert picture.y0 <= box.y0 <= box.y1 <= picture.y1
