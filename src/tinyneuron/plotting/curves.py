"""Curves: the history of a training, and an activation with its derivative."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from tinyneuron import activations
from tinyneuron._common.arguments import integer, shown, text
from tinyneuron._common.arrays import Array
from tinyneuron.explanation import forward
from tinyneuron.plotting.arguments import as_axes, as_column, as_function, as_limits, as_names
from tinyneuron.plotting.style import (
    BLUE,
    ORANGE,
    add_legend,
    class_color,
    given_or_new,
    new_figure,
    stacked,
)

_MARKERS = "osD^v"
_LARGEST = 1e300  # that matplotlib's axes can show


def plot_history(
    history: Any, ax: Axes | None = None, *, names: Any = None, validation_freq: int = 1
) -> Axes:
    """Draw the loss and the metrics over the epochs, those of validation dashed.

    Measures whose sizes differ by more than ten times stand in panels of their own, one above the
    other; one that spans more than three powers of ten has a logarithmic axis.

    Parameters
    ----------
    history : History or dict of str to list of float
        What `fit` returned, or its ``history``.
    ax : Axes, optional
        A new figure by default. If it takes several panels, its place in the figure is divided
        among them, and it is the first.
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
    places = {name: _places(name, values, epochs, every) for name in values}
    panels = _panels(names, values)
    ax = new_figure(figsize=(6.4, 1.8 + 2.6 * len(panels))) if ax is None else as_axes(ax)
    if ax.get_subplotspec() is None:  # it stands in no grid, so that its place cannot be divided
        panels = [("linear", names)]
    for panel, (scale, together) in zip(stacked(ax, len(panels)), panels, strict=True):
        for name in together:
            for measure, style in ((name, "-"), (f"val_{name}", "--")):
                if measure in values:
                    i = names.index(name)
                    _draw_epochs(panel, measure, places[measure], values[measure], style, i)
        panel.set(xlabel="epoch", ylabel=name if len(together) == 1 else "", yscale=scale)
        if len(epochs) == 1:
            panel.set(xlim=(epochs[0] - 1, epochs[0] + 1))
        panel.xaxis.set_major_locator(MaxNLocator(8, integer=True, steps=[1, 2, 5, 10]))
        add_legend(panel)
    return ax


def _panels(names: list[str], values: dict[str, Array]) -> list[tuple[str, list[str]]]:
    """Return which measures are drawn together, those of one size, and the scale of their axis.

    A loss of 1e11 and an accuracy on one axis would be two flat lines; so would be, but for the
    first epochs, a loss that falls from 1e11 to 1 on an axis that is not logarithmic.
    """
    panels: list[tuple[float, str, list[str]]] = []
    for name in names:
        both = np.concatenate([values.get(measure, []) for measure in (name, f"val_{name}")])
        numbers = both[np.abs(both) < _LARGEST]
        least, size = numbers.min(initial=np.inf), np.abs(numbers).max(initial=0)
        scale = "log" if 0 < least < size / 1000 else "linear"
        for other, other_scale, together in panels:
            small, large = sorted([size, other])
            if scale == other_scale and (large <= 10 * small or small == 0):
                together.append(name)
                break
        else:
            panels.append((size, scale, [name]))
    return [(scale, together) for _, scale, together in panels]


def _draw_epochs(ax: Axes, name: str, places: Array, values: Array, style: str, i: int) -> None:
    """Draw one measure over its epochs; say where it has no place on an axis: NaN, infinity."""
    drawable = np.abs(values) < _LARGEST
    if not drawable.all():
        first = drawable.argmin()
        name += f" ({values[first]:.2g} at epoch {places[first]})".replace("nan", "NaN")
    # A line of one point is invisible; in grey, markers tell one measure from another.
    marker = _MARKERS[i % len(_MARKERS)] if i or drawable.sum() == 1 else None
    ax.plot(
        places,
        np.where(drawable, values, np.nan),
        style,
        marker=marker,
        markerfacecolor="white" if style == "--" else None,
        markevery=max(1, len(places) // 8),
        color=class_color(i),
        label=name,
    )


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
    line = np.linspace(low, high, 501)
    curve = as_function(g)(line)[:, 0]
    ax = given_or_new(ax)
    for zero in (ax.axhline, ax.axvline):
        zero(0, color="0.8", linewidth=1, zorder=0)
    ax.plot(line, curve, color=BLUE, label=f"g(z) = {forward.activation_name(g)}")
    if isinstance(g, activations.Activation):
        ax.plot(line, g.derivative(line), "--", color=ORANGE, label="g'(z)")
    ax.set(xlabel="z", xlim=(low, high))
    add_legend(ax)
    return ax
