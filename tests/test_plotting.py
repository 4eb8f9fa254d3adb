"""The pictures: what they show is computed anew here, and every text in them can be read."""

from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex, to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text

import tinyneuron as keras
from tinyneuron import activations, plotting
from tinyneuron.layers import Activation, Dense, Dropout, Flatten, Input, Layer, Rescaling

X = np.array([[0.0], [1], [2], [3], [4], [5]])
Y = np.array([0, 0, 0, 1, 1, 1])
PLANE = np.array([[0.0, 0], [1, 1], [0, 1], [1, 0], [2, 0.5], [0.5, 2]])
THREE = np.array([0, 1, 2, 0, 1, 2])

few = settings(max_examples=15)


@pytest.fixture(autouse=True)
def close_figures(monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: pytest.fail("show was called"))
    yield
    plt.close("all")


def new_axes():
    return Figure().add_subplot()


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def logistic(x):
    return sigmoid(2 * x[:, :1] - 4.5)


W3 = np.array([[-1.0, 2.0, 0.5], [0.3, -1.0, 2.0]])
B3 = np.array([0.5, -0.5, 0.1])


def three_classes(x):
    return softmax(x @ W3 + B3)


def network(*units, features=2, activation="tanh"):
    hidden = [Dense(n, activation=activation, bias_initializer="normal") for n in units]
    return keras.Sequential([Input((features,)), *hidden])


def neuron(activation="sigmoid", loss="binary_crossentropy", w=2.0, b=-4.5):
    model = keras.Sequential([Input((1,)), Dense(1, activation=activation)])
    model.compile("sgd", loss)
    model.set_weights([[[w]], [b]])
    return model


def names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def labels_below(ax):
    return [label.get_text() for label in ax.get_xticklabels()]


# Every text can be read ------------------------------------------------------------------------


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
    """Draw, and return each text that was, with its box; tick labels out of range are not."""
    drawn, draw = {}, Text.draw

    def recording(text, renderer):
        if text.get_visible() and text.get_text().strip():
            drawn[id(text)] = text
        draw(text, renderer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", recording)
        figure.canvas.draw()
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


HISTORY = {
    "loss": [0.9, 0.4, 0.2],
    "accuracy": [0.5, 0.7, 0.8],
    "val_loss": [1.0, 0.5, 0.4],
    "val_accuracy": [0.4, 0.6, 0.7],
}
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
    "activation": lambda: plotting.plot_activation("gelu"),
    "confusion": lambda: plotting.plot_confusion(THREE, THREE[::-1]),
    "confusion of many": lambda: plotting.plot_confusion(
        np.repeat(np.arange(8), 1000), np.tile(np.arange(8), 1000), labels=CLOTHES
    ),
    "network": lambda: plotting.plot_network(network(4, 1)),
    "values": lambda: plotting.plot_network(network(4, 3), [-1234.5, 0.000123]),
    "two networks": two_networks,
    "deep network": lambda: plotting.plot_network(deep_network(), np.ones((8, 8))),
    "weights": lambda: plotting.plot_weights(network(128, features=784)),
    "weights of many": lambda: plotting.plot_weights(network(900, features=9)),
    "surface": lambda: plotting.plot_loss_surface(neuron(), X, Y, [[0, 0], [1, -1]]),
}


@pytest.mark.parametrize("picture", PICTURES)
def test_no_text_is_cut_or_on_another(picture):
    assert_legible(PICTURES[picture]().figure)


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


# Data ------------------------------------------------------------------------------------------


def test_points_are_where_the_data_is():
    (line,) = plotting.plot_points([1.0, 2.0], [300.0, 500.0]).lines
    assert line.get_xydata().tolist() == [[1, 300], [2, 500]]


def test_the_regression_line_is_the_prediction_in_order_of_x():
    ax = plotting.plot_regression([2, 1, 3], [0, 0, 0], [20, 10, 30], label="model")
    assert ax.lines[1].get_xydata().tolist() == [[1, 10], [2, 20], [3, 30]]
    assert names(ax) == ["data", "model"]


