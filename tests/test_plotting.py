import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")
import matplotlib.pyplot as plt

from tinyneuron import plotting

X = np.array([[0.0], [1], [2], [3], [4], [5]])
Y = np.array([0, 0, 0, 1, 1, 1])


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def logistic(x):
    return 1 / (1 + np.exp(-(2 * x[:, :1] - 4.5)))


def names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plotting.plot_points(X, Y, ax),
        lambda ax: plotting.plot_regression(X, Y, Y, ax),
        lambda ax: plotting.plot_classes(X, Y, ax),
        lambda ax: plotting.plot_decision(logistic, X, Y, ax),
    ],
)
def test_functions_draw_into_the_given_axes_or_new_ones_and_never_show(draw, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: pytest.fail("show was called"))
    given = plt.figure().add_subplot()
    assert draw(given) is given
    assert given.has_data()
    assert draw(None) is not given


def test_the_style_is_registered():
    assert "tinyneuron" in plt.style.available
    with plt.style.context("tinyneuron"):
        assert mpl.rcParams["figure.constrained_layout.use"]


def test_new_axes_have_the_style_without_changing_the_session():
    before = mpl.rcParams["axes.spines.top"]
    assert not plotting.plot_points(X, Y).spines["top"].get_visible()
    assert mpl.rcParams["axes.spines.top"] == before


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


def test_the_decision_stands_where_the_probability_crosses_the_threshold():
    ax = plotting.plot_decision(logistic, X, Y)
    assert "decision: x = 2.25" in names(ax)
    curve = ax.lines[2].get_xydata()
    np.testing.assert_allclose(curve[:, 1], logistic(curve[:, :1])[:, 0])
    assert plotting.plot_decision(logistic, X, Y, threshold=0.9, colorbar=False).figure.axes != []


def test_two_features_are_shaded_and_divided():
    x = np.array([[0.0, 0], [1, 1], [0, 1], [1, 0]])
    ax = plotting.plot_decision(lambda x: logistic(5 * x), x, [0, 1, 0, 1])
    image = ax.images[0]
    assert image.get_array().shape == (201, 201)
    left, right, bottom, top = image.get_extent()
    shades = image.get_array()
    np.testing.assert_allclose(shades[0, 0], logistic(np.array([[5 * left, bottom]]))[0, 0])
    np.testing.assert_allclose(shades[-1, -1], logistic(np.array([[5 * right, top]]))[0, 0])
    assert "decision: P(y = 1) = 0.5" in names(ax)
    nowhere = plotting.plot_decision(lambda x: np.zeros(len(x)), x, [0, 1, 0, 1])
    assert names(nowhere) == ["y = 0", "y = 1"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plotting.plot_points([1, 2], [1]), "as long as each other, got 2 and 1"),
        (lambda: plotting.plot_points([[1, 2]], [1]), r"one column of numbers, got shape \(1, 2\)"),
        (lambda: plotting.plot_classes([1, 2], [1]), "as long as each other"),
        (lambda: plotting.plot_classes(np.ones((2, 3)), [0, 1]), "one or two features"),
        (lambda: plotting.plot_decision(logistic, np.ones((0, 1)), []), "one or two features"),
    ],
)
def test_wrong_data_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
