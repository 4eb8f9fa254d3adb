"""What comes in as numbers becomes a NumPy array of floats here, or a clear error."""

from __future__ import annotations

import operator
from typing import Any, TypeAlias

import numpy as np

from tinyneuron import config

Array: TypeAlias = np.ndarray
Shape: TypeAlias = tuple[Any, ...]  # of integers, and None for a size that is not known


def as_numbers(x: Any, name: str = "inputs") -> Array:
    """Return `x` as an array of real numbers, without a copy where it is one already.

    Raises
    ------
    TypeError
        If it holds strings, objects or complex numbers.
    ValueError
        If it is a list of rows of different lengths.
    """
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise ValueError(
            f"{name} must be rectangular: every row as long as the others. NumPy says: {error}"
        ) from None
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"{name} must be real numbers, got dtype {array.dtype} from a {type(x).__name__}. "
            "If they are numbers stored as something else, convert them first: "
            "x.astype('float32')."
        )
    return array


def as_floats(x: Any, dtype: Any = None, name: str = "inputs") -> Array:
    """Return `x` as an array of `dtype`, without a copy where it is one already.

    Without a `dtype`, float32 and float64 arrays keep theirs and all else becomes
    `config.floatx()`, as in Keras.

    Examples
    --------
    >>> as_floats([1, 2])
    array([1., 2.], dtype=float32)
    """
    array = as_numbers(x, name)
    if dtype is None:
        own = isinstance(x, np.ndarray | np.generic) and array.dtype.kind == "f"
        keeps = own and array.dtype.itemsize in (4, 8)
        dtype = f"float{8 * array.dtype.itemsize}" if keeps else config.floatx()
    with np.errstate(over="ignore"):  # 1e300 becomes inf in float32, as it does in Keras
        return array.astype(dtype, copy=False)


def as_shape(shape: Any, name: str = "input_shape") -> Shape:
    """Return `shape` as a tuple of integers from 0 up and ``None``.

    Examples
    --------
    >>> as_shape([None, 3])
    (None, 3)
    """
    try:
        dims = tuple(d if d is None else d.__index__() for d in shape)
    except (TypeError, AttributeError):
        raise ValueError(
            f"{name} must be a tuple of integers or None, such as (None, 3), got {shape!r}."
        ) from None
    if any(d is not None and d < 0 for d in dims):
        raise ValueError(f"{name} must not have negative sizes, got {dims}.")
    return dims


def positive_integer(name: str, value: Any) -> int:
    """Return `value` as an int, NumPy's integers included, or say that `name` must be one.

    >>> positive_integer("units", np.int64(3))
    3
    """
    try:
        number = 0 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = 0
    if number < 1:
        raise ValueError(f"{name} must be a positive integer, got {value!r}.")
    return number
