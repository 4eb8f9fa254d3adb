"""A weight: an array of a layer, with what training must know of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from itertools import repeat
from operator import setitem
from typing import Any

import numpy as np

from tinyneuron import constraints, initializers, regularizers
from tinyneuron._common.arguments import as_list, flag
from tinyneuron._common.arrays import Array, Shape, as_numbers
from tinyneuron._common.at_once import at_once


class Weight:
    """One array of a layer. Two weights are equal only if they are the same one.

    Attributes
    ----------
    value : ndarray
        Stays the same array for the layer's whole life.
    name : str
    trainable : bool
        Whether `backward` finds a gradient for it; the layer it belongs to may be frozen all the
        same.
    regularizer, constraint : callable or None
        Its penalty in the loss, and what it is held to after each training step.
    """

    def __init__(self, value: Array, name: str, trainable: bool, regularizer: Any, constraint: Any):
        self.value, self.name, self.trainable = value, name, flag("trainable", trainable)
        self.regularizer = regularizers.get(regularizer)
        self.constraint = constraints.get(constraint)


# How many bytes the weights may have that are made meanwhile, where they are made to be read from
# a file. Every thread, and every model that is loaded while another one is, has its own.
_bytes_to_load: ContextVar[list[int] | None] = ContextVar("bytes_to_load", default=None)


@contextlib.contextmanager
def loading(number_of_bytes: int) -> Iterator[None]:
    """Let weights that are made meanwhile be ones: a file's numbers will be written over them.

    A damaged or hostile file may claim a model of any size. All weights together may have no more
    bytes than the file has for them.
    """
    token = _bytes_to_load.set([number_of_bytes])
    try:
        yield
    finally:
        _bytes_to_load.reset(token)


def initial_value(shape: Shape, dtype: np.dtype[Any], initializer: Any, owner: str) -> Array:
    """Return a new array as the initializer fills it, or one of ones while a file is read."""
    left = _bytes_to_load.get()
    if left is not None:
        left[0] -= int(np.prod(shape, dtype=object)) * dtype.itemsize
        if left[0] < 0:
            raise ValueError(
                f"{owner} needs a weight of shape {shape} and {dtype}, and the file has not as "
                "many numbers."
            )
        return np.ones(shape, dtype)
    make = initializers.get("glorot_uniform" if initializer is None else initializer)
    assert make is not None
    value = as_numbers(make(shape, dtype=dtype), "the initial value").astype(dtype, copy=False)
    if value.shape != shape:
        raise ValueError(
            f"{owner}: the initializer made an array of shape {value.shape} for a weight of shape "
            f"{shape}."
        )
    return np.array(value, order="C")  # the initializer may have handed out one it keeps


def fitting(given: Any, weights: Sequence[Array], name: str, built: bool) -> list[Array]:
    """Return the arrays that are given for `weights`, if all fit."""
    if isinstance(given, np.ndarray) and given.dtype != object and len(weights) != 1:
        raise ValueError(
            f"set_weights of {name!r} takes a list of arrays, one for each weight, "
            f"got one array of shape {given.shape}."
        )
    values = [
        as_numbers(value, f"weight {i} of layer {name!r}")
        for i, value in enumerate(as_list("weights", given))
    ]
    if len(values) != len(weights):
        hint = "" if built else " It is not built yet: call it, or build(...) it, first."
        raise ValueError(
            f"Layer {name!r} has {len(weights)} weights of shapes {_shapes(weights)}, "
            f"got {len(values)} of shapes {_shapes(values)}.{hint}"
        )
    for i, (weight, value) in enumerate(zip(weights, values, strict=True)):
        if weight.shape != value.shape:
            hint = " Did you mean W.T?" if weight.shape == value.T.shape else ""
            raise ValueError(
                f"Layer {name!r} has weights of shapes {_shapes(weights)}, got "
                f"{_shapes(values)}: weight {i} does not fit.{hint}"
            )
        if not weight.flags.writeable:
            raise ValueError(f"Layer {name!r}: weight {i} is read-only.")
    return values


def write_all(arrays: Sequence[Array], values: Sequence[Any]) -> None:
    """Write each value, which fits, into its array: all of them, whatever interrupts."""
    at_once(setitem, arrays, repeat(...), values)


def _shapes(arrays: Sequence[Array]) -> list[Shape]:
    return [array.shape for array in arrays]
