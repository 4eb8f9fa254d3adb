"""The loss over w and b, and the way that training took."""

import numpy as np
import pytest

import tinyneuron as keras
from drawn import X, Y, names, neuron
from tinyneuron import plotting
from tinyneuron.layers import Dense, Input


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