def test_classes_have_markers_of_their_own():
    ax = plotting.plot_classes(X, Y, labels=["no", "yes"])
    assert [line.get_marker() for line in ax.lines] == ["o", "x"]
    assert names(ax) == ["no", "yes"]
    two = plotting.plot_classes(np.hstack([X, X + 1]), Y)
    assert two.lines[0].get_xydata().tolist() == [[0, 1], [1, 2], [2, 3]]


def test_no_two_of_49_classes_look_the_same():
    ax = plotting.plot_classes(np.arange(49), np.arange(49))
    assert len({(line.get_marker(), line.get_color()) for line in ax.lines}) == 49


def test_a_class_keeps_its_look_and_name_where_others_are_missing():
    all_three = plotting.plot_classes(PLANE, THREE, labels=["a", "b", "c"])
    last = plotting.plot_classes(PLANE[THREE == 2], THREE[THREE == 2], labels=["a", "b", "c"])
    assert names(last) == ["c"]
    assert last.lines[0].get_color() == all_three.lines[2].get_color()


def test_one_hot_rows_are_classes():
    ax = plotting.plot_classes(PLANE, np.eye(3)[THREE])
    for number, line in enumerate(ax.lines):
        np.testing.assert_array_equal(line.get_xydata(), PLANE[number == THREE])


# Decisions -------------------------------------------------------------------------------------


def grid_of(ax):
    """The grid under an image: the pixels' middles, of shape (rows, columns, 2)."""
    image = ax.images[0]
    rows, columns = image.get_array().shape[:2]
    left, right, bottom, top = image.get_extent()
    x = left + (np.arange(columns) + 0.5) * (right - left) / columns
    y = bottom + (np.arange(rows) + 0.5) * (top - bottom) / rows
    return np.stack(np.meshgrid(x, y), axis=-1)


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


# Units -----------------------------------------------------------------------------------------


def test_each_unit_is_shaded_by_what_it_computes():
    model = network(5)
    kernel, bias = model.get_weights()
    axes = plotting.plot_units(model, PLANE, THREE)
    assert len(axes) == len(axes[0].figure.axes) - 1 == 5  # and the colour bar
    outputs = np.tanh(grid_of(axes[0]) @ kernel + bias)
    for unit, ax in enumerate(axes):
        assert ax.get_title() == f"unit {unit}"
        np.testing.assert_allclose(ax.images[0].get_array(), outputs[..., unit], atol=1e-5)
        assert ax.images[0].get_clim() == pytest.approx((outputs.min(), outputs.max()), abs=1e-5)
        np.testing.assert_array_equal(ax.lines[1].get_xydata(), PLANE[THREE == 1])


def test_a_unit_s_line_is_halfway():
    axes = plotting.plot_units(lambda x: 3 * x, PLANE)
    middle = (grid_of(axes[0]).min() + grid_of(axes[0]).max()) / 2
    for feature, ax in enumerate(axes):
        border = ax.collections[0].get_paths()[0].vertices
        np.testing.assert_allclose(border[:, feature], middle)


# Curves ----------------------------------------------------------------------------------------


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


# Confusion -------------------------------------------------------------------------------------


@few
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=20))
def test_confusion_counts_pairs(pairs):
    ax = plotting.plot_confusion(*zip(*pairs, strict=True), new_axes(), labels=list("abcd"))
    written = {(text.get_position()[::-1], text.get_text()) for text in ax.texts}
    assert written == {(pair, str(pairs.count(pair))) for pair in pairs}
    for text in ax.texts:
        column, row = text.get_position()
        assert text.get_weight() == ("normal" if row == column else "bold")
        shade = ax.images[0].get_array()[row, column]
        assert shade == (1 if row == column else -1) * int(text.get_text())


# Networks --------------------------------------------------------------------------------------


def shown(size):
    return list(range(size)) if size <= 9 else [*range(4), *range(size - 4, size)]


