"""Data: points, with the line that a model predicts, or in classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from tinyneuron._common.arguments import text
from tinyneuron._common.arrays import Array
from tinyneuron.plotting.arguments import (
    as_classes,
    as_column,
    as_features,
    as_names,
    check_lengths,
)
from tinyneuron.plotting.style import (
    BLUE,
    HALO,
    add_legend,
    class_color,
    class_marker,
    given_or_new,
    name_axes,
)


def plot_points(x: Any, y: Any, ax: Axes | None = None, *, label: str | None = "data") -> Axes:
    """Draw data with one feature, y over x, as black dots.

    Parameters
    ----------
    x, y : array_like of shape (m,) or (m, 1)
    ax : Axes, optional
        A new figure by default.
    label : str, optional
        For the legend.

    Examples
    --------
    >>> ax = plot_points([1.0, 2.0], [300.0, 500.0])
    >>> ax.set(xlabel="size (1000 sqft)", ylabel="price (1000s of dollars)")[0].get_text()
    'size (1000 sqft)'
    """
    x, y = as_column("x", x), as_column("y", y)
    check_lengths(x=x, y=y)
    label = None if label is None else text("label", label)
    ax = given_or_new(ax)
    ax.plot(x, y, "o", color="black", markersize=7, label=label, zorder=3)
    name_axes(ax, "x", "y")
    return ax


def plot_regression(
    x: Any, y: Any, prediction: Any, ax: Axes | None = None, *, label: str = "prediction"
) -> Axes:
    """Draw data with one feature, and the line that a model predicts for it.

    Parameters
    ----------
    x, y, prediction : array_like of shape (m,) or (m, 1)
    ax : Axes, optional
        A new figure by default.
    label : str
        The line's, for the legend.

    Examples
    --------
    >>> ax = plot_regression([2.0, 1.0], [480.0, 310.0], [500.0, 300.0])
    >>> ax.lines[1].get_xydata()
    array([[  1., 300.],
           [  2., 500.]])
    """
    x, y, prediction = as_column("x", x), as_column("y", y), as_column("prediction", prediction)
    check_lengths(x=x, prediction=prediction)
    text("label", label)
    ax = plot_points(x, y, ax)
    order = np.argsort(x)
    ax.plot(x[order], prediction[order], color=BLUE, label=label)
    add_legend(ax)
    return ax


def plot_classes(x: Any, y: Any, ax: Axes | None = None, *, labels: Any = None) -> Axes:
    """Draw data of classes: one feature, with the class upwards, or two, with the class as marker.

    Parameters
    ----------
    x : array_like of shape (m,), (m, 1) or (m, 2)
    y : array_like of shape (m,) or (m, 1), or one-hot of shape (m, classes)
        Class numbers 0, 1, 2 ...
    ax : Axes, optional
        A new figure by default.
    labels : sequence of str, optional
        Names of the classes, ``y = 0``, ``y = 1`` ... by default.

    Examples
    --------
    >>> ax = plot_classes([[0.0, 1.0], [2.0, 3.0]], [0, 1], labels=["benign", "malignant"])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['benign', 'malignant']
    """
    labels = None if labels is None else as_names("labels", labels)
    features, y = as_features(x), as_classes("y", y, None if labels is None else len(labels))
    check_lengths(x=features, y=y)
    ax = given_or_new(ax)
    draw_classes(ax, features, y, y, labels)
    name_features(ax, features, "y")
    add_legend(ax)
    return ax


def draw_classes(ax: Axes, features: Array, y: Array, heights: Array, labels: Any) -> None:
    """Draw each class in its colour and marker; one feature at the `heights`."""
    few = len(features) < 100
    points = features if features.shape[1] == 2 else np.stack([features[:, 0], heights], axis=1)
    for number in np.unique(y):
        ax.plot(
            *points[y == number].T,
            class_marker(number),
            color=class_color(number),
            markerfacecolor="none",
            markeredgewidth=2 if few else 1,
            markersize=8 if few else 5,
            label=f"y = {number}" if labels is None else labels[number],
            zorder=3,
            path_effects=HALO,
        )


def name_features(ax: Axes, features: Array, up: str) -> None:
    """Name the axes after one feature and what is drawn `up`wards, or after two features."""
    name_axes(ax, *(("x", up) if features.shape[1] == 1 else ("$x_0$", "$x_1$")))
