"""What notebooks show of models and histories: the numbers of text, escaped, for light and dark."""

import math
import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinyneuron as keras
from strategies import models
from tinyneuron import Input, Sequential, layers
from tinyneuron.callbacks import History, notebook
from tinyneuron.layers import Dense
from tinyneuron.models.notebook import NEGATIVE, POSITIVE

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>x&\"'\x1b\n</svg>"


def parsed(thing):
    """Return the HTML as a tree, which it is only if it is well formed and escaped."""
    return ElementTree.fromstring(thing._repr_html_().replace("<br>", "<br/>"))


def cells(tree):
    return [[cell.text for cell in row] for row in tree.iter("tr")]


def words(tree):
    return [text.text for text in tree.iter(f"{SVG}text")]


def history_of(**lists):
    history = History()
    history.history = lists
    history.epoch = list(range(max(map(len, lists.values()), default=0)))
    return history


# A model -----------------------------------------------------------------------------------------


@given(models())
def test_the_table_has_what_the_summary_prints(model):
    lines = []
    model.summary(line_length=200, print_fn=lines.append)
    tree = parsed(model)
    printed = [re.split(r"  +", line.strip()) for line in lines if "  " in line.strip()]
    assert cells(tree) == printed
    totals = [line for line in lines if "params:" in line]
    assert list(tree.findall("p")[-1].itertext()) == totals


def test_the_network_has_a_line_for_each_weight_and_a_rim_for_each_bias():
    model = Sequential([Input((2,)), Dense(3, "tanh", name="hidden"), Dense(1, use_bias=False)])
    kernel, kernel_2 = np.array([[1.0, -2, 0.5], [4, 0, -0.25]]), np.array([[-1.0], [1], [2]])
    model.set_weights([kernel, [1.0, -1.0, 0.0], kernel_2])
    tree = parsed(model)
    lines = [line for line in tree.iter(f"{SVG}line") if line[0].text]
    written = [float(line[0].text.split(" = ")[1]) for line in lines]
    assert written == [*kernel.ravel(), *kernel_2.ravel()]
    for line, weight in zip(lines, written, strict=True):
        assert line.get("stroke") == (NEGATIVE if weight < 0 else POSITIVE)
        assert ("stroke-dasharray" in line.attrib) == (weight < 0)
        assert float(line.get("stroke-width")) == pytest.approx(max(0.5, 3 * abs(weight) / 4), 0.05)
    rims = [circle for circle in tree.iter(f"{SVG}circle") if circle.get("r") == "9"]
    assert [rim.get("stroke") for rim in rims] == [
        *["currentColor"] * 2, POSITIVE, NEGATIVE, "currentColor", "currentColor",
    ]  # fmt: skip
    assert words(tree)[-7:] == [
        "2 inputs",
        "hidden",
        "3 units",
        "tanh",
        "dense",
        "1 unit",
        "linear",
    ]


def test_of_wide_layers_eight_units_are_drawn():
    tree = parsed(Sequential([Input((28, 28)), layers.Flatten(), Dense(10, "softmax")]))
    assert len([line for line in tree.iter(f"{SVG}line") if line[0].text]) == 64
    assert words(tree).count("⋮") == 2
    assert {"784 inputs", "flatten", "10 units"} <= set(words(tree))


def test_lines_and_texts_lie_within_the_picture():
    model = Sequential([Input((12,)), *(Dense(n, "relu") for n in (9, 1, 4, 20, 2))])
    history = history_of(loss=[3.0, 1.0, 2.0], val_loss=[1e9, -5.0, 0.1], a=[np.nan, 1.0, np.inf])
    for thing in (model, history, history_of(loss=[1.0]), history_of(loss=[0.0, 0.0])):
        for picture in parsed(thing).iter(f"{SVG}svg"):
            width, height = float(picture.get("width")), float(picture.get("height"))
            for part in picture.iter():
                for name, value in part.attrib.items():
                    if name in ("x", "x1", "x2", "cx", "y", "y1", "y2", "cy"):
                        assert 0 <= float(value) <= (height if "y" in name else width)
                for x, y in re.findall(r"[ML](\S+) ([^h\s]+)", part.get("d", "")):
                    assert 0 <= float(x) <= width
                    assert 0 <= float(y) <= height


class Own(keras.Model):
    def call(self, x):
        return 2 * x


@pytest.mark.parametrize(
    "make",
    [
        lambda: Sequential([Dense(3)]),
        Sequential,
        lambda: Sequential([Input((2, 3)), Dense(1)]),
        lambda: Sequential([Input((None, 3)), Dense(1)]),
        lambda: Sequential([Input((3,))]),
        Own,
    ],
)
def test_what_is_no_row_of_dense_layers_is_a_table_alone(make):
    tree = parsed(make())
    assert not list(tree.iter(f"{SVG}svg"))
    assert cells(tree)[0] == ["Layer (type)", "Output Shape", "Param #"]


def test_a_model_in_a_model_is_drawn_layer_by_layer():
    inner = Sequential([Input((2,)), Dense(3, name="first")], name="inner")
    tree = parsed(Sequential([inner, Dense(1, name="last")]))
    assert {"first", "last"} <= set(words(tree))


@pytest.mark.parametrize("weight", [np.nan, np.inf, 0.0, 1e300])
def test_any_weights_are_drawn(weight):
    model = Sequential([Input((1,), dtype="float64"), Dense(1, dtype="float64")])
    model.set_weights([[[weight]], [1.0]])
    (line,) = [line for line in parsed(model).iter(f"{SVG}line") if line[0].text]
    assert math.isfinite(float(line.get("stroke-width")))


