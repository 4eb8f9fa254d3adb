"""Single arguments, checked where they come in: the value comes back, or a clear error."""

from __future__ import annotations

import math
import operator
import reprlib
from collections.abc import Callable, Collection, Hashable
from numbers import Integral, Real
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

_RANGES: dict[str, Callable[[float], bool]] = {
    "a finite number": math.isfinite,
    "a finite number from 0 up": lambda value: 0 <= value < math.inf,
    "a finite number from 1 up": lambda value: 1 <= value < math.inf,
    "a finite number above 0": lambda value: 0 < value < math.inf,
    "a number from 0 up": lambda value: value >= 0,
    "a number from 0 to 1": lambda value: 0 <= value <= 1,
    "a number from 0 up and below 1": lambda value: 0 <= value < 1,
    "a number above 0 and up to 1": lambda value: 0 < value <= 1,
    "a number above 0 and below 1": lambda value: 0 < value < 1,
}

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = 100


def shown(value: Any) -> str:
    """Return the repr of any `value`, shortened where it is long or deep, for a message.

    >>> shown("adam")
    "'adam'"
    >>> shown([[[[[[[[1]]]]]]]])
    '[[[[[[[...]]]]]]]'
    """
    return _repr.repr(value)


def integer(name: str, value: Any, least: int | None = 1) -> int:
    """Return `value` as an int, NumPy's integers included, or say that `name` must be one.

    >>> integer("units", np.int64(3))
    3
    >>> integer("patience", -1, least=0)
    Traceback (most recent call last):
        ...
    ValueError: patience must be an integer from 0 up, got -1.
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or (least is not None and number < least):
        kinds = {None: "an integer", 1: "a positive integer"}
        kind = kinds.get(least, f"an integer from {least} up")
        raise ValueError(f"{name} must be {kind}, got {shown(value)}.")
    return number


def real_number(name: str, value: Any, kind: str = "a finite number") -> float:
    """Return `value` as a float, NumPy's numbers included, or say what `name` must be.

    >>> real_number("rate", np.float32(0.5), "a number from 0 to 1")
    0.5
    >>> real_number("rate", "half", "a number from 0 to 1")
    Traceback (most recent call last):
        ...
    ValueError: rate must be a number from 0 to 1, got 'half'.
    """
    try:
        is_number = isinstance(value, Real) and not isinstance(value, bool)
        number = float(value) if is_number else math.nan
    except OverflowError:
        number = math.nan
    if not _RANGES[kind](number):
        raise ValueError(f"{name} must be {kind}, got {shown(value)}.")
    return number


def flag(name: str, value: Any) -> bool:
    """Return `value` as a bool; numbers other than 0 and 1, and words, are no answer.

    >>> flag("use_bias", "no")
    Traceback (most recent call last):
        ...
    ValueError: use_bias must be True or False, got 'no'.
    """
    if type(value) is bool or (isinstance(value, Integral | np.bool_) and value in (0, 1)):
        return bool(value)
    raise ValueError(f"{name} must be True or False, got {shown(value)}.")


def one_of(name: str, value: Any, choices: Collection[Any]) -> Any:
    """Return `value` if it is one of the `choices`, or list them.

    >>> one_of("mode", "up", ["auto", "min", "max"])
    Traceback (most recent call last):
        ...
    ValueError: mode must be 'auto', 'min' or 'max', got 'up'.
    """
    if isinstance(value, Hashable) and value in choices:
        return value
    *others, last = map(repr, choices)
    listed = f"{', '.join(others)} or {last}" if others else last
    raise ValueError(f"{name} must be {listed}, got {shown(value)}.")


def as_list(name: str, value: Any) -> list[Any]:
    """Return a list of what an iterable holds.

    >>> as_list("layers", (1, 2))
    [1, 2]
    """
    try:
        if isinstance(value, str | bytes | memoryview):
            raise TypeError
        items = iter(value)
    except TypeError:
        raise TypeError(f"{name} must be a list, got {shown(value)}.") from None
    return list(items)


def text(name: str, value: Any) -> str:
    """Return `value` if it is a string.

    >>> text("monitor", "loss")
    'loss'
    """
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a string, got {shown(value)}.")
    return value


def path(filepath: Any) -> Path:
    """Return `filepath` as a path, if it is a string or a path.

    >>> path("model.npz").suffix
    '.npz'
    """
    if not isinstance(filepath, str | PathLike):
        raise TypeError(f"filepath must be a string or a path, got {shown(filepath)}.")
    from pathlib import Path  # a twentieth of NumPy's import time, for models that are saved

    return Path(filepath)
