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
from tinyneuron.plotting.shades import Shades, last_activation, shades_of
from tinyneuron.plotting.style import name_axes, new_figure


def plot_units(model: Any, x: Any, y: Any = None, axes: Any = None, *, names: Any = None) -> Array:
    """Draw what each unit of a layer computes over the plane of two input features.

    Outputs from 0 up are grey, darker being more; of those with a sign, indigo is positive and
    brown negative. Sigmoids are shaded from 0 to 1 and tanh from -1 to 1, whatever the outputs;
    others each up to their own largest, which stands in the title. The dashed line is the border
    that the unit draws: where a sigmoid is 1/2, where a ReLU starts to rise, where the sign
    changes.

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
    units = outputs.shape[1]
    names = [f"unit {i}" for i in range(units)] if names is None else names
    names = as_names("names", names, units)
    classes = None if y is None else as_classes("y", y)
    if classes is not None:
        check_lengths(x=features, y=classes)
    drawn_new = axes is None
    axes = _grid_of_axes(units) if axes is None else _ravelled(axes)
    if len(axes) != units:
        raise ValueError(f"There must be one Axes for each of {units} units, got {len(axes)}.")
    activation = last_activation(model)
    shared = shades_of(activation, outputs)
    for ax, name, output in zip(axes, names, outputs.T, strict=True):
        own = shared if shared.bounded else _of_one(shared, output)
        values = output.reshape(len(up), len(across))
        steps = own.cmap.resampled(16)  # so that one sees the slope
        image = shade(ax, across, up, values, cmap=steps, vmin=own.low, vmax=own.high)
        if values.min() < (border := _border(own)) < values.max():
            ax.contour(across, up, values, levels=[border], colors="0.1", linestyles="--")
        if classes is not None:
            draw_classes(ax, features, classes, classes, None)
        ax.set(title=name if shared.bounded else f"{name}: {own.range}")
    _explain(axes, image, shared)
    if drawn_new:
        _name_and_legend(axes, classes is not None)
    return axes


def _of_one(shared: Shades, output: Array) -> Shades:
    """Return the same map up to one unit's largest output."""
    largest = float(np.abs(output).max()) or 1.0
    return shared._replace(low=-largest if shared.low < 0 else 0.0, high=largest)


def _border(shades: Shades) -> float:
    """Return the output at the unit's border; a ReLU's lies just above the zeros."""
    if shades.low < 0:
        return 0.0
    return shades.high / 2 if shades.bounded else 1e-3 * shades.high


def _explain(axes: Array, image: Any, shades: Shades) -> None:
    """Draw the scale of the shades, with the border on it."""
    bar = axes[0].figure.colorbar(image, ax=list(axes), fraction=0.05, pad=0.02)
    border = "0.5" if shades.low == 0 and shades.bounded else "0"
    bar.set_label(f"output (dashed: {border})")
    if not shades.bounded:
        low, high = image.get_clim()
        bar.set_ticks([low, high] if low == 0 else [low, 0, high])
        bar.set_ticklabels(["0", "largest"] if low == 0 else ["-largest", "0", "largest"])


def _name_and_legend(axes: Array, has_classes: bool) -> None:
    """Name the outer axes of a new figure, and its classes below."""
    figure = axes[0].figure
    for ax in axes:
        place = ax.get_subplotspec()
        name_axes(
            ax, "$x_0$" if place.is_last_row() else "", "$x_1$" if place.is_first_col() else ""
        )
    if has_classes:
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=min(5, len(labels)))


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
