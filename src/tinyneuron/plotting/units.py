"""Units: what each neuron of a layer computes over the plane of two features."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from tinyneuron._common.arguments import as_list
from tinyneuron._common.arrays import Array
from tinyneuron.plotting.arguments import (
    as_axes,
    as_classes,
    as_features,
    as_function,
    as_names,
    check_lengths,
)
from tinyneuron.plotting.plane import plane, shade
from tinyneuron.plotting.points import draw_classes
from tinyneuron.plotting.style import PROBABILITY, new_figure


def plot_units(model: Any, x: Any, y: Any = None, axes: Any = None, *, names: Any = None) -> Array:
    """Draw what each unit of a layer computes over the plane of two input features.

    Shaded where a unit's output is high; the dashed line is halfway between the lowest and the
    highest output of all units.

    Parameters
    ----------
    model : Sequential, layer, or function of an (m, 2) array
        Ends with the layer; returns its outputs, of shape ``(m, units)``. For a hidden layer,
        give the model's first layers: ``Sequential(model.layers[:1])``.
    x : array_like of shape (m, 2)
        Its range is drawn.
    y : array_like of shape (m,) or (m, 1), or one-hot, optional
        Class numbers: draw the data too.
    axes : sequence of Axes, optional
        One for each unit; a new figure, up to four in a row, by default.
    names : sequence of str, optional
        The units' names, ``unit 0``, ``unit 1`` ... by default.

    Returns
    -------
    ndarray of Axes

    Examples
    --------
    >>> corners = [[-1.0, -1.0], [1.0, 1.0]]
    >>> axes = plot_units(lambda x: np.tanh(x @ [[1.0, 5.0], [1.0, 0.0]]), corners)
    >>> [ax.get_title() for ax in axes]
    ['unit 0', 'unit 1']
    """
    features = as_features(x)
    if features.shape[1] != 2:
        raise ValueError(f"x must have rows of two features, got shape {features.shape}.")
    across, up, grid = plane(features)
    outputs = as_function(model)(grid)
    units, low, high = outputs.shape[1], outputs.min(), outputs.max()
    names = [f"unit {i}" for i in range(units)] if names is None else names
    names = as_names("names", names, units)
    axes = _grid_of_axes(units) if axes is None else _ravelled(axes)
    if len(axes) != units:
        raise ValueError(f"There must be one Axes for each of {units} units, got {len(axes)}.")
    for ax, name, output in zip(axes, names, outputs.T, strict=True):
        shades = output.reshape(len(up), len(across))
        steps = PROBABILITY.resampled(16)  # so that one sees the slope
        image = shade(ax, across, up, shades, cmap=steps, vmin=low, vmax=high)
        halfway = (low + high) / 2
        if shades.min() < halfway < shades.max():
            ax.contour(across, up, shades, levels=[halfway], colors="0.25", linestyles="--")
        if y is not None:
            classes = as_classes("y", y)
            check_lengths(x=features, y=classes)
            draw_classes(ax, features, classes, classes, None)
        ax.set(title=name)
    bar = axes[0].figure.colorbar(image, ax=list(axes), fraction=0.04, pad=0.01)
    bar.set_label("output of the unit")
    return axes


def _ravelled(axes: Any) -> Array:
    """Return the Axes in a row: one, a list of them, or what `plt.subplots` returned."""
    several = axes.flat if isinstance(axes, np.ndarray) else axes
    row = [several] if isinstance(several, Axes) else as_list("axes", several)
    return np.array([as_axes(ax) for ax in row], object)


def _grid_of_axes(units: int) -> Array:
    """Return new Axes, up to four in a row."""
    columns = units if units < 4 else min(4, math.ceil(math.sqrt(units)))
    rows = -(-units // columns)
    size = (6.4, 0.8 + rows * min(3.2, 5.2 / columns))
    axes = np.ravel(
        new_figure(rows, columns, figsize=size, sharex=True, sharey=True, squeeze=False)
    )
    for ax in axes[units:]:
        ax.remove()
    return axes[:units]
