"""Constraints: what a weight is held to after each training step.

>>> NonNeg()([-1.0, 2.0])
array([0., 2.], dtype=float32)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arguments import integer, real_number
from tinyneuron._common.arrays import Array, as_floats
from tinyneuron._common.configuration import Configurable
from tinyneuron._common.missing import refuse_other_names
from tinyneuron._common.registry import Registry, callable_or_none, deserializing


class Constraint(Configurable):
    """Base of all constraints: subclass it with `__call__`."""

    def __call__(self, w: Any) -> Array:
        """Return the allowed weights nearest to w."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(w).")


class NonNeg(Constraint):
    """max(w, 0): no weight is negative."""

    def __call__(self, w: Any) -> Array:
        return np.maximum(as_floats(w, name="w"), 0)


class MaxNorm(Constraint):
    """Shrink each unit's weights to a length of at most `max_value`, c: w min(|w|, c) / |w|."""

    def __init__(self, max_value: float = 2, axis: int = 0):
        kind = "a finite number from 0 up"
        self.max_value = real_number("MaxNorm: max_value", max_value, kind)
        self.axis = integer("MaxNorm: axis", axis, least=None)

    def __call__(self, w: Any) -> Array:
        w = as_floats(w, name="w")
        norms = _norms(w, self.axis)
        wanted = np.clip(norms, 0, self.max_value)
        return w * (wanted / (settings.epsilon() + norms))


class MinMaxNorm(Constraint):
    """Bring each unit's weights to a length between `min_value` and `max_value`: w l / |w|.

    l is |w| clipped to the two. With a `rate` below 1 they go only that share of the way at each
    step: l = rate clip(|w|) + (1 - rate) |w|.
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: int = 0
    ):
        kind = "a finite number from 0 up"
        self.min_value = real_number("MinMaxNorm: min_value", min_value, kind)
        self.max_value = real_number("MinMaxNorm: max_value", max_value, kind)
        if self.min_value > self.max_value:
            raise ValueError(
                f"MinMaxNorm: min_value must not be above max_value, got {self.min_value} and "
                f"{self.max_value}."
            )
        self.rate = real_number("MinMaxNorm: rate", rate, "a number from 0 to 1")
        self.axis = integer("MinMaxNorm: axis", axis, least=None)

    def __call__(self, w: Any) -> Array:
        w = as_floats(w, name="w")
        norms = _norms(w, self.axis)
        allowed = np.clip(norms, self.min_value, self.max_value)
        wanted = self.rate * allowed + (1 - self.rate) * norms
        return w * (wanted / (settings.epsilon() + norms))


class UnitNorm(Constraint):
    """Scale each unit's weights to length 1: w / |w|."""

    def __init__(self, axis: int = 0):
        self.axis = integer("UnitNorm: axis", axis, least=None)

    def __call__(self, w: Any) -> Array:
        w = as_floats(w, name="w")
        return w / (settings.epsilon() + _norms(w, self.axis))


def _norms(w: Array, axis: int) -> Array:
    if not -w.ndim <= axis < w.ndim:
        raise ValueError(f"The axis {axis} is not among those of a weight of shape {w.shape}.")
    return np.sqrt(np.square(w).sum(axis=axis, keepdims=True))


non_neg, max_norm, min_max_norm, unit_norm = NonNeg, MaxNorm, MinMaxNorm, UnitNorm
_NAMES = Registry(
    "constraint", NonNeg, MaxNorm, MinMaxNorm, UnitNorm,
    accepts=callable_or_none, expected="a name or a callable",
)  # fmt: skip


def get(identifier: Any) -> Any:
    """Return the constraint that a name, a configuration or ``None`` stands for."""
    return _NAMES.find(identifier)


deserialize = deserializing(get)
__all__ = [
    "Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "deserialize", "get", "max_norm",
    "min_max_norm", "non_neg", "unit_norm",
]  # fmt: skip

if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
