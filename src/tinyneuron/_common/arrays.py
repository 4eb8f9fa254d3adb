"""What comes in as numbers becomes a NumPy array of floats here, or a clear error."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from numbers import Real
from typing import Any, TypeAlias

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arguments import shown

Array: TypeAlias = np.ndarray
Shape: TypeAlias = tuple[Any, ...]  # of integers, and None for a size that is not known
Empty: TypeAlias = Callable[[Shape, Any], Array]  # makes arrays as `np.empty` does


class Buffers:
    """An `np.empty` whose arrays lie in two pieces of memory by turns, made once for many blocks.

    While a layer reads its inputs in the one, it writes its outputs into the other.
    """

    def __init__(self) -> None:
        self._memory = np.empty(0, np.uint8), np.empty(0, np.uint8)

    def __call__(self, shape: Shape, dtype: Any) -> Array:
        size = math.prod(shape) * np.dtype(dtype).itemsize
        next_one, last = self._memory
        if next_one.size < size:
            next_one = np.empty(size, np.uint8)
        self._memory = last, next_one
        return np.ndarray(shape, dtype, next_one)


@functools.lru_cache(256)
def number(value: float, dtype: Any) -> Array:
    """Return a number as an array of no dimension.

    NumPy takes it as it is, where it converts a Python number at each call, which takes longer
    than to multiply a hundred numbers.
    """
    array = np.array(value).astype(dtype, casting="same_kind")  # never to an integer
    array.flags.writeable = False
    return array


def as_numbers(x: Any, name: str = "inputs") -> Array:
    """Return `x` as an array of real numbers, without a copy where it is one already.

    Raises
    ------
    TypeError
        If it holds strings, objects or complex numbers.
    ValueError
        If it is a list of rows of different lengths.
    """
    if type(x) is not np.ndarray:
        _refuse_what_is_no_array_yet(x, name)
    try:
        array = np.asarray(x)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"{name} must be rectangular: every row as long as the others. NumPy says: {error}"
        ) from None
    if array is not x and (
        (array.dtype.kind not in "fiub" and hasattr(x, "to_numpy"))
        or hasattr(x, "get_columns")  # polars makes numbers of dates
    ):
        array = _of_table(x, name)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"{name} must be real numbers, got dtype {array.dtype} from a {type(x).__name__}."
            f"{_how_to_convert(array, name)}"
        )
    if array is not x and isinstance(getattr(x, "mask", None), np.ndarray | np.bool_):
        raise TypeError(
            f"{name} must be an array whose entries all count, got a {type(x).__name__}. Fill the "
            "masked ones first: x.filled(0)."
        )
    return array


def _refuse_what_is_no_array_yet(x: Any, name: str) -> None:
    """Refuse sparse matrices and lazy tables: how large an array they make, the user must know."""
    for kind, method in {"sparse matrix": "toarray", "lazy table": "collect"}.items():
        if hasattr(x, method):
            own = name if name.isidentifier() else "x"
            raise TypeError(
                f"{name} must be an array, got a {kind}, a {type(x).__name__}: {own}.{method}() "
                "makes one of it, if memory can hold it."
            )


def _how_to_convert(array: Array, name: str) -> str:
    """Say how objects and texts may become numbers."""
    if not array.ndim and array.dtype.kind == "U" and name.startswith(("x", "inputs")):
        return " If that names a file, read it first: numpy.loadtxt, pandas.read_csv."
    if not array.ndim or array.dtype.kind not in "OSU":
        return ""
    try:
        array[:100].astype(np.float64)
    except (OverflowError, TypeError, ValueError):
        if name.startswith(("y", "classes")) and array.size == len(array):
            return (
                " If they are names of classes, np.unique(y, return_inverse=True)[1] is the number "
                "of each one's class, from 0 up."
            )
        return " Make numbers of them first: of words, a column of 0 and 1 for each word."
    return (
        " If they are numbers stored as something else, convert them first: np.array(x, 'float32')."
    )


def _of_table(table: Any, name: str) -> Array:
    """Return a DataFrame of pandas or polars, or a Series, whose columns have different dtypes.

    Bools count as 0 and 1, what is missing is NaN.
    """
    if not hasattr(table, "columns"):
        return _of_column(table)
    by_place = getattr(table, "iloc", table)  # labels may occur twice
    labels = list(table.columns)
    columns = [_of_column(by_place[:, i]) for i in range(len(labels))]
    other = [
        f"{label!r} ({by_place[:, i].dtype})"
        for i, label in enumerate(labels)
        if columns[i].dtype.kind not in "fiub"
    ]
    if other:
        raise TypeError(
            f"{name} must be real numbers, and these columns of the {type(table).__name__} are "
            f"not: {', '.join(other)}. Leave them out, or make numbers of them first: of each text "
            "a column of 0 and 1, as pandas.get_dummies does, of dates the days since the first."
        )
    return np.column_stack(columns)


def _of_column(column: Any) -> Array:
    """Return a column's numbers, or its objects if they are no numbers."""
    array = np.asarray(column)
    if array.dtype.kind != "O":
        return array
    from decimal import Decimal  # slow to import, and only tables have it

    numbers = [math.nan if _is_missing(value) else value for value in array]
    if all(isinstance(value, Real | np.bool_ | Decimal) for value in numbers):
        return np.array(numbers, np.float64)
    return array


