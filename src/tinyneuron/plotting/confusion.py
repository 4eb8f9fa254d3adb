"""Confusion: which class was taken for which."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import FuncNorm

from tinyneuron.plotting.arguments import as_classes, as_names, check_lengths
from tinyneuron.plotting.style import LIGHT_SIGNED, NEGATIVE, given_or_new


def plot_confusion(y_true: Any, y_pred: Any, ax: Axes | None = None, *, labels: Any = None) -> Axes:
    """Draw how often each class was taken for each: rows are true, columns predicted.

    What was right is indigo, what was wrong brown and bold. Shades grow with the fourth root of
    the counts, so that a single mistake among many rows is seen.

    Parameters
    ----------
    y_true, y_pred : array_like of shape (m,) or (m, 1), or one-hot of shape (m, classes)
        Class numbers from 0.
    ax : Axes, optional
        A new figure by default.
    labels : sequence of str, optional
        Names of the classes, their numbers by default.

    Examples
    --------
    >>> ax = plot_confusion([0, 0, 1], [0, 1, 1])
    >>> [text.get_text() for text in ax.texts]
    ['1', '1', '1']
    """
    names = None if labels is None else as_names("labels", labels)
    known = None if names is None else len(names)
    true, predicted = as_classes("y_true", y_true, known), as_classes("y_pred", y_pred, known)
    check_lengths(y_true=true, y_pred=predicted)
    if not len(true):
        raise ValueError("There is nothing to count: y_true is empty.")
    number = known or max(true.max(), predicted.max()) + 1
    names = names or [str(i) for i in range(number)]
    counts = np.zeros((number, number), int)
    np.add.at(counts, (true, predicted), 1)
    ax = given_or_new(ax)
    right = np.eye(number, dtype=bool)
    most = counts.max()
    ax.imshow(np.where(right, counts, -counts), cmap=LIGHT_SIGNED, norm=_roots(most))
    for row, column in zip(*np.nonzero(counts), strict=True):
        ax.text(
            column,
            row,
            str(counts[row, column]),
            ha="center",
            va="center",
            fontsize=min(10, 120 / number),
            color="black" if right[row, column] else NEGATIVE,
            weight="normal" if right[row, column] else "bold",
        )
    crowded = sum(map(len, names)) > 40
    ax.set_xticks(range(number), names, rotation=90 if crowded else 0)
    ax.set_yticks(range(number), names)
    ax.set(xlabel="predicted", ylabel="true")
    return ax


def _roots(most: int) -> FuncNorm:
    """Return a scale from -most to most of fourth roots: one mistake among many right is seen."""
    functions = (lambda n: np.sign(n) * np.abs(n) ** 0.25, lambda r: np.sign(r) * r**4)
    return FuncNorm(functions, -most, most)
