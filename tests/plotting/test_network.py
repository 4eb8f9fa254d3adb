"""Networks: circles are units, lines are weights."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex, to_rgba

import tinyneuron as keras
from drawn import few, labels_below, network, new_axes, sigmoid
from tinyneuron import plotting
from tinyneuron.layers import Activation, Dense, Dropout, Flatten, Input, Rescaling
from tinyneuron.plotting import NEGATIVE, POSITIVE


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
            assert to_hex(color).upper() == (POSITIVE if kernel[i, j] > 0 else NEGATIVE)
    for column, layer in zip(circles[1:], model.layers, strict=True):
        bias = layer.bias[shown(layer.units)]
        widths = np.clip(3 * np.abs(bias) / largest, 0.8, 3)
        np.testing.assert_allclose(column.get_linewidths(), widths, rtol=1e-5)
        colors = [to_rgba(POSITIVE if b > 0 else NEGATIVE) for b in bias]
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
    scales = [(-1.5, 1.5), (-1, 1), (0, 1)]  # the inputs' own, tanh's and the sigmoid's
    for part, values, scale in zip(circles, (half, hidden, output), scales, strict=True):
        np.testing.assert_allclose(part.get_array(), values, rtol=1e-5)
        assert part.get_clim() == scale
    assert [text.get_text() for text in ax.texts] == ["1.5", "-0.5", f"{output.item():.3g}"]
    assert labels_below(ax) == [
        "2 inputs\nhalf\nshades: ±1.5",
        "hidden\n3 units\nlinear\ntanh\nshades: ±1",
        "output\n1 unit\nsigmoid\nshades: 0 to 1",
    ]
    grey = [to_rgba("0.5")]
    np.testing.assert_allclose(circles[2].get_edgecolors(), grey)  # there is no bias
    np.testing.assert_allclose(circles[1].get_edgecolors()[:1], grey)  # it is 0


def test_a_batch_of_one_is_a_sample_and_weights_of_zero_are_drawn():
    model = keras.Sequential([Input((2,)), Dense(2, kernel_initializer="zeros")])
    ax = plotting.plot_network(model, [[1.0, 2.0]])
    assert [text.get_text() for text in ax.texts] == ["1", "2", "0", "0"]
    assert list(ax.collections[0].get_linewidths()) == [0, 0, 0, 0]


@pytest.mark.parametrize("layers", [1, 5, 9, 20])
def test_names_of_layers_stay_whole_however_many_there_are(layers):
    model = keras.Sequential([Input((2,)), *[Dense(3) for _ in range(layers)]])
    words = re.split("[,\n]+ ?", "\n".join(labels_below(plotting.plot_network(model))))
    assert set(words) >= {layer.name for layer in model.layers}
