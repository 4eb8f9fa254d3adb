"""Weights that are loaded: arrays without their values, and no more of them than the file has."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from tinyneuron._common.arrays import Array

_bytes_left: ContextVar[list[int] | None] = ContextVar("bytes_left", default=None)


@contextmanager
def loading(budget: int) -> Iterator[None]:
    """Let weights that are added meanwhile be ones, of at most `budget` bytes together."""
    token = _bytes_left.set([budget])
    try:
        yield
    finally:
        _bytes_left.reset(token)


def to_be_loaded(shape: tuple[int, ...], dtype: np.dtype[Any], layer: str) -> Array | None:
    """Return an array for a weight whose values will be loaded, or ``None`` if none are."""
    left = _bytes_left.get()
    if left is None:
        return None
    left[0] -= dtype.itemsize * math.prod(shape)
    if left[0] < 0:
        raise ValueError(
            f"Layer {layer!r} needs a weight of shape {shape} and {dtype}, and the file is too "
            "small to have it."
        )
    return np.ones(shape, dtype)
