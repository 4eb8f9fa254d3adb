"""The loss of one neuron with one feature, over its weight and its bias."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm

from tinyneuron._common.arrays import Array, as_numbers
from tinyneuron.plotting.arguments import as_limits
from tinyneuron.plotting.style import ORANGE, PROBABILITY, given_or_new


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
    loss = np.ma.masked_invalid(_losses(model, x, y, across, up))
    # As in a bowl, where the loss grows with the square of the distance: rings of equal width.
    levels = loss.min() + (loss.max() - loss.min()) * np.linspace(0, 1, 15) ** 2
    if not np.ma.filled(levels[1:] > levels[:-1], False).all():
        raise ValueError(
            "The loss is the same, or no number, wherever w and b are drawn: there is no surface."
        )
    ax = given_or_new(ax)
    norm = PowerNorm(0.5, levels[0], levels[-1])
    filled = ax.contourf(across, up, loss, levels, cmap=PROBABILITY.reversed(), norm=norm)
    ax.contour(across, up, loss, levels, colors="white", linewidths=0.8)
    ax.figure.colorbar(filled, ax=ax, label="loss", format="%.3g")
    if path is not None:
        ax.plot(*steps.T, ".-", color=ORANGE, linewidth=1.5, markersize=5, label="training")
        ax.plot(*steps[0], "s", color="black", markersize=7, label="start")
    ax.plot(*here[0], "*", color="black", markersize=12, label="the model's w and b")
    ax.set(xlabel="w", ylabel="b", xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
    ax.legend()
    return ax


def _weight_and_bias(model: Any) -> Array:
    """Return the model's [[w, b]]."""
    if not getattr(model, "built", False):
        raise ValueError(
            "plot_loss_surface takes a model that is built: start it with an Input, or train it."
        )
    shapes = [weight.shape for weight in model.weights]
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
