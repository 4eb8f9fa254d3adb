"""Curves: the history of a training, and an activation with its derivative."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from tinyneuron import activations
from tinyneuron._common.arguments import integer, shown, text
from tinyneuron._common.arrays import Array
from tinyneuron.plotting.arguments import as_column, as_function, as_limits, as_names
from tinyneuron.plotting.style import (
    BLUE,
    ORANGE,
    add_legend,
    class_color,
    class_marker,
    given_or_new,
)


def plot_history(
    history: Any, ax: Axes | None = None, *, names: Any = None, validation_freq: int = 1
) -> Axes:
    """Draw the loss and the metrics over the epochs, those of validation dashed.

    Parameters
    ----------
    history : History or dict of str to list of float
        What `fit` returned, or its ``history``.
    ax : Axes, optional
        A new figure by default.
    names : str or sequence of str, optional
        What to draw, each with its ``val_...`` if there is one; all there is by default.
    validation_freq : int
        As it was in `fit`: validation after every so many epochs.

    Raises
    ------
    ValueError
        If there is no history, or none of that name.

    Examples
    --------
    >>> ax = plot_history({"loss": [0.9, 0.4, 0.2], "val_loss": [1.0, 0.5, 0.4]})
    >>> [line.get_label() for line in ax.lines]
    ['loss', 'val_loss']
    """
    values = getattr(history, "history", history)
    if not isinstance(values, dict) or not values:
        raise ValueError(
            "plot_history takes what fit(...) returned, or its dict .history with one list for "
            f"each name; got {shown(history)}. Is there an epoch in it?"
        )
    values = {text("a name of the history", name): as_column(name, v) for name, v in values.items()}
    own = [name for name in values if not name.startswith("val_")]
    own.sort(key=lambda name: name != "loss")  # the loss is first, and so has the first colour
    names = own if names is None else [names] if isinstance(names, str) else names
    names = as_names("names", names)
    if not names:
        raise ValueError("names must be at least one name.")
    if unknown := [name for name in names if name not in values]:
        raise ValueError(f"The history has {list(values)}, and not {unknown}.")
    every = integer("validation_freq", validation_freq)
    number = max(map(len, values.values()))
    epochs = 1 + np.asarray(getattr(history, "epoch", range(number)))
    lines = []
    for i, name in enumerate(names):
        lines.append((name, _places(name, values, epochs, every), "-", i))
        if f"val_{name}" in values:
            lines.append((f"val_{name}", _places(f"val_{name}", values, epochs, every), "--", i))
    ax = given_or_new(ax)
    for name, places, style, i in lines:
        # A line of one point is invisible; in grey, markers tell one measure from another.
        marker = class_marker(i) if i or len(places) == 1 else None
        every_so_often = max(1, len(places) // 8)
        ax.plot(
            places,
            values[name],
            style,
            marker=marker,
            markevery=every_so_often,
            color=class_color(i),
            label=name,
        )
    ax.set(xlabel="epoch", ylabel=names[0] if len(names) == 1 else "")
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True, steps=[1, 2, 5, 10]))
    add_legend(ax)
    return ax


def _places(name: str, values: dict[str, Any], epochs: Array, every: int) -> Array:
    """Return the epochs after which there was this value."""
    places = epochs[epochs % every == 0] if name.startswith("val_") else epochs
    if len(places) != len(values[name]):
        raise ValueError(
            f"{name} has {len(values[name])} values for {len(places)} epochs. If fit was told a "
            "validation_freq, say it here too."
        )
    return places


def plot_activation(
    activation: Any, ax: Axes | None = None, *, z: tuple[float, float] = (-5.0, 5.0)
) -> Axes:
    """Draw an activation, a = g(z), and its derivative, g'(z).

    Parameters
    ----------
    activation : str, Activation or callable
        As for `Dense`. The derivative of a plain function is not known, and not drawn.
    ax : Axes, optional
        A new figure by default.
    z : tuple of two floats
        From where to where.

    Raises
    ------
    ValueError
        For softmax and log_softmax, where each output depends on all inputs: there is no curve.

    Examples
    --------
    >>> ax = plot_activation("tanh")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['g(z) = tanh', "g'(z)"]
    """
    g = activations.get(activation)
    if isinstance(g, activations.Softmax):
        raise ValueError(
            f"{type(g).__name__} is no curve: each of its outputs depends on all its inputs. "
            "Draw sigmoid, which is softmax for two classes."
        )
    low, high = as_limits("z", z)
    name = activations.serialize(g)
    name = name if isinstance(name, str) else name["class_name"]
    line = np.linspace(low, high, 501)
    curve = as_function(g)(line)[:, 0]
    ax = given_or_new(ax)
    for zero in (ax.axhline, ax.axvline):
        zero(0, color="0.8", linewidth=1, zorder=0)
    ax.plot(line, curve, color=BLUE, label=f"g(z) = {name}")
    if isinstance(g, activations.Activation):
        ax.plot(line, g.derivative(line), "--", color=ORANGE, label="g'(z)")
    ax.set(xlabel="z", xlim=(low, high))
    add_legend(ax)
    return ax
