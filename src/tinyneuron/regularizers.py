"""Regularizers: penalties on the size of weights, added to the loss.

Each is its penalty and, beside it, the penalty's gradient.

>>> L2(0.5)([3.0, 4.0])
12.5
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tinyneuron._common.arguments import real_number
from tinyneuron._common.arrays import Array, as_floats
from tinyneuron._common.configuration import Configurable
from tinyneuron._common.missing import refuse_other_names
from tinyneuron._common.pairs import check_pair
from tinyneuron._common.registry import Registry, callable_or_none, deserializing


class Regularizer(Configurable):
    """Base of all regularizers: subclass it with `__call__` and `gradient`."""

    def __call__(self, x: Any) -> float:
        """Return the penalty on the weights x, one number."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(x).")

    def gradient(self, x: Array) -> Array:
        """Return the derivative of the penalty by each element of x."""
        raise NotImplementedError(f"{type(self).__name__} must define gradient(x) to be trained.")

    def check_trainable(self) -> None:
        """Raise an error if a subclass overrides the penalty without its gradient."""
        check_pair(self, ["__call__"], ["gradient"], Regularizer)


class L1L2(Regularizer):
    """l1 sum |x| + l2 sum x^2, with the gradient l1 sign(x) + 2 l2 x."""

    def __init__(self, l1: float = 0.0, l2: float = 0.0):
        kind = "a finite number from 0 up"
        self.l1 = 0.0 if l1 is None else real_number(f"{type(self).__name__}: l1", l1, kind)
        self.l2 = 0.0 if l2 is None else real_number(f"{type(self).__name__}: l2", l2, kind)

    def __call__(self, x: Any) -> float:
        x = as_floats(x, name="x")
        return float(self.l1 * np.abs(x).sum() + self.l2 * np.square(x).sum())

    def gradient(self, x: Array) -> Array:
        return self.l1 * np.sign(x) + 2 * self.l2 * x


class L1(L1L2):
    """l1 sum |x|: drives small weights to exactly zero (lasso)."""

    def __init__(self, l1: float = 0.01):
        super().__init__(l1=l1)


class L2(L1L2):
    """l2 sum x^2: shrinks all weights in proportion (ridge)."""

    def __init__(self, l2: float = 0.01):
        super().__init__(l2=l2)


l1, l2, l1_l2 = L1, L2, L1L2
_NAMES = Registry(
    "regularizer", L1, L2, L1L2, l1_l2=L1L2,
    accepts=callable_or_none, expected="a name or a callable",
)  # fmt: skip


def get(identifier: Any) -> Any:
    """Return the regularizer that a name, a configuration or ``None`` stands for.

    Examples
    --------
    >>> get("l2")
    L2(l2=0.01)
    """
    return _NAMES.find(identifier)


def check_trainable(regularizer: Any) -> None:
    """Raise an error unless the gradient of the penalty is known, or there is no regularizer."""
    if regularizer is None:
        return
    if not hasattr(regularizer, "gradient"):
        name = getattr(regularizer, "__name__", repr(regularizer))
        raise TypeError(
            f"The regularizer {name} is a plain function, whose gradient is not known. To train "
            "with it, subclass regularizers.Regularizer with __call__ and gradient."
        )
    Regularizer.check_trainable(regularizer)  # any object with the two methods may be one


deserialize = deserializing(get)
__all__ = ["L1", "L1L2", "L2", "Regularizer", "deserialize", "get", "l1", "l1_l2", "l2"]

if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
