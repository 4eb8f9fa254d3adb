"""Losses of numbers: how far the outputs are from the targets."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arguments import real_number
from tinyneuron._common.arrays import Array
from tinyneuron.losses.base import Loss, at_least_epsilon, mean


class MeanSquaredError(Loss):
    """mean (a - y)^2, with the gradient 2 (a - y) / n for n outputs."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return mean(np.square(y_pred - y_true))

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        gradient = y_pred - y_true
        gradient *= 2 / y_pred.shape[-1]
        return gradient


class MeanAbsoluteError(Loss):
    """mean |a - y|, with the gradient sign(a - y) / n."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return np.abs(y_pred - y_true).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        return np.sign(y_pred - y_true) / y_pred.shape[-1]


class MeanAbsolutePercentageError(Loss):
    """mean 100 |a - y| / |y|, with the gradient 100 sign(a - y) / (n |y|)."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return 100 * (np.abs(y_pred - y_true) / at_least_epsilon(np.abs(y_true))).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        scale = at_least_epsilon(np.abs(y_true)) * (y_pred.shape[-1] / 100)
        return np.sign(y_pred - y_true) / scale


class MeanSquaredLogarithmicError(Loss):
    """mean d^2 with d = log(1 + a) - log(1 + y), and the gradient 2 d / (n (1 + a))."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return np.square(self._difference(y_true, y_pred)).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        positive = y_pred > settings.epsilon()  # below, the prediction is held at epsilon
        slope = 2 / (y_pred.shape[-1] * (1 + at_least_epsilon(y_pred)))
        return self._difference(y_true, y_pred) * slope * positive

    def _difference(self, y: Array, a: Array) -> Array:
        return np.log(at_least_epsilon(a) + 1) - np.log(at_least_epsilon(y) + 1)


class Huber(Loss):
    """(a - y)^2 / 2 near the target, delta (|a - y| - delta / 2) beyond delta; the mean of both.

    Its gradient is a - y, held between -delta and delta, over n.
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ):
        super().__init__(reduction, name, dtype)
        self.delta = real_number("Huber: delta", delta, "a finite number above 0")

    def call(self, y_true: Array, y_pred: Array) -> Array:
        error = np.abs(y_pred - y_true)
        near = np.minimum(error, self.delta)
        return (near * (error - 0.5 * near)).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        return np.clip(y_pred - y_true, -self.delta, self.delta) / y_pred.shape[-1]


class LogCosh(Loss):
    """mean log cosh(a - y), with the gradient tanh(a - y) / n."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        error = y_pred - y_true
        return (np.logaddexp(error, -error) - error.dtype.type(np.log(2))).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        return np.tanh(y_pred - y_true) / y_pred.shape[-1]
