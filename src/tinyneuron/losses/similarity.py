"""The loss of directions: the angle between targets and outputs, whatever their lengths."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arguments import integer
from tinyneuron._common.arrays import Array, Shape
from tinyneuron.losses.base import Loss, Shared


class CosineSimilarity(Loss):
    """-cos of the angle between y and a: -sum u v with u = y / |y| and v = a / |a|, along `axis`.

    Its gradient is (v sum(u v) - u) / |a|.
    """

    def __init__(self, axis: int = -1, *shared: Any, **named: Unpack[Shared]):
        super().__init__(*shared, **named)
        self.axis = integer("CosineSimilarity: axis", axis, least=None)

    def check(self, y_true: Array, shape: Shape) -> None:
        super().check(y_true, shape)
        if not -len(shape) <= self.axis < len(shape):
            raise ValueError(
                f"{self.name}: axis {self.axis} is not among those of outputs of shape {shape}."
            )

    @property
    def is_mean(self) -> bool:
        return super().is_mean and self.axis == -1

    def call(self, y_true: Array, y_pred: Array) -> Array:
        u, v = y_true * self._inverse_norm(y_true), y_pred * self._inverse_norm(y_pred)
        return -(u * v).sum(axis=self.axis)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        inverse = self._inverse_norm(y_pred)
        u, v = y_true * self._inverse_norm(y_true), y_pred * inverse
        held = inverse < 1 / settings.epsilon()  # a vector of almost no length is not scaled to 1
        return ((u * v).sum(axis=self.axis, keepdims=True) * v * held - u) * inverse

    reduce = Loss.reduce

    def output_gradient(self, per_sample: Array, weights: Array | None = None) -> Array:
        super().output_gradient(np.moveaxis(per_sample, self.axis, -1), weights)  # a view
        return per_sample

    def _inverse_norm(self, x: Array) -> Array:
        with np.errstate(divide="ignore"):
            inverse = 1 / np.sqrt(np.square(x).sum(axis=self.axis, keepdims=True))
        return np.minimum(inverse, 1 / settings.epsilon())
