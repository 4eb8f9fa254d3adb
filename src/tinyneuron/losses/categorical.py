"""The cross-entropies of several classes: of one-hot targets, and of class numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron import activations
from tinyneuron._common.arguments import integer
from tinyneuron._common.arrays import Array, Shape
from tinyneuron.losses.cross_entropy import CrossEntropy, clipped
from tinyneuron.losses.hints import how_to_number, range_of

_ONE = np.array(1, np.float32)


class CategoricalCrossentropy(CrossEntropy):
    """-sum_k y_k log a_k over the classes k, with one-hot targets y.

    From logits: sum_k y_k (log sum_j e^{z_j} - z_k), with the gradient a sum(y) - y, which is
    a - y when the targets sum to one.
    """

    link = activations.softmax

    def check(self, y_true: Array, shape: Shape) -> None:
        if y_true.shape != shape:
            raise ValueError(
                f"{self.name}: targets of shape {y_true.shape} do not fit outputs of shape "
                f"{shape}: they must be one-hot. For class numbers there are the sparse loss and "
                "utils.to_categorical."
            )

    def encode(self, y_true: Array, y_pred: Array) -> Array:
        y = super().encode(y_true, y_pred)
        if self.label_smoothing:
            y = y * (1 - self.label_smoothing) + self.label_smoothing / y.shape[-1]
        return y

    def call_logits(self, y: Array, z: Array) -> Array:
        z = z - z.max(axis=-1, keepdims=True)  # changes no result, and e^z cannot overflow
        total = np.exp(z).sum(axis=-1, keepdims=True)
        return (self._mass(y) * np.log(total))[..., 0] - (y * z).sum(axis=-1)

    def gradient_logits(self, y: Array, z: Array) -> Array:
        a = np.exp(z - z.max(axis=-1, keepdims=True))
        a /= a.sum(axis=-1, keepdims=True)
        gradient = a * self._mass(y)
        gradient -= y
        return gradient

    def _mass(self, y: Array) -> Array:
        """Return sum_k y_k of each sample."""
        return y.sum(axis=-1, keepdims=True)

    def call_probabilities(self, y: Array, a: Array) -> Array:
        p = clipped(a / a.sum(axis=-1, keepdims=True))
        return -(y * np.log(p)).sum(axis=-1)

    def gradient_probabilities(self, y: Array, a: Array) -> Array:
        total = a.sum(axis=-1, keepdims=True)
        p = a / total
        by_p = -y / clipped(p) * (p == clipped(p))
        return (by_p - (by_p * p).sum(axis=-1, keepdims=True)) / total


class SparseCategoricalCrossentropy(CategoricalCrossentropy):
    """`CategoricalCrossentropy` for targets that are class numbers, 0 to K - 1.

    Rows whose target is `ignore_class`, a number of any size, do not count: the mean of a batch is
    over the others.
    """

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(from_logits, axis=axis, reduction=reduction, name=name, dtype=dtype)
        self.ignore_class = ignore_class
        if ignore_class is not None:
            self.ignore_class = integer(f"{self.name}: ignore_class", ignore_class, least=None)
            if reduction == "mean_with_sample_weight":
                raise ValueError(f"{self.name}: ignore_class does not go with {reduction}.")

    @property
    def is_mean(self) -> bool:
        return super().is_mean and self.ignore_class is None

    def counted(self, y_true: Array) -> Array:
        """Return which targets count."""
        return y_true != self.ignore_class

    def check(self, y_true: Array, shape: Shape) -> None:
        if y_true.shape not in (shape[:-1], (*shape[:-1], 1)):
            hint = " One-hot targets go with CategoricalCrossentropy."
            raise ValueError(
                f"{self.name}: targets of shape {y_true.shape} do not fit outputs of shape "
                f"{shape}: there must be one class number for each row."
                + (hint if y_true.shape == shape else "")
            )
        if self.ignore_class is not None:
            y_true = y_true[self.counted(y_true)]
        if not y_true.size:
            return
        number = shape[-1]
        broken = y_true.dtype.kind == "f" and (y_true % 1).any()
        if broken or not (y_true.min() >= 0 and y_true.max() < number):
            raise ValueError(
                f"{self.name}: targets must be whole class numbers from 0 to {number - 1}, got "
                f"{range_of(y_true, True)}.{how_to_number(y_true, number)}"
            )

    def encode(self, y_true: Array, y_pred: Array) -> Array:
        numbers = y_true.reshape(*y_pred.shape[:-1], 1)
        one_hot = np.empty_like(y_pred)  # in the memory order of y_pred, for the sums to come
        np.equal(numbers, np.arange(y_pred.shape[-1]), out=one_hot)
        if self.ignore_class is not None:
            counts = self.counted(numbers)
            one_hot *= counts
            if super().is_mean:  # which divides by the number of all rows
                one_hot *= numbers.size / (int(np.count_nonzero(counts)) or 1)
        return one_hot

    def _mass(self, y: Array) -> Array:
        return _ONE if self.ignore_class is None else super()._mass(y)
