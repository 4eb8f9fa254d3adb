"""The playground: each widget is moved as a mouse would move it, and the window must follow."""

import importlib.util
import itertools
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.backend_bases import FigureCanvasBase, MouseEvent, ResizeEvent

from tinyneuron import plotting  # noqa: F401  registers the style

PROGRAM = Path(__file__).parent.parent / "examples" / "playground.py"
spec = importlib.util.spec_from_file_location("playground", PROGRAM)
program = importlib.util.module_from_spec(spec)
spec.loader.exec_module(program)

FORMULAS = {
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
}
SLOPES = {  # da/dz
    "linear": np.ones_like,
    "sigmoid": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    "relu": lambda z: (z > 0).astype(float),
    "tanh": lambda z: 1 / np.cosh(z) ** 2,
}
activations = pytest.mark.parametrize("activation", FORMULAS)


@pytest.fixture(scope="module", autouse=True)
def never_idle():
    """Spare the drawing after each event; who wants to see the window calls canvas.draw()."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FigureCanvasBase, "draw_idle", lambda self: None)
        yield


@pytest.fixture(scope="module")
def window(never_idle):
    with plt.style.context("tinyneuron"):
        yield program.Playground()
    plt.close("all")


@pytest.fixture
def playground(window):
    """The one window, for to open it takes long, as new."""
    if window.activation.value_selected != "sigmoid":
        choose(window, "sigmoid")
    window.reset()
    return window


def mouse(name, ax, place, coordinates="axes"):
    """Have the canvas see the mouse at a place of the Axes."""
    transform = ax.transAxes if coordinates == "axes" else ax.transData
    canvas = ax.figure.canvas
    event = MouseEvent(name, canvas, *transform.transform(place), button=1)
    canvas.callbacks.process(name, event)


def press(ax, place=(0.5, 0.5), coordinates="axes"):
    for name in ("button_press_event", "button_release_event"):
        mouse(name, ax, place, coordinates)


def choose(playground, activation):
    playground.activation.set_active(program.ACTIVATIONS.index(activation))


def loss_by_hand(activation, w, b, x, y):
    a = FORMULAS[activation](w * x + b)
    if activation == "sigmoid":
        return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))
    return np.mean((a - y) ** 2)


def gradient_by_hand(activation, w, b, x, y):
    z = w * x + b
    a = FORMULAS[activation](z)
    dz = a - y if activation == "sigmoid" else 2 * (a - y) * SLOPES[activation](z)
    return np.mean(dz * x), np.mean(dz)


def curve(playground):
    return playground.curve.get_xydata().T


@activations
def test_the_curve_follows_the_sliders(playground, activation):
    choose(playground, activation)
    playground.w_slider.set_val(1.5)
    playground.b_slider.set_val(-2.25)
    x, a = curve(playground)
    np.testing.assert_allclose(a, FORMULAS[activation](1.5 * x - 2.25), rtol=1e-13, atol=1e-15)
    assert playground.neuron.kernel.dtype == np.float64


@settings(max_examples=settings().max_examples // 5)  # each draws the surface twice
@example(w=-4.0, b=8.0)
@example(w=4.0, b=-8.0)
@given(w=st.floats(-4, 4), b=st.floats(-8, 8))
def test_the_neuron_is_where_the_sliders_are(playground, w, b):
    playground.w_slider.set_val(w)
    playground.b_slider.set_val(b)
    assert playground.weights == (w, b)
    x, a = curve(playground)
    np.testing.assert_allclose(a, FORMULAS["sigmoid"](w * x + b), rtol=1e-13)
    (mark,) = [line for line in playground.axes["surface"].lines if line.get_marker() == "o"]
    assert mark.get_xydata().tolist() == [[w, b]]


def test_the_mouse_moves_a_slider(playground):
    press(playground.axes["w"], (0.75, 0.5))
    assert playground.weights == pytest.approx((2.0, program.START[1]), abs=0.05)


@activations
def test_the_formula_says_what_the_neuron_computes(playground, activation):
    choose(playground, activation)
    playground.w_slider.set_val(2.0)
    playground.b_slider.set_val(-4.5)
    loss = loss_by_hand(activation, 2.0, -4.5, playground.x, playground.y)
    a = "2.00 x + (-4.50)" if activation == "linear" else f"{activation}(2.00 x + (-4.50))"
    assert playground.formula.get_text() == f"a = {a},   loss = {loss:.2f}"
    playground.b_slider.set_val(0.5)
    assert "2.00 x + 0.50" in playground.formula.get_text()


def test_a_click_adds_a_point(playground):
    press(playground.axes["curve"], (3.5, 0.25), "data")
    assert playground.points.get_xydata()[-1] == pytest.approx([3.5, 0.25])
    assert len(playground.x) == len(playground.y) == 7
    press(playground.axes["curve"], (1.5, 1.4), "data")
    assert playground.points.get_xydata()[-1] == pytest.approx([1.5, 1.0])  # held to 0 .. 1
    loss = loss_by_hand("sigmoid", *program.START, playground.x, playground.y)
    assert f"loss = {loss:.2f}" in playground.formula.get_text()


def test_a_click_elsewhere_or_while_zooming_adds_none(playground):
    press(playground.axes["surface"])
    playground.figure.canvas.widgetlock(playground)
    press(playground.axes["curve"])
    playground.figure.canvas.widgetlock.release(playground)
    assert len(playground.x) == 6


@activations
@pytest.mark.parametrize("rate", [0.01, 0.05])
def test_one_step_goes_down_the_slope(playground, activation, rate):
    choose(playground, activation)
    playground.rate_slider.set_val(rate)
    before = playground.weights
    data = playground.x, playground.y
    press(playground.axes["step"])
    slope = gradient_by_hand(activation, *before, *data)
    expected = np.subtract(before, rate * np.array(slope))
    np.testing.assert_allclose(playground.weights, expected, rtol=1e-12)
    assert loss_by_hand(activation, *playground.weights, *data) < loss_by_hand(
        activation, *before, *data
    )
    shown = playground.w_slider.val, playground.b_slider.val
    assert shown == playground.weights
    assert playground.path == [before, playground.weights]


def test_a_hundred_steps_are_a_hundred_steps(playground):
    w, b = program.START
    for _ in range(100):
        dw, db = gradient_by_hand("sigmoid", w, b, playground.x, playground.y)
        w, b = w - 0.05 * dw, b - 0.05 * db
    press(playground.axes["steps"])
    np.testing.assert_allclose(playground.weights, (w, b), rtol=1e-11)
    assert len(playground.path) == 101


def test_a_neuron_that_leaves_the_window_keeps_its_weights(playground):
    choose(playground, "linear")
    playground.rate_slider.set_val(1.0)
    press(playground.axes["step"])
    w, b = playground.weights
    assert w < program.W_RANGE[0]
    assert playground.w_slider.val == program.W_RANGE[0]
    press(playground.axes["b"])
    assert playground.weights[0] == w
    assert playground.weights[1] != b


def test_another_start_is_where_reset_leads_back_to():
    other = program.Playground((-0.5, 3.0))
    other.w_slider.set_val(2.0)
    press(other.axes["reset"])
    assert other.weights == (-0.5, 3.0)
    plt.close(other.figure)


def test_divergence_is_drawn_without_a_warning(playground):
    choose(playground, "linear")
    playground.rate_slider.set_val(1.0)
    for _ in range(3):
        press(playground.axes["steps"])
    playground.figure.canvas.draw()
    assert "loss = nan" in playground.formula.get_text()
    press(playground.axes["reset"])
    assert playground.weights == program.START


def test_reset_starts_over_and_keeps_the_activation(playground):
    choose(playground, "tanh")
    press(playground.axes["curve"], (3.5, 0.25), "data")
    press(playground.axes["steps"])
    playground.rate_slider.set_val(0.7)
    press(playground.axes["reset"])
    assert playground.weights == program.START
    assert (playground.w_slider.val, playground.b_slider.val) == program.START
    assert playground.rate_slider.val == 0.05
    assert playground.points.get_xydata().tolist() == [
        [0, 0], [1, 0], [2, 0], [3, 1], [4, 1], [5, 1]
    ]  # fmt: skip
    assert "tanh(1.00 x + 2.00)" in playground.formula.get_text()


@activations
def test_the_surface_is_the_loss_at_each_w_and_b(activation):
    x, y = np.array([[0.5], [1.0], [2.5]]), np.array([[0.0], [1.0], [0.25]])
    w, b = np.meshgrid([-2.0, 0.5, 1.0], [-1.0, 0.75])
    function = getattr(program.keras.activations, activation)
    surface = program.loss_at(function, w[..., np.newaxis], b[..., np.newaxis], x, y)
    for place in np.ndindex(w.shape):
        expected = loss_by_hand(activation, w[place], b[place], x, y)
        np.testing.assert_allclose(surface[place], expected, rtol=1e-12)


@pytest.mark.parametrize("inches", [(6.4, 4.8), (16, 9)])  # 640 and 1600 pixels
def test_no_text_covers_another_or_leaves_the_window(playground, inches):
    figure = playground.figure
    figure.set_size_inches(inches)
    ResizeEvent("resize_event", figure.canvas)._process()
    for w, b in [(-4, -8), (4, 8)]:
        playground.w_slider.set_val(w)
        playground.b_slider.set_val(b)
        figure.draw_without_rendering()
        boxes = [(text, text.get_window_extent()) for text in drawn_texts(figure)]
        assert len(boxes) > 20
        for text, box in boxes:
            assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1, text
            assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1, text
        for (one, box), (other, another) in itertools.combinations(boxes, 2):
            assert not box.overlaps(another), f"{one} covers {other}"


def drawn_texts(figure):
    """Return the texts of the figure, without the ticks beyond the ends of their axis."""
    hidden = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            hidden |= {
                id(tick.label1)
                for tick in axis.get_major_ticks()
                if not low - 1e-9 <= tick.get_loc() <= high + 1e-9
            }
    texts = figure.findobj(plt.Text)
    return [t for t in texts if t.get_visible() and t.get_text() and id(t) not in hidden]
