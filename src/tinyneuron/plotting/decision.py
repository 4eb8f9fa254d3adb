"""Decisions: what a model of one or two features says where."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgb

from tinyneuron import activations
from tinyneuron._common.arguments import flag, real_number, text
from tinyneuron._common.arrays import Array
from tinyneuron.plotting.arguments import (
    as_classes,
    as_features,
    as_function,
    as_names,
    check_lengths,
)
from tinyneuron.plotting.plane import limits, plane, shade
from tinyneuron.plotting.points import draw_classes, name_features
from tinyneuron.plotting.style import (
    PROBABILITY,
    STRONGEST,
    add_legend,
    class_color,
    given_or_new,
)

_LINES = ["-", "-.", ":", (0, (5, 1, 1, 1, 1, 1))]  # dashed is the border
_BORDER: dict[str, Any] = {"color": "0.25", "linestyle": "--", "linewidth": 1.5}


def plot_decision(
    model: Any,
    x: Any,
    y: Any,
    ax: Axes | None = None,
    *,
    threshold: float = 0.5,
    colorbar: bool = True,
    label: str = "prediction",
    labels: Any = None,
) -> Axes:
    """Draw what a model of one or two features says where: its probabilities, and its decision.

    ========  ========================================  ======================================
    features  one output: P(y = 1)                      k outputs: P(y = 0), ..., P(y = k - 1)
    ========  ========================================  ======================================
    one       the curve, its value as shading, a line   a curve for each class, a line where
              where it crosses the threshold            another class becomes the likeliest
    two       the shading, and the decision's border    the likeliest class in its colour, the
                                                        stronger the likelier; the borders
    ========  ========================================  ======================================

    The shading goes from class 0's colour over white, at 1/2, to class 1's. With k curves, the data
    points lie at 1: the curve of their colour should come close.

    Parameters
    ----------
    model : Sequential, layer, or function of an (m, n) array
        Returns shape ``(m, 1)`` or ``(m, k)``: probabilities, or logits, which become
        probabilities here. Logits are what a compiled loss calls so (``from_logits=True``), and
        any outputs not all from 0 to 1.
    x : array_like of shape (m,), (m, 1) or (m, 2)
    y : array_like of shape (m,) or (m, 1), or one-hot of shape (m, k)
        Class numbers from 0.
    ax : Axes, optional
        A new figure by default.
    threshold : float
        With one output, above which probability the decision is 1.
    colorbar : bool
        Whether to explain the shading.
    label : str
        For the legend: what the curve of a model with one output is called.
    labels : sequence of str, optional
        Names of the classes, one for each.

    Raises
    ------
    ValueError
        If the model is not built or has other features, or y has other classes.

    Examples
    --------
    >>> ax = plot_decision(lambda x: 1 / (1 + np.exp(4.5 - 2 * x)), [0, 1, 2, 3], [0, 0, 0, 1])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['y = 0', 'y = 1', 'prediction', 'decision: x = 2.25']
    """
    features = as_features(x)
    outputs = as_function(model)(features[:1]).size
    classes = max(2, outputs)
    y = as_classes("y", y, classes)
    check_lengths(x=features, y=y)
    if labels is not None:
        labels = as_names("labels", labels, classes)
    if not 0 < real_number("threshold", threshold) < 1:
        raise ValueError(f"threshold must be between 0 and 1, got {threshold}.")
    text("label", label)
    colorbar = flag("colorbar", colorbar)
    if outputs > 1 and threshold != 0.5:
        raise ValueError("threshold is for models of one output; of several, the highest decides.")
    ax = given_or_new(ax)
    one_feature = features.shape[1] == 1
    draw_classes(ax, features, y, np.ones(len(y)) if outputs > 1 else y, labels)
    if one_feature and outputs == 1:
        bar = _draw_curve(ax, model, features, threshold, label)
    elif one_feature:
        bar = _draw_curves(ax, model, features)
    elif outputs == 1:
        bar = _draw_region(ax, model, features, threshold)
    else:
        bar = _draw_regions(ax, model, features)
    name_features(ax, features, "P(y = 1)" if outputs == 1 else "P of each class")
    if colorbar and bar is not None:
        ax.figure.colorbar(bar[0], ax=ax, label=bar[1])
    add_legend(ax)
    return ax


def _probabilities(model: Any, points: Array) -> Array:
    """Return the model's probabilities, of shape (m, 1) or (m, k)."""
    outputs = as_function(model)(points)
    from_logits = getattr(getattr(model, "_loss", None), "from_logits", False)
    if from_logits or outputs.min() < -1e-6 or outputs.max() > 1 + 1e-6:  # but for rounding
        link = activations.sigmoid if outputs.shape[1] == 1 else activations.softmax
        return link(outputs)
    return outputs


