"""Weights as images: what each unit of the first layer looks for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from tinyneuron._common.arguments import shown
from tinyneuron._common.arrays import Array, as_sizes
from tinyneuron.layers import Dense, Layer
from tinyneuron.plotting.arguments import check_built
from tinyneuron.plotting.style import SIGNED, given_or_new


def plot_weights(
    layer: Any, ax: Axes | None = None, *, shape: tuple[int, int] | None = None
) -> Axes:
    """Draw the weights of each unit of a layer as an image: one column of W, reshaped.

    The units follow each other in rows, as words do. Indigo weights are positive: the unit's output
    grows with that pixel. Brown ones are negative; the clearly negative have a minus.

    Parameters
    ----------
    layer : Dense or Sequential
        A model stands for its first Dense layer.
    ax : Axes, optional
        A new figure by default.
    shape : tuple of two ints, optional
        Height and width of the image that the inputs were; square by default.

    Raises
    ------
    ValueError
        If the layer is not built, or its number of inputs is not height x width.

    Examples
    --------
    >>> from tinyneuron.layers import Dense
    >>> layer = Dense(16)
    >>> layer.build((None, 784))
    >>> plot_weights(layer).get_title()
    '16 units, 28 x 28 weights each'
    """
    kernel = _first_kernel(layer)
    inputs, units = kernel.shape
    height, width = _image_shape(inputs, shape)
    columns = min(units, math.ceil(math.sqrt(1.6 * units * height / width)))
    rows = math.ceil(units / columns)
    columns = math.ceil(units / rows)  # as few as fill these rows
    # One pixel of nothing, which is grey, between the images.
    mosaic = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), np.nan)
    for unit, image in enumerate(kernel.T.reshape(units, height, width)):
        top, left = unit // columns * (height + 1), unit % columns * (width + 1)
        mosaic[top : top + height, left : left + width] = image
    ax = given_or_new(ax)
    largest = np.abs(kernel).max() or 1
    cmap = SIGNED.with_extremes(bad="0.75")
    drawn = ax.imshow(mosaic, cmap=cmap, vmin=-largest, vmax=largest, interpolation="nearest")
    ax.figure.colorbar(drawn, ax=ax, label="weight")
    _mark_negative(ax, mosaic, largest)
    every = math.ceil(rows / 10)
    starts = range(0, rows, every)
    ax.set_yticks([row * (height + 1) + (height - 1) / 2 for row in starts])
    ax.set_yticklabels([_units(row * columns, columns, units) for row in starts])
    ax.set(xticks=[], title=f"{units} units, {height} x {width} weights each")
    ax.spines[:].set_visible(False)
    return ax


def _units(first: int, columns: int, units: int) -> str:
    """Name the units of a row by the first and the last."""
    last = min(first + columns, units) - 1
    return f"unit {first}" if first == last else f"units {first} to {last}"


def _mark_negative(ax: Axes, mosaic: Array, largest: float) -> None:
    """Where there is room, put a minus on negative pixels: in grey they look like positive ones."""
    box, (rows, columns) = ax.get_window_extent(), mosaic.shape
    side = min(box.width / columns, box.height / rows) * 72 / ax.figure.dpi
    if side < 3:  # points
        return
    down, across = np.nonzero(mosaic < -largest / 4)
    ax.plot(across, down, "_", color="white", markersize=0.6 * min(side, 12), markeredgewidth=1)


def _first_kernel(layer: Any) -> Array:
    """Return W of the first Dense layer: the layer itself, or one in the model."""
    family = layer._family() if isinstance(layer, Layer) else []
    dense = [part for part in family if isinstance(part, Dense)]
    if not dense:
        raise TypeError(
            f"plot_weights takes a Dense layer or a model with one, got {shown(layer)}."
        )
    check_built(dense[0])
    return dense[0].kernel


def _image_shape(inputs: int, shape: tuple[int, int] | None) -> tuple[int, int]:
    side = math.isqrt(inputs)
    sizes = as_sizes((side, side) if shape is None else shape, "shape")
    if len(sizes) != 2:
        raise ValueError(f"shape must be (height, width), got {shown(shape)}.")
    height, width = sizes
    if height * width != inputs:
        given = "no square number" if shape is None else f"not {height} x {width}"
        raise ValueError(
            f"The layer has {inputs} inputs, {given}: say shape=(height, width), whose product is "
            f"{inputs}."
        )
    return height, width
