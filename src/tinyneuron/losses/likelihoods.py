"""Losses of distributions and rates: Kullback-Leibler divergence, Poisson likelihood."""

from __future__ import annotations

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arrays import Array
from tinyneuron.losses.base import Loss


class KLDivergence(Loss):
    """sum y log(y / a), with the gradient -y / a; both clipped to epsilon .. 1."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        y, a = (np.clip(v, settings.epsilon(), 1) for v in (y_true, y_pred))
        return (y * np.log(y / a)).sum(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        y, a = (np.clip(v, settings.epsilon(), 1) for v in (y_true, y_pred))
        return -y / a * (a == y_pred)


class Poisson(Loss):
    """mean a - y log a, with the gradient (1 - y / a) / n."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return (y_pred - y_true * np.log(y_pred + settings.epsilon())).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        return (1 - y_true / (y_pred + settings.epsilon())) / y_pred.shape[-1]