def _draw_curve(ax: Axes, model: Any, features: Array, threshold: float, label: str) -> Any:
    line = _line(features)
    probability = _probabilities(model, line[:, np.newaxis])
    heights = np.array([-0.08, 1.08])
    shades = np.stack([probability[:, 0]] * 2)
    image = shade(ax, line, heights, shades, cmap=PROBABILITY, vmin=0, vmax=1)
    ax.plot(line, probability, color=class_color(1), label=label, zorder=2)
    # The decision is 1 where P exceeds the threshold: the higher of these two columns wins.
    _draw_borders(ax, line, np.insert(probability, 0, threshold, axis=1))
    return image, "P(y = 1)"


def _draw_curves(ax: Axes, model: Any, features: Array) -> Any:
    line = _line(features)
    probabilities = _probabilities(model, line[:, np.newaxis])
    for number, probability in enumerate(probabilities.T):
        style = _LINES[number % len(_LINES)]
        ax.plot(line, probability, linestyle=style, color=class_color(number), zorder=2)
    _draw_borders(ax, line, probabilities)
    ax.set(xlim=(line[0], line[-1]), ylim=(-0.08, 1.08))
    return None  # there are no shades to explain


def _draw_region(ax: Axes, model: Any, features: Array, threshold: float) -> Any:
    across, up, grid = plane(features)
    shades = _probabilities(model, grid).reshape(len(up), len(across))
    image = shade(ax, across, up, shades, cmap=PROBABILITY, vmin=0, vmax=1)
    if shades.min() < threshold < shades.max():
        ax.contour(across, up, shades, [threshold], colors="0.25", linestyles="--", linewidths=1.5)
        ax.plot([], [], **_BORDER, label=f"decision: P(y = 1) = {threshold:g}")
    return image, "P(y = 1)"


def _draw_regions(ax: Axes, model: Any, features: Array) -> Any:
    across, up, grid = plane(features)
    probabilities = _probabilities(model, grid)
    number = probabilities.shape[1]
    likeliest, highest = probabilities.argmax(axis=1), probabilities.max(axis=1)
    # From white at 1 / k, where nothing is known, to the class's colour.
    strength = STRONGEST * np.clip((highest - 1 / number) / (1 - 1 / number), 0, 1)
    colors = np.array([to_rgb(class_color(i)) for i in range(number)])[likeliest]
    mixed = 1 - strength[:, np.newaxis] * (1 - colors)
    shade(ax, across, up, mixed.reshape(len(up), len(across), 3))
    for i in np.unique(likeliest):
        lead = probabilities[:, i] - np.delete(probabilities, i, axis=1).max(axis=1)
        if lead.min() < 0:
            shape = len(up), len(across)
            ax.contour(across, up, lead.reshape(shape), [0], colors="0.25", linewidths=1)
    grey = LinearSegmentedColormap.from_list("strength", ["1.0", str(1 - STRONGEST)])
    return ScalarMappable(Normalize(1 / number, 1), grey), "P of the likeliest class"


def _line(features: Array) -> Array:
    low, high = limits(features)
    return np.linspace(low[0], high[0], 401)


def _draw_borders(ax: Axes, line: Array, scores: Array) -> None:
    """Draw a line wherever another column of `scores` becomes the highest."""
    winner = scores.argmax(axis=1)
    left = np.flatnonzero(winner[1:] != winner[:-1])
    old, new = winner[left], winner[left + 1]
    lead, later = (
        scores[left, old] - scores[left, new],
        scores[left + 1, old] - scores[left + 1, new],
    )
    # Between two points of the grid, the lead falls along a straight line to below 0.
    for place in line[left] + (line[1] - line[0]) * lead / (lead - later):
        ax.axvline(place, **_BORDER, label=f"decision: x = {place:.2f}", zorder=1)
