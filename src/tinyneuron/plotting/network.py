"""The network: units as circles, weights as lines."""

from __future__ import annotations

import textwrap
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from tinyneuron._common.arguments import shown
from tinyneuron._common.arrays import Array, as_numbers
from tinyneuron.layers import Layer
from tinyneuron.models import columns as model_columns
from tinyneuron.plotting.arguments import check_built
from tinyneuron.plotting.shades import shades_of
from tinyneuron.plotting.style import NEGATIVE, POSITIVE, given_or_new, makes_room

_WIDEST = 3.0  # of the lines, in points
_KEY = [
    Line2D([], [], color=POSITIVE, linewidth=2, label="weight > 0"),
    Line2D([], [], color=NEGATIVE, linewidth=2, linestyle="--", label="weight < 0"),
    Line2D([], [], color="none", marker="o", mec=POSITIVE, mew=2, ms=9, label="rim: bias"),
]


def plot_network(model: Any, x: Any = None, ax: Axes | None = None) -> Axes:
    r"""Draw a model's units as circles and its weights as lines.

    A line is as wide as its weight is large, compared with the largest that is drawn: indigo if
    it is positive, brown and dashed if it is negative. A circle's rim is its unit's bias, in the
    same way. Of more than nine units, the first and the last four are drawn.

    Columns are the inputs and the Dense layers. Layers that are not Dense (Flatten, Dropout,
    activations ...) have no circles: their names stand below those of the column whose values
    they take, and with `x` that column shows what they make of them.

    Parameters
    ----------
    model : Sequential
        Built.
    x : array_like, optional
        One sample. It shades each circle with the unit's output: grey from 0 up, or indigo if
        positive and brown if negative. The scale stands below the column: 0 to 1 for sigmoids,
        -1 to 1 for tanh, else up to the column's largest. Inputs and outputs are written out.
    ax : Axes, optional
        A new figure by default.

    Raises
    ------
    ValueError
        If the model is not built, or has layers that cannot be drawn so.

    Examples
    --------
    >>> from tinyneuron import Sequential
    >>> from tinyneuron.layers import Dense, Flatten, Input
    >>> model = Sequential(
    ...     [Input((28, 28)), Flatten(name="flatten"), Dense(3, "relu", name="hidden")]
    ... )
    >>> ax = plot_network(model)
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['784 inputs\nflatten', 'hidden\n3 units\nrelu']
    """
    if not isinstance(model, Layer) or not hasattr(model, "layers"):
        raise TypeError(f"plot_network draws a Sequential, got {shown(model)}.")
    check_built(model)
    columns = model_columns.columns_of(model, None if x is None else _one_sample(model, x))
    ax = given_or_new(ax)
    tallest = max(column.slots for column in columns)
    box, points = ax.get_window_extent(), 72 / ax.figure.dpi
    width, height = box.width * points, box.height * points
    key_columns = 3 if width > 300 else 1
    key = 34 if key_columns == 3 else 68  # points
    side = (len(columns) - 1) * min(0.4, 70 / width)  # for the texts beside the ends
    for column in columns:
        if column.values is not None:
            shades = shades_of(column.activation, column.values)
            column.label.append(f"shades: {shades.range}")
    lines = _write_below(ax, columns, width)
    below = 0 if makes_room(ax.figure) else 8 + 14 * lines  # points
    ax.tick_params(length=0, pad=3.5 - below)
    height = max(height - key - below, key)
    point = (tallest + 0.5) / height
    low, high = -(tallest + 0.5) / 2 - below * point, (tallest + 0.5) / 2 + key * point
    ax.set(xlim=(-side, len(columns) - 1 + side), ylim=(low, high))
    diameter = min(20.0, 0.7 * height / (tallest + 1), 0.7 * width / len(columns))
    largest = _draw_weights(ax, columns)
    for place, column in enumerate(columns):
        _draw_circles(ax, place, column, diameter, largest)
    _write_ends(ax, columns, diameter)
    ax.legend(handles=_KEY, loc="upper center", ncols=key_columns)
    ax.spines[:].set_visible(False)
    return ax


def _one_sample(model: Any, x: Any) -> Array:
    """Return `x` as a batch of one."""
    x, shape = as_numbers(x, "x"), model.input_shape[1:]
    if x.shape not in (shape, (1, *shape)):
        raise ValueError(f"x must be one sample, of shape {shape}, got shape {x.shape}.")
    return x.reshape(1, *shape)


