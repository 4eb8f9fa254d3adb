"""Hinge losses: nothing to lose beyond a margin, as in support vector machines."""

from __future__ import annotations

import numpy as np

from tinyneuron._common.arrays import Array
from tinyneuron.losses.base import Loss


class Hinge(Loss):
    """mean max(1 - y a, 0) for targets of -1 and 1, with the gradient -y / n where y a < 1.

    Targets of 0 and 1 are turned into -1 and 1.
    """

    def encode(self, y_true: Array, y_pred: Array) -> Array:
        y = super().encode(y_true, y_pred)
        return 2 * y - 1 if ((y == 0) | (y == 1)).all() else y

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return np.maximum(1 - y_true * y_pred, 0).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        return -y_true * (y_true * y_pred < 1) / y_pred.shape[-1]


class SquaredHinge(Hinge):
    """mean max(1 - y a, 0)^2, with the gradient -2 y max(1 - y a, 0) / n."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return np.square(np.maximum(1 - y_true * y_pred, 0)).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        return -2 * y_true * np.maximum(1 - y_true * y_pred, 0) / y_pred.shape[-1]


class CategoricalHinge(Loss):
    """max(1 + max_k (1 - y_k) a_k - sum_k y_k a_k, 0), with one-hot targets y.

    Its gradient is 1 - y at the largest wrong output minus y, where the loss is not 0.
    """

    def call(self, y_true: Array, y_pred: Array) -> Array:
        wrong = ((1 - y_true) * y_pred).max(axis=-1)
        return np.maximum(1 + wrong - (y_true * y_pred).sum(axis=-1), 0)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        wrong = (1 - y_true) * y_pred
        largest = wrong == wrong.max(axis=-1, keepdims=True)
        among_equals = largest / largest.sum(axis=-1, keepdims=True)
        active = self.call(y_true, y_pred)[..., np.newaxis] > 0
        return ((among_equals * (1 - y_true) - y_true) * active).astype(y_pred.dtype)