# A history ---------------------------------------------------------------------------------------


@pytest.fixture
def trained():
    model = Sequential([Input((1,)), Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    x, y = np.arange(8.0).reshape(-1, 1), np.arange(8) % 2
    history = model.fit(x, y, epochs=5, validation_split=0.25, verbose=0)
    yield history  # it does not keep the model
    assert history.model is model


def test_a_history_has_a_panel_for_each_measure_with_its_last_number(trained):
    tree = parsed(trained)
    panels = list(tree.iter(f"{SVG}svg"))
    assert len(panels) == 2
    for name, panel in zip(("loss", "accuracy"), panels, strict=True):
        for part, dashed in ((name, False), (f"val_{name}", True)):
            value = trained.history[part][-1]
            assert f"{part}: {value:.6g}" in words(panel)
            assert f"{part} ends at {value:.6g}" in panel.get("aria-label")
            (path,) = [
                p for p in panel.iter(f"{SVG}path") if ("stroke-dasharray" in p.attrib) == dashed
            ]
            assert path.get("d").count(" ") == 9  # five points: x and y of each
        assert words(panel)[-3:] == ["1", "5", "epoch"]
    colors = [[p.get("stroke") for p in panel.iter(f"{SVG}path")] for panel in panels]
    assert colors == [[notebook.COLORS[0]] * 2, [notebook.COLORS[1]] * 2]


@given(st.lists(st.floats(allow_nan=True), min_size=1, max_size=8))
def test_a_curve_goes_through_its_values_and_breaks_where_there_is_none(values):
    (panel,) = parsed(history_of(loss=values)).iter(f"{SVG}svg")
    (path,) = panel.iter(f"{SVG}path")
    heights = [float(y) for y in re.findall(r"[ML]\S+ ([^h\s]+)", path.get("d"))]
    finite = [value for value in values if abs(value) < 1e300]
    assert len(heights) == len(finite)
    order = np.argsort(finite, kind="stable")
    assert all(np.diff(np.array(heights)[order]) <= 0.1)  # larger is higher


def test_of_many_epochs_the_extremes_stay():
    values = np.sin(np.arange(10_000))
    values[4321], values[8765] = 50, -50
    text = history_of(loss=list(values))._repr_html_()
    (d,) = re.findall(r' d="([^"]*)"', text)
    heights = [float(y) for y in re.findall(r"[ML]\S+ ([^h\s]+)", d)]
    assert max(heights) - min(heights) == pytest.approx(110, abs=0.1)
    assert len(text) < 10_000


def test_what_has_no_value_for_each_epoch_is_told_and_not_drawn():
    tree = parsed(history_of(loss=[3.0, 2.0, 1.0], val_loss=[5.0]))
    assert "val_loss: 5" in words(tree)
    assert len(list(tree.iter(f"{SVG}path"))) == 1


@pytest.mark.parametrize("lists", [{}, {"loss": []}, {"loss": ["a"]}, {"loss": [[1], [1, 2]]}])
def test_a_history_without_numbers_shows_its_text(lists):
    assert not history_of(**lists)._repr_html_()


@given(st.lists(st.floats(-1e12, 1e12), min_size=1))
def test_an_axis_has_two_to_five_round_numbers(values):
    low, high, ticks = notebook._axis(np.array(values))
    assert low <= min(values) <= max(values) <= high
    assert 2 <= len(ticks) <= 6
    assert all(low - 1e-6 * (high - low) <= tick <= high + 1e-6 * (high - low) for tick in ticks)


# Both --------------------------------------------------------------------------------------------


def test_names_are_escaped():
    model = Sequential([Input((1,)), Dense(1, name="one")], name="m")
    model.name = model.layers[0].name = HOSTILE
    for thing in (model, history_of(**{HOSTILE: [1.0, 2.0]})):
        tree = parsed(thing)
        assert not list(tree.iter("script"))
        assert "<script>x&" in "".join(tree.itertext())
        assert "\x1b" not in thing._repr_html_()


def test_nothing_comes_from_elsewhere_and_nothing_runs(trained):
    for thing in (trained, trained.model):
        text = thing._repr_html_().replace(SVG[1:-1], "")
        assert not re.search(r"http|<script|\bon\w+=|href|src=|@import", text)


def luminance(color):
    parts = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("color", [POSITIVE, NEGATIVE, *notebook.COLORS])
@pytest.mark.parametrize("page", ["#FFFFFF", "#111111"])
def test_lines_stand_out_on_white_and_on_black(color, page):
    dark, light = sorted((luminance(color), luminance(page)))
    assert (light + 0.05) / (dark + 0.05) > 3  # as WCAG 2.1 asks of graphics


def test_all_else_has_the_pages_own_color(trained):
    for thing in (trained, trained.model):
        text = thing._repr_html_()
        colors = set(re.findall(r'(?:stroke|fill)="([^"]*)"', text))
        assert colors <= {"none", "currentColor", POSITIVE, NEGATIVE, *notebook.COLORS}
        assert "background" not in text


def test_text_stays_text(trained):
    assert re.fullmatch(r"<Sequential name=sequential\w*, built=True>", repr(trained.model))
    assert repr(trained).startswith("<tinyneuron.callbacks.base.History object")


def test_matplotlib_is_not_imported():
    program = (
        "import sys, tinyneuron as keras\n"
        "assert 'html' not in sys.modules\n"
        "model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        "model.compile('sgd', 'mse')\n"
        "print(len(model._repr_html_()), len(model.fit([[1.0]], [1.0])._repr_html_()))\n"
        "assert 'matplotlib' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