def _draw_weights(ax: Axes, columns: list[model_columns.Column]) -> float:
    """Draw a line for each weight; return the size of the largest."""
    kernels = [
        after.layer.kernel[np.ix_(before.shown, after.shown)] if after.layer else np.zeros((0, 0))
        for before, after in pairwise(columns)
    ]
    largest = max([float(np.abs(kernel).max()) for kernel in kernels], default=0.0) or 1.0
    for place, (kernel, (before, after)) in enumerate(zip(kernels, pairwise(columns), strict=True)):
        ends = [
            [(place, left), (place + 1, right)]
            for left in before.heights
            for right in after.heights
        ]
        lines = LineCollection(
            ends,
            colors=_sign_colors(kernel.ravel()),
            linestyles=["-" if weight >= 0 else (0, (4, 1.5)) for weight in kernel.ravel()],
            linewidths=_WIDEST * np.abs(kernel.ravel()) / largest,
            zorder=1,
        )
        ax.add_collection(lines)
    return largest


def _draw_circles(
    ax: Axes, place: int, column: model_columns.Column, diameter: float, largest_weight: float
) -> None:
    """Draw a column's units, their biases as rims and their values as shades."""
    bias = None if column.layer is None else column.layer.bias
    shown = np.zeros(len(column.shown)) if bias is None else bias[column.shown]
    values = np.zeros(column.size) if column.values is None else column.values.ravel()
    shades = shades_of(column.activation, values)
    ax.scatter(
        np.full(len(shown), place),
        column.heights,
        s=diameter**2,
        c=values[column.shown],
        cmap=shades.cmap,
        vmin=shades.low,
        vmax=shades.high,
        edgecolors=[
            "0.5" if b == 0 else color for b, color in zip(shown, _sign_colors(shown), strict=True)
        ],
        linewidths=[*np.clip(_WIDEST * np.abs(shown) / largest_weight, 0.8, _WIDEST)],
        zorder=2,
    )
    if column.size > column.slots:
        ax.text(place, 0, "⋮", ha="center", va="center", fontsize=14)


def _sign_colors(values: Array) -> list[str]:
    return [POSITIVE if value >= 0 else NEGATIVE for value in values]


def _write_ends(ax: Axes, columns: list[model_columns.Column], diameter: float) -> None:
    """Name the inputs on their left, or write their values; write the outputs on their right."""
    first, last = columns[0], columns[-1]
    names = [f"$x_{{{i}}}$" for i in first.shown]
    for column, place, side in ((first, 0, -1), (last, len(columns) - 1, 1)):
        if column.values is not None:
            texts = [f"{value:.3g}" for value in column.values.ravel()[column.shown]]
        else:
            texts = names if column is first else []
        for height, text in zip(column.heights, texts, strict=False):
            ax.annotate(
                text,
                (place, height),
                (side * (diameter / 2 + 5), 0),
                textcoords="offset points",
                ha="right" if side < 0 else "left",
                va="center",
            )


def _write_below(ax: Axes, columns: list[model_columns.Column], width: float) -> int:
    """Write each column's label below it, upright where that is too wide; return how many lines."""
    room = width / len(columns)  # points
    letters, size = int(room / 6.5), 10.0  # each about 6 points wide
    if letters < 9:  # not even "softmax" and "dense_1" are sure to fit
        texts = [textwrap.fill(", ".join(column.label), 24) for column in columns]
        rotation, lines = 90, max(map(len, "\n".join(texts).split("\n"))) // 2
        size = min(size, 0.6 * room / (1 + max(text.count("\n") for text in texts)))
    else:
        texts = ["\n".join(_broken(line, letters) for line in column.label) for column in columns]
        rotation, lines = 0, max(text.count("\n") for text in texts) + 1
    # "$x^$" is no formula
    ax.set_xticks(range(len(columns)), texts, rotation=rotation, size=size, parse_math=False)
    ax.set_yticks([])
    return lines


def _broken(line: str, letters: int) -> str:
    """Break what is too long, a name after an underscore if it has one."""
    if len(line) <= letters:
        return line
    return textwrap.fill(line.replace("_", "_ "), letters).replace("_ ", "_")