@few
@given(sizes=st.lists(st.integers(1, 12), min_size=2, max_size=4), seed=st.integers(0, 99))
def test_lines_are_weights_and_circles_are_units(sizes, seed):
    keras.utils.set_random_seed(seed)
    model = network(*sizes[1:], features=sizes[0])
    ax = plotting.plot_network(model, ax=new_axes())
    lines = [part for part in ax.collections if isinstance(part, LineCollection)]
    circles = [part for part in ax.collections if not isinstance(part, LineCollection)]
    assert [len(part.get_offsets()) for part in circles] == [len(shown(size)) for size in sizes]
    kernels = [layer.kernel[shown(len(layer.kernel))] for layer in model.layers]
    kernels = [kernel[:, shown(kernel.shape[1])] for kernel in kernels]
    largest = max(np.abs(kernel).max() for kernel in kernels)
    for place, (part, kernel) in enumerate(zip(lines, kernels, strict=True)):
        assert len(part.get_segments()) == kernel.size
        left, right = (circles[place + i].get_offsets() for i in range(2))
        drawn = zip(part.get_segments(), part.get_linewidths(), part.get_colors(), strict=True)
        for (i, j), (segment, width, color) in zip(np.ndindex(kernel.shape), drawn, strict=True):
            np.testing.assert_array_equal(segment, [left[i], right[j]])
            assert width == pytest.approx(3 * abs(kernel[i, j]) / largest, rel=1e-5)
            assert to_hex(color).upper() == ("#0072B2" if kernel[i, j] > 0 else "#D55E00")
    for column, layer in zip(circles[1:], model.layers, strict=True):
        bias = layer.bias[shown(layer.units)]
        widths = np.clip(3 * np.abs(bias) / largest, 0.8, 3)
        np.testing.assert_allclose(column.get_linewidths(), widths, rtol=1e-5)
        colors = [to_rgba("#0072B2" if b > 0 else "#D55E00") for b in bias]
        np.testing.assert_allclose(column.get_edgecolors(), colors)


def test_wide_layers_are_condensed():
    model = keras.Sequential(
        [Input((28, 28)), Flatten(), Dense(10, "relu", name="a"), Dropout(0.5), Dense(9, name="b")]
    )
    ax = plotting.plot_network(model)
    assert labels_below(ax) == [
        "784 inputs\nflatten", "a\n10 units\nrelu\ndropout", "b\n9 units\nlinear"
    ]  # fmt: skip
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("⋮") == 2
    assert [f"$x_{{{i}}}$" for i in shown(784)] == [text for text in texts if text != "⋮"]


def test_a_sample_shades_the_circles():
    model = keras.Sequential(
        [
            Input((2,)),
            Rescaling(0.5, name="half"),
            keras.Sequential([Dense(3, name="hidden"), Activation("tanh", name="tanh")]),
            Dense(1, "sigmoid", use_bias=False, name="output"),
        ]
    )
    w, b, v = model.get_weights()
    b[:] = [0.0, -1.0, 1.0]
    model.set_weights([w, b, v])
    ax = plotting.plot_network(model, [3.0, -1.0])
    half = np.array([1.5, -0.5])
    hidden = np.tanh(half @ w + b)
    output = sigmoid(hidden @ v)
    circles = [part for part in ax.collections if not isinstance(part, LineCollection)]
    for part, values in zip(circles, (half, hidden, output), strict=True):
        np.testing.assert_allclose(part.get_array(), values, rtol=1e-5)
        assert part.get_clim() == pytest.approx((-np.abs(values).max(), np.abs(values).max()))
    assert [text.get_text() for text in ax.texts] == ["1.5", "-0.5", f"{output.item():.3g}"]
    assert labels_below(ax) == [
        "2 inputs\nhalf", "hidden\n3 units\nlinear\ntanh", "output\n1 unit\nsigmoid"
    ]  # fmt: skip
    grey = [to_rgba("0.5")]
    np.testing.assert_allclose(circles[2].get_edgecolors(), grey)  # there is no bias
    np.testing.assert_allclose(circles[1].get_edgecolors()[:1], grey)  # it is 0


