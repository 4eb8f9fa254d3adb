"""Variables: what a metric as Keras' guide writes it collects over batches."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from tinyneuron._common.arrays import Array


class Variable(np.ndarray):
    """An array of a metric that `assign` writes into; what is computed with it is an array.

    >>> total = np.zeros(()).view(Variable)
    >>> total.assign_add(3) / 2
    np.float64(1.5)
    >>> total.assign(1).numpy()
    array(1.)
    """

    def assign(self, value: Any) -> Self:
        """Write `value` into it."""
        self[...] = value
        return self

    def assign_add(self, value: Any) -> Self:
        """Add `value` to it."""
        return self.assign(self + value)

    def assign_sub(self, value: Any) -> Self:
        """Subtract `value` from it."""
        return self.assign(self - value)

    def numpy(self) -> Array:
        """Return a copy, as an array of NumPy."""
        return np.array(self)

    def __array_wrap__(self, array: Array, *context: Any) -> Any:
        return self if array is self else array.view(np.ndarray)[()]  # itself after +=


def by_value(result: Any) -> Any:
    """Return a result that later batches do not change: a number, or an array."""
    return np.array(result)[()] if isinstance(result, Variable) else result
