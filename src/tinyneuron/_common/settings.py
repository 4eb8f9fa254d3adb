"""Settings of the whole library: the default dtype, the small epsilon, the random numbers.

`tinyneuron.config` is their public face.
"""

from __future__ import annotations

import contextlib
from _thread import get_ident  # threading's, which NumPy does not import
from collections.abc import Iterator
from typing import Any

import numpy as np

from tinyneuron._common.arguments import integer, real_number, shown

_FLOAT_DTYPES = ("float32", "float64")

_floatx = "float32"
_epsilon = 1e-7
_generator: np.random.Generator | None = None
# The threads that took random numbers since each `random_numbers_taken_back` began to watch.
_taken_by: list[set[int]] = []


def floatx() -> str:
    """The dtype of layers made without one, as in Keras: ``"float32"`` until it is set.

    Examples
    --------
    >>> floatx()
    'float32'
    """
    return _floatx


def set_floatx(value: str) -> None:
    """Make ``"float32"`` or ``"float64"`` the dtype of every layer made from now on.

    Raises
    ------
    ValueError
        If `value` is anything else.
    """
    global _floatx
    _floatx = float_dtype(value).name


def float_dtype(value: Any) -> np.dtype[Any]:
    """Return `value` (``None`` for `floatx`) as one of the two dtypes that layers compute in.

    >>> float_dtype(np.float64)
    dtype('float64')
    """
    dtype = _dtype_of(value)
    if dtype is None or dtype.name not in _FLOAT_DTYPES:
        raise ValueError(f"dtype must be 'float32' or 'float64', got {shown(value)}.")
    return dtype


def number_dtype(value: Any) -> np.dtype[Any]:
    """Return `value` (``None`` for `floatx`) as a dtype of real numbers, such as a weight has.

    >>> number_dtype("int32")
    dtype('int32')
    """
    dtype = _dtype_of(value)
    if dtype is None or dtype.kind not in "fiub":
        raise ValueError(f"dtype must be one of real numbers, got {shown(value)}.")
    return dtype


def _dtype_of(value: Any) -> np.dtype[Any] | None:
    """Return NumPy's own dtype object for what `value` names, if it names a dtype."""
    value = _floatx if value is None else value
    try:
        known = isinstance(value, str | type | np.dtype)
        return np.dtype(np.dtype(value).name) if known else None  # in this machine's byte order
    except (TypeError, ValueError):
        return None


def epsilon() -> float:
    """The small number that keeps divisions and logarithms finite (1e-7), as in Keras."""
    return _epsilon


def set_epsilon(value: float) -> None:
    """Replace the small number that `epsilon` returns."""
    global _epsilon
    _epsilon = real_number("epsilon", value, "a finite number above 0")


def random_generator() -> np.random.Generator:
    """The one generator from which all unseeded randomness of the library comes."""
    global _generator
    for takers in _taken_by:
        takers.add(get_ident())
    if _generator is None:  # made late: `numpy.random` is a tenth of NumPy's import time
        _generator = np.random.default_rng()
    return _generator


@contextlib.contextmanager
def random_numbers_taken_back() -> Iterator[None]:
    """Go back to where the random numbers were if all fails, unless other threads took some."""
    state = None if _generator is None else _generator.bit_generator.state
    takers = set[int]()
    _taken_by.append(takers)
    try:
        yield
    except BaseException:
        if state is not None and takers <= {get_ident()}:
            random_generator().bit_generator.state = state
        raise
    finally:
        _taken_by.pop()


def make_seed() -> int:
    """Draw a seed for an initializer or a layer that was given none."""
    return int(random_generator().integers(2**31))


def set_random_seed(seed: int) -> None:
    """Seed Python's, NumPy's and the library's random numbers, as ``keras.utils`` does.

    After it, initial weights, shuffling and dropout repeat bit for bit on one machine.

    Raises
    ------
    ValueError
        If `seed` is not an integer from 0 to 2**32 - 1.

    Examples
    --------
    >>> set_random_seed(1)
    >>> first = make_seed()
    >>> set_random_seed(1)
    >>> make_seed() == first
    True
    """
    global _generator
    seed = integer("seed", seed, least=None)
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed must be from 0 to 2**32 - 1, got {seed}.")
    import random  # only here, and slow to import

    random.seed(seed)
    np.random.seed(seed)
    _generator = np.random.default_rng(seed)