def _is_missing(value: Any) -> bool:
    return value is None or type(value).__name__ == "NAType"  # that of pandas.NA


def as_floats(x: Any, dtype: Any = None, name: str = "inputs") -> Array:
    """Return `x` as an array of `dtype`, without a copy where it is one already.

    Without a `dtype`, float32 and float64 arrays keep theirs and all else becomes
    `settings.floatx()`, as in Keras.

    Examples
    --------
    >>> as_floats([1, 2])
    array([1., 2.], dtype=float32)
    """
    array = as_numbers(x, name)
    if dtype is None:
        own = isinstance(x, np.ndarray | np.generic) and array.dtype.kind == "f"
        keeps = own and array.dtype.itemsize in (4, 8)
        dtype = f"float{8 * array.dtype.itemsize}" if keeps else settings.floatx()
    return as_dtype(array, dtype)


def as_dtype(array: Array, dtype: Any, empty: Empty | None = None) -> Array:
    """Return an array in `dtype`: itself, where it has that already, else one made by `empty`.

    >>> as_dtype(np.array([1e300]), np.float32)
    array([inf], dtype=float32)
    """
    if array.dtype == dtype:
        return array
    with np.errstate(over="ignore"):  # 1e300 becomes inf in float32, as it does in Keras
        if empty is None:
            return array.astype(dtype)
        other = empty(array.shape, dtype)
        np.copyto(other, array, "unsafe")
        return other


def as_shape(shape: Any, name: str = "input_shape") -> Shape:
    """Return `shape` as a tuple of integers from 0 up and ``None``.

    Examples
    --------
    >>> as_shape([None, 3])
    (None, 3)
    """
    try:
        if not isinstance(shape, tuple) and not isinstance(shape, list | np.ndarray):
            raise TypeError
        dims = tuple([d if d is None else operator.index(d) for d in shape])
    except TypeError:
        raise ValueError(
            f"{name} must be a tuple of integers or None, such as (None, 3), got {shown(shape)}."
        ) from None
    for size in dims:
        if size is not None and size < 0:
            raise ValueError(f"{name} must not have negative sizes, got {dims}.")
    return dims


def as_batch_shape(shape: Any, name: str = "input_shape") -> Shape:
    """Return the shape of a batch, which has an axis for the samples, known or not.

    >>> as_batch_shape([None, 3])
    (None, 3)
    """
    dims = as_shape(shape, name)
    if not dims:
        raise ValueError(f"{name} must start with an axis for the samples, got ().")
    return dims


def as_sizes(shape: Any, name: str = "shape") -> tuple[int, ...]:
    """Return the shape of an array that is to be made: of known sizes, none beyond all memory.

    >>> as_sizes((2, 3))
    (2, 3)
    """
    sizes = as_shape(shape, name)
    if None in sizes:
        raise ValueError(f"{name} must have known sizes, got {sizes}.")
    if math.prod(sizes) > 2**36:
        raise ValueError(
            f"{name} must be that of an array that memory can hold, got {shown(sizes)}."
        )
    return sizes
