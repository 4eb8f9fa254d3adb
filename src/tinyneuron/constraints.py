"""Constraints: what a weight is held to after each training step.

>>> NonNeg()([-1.0, 2.0])
array([0., 2.], dtype=float32)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron import config
from tinyneuron.arguments import integer, real_number, shown
from tinyneuron.arrays import Array, as_floats
from tinyneuron.identifiers import Configurable, not_offered, resolve, table_of


class Constraint(Configurable):
    """Base of all constraints: subclass it with `__call__`."""

    def __call__(self, w: Any) -> Array:
        """Return the allowed weights nearest to w."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(w).")


class NonNeg(Constraint):
    """max(w, 0)."""

    def __call__(self, w: Any) -> Array:
        return np.maximum(as_floats(w, name="w"), 0)


class MaxNorm(Constraint):
    """Shrink each unit's weights to a length of at most `max_value`."""

    def __init__(self, max_value: float = 2, axis: int = 0):
        kind = "a finite number from 0 up"
        self.max_value = real_number("MaxNorm: max_value", max_value, kind)
        self.axis = integer("MaxNorm: axis", axis, least=None)

    def __call__(self, w: Any) -> Array:
        w = as_floats(w, name="w")
        norms = _norms(w, self.axis)
        wanted = np.clip(norms, 0, self.max_value)
        return w * (wanted / (config.epsilon() + norms))


class UnitNorm(Constraint):
    """Scale each unit's weights to length 1."""

    def __init__(self, axis: int = 0):
        self.axis = integer("UnitNorm: axis", axis, least=None)

    def __call__(self, w: Any) -> Array:
        w = as_floats(w, name="w")
        return w / (config.epsilon() + _norms(w, self.axis))


def _norms(w: Array, axis: int) -> Array:
    if not -w.ndim <= axis < w.ndim:
        raise ValueError(f"The axis {axis} is not among those of a weight of shape {w.shape}.")
    return np.sqrt(np.square(w).sum(axis=axis, keepdims=True))


non_neg, max_norm, unit_norm = NonNeg, MaxNorm, UnitNorm
_TABLE = table_of(NonNeg, MaxNorm, UnitNorm)


def get(identifier: Any) -> Any:
    """Return the constraint that a name, a configuration or ``None`` stands for."""
    found = resolve(identifier, _TABLE, "constraint")
    if found is not None and not callable(found):
        raise TypeError(f"A constraint is a name or a callable, got {shown(identifier)}.")
    return found


deserialize = get


def __getattr__(name: str) -> Any:
    raise not_offered("tinyneuron.constraints", name, _TABLE.keys() & globals().keys())
