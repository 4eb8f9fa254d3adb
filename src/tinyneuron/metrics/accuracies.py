"""Accuracies: how often the outputs decide for what the target says."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common.arguments import flag, integer, real_number
from tinyneuron._common.arrays import Array
from tinyneuron._common.targets import fitted
from tinyneuron.metrics.base import MeanMetric, each_sample, targets_of


class Accuracy(MeanMetric):
    """How often y = a.

    >>> Accuracy()([1, 2, 3], [1, 2, 0])
    0.6666666666666666
    """

    direction = "up"

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return targets_of(self, y_true, y_pred) == y_pred


class BinaryAccuracy(MeanMetric):
    """How often y = 1 where a > threshold, and y = 0 elsewhere."""

    direction = "up"

    def __init__(self, name: str | None = None, dtype: Any = None, threshold: float = 0.5):
        self.threshold = real_number("BinaryAccuracy: threshold", threshold)
        super().__init__(name, dtype)

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return targets_of(self, y_true, y_pred) == (y_pred > self.threshold)


class CategoricalAccuracy(MeanMetric):
    """How often the largest output is at the class of the one-hot target."""

    direction = "up"

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return targets_of(self, y_true, y_pred).argmax(axis=-1) == y_pred.argmax(axis=-1)


class SparseCategoricalAccuracy(MeanMetric):
    """How often the largest output is at the class whose number is the target."""

    direction = "up"

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return _class_numbers(self, y_true, y_pred) == y_pred.argmax(axis=-1)


class TopKCategoricalAccuracy(MeanMetric):
    """How often the output at the class of the one-hot target is among the k largest."""

    direction = "up"

    def __init__(self, k: int = 5, name: str | None = None, dtype: Any = None):
        self.k = integer("k", k)
        super().__init__(name, dtype)

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return self._among_largest(targets_of(self, y_true, y_pred).argmax(axis=-1), y_pred)

    def _among_largest(self, classes: Array, y_pred: Array) -> Array:
        one_hot = classes[..., np.newaxis] == np.arange(y_pred.shape[-1])
        at_class = np.max(y_pred, axis=-1, keepdims=True, where=one_hot, initial=-np.inf)
        return one_hot.any(axis=-1) & ((y_pred > at_class).sum(axis=-1) < self.k)


class SparseTopKCategoricalAccuracy(TopKCategoricalAccuracy):
    """How often the output at the class whose number is the target is among the k largest.

    With `from_sorted_ids` the outputs are not one for each class, but the numbers of the likeliest
    classes, the likeliest first.

    >>> SparseTopKCategoricalAccuracy(2, from_sorted_ids=True)([7, 4], [[3, 7, 5], [3, 7, 4]])
    0.5
    """

    def __init__(
        self,
        k: int = 5,
        name: str | None = None,
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ):
        self.from_sorted_ids = flag("from_sorted_ids", from_sorted_ids)
        super().__init__(k, name, dtype)

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        classes = _class_numbers(self, y_true, y_pred)
        if self.from_sorted_ids:
            return (y_pred[..., : self.k] == classes[..., np.newaxis]).any(axis=-1)
        return self._among_largest(classes, y_pred)


def _class_numbers(metric: MeanMetric, y_true: Array, y_pred: Array) -> Array:
    """Return `y_true` in the shape of `y_pred` without its last axis."""
    if (classes := fitted(y_true, y_pred.shape[:-1])) is None or y_true.ndim < y_pred.ndim - 1:
        raise ValueError(
            f"{metric.name}: targets of shape {y_true.shape} do not fit outputs of shape "
            f"{y_pred.shape}: there must be one class number for each row."
        )
    return classes


# Function forms: the value of each sample --------------------------------------------------------


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Array:
    """Return for each sample the share of outputs for which `BinaryAccuracy` is right."""
    return each_sample(BinaryAccuracy(threshold=threshold), y_true, y_pred)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """Return for each sample whether `CategoricalAccuracy` is right."""
    return each_sample(CategoricalAccuracy(), y_true, y_pred)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """Return for each sample whether `SparseCategoricalAccuracy` is right."""
    return each_sample(SparseCategoricalAccuracy(), y_true, y_pred)


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Array:
    """Return for each sample whether `TopKCategoricalAccuracy` is right."""
    return each_sample(TopKCategoricalAccuracy(k), y_true, y_pred)


def sparse_top_k_categorical_accuracy(
    y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False
) -> Array:
    """Return for each sample whether `SparseTopKCategoricalAccuracy` is right."""
    metric = SparseTopKCategoricalAccuracy(k, from_sorted_ids=from_sorted_ids)
    return each_sample(metric, y_true, y_pred)
