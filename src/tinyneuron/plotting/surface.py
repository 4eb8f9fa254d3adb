"""The loss of one neuron with one feature, over its weight and its bias."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.patheffects import withStroke

from tinyneuron._common.arrays import Array, as_numbers
from tinyneuron.plotting.arguments import as_limits, check_built
from tinyneuron.plotting.style import LOSS, add_legend, given_or_new, name_axes


def plot_loss_surface(
    model: Any,
    x: Any,
    y: Any,
    path: Any = None,
    ax: Axes | None = None,
    *,
    w: tuple[float, float] | None = None,
    b: tuple[float, float] | None = None,
) -> Axes:
    """Draw the loss of one neuron with one feature over w and b, and the way training took.

    The loss is what ``model.evaluate(x, y)`` would return with each w and b. The model itself is
    left alone.

    Parameters
    ----------
    model : Sequential
        Compiled with a loss; all its weights are one w and one b.
    x, y : array_like of shape (m,) or (m, 1)
    path : array_like of shape (steps, 2), optional
        The (w, b) that training went through, the first one first.
    ax : Axes, optional
        A new figure by default.
    w, b : tuple of two floats, optional
        From where to where; by default around the path and the model's own w and b.

    Raises
    ------
    ValueError
        If the model is not built or compiled, or has other weights.

    Examples
    --------
    A `LambdaCallback` records the path:

    >>> from tinyneuron import Sequential
    >>> from tinyneuron.callbacks import LambdaCallback
    >>> from tinyneuron.layers import Dense, Input
    >>> model = Sequential([Input((1,)), Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> path = [[0.0, 0.0]]
    >>> model.set_weights([[[0.0]], [0.0]])
    >>> keep = LambdaCallback(
    ...     on_epoch_end=lambda epoch, logs: path.append([v.item() for v in model.weights])
    ... )
    >>> x, y = [[1.0], [2.0]], [[3.0], [5.0]]
    >>> history = model.fit(x, y, epochs=50, verbose=0, callbacks=[keep])
    >>> ax = plot_loss_surface(model, x, y, path)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('w', 'b')
    """
    here = _weight_and_bias(model)
    steps = here if path is None else as_numbers(path, "path").astype(float)
    if steps.ndim != 2 or steps.shape[1] != 2 or not len(steps):
        raise ValueError(f"path must be rows of (w, b), got shape {steps.shape}.")
    across, up = (
        np.linspace(*(_around(place) if given is None else as_limits(name, given)), 41)
        for place, name, given in zip(np.vstack([steps, here]).T, "wb", (w, b), strict=True)
    )
    losses = np.ma.masked_invalid(_losses(model, x, y, across, up))
    if losses.count() == 0 or not losses.max() > losses.min():
        raise ValueError(
            "The loss is the same, or no number, wherever w and b are drawn: there is no surface."
        )
    ax = given_or_new(ax)
    draw_loss(ax, across, up, losses)
    if path is not None:
        draw_path(ax, steps)
    ax.plot(*here[0], "*", color="white", markersize=14, mec="black", label="the model's w and b")
    ax.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
    name_axes(ax, "w", "b")
    add_legend(ax)
    return ax


def draw_loss(ax: Axes, across: Array, up: Array, losses: Array, *, bar: bool = True) -> None:
    """Draw a loss over a grid: from dark, the least, to light, with labelled contours."""
    low, high = losses.min(), losses.max()
    # As in a bowl, where the loss grows with the square of the distance: rings of equal width.
    levels = low + (high - low) * np.linspace(0, 1, 11) ** 2
    inner = [
        _rounded(level, gap) for level, gap in zip(levels[1:-1], np.diff(levels), strict=False)
    ]
    norm = PowerNorm(0.5, low, high)
    filled = ax.contourf(across, up, losses, [low, *inner, high], cmap=LOSS, norm=norm)
    colors = ["white" if norm(level) < 0.6 else "black" for level in inner]
    lines = ax.contour(across, up, losses, inner, colors=colors, linewidths=0.8)
    kept: list[Any] = []
    # The lines go on below their labels, each of which has a rim of the shade around it.
    for text in ax.clabel(lines, fmt="%g", fontsize=8, inline=False):
        shade = LOSS(norm(float(text.get_text())))
        text.set_path_effects([withStroke(linewidth=4, foreground=shade)])
        box, frame = text.get_window_extent(), ax.get_window_extent().padded(-15)
        inside = frame.containsx(box.x0) and frame.containsx(box.x1)
        inside = inside and frame.containsy(box.y0) and frame.containsy(box.y1)
        if inside and not any(box.overlaps(other) for other in kept):
            kept.append(box.padded(4))
        else:  # it would lie on the axis or on another
            text.remove()
    if bar:
        ax.figure.colorbar(filled, ax=ax, label="loss", ticks=inner, format="%g")


def draw_path(ax: Axes, steps: Array) -> None:
    """Draw the way that training took over a loss: white, with black rims, and where it started."""
    rims = [withStroke(linewidth=3.5, foreground="black")]
    ax.plot(*steps.T, color="white", linewidth=1.5, path_effects=rims, label="training")
    ax.scatter(steps[:, 0], steps[:, 1], s=14, color="white", linewidths=0, zorder=2)
    ax.plot(*steps[0], "s", color="white", markersize=8, mec="black", label="start")


def _rounded(level: float, gap: float) -> float:
    """Return the level with as many digits as tell it from its neighbour, a gap away."""
    return round(float(level), 1 - math.ceil(math.log10(gap)))


def _weight_and_bias(model: Any) -> Array:
    """Return the model's [[w, b]]."""
    check_built(model)
    shapes = [weight.shape for weight in getattr(model, "weights", [])]
    if shapes != [(1, 1), (1,)]:
        raise ValueError(
            "plot_loss_surface draws one neuron with one feature, whose weights have shapes "
            f"[(1, 1), (1,)]; the model's have {shapes}."
        )
    if getattr(model, "loss", None) is None:
        raise ValueError("The model has no loss to draw: compile(loss=...) it first.")
    return np.array([[weight.item() for weight in model.weights]])


def _around(places: Array) -> tuple[float, float]:
    """Return limits around all the places, with a margin."""
    low, high = places.min(), places.max()
    margin = max(0.3 * (high - low), 0.1 * abs(low), 0.1 * abs(high), 0.5)
    return low - margin, high + margin


def _losses(model: Any, x: Any, y: Any, across: Array, up: Array) -> Array:
    """Return the loss for each b in `up` and each w in `across`."""
    twin = copy.deepcopy(model)
    kernel, bias = twin.weights
    losses = np.empty((len(up), len(across)))
    for row, b in enumerate(up):
        for column, w in enumerate(across):
            kernel[...], bias[...] = w, b
            losses[row, column] = twin.test_on_batch(x, y, return_dict=True)["loss"]
    return losses