def test_a_batch_of_one_is_a_sample_and_weights_of_zero_are_drawn():
    model = keras.Sequential([Input((2,)), Dense(2, kernel_initializer="zeros")])
    ax = plotting.plot_network(model, [[1.0, 2.0]])
    assert [text.get_text() for text in ax.texts] == ["1", "2", "0", "0"]
    assert list(ax.collections[0].get_linewidths()) == [0, 0, 0, 0]


# Weights ---------------------------------------------------------------------------------------


@few
@given(units=st.integers(1, 30), height=st.integers(1, 6), width=st.integers(1, 6))
def test_each_unit_s_weights_are_an_image(units, height, width):
    layer = Dense(units)
    layer.build((None, height * width))
    ax = plotting.plot_weights(layer, new_axes(), shape=(height, width))
    mosaic = ax.images[0].get_array()
    across = (mosaic.shape[1] + 1) // (width + 1)
    for unit in range(units):
        top, left = unit // across * (height + 1), unit % across * (width + 1)
        for pixel, weight in enumerate(layer.kernel[:, unit]):
            assert mosaic[top + pixel // width, left + pixel % width] == weight
    assert (~np.ma.getmaskarray(mosaic) & ~np.isnan(mosaic)).sum() == layer.kernel.size
    largest = np.abs(layer.kernel).max()
    assert ax.images[0].get_clim() == pytest.approx((-largest, largest))
    starts = [int(label.get_text().split()[1]) for label in ax.get_yticklabels()]
    assert starts == list(range(0, units, across))


def test_a_model_s_first_dense_layer_is_drawn():
    model = keras.Sequential([Input((3, 3)), Flatten(), Dense(2), Dense(4)])
    assert plotting.plot_weights(model).get_title() == "2 units, 3 x 3 weights each"


# The loss surface ------------------------------------------------------------------------------


def mean_squared_error(w, b):
    return np.mean((w * X[:, 0] + b - Y) ** 2)


def binary_crossentropy(w, b):
    z = w * X[:, 0] + b
    return np.mean(np.logaddexp(0, z) - Y * z)


@pytest.mark.parametrize(
    ("activation", "loss"), [(None, mean_squared_error), ("sigmoid", binary_crossentropy)]
)
def test_contours_are_where_the_loss_has_their_height(activation, loss):
    model = neuron(activation, loss.__name__)
    w, b = np.linspace(-1, 3, 41), np.linspace(-8, 2, 41)
    ax = plotting.plot_loss_surface(model, X, Y, w=(-1, 3), b=(-8, 2))
    filled, lines = ax.collections[:2]
    values = [loss(w_i, b_i) for w_i in w for b_i in b]
    assert filled.levels[[0, -1]] == pytest.approx([min(values), max(values)], rel=1e-4)
    compared = 0
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        for w_i, b_i in path.vertices:
            assert loss(w_i, b_i) == pytest.approx(level, rel=0.02, abs=0.03)
            compared += 1
    assert compared > 500
    np.testing.assert_array_equal(model.get_weights()[1], [-4.5])  # the model is left alone


def test_the_path_is_drawn_from_start_to_end():
    path = np.array([[0.0, 0.0], [1.0, -2.0], [1.5, -3.0]])
    ax = plotting.plot_loss_surface(neuron(), X, Y, path)
    assert names(ax) == ["training", "start", "the model's w and b"]
    training, start, here = (line.get_xydata().tolist() for line in ax.lines)
    assert (training, start, here) == (path.tolist(), [[0, 0]], [[2, -4.5]])
    (low, high), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    assert low < 0
    assert high > 2
    assert bottom < -4.5
    assert top > 0


def test_the_loss_includes_the_penalties():
    model = keras.Sequential([Input((1,)), Dense(1, kernel_regularizer=keras.regularizers.L2(1.0))])
    model.compile("sgd", "mse", metrics=["mae"])
    ax = plotting.plot_loss_surface(model, X, Y, w=(2, 4), b=(-1, 1))
    w, b = np.meshgrid(np.linspace(2, 4, 41), np.linspace(-1, 1, 41))
    least = min(
        mean_squared_error(*place) + place[0] ** 2 for place in zip(w.flat, b.flat, strict=True)
    )
    assert ax.collections[0].levels[0] == pytest.approx(least, rel=1e-4)


# What is refused -------------------------------------------------------------------------------


class Twice(Layer):
    def call(self, inputs):
        return np.concatenate([inputs, inputs], axis=-1)


def unbuilt():
    return keras.Sequential([Dense(1)], name="new")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: plotting.plot_points([1], [2], 3), TypeError, "ax must be Axes of matplotlib"),
        (lambda: plotting.plot_activation("relu", z=5), TypeError, "z must be a list, got 5"),
        (lambda: plotting.plot_activation("relu", z=(1, 0)), ValueError, "z must be a lower and"),
        (lambda: plotting.plot_activation("relu", z=(1, "a")), ValueError, "an end of z must be"),
        (lambda: plotting.plot_activation(len), ValueError, "must return outputs for each row"),
        (lambda: plotting.plot_points([1], [2], label=[3]), ValueError, "label must be a string"),
        (lambda: plotting.plot_classes([1, 2], [0, 1], labels="ab"), TypeError, "labels must be a"),
        (lambda: plotting.plot_classes([1], [0], labels=[[1]]), TypeError, "labels must be a list"),
        (lambda: plotting.plot_history({"a": [1]}, names=[]), ValueError, "at least one name"),
        (lambda: plotting.plot_history({3: [1]}), ValueError, "a name of the history must be"),
        (lambda: plotting.plot_units(network(2), PLANE, axes=[3]), TypeError, "ax must be Axes"),
        (lambda: plotting.plot_weights(network(2), shape=(1,)), ValueError, "height, width"),
        (lambda: plotting.plot_loss_surface(neuron(), X * 0, Y * 0, w=(0, 1), b=(1, 1)), ValueError,
         "b must be a lower and a higher number"),
    ],
)  # fmt: skip
def test_strange_arguments_are_refused_by_name(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plotting.plot_points([1, 2], [1]), "as long as each other, got 2 and 1"),
        (lambda: plotting.plot_points([[1, 2]], [1]), r"one column of numbers, got shape \(1, 2\)"),
        (lambda: plotting.plot_points(1, 1), r"one column of numbers, got shape \(\)"),
        (lambda: plotting.plot_regression([1], [1], [1, 2]), "x and prediction must be as long"),
        (lambda: plotting.plot_classes([1, 2], [1]), "as long as each other"),
        (lambda: plotting.plot_classes(np.ones((2, 3)), [0, 1]), "one or two features"),
        (lambda: plotting.plot_classes([1, 2], [-1, 1]), "class numbers 0, 1, 2 ..., got -1"),
        (
            lambda: plotting.plot_classes([1, 2], [0, 2], labels=list("ab")),
            "has class 2, and .* only 2",
        ),
        (lambda: plotting.plot_decision(logistic, np.ones((0, 1)), []), "one or two features"),
        (lambda: plotting.plot_decision(unbuilt(), X, Y), "'new' is not built"),
        (lambda: plotting.plot_decision(network(1), X, Y), r"shape \(None, 2\), and got \(1, 1\)"),
        (lambda: plotting.plot_decision(logistic, X, Y + 1), "class 2, and there are only 2"),
        (lambda: plotting.plot_decision(logistic, X, Y / 2), "class numbers .* got 0.5"),
        (lambda: plotting.plot_decision(logistic, X, Y[:3]), "as long as each other, got 6 and 3"),
        (
            lambda: plotting.plot_decision(logistic, X, Y, labels=list("abc")),
            "labels must be 2 names",
        ),
        (lambda: plotting.plot_decision(logistic, X, Y, threshold=1.5), "between 0 and 1, got 1.5"),
        (
            lambda: plotting.plot_decision(three_classes, PLANE, THREE, threshold=0.9),
            "the highest decides",
        ),
        (lambda: plotting.plot_units(logistic, X), r"rows of two features, got shape \(6, 1\)"),
        (lambda: plotting.plot_units(network(2), PLANE, axes=new_axes()), "of 2 units, got 1"),
        (lambda: plotting.plot_units(network(2), PLANE, names=["a"]), "names must be 2 names"),
        (lambda: plotting.plot_history(None), "what fit.* returned"),
        (lambda: plotting.plot_history({}), "Is there an epoch in it"),
        (lambda: plotting.plot_history(HISTORY, names="mae"), r"and not \['mae'\]"),
        (
            lambda: plotting.plot_history({"loss": [1, 2, 3], "val_loss": [1]}),
            "1 values for 3 epochs.*validation_freq",
        ),
        (lambda: plotting.plot_history(HISTORY, validation_freq=0), "positive integer"),
        (lambda: plotting.plot_activation("softmax"), "depends on all its inputs"),
        (lambda: plotting.plot_activation("rellu"), "relu"),
        (lambda: plotting.plot_activation("relu", z=(1, 1)), r"lower and a higher .* \(1, 1\)"),
        (lambda: plotting.plot_confusion([0, 1], [0.2, 0.9]), r"p >= 0.5"),
        (lambda: plotting.plot_confusion([0, -1], [0, 1]), "got -1"),
        (lambda: plotting.plot_confusion([], []), "nothing to count"),
        (lambda: plotting.plot_confusion([0, 2], [0, 1], labels=list("ab")), "has class 2"),
        (lambda: plotting.plot_confusion([0, 1], [0]), "as long as each other, got 2 and 1"),
        (lambda: plotting.plot_network(unbuilt()), "'new' is not built"),
        (
            lambda: plotting.plot_network(network(1), [1, 2, 3]),
            r"of shape \(2,\), got shape \(3,\)",
        ),
        (
            lambda: plotting.plot_network(keras.Sequential([Input((3, 2)), Dense(4)])),
            r"'dense' has outputs of shape \(None, 3, 4\)",
        ),
        (
            lambda: plotting.plot_network(keras.Sequential([Input((2,)), Twice()])),
            r"'twice' has outputs of shape \(None, 4\)",
        ),
        (
            lambda: plotting.plot_network(keras.Sequential([Input((None, 2)), Dense(4)])),
            "needs to know all sizes",
        ),
        (lambda: plotting.plot_weights(unbuilt()), "not built"),
        (lambda: plotting.plot_weights(network(1)), "2 inputs, no square number"),
        (lambda: plotting.plot_weights(network(1), shape=(2, 2)), "2 inputs, not 2 x 2"),
        (lambda: plotting.plot_loss_surface(unbuilt(), X, Y), "is built"),
        (
            lambda: plotting.plot_loss_surface(network(1), X, Y),
            r"model's have \[\(2, 1\), \(1,\)\]",
        ),
        (lambda: plotting.plot_loss_surface(network(1, features=1), X, Y), "no loss to draw"),
        (lambda: plotting.plot_loss_surface(neuron(), X, Y, [1, 2]), r"rows of \(w, b\)"),
        (lambda: plotting.plot_loss_surface(neuron(), X, Y[:2]), r"\(6, 1\) and \(2,\)"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_drawn(call, message):
    with pytest.raises(ValueError, match=message):
        call()
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plotting.plot_decision(X, X, Y), "a function of an array, got a ndarray"),
        (lambda: plotting.plot_network(Dense(1)), "draws a Sequential"),
        (lambda: plotting.plot_weights(X), "a Dense layer or a model with one"),
        (lambda: plotting.plot_activation(3.5), "activation"),
    ],
)
def test_what_is_of_another_kind_is_refused(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()
