"""What the functions are given: models, features, classes, names and Axes, checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from tinyneuron._common.arguments import as_list, real_number, shown
from tinyneuron._common.arrays import Array, as_numbers


def check_built(model: Any) -> None:
    """Raise a ValueError if this is a model or a layer without weights yet."""
    if not getattr(model, "built", True):
        raise ValueError(
            f"{type(model).__name__} {model.name!r} is not built: it has no weights to draw yet. "
            "Start a model with an Input, train it, or call it on data first."
        )


def as_function(model: Any) -> Callable[[Array], Any]:
    """Return what computes a model's outputs, one row of numbers for each row of inputs."""
    check_built(model)
    function = getattr(model, "predict", model)
    if not callable(function):
        raise TypeError(
            f"model must be a model, a layer or a function of an array, got a "
            f"{type(model).__name__}."
        )

    def outputs(rows: Array) -> Array:
        values = as_numbers(function(rows), "what the model returns")
        if values.ndim == 0 or len(values) != len(rows) or not values.size:
            raise ValueError(
                f"model must return outputs for each row, got shape {values.shape} for "
                f"{len(rows)} rows."
            )
        return values.reshape(len(rows), -1).astype(np.float64)

    return outputs


def as_features(x: Any) -> Array:
    """Return `x` as (m, 1) or (m, 2)."""
    x = as_numbers(x, "x").astype(np.float64)
    x = x[:, np.newaxis] if x.ndim == 1 else x
    if x.ndim != 2 or x.shape[1] not in (1, 2) or not len(x):
        raise ValueError(
            f"x must have rows of one or two features, got shape {x.shape}. To draw two of more, "
            "give those columns as x, and as model a function that fills in the others."
        )
    return x


def as_column(name: str, values: Any) -> Array:
    """Return `values` as (m,)."""
    values = as_numbers(values, name)
    if values.ndim == 0 or values.size != len(values):
        raise ValueError(f"{name} must be one column of numbers, got shape {values.shape}.")
    return values.reshape(-1)


def as_classes(name: str, y: Any, number: int | None = None) -> Array:
    """Return class numbers as integers of shape (m,), from one-hot rows too.

    With a `number` of classes, those beyond are refused.
    """
    y = as_numbers(y, name)
    if y.ndim == 2 and y.shape[1] > 1 and np.all((y == 0) | (y == 1)) and np.all(y.sum(1) == 1):
        y = y.argmax(axis=1)
    y = as_column(name, y)
    wrong = (y < 0) | (y != np.floor(y))
    if wrong.any():
        raise ValueError(
            f"{name} must be class numbers 0, 1, 2 ..., got {y[wrong][0]:g}. Probabilities become "
            "classes with (p >= 0.5), or p.argmax(axis=1) if there is one for each class."
        )
    if number is not None and len(y) and y.max() >= number:
        raise ValueError(
            f"{name} has class {y.max():g}, and there are only {number} classes: 0 to {number - 1}."
        )
    return y.astype(int)


def check_lengths(**columns: Array) -> None:
    """Raise a ValueError if the two columns differ in length."""
    (first, a), (second, b) = columns.items()
    if len(a) != len(b):
        raise ValueError(
            f"{first} and {second} must be as long as each other, got {len(a)} and {len(b)}."
        )


def as_names(argument: str, names: Any, number: int | None = None) -> list[str]:
    """Return the names as strings, if there is one for each of a `number` of things."""
    found = as_list(argument, names)
    if not all(isinstance(name, str | int | float | np.generic) for name in found):
        raise TypeError(f"{argument} must be a list of names, got {shown(names)}.")
    if number is not None and len(found) != number:
        raise ValueError(f"{argument} must be {number} names, got {len(found)}: {shown(names)}.")
    return [str(name) for name in found]


def as_limits(argument: str, limits: Any) -> tuple[float, float]:
    """Return a lower and a higher number."""
    ends = [real_number(f"an end of {argument}", end) for end in as_list(argument, limits)]
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise ValueError(f"{argument} must be a lower and a higher number, got {shown(limits)}.")
    return ends[0], ends[1]


def as_axes(ax: Any) -> Axes:
    """Return `ax`, if it is what its name says."""
    if not isinstance(ax, Axes):
        raise TypeError(f"ax must be Axes of matplotlib, as plt.subplots() makes, got {shown(ax)}.")
    return ax
