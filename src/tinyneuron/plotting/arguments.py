"""What the functions are given: models, features and classes, checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinyneuron.arrays import Array, as_numbers


def as_function(model: Any) -> Callable[[Array], Any]:
    """Return what computes a model's outputs: its `predict`, or itself if it is a function."""
    if not getattr(model, "built", True):
        raise ValueError(
            f"{type(model).__name__} {model.name!r} is not built: it has no weights to draw yet. "
            "Start a model with an Input, train it, or call it on data first."
        )
    function = getattr(model, "predict", model)
    if not callable(function):
        raise TypeError(
            f"model must be a model, a layer or a function of an array, got a "
            f"{type(model).__name__}."
        )
    return function


def as_features(x: Any) -> Array:
    """Return `x` as (m, 1) or (m, 2)."""
    x = as_numbers(x, "x")
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


def check_names(argument: str, names: Sequence[Any], number: int) -> None:
    """Raise a ValueError unless there is a name for each of a `number` of things."""
    if len(names) != number:
        raise ValueError(f"{argument} must be {number} names, got {len(names)}: {list(names)}.")
