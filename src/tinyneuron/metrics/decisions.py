"""Precision and recall: what becomes of decisions for and against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyneuron._common.arguments import shown
from tinyneuron._common.arrays import Array, as_floats
from tinyneuron._common.names import unique_name
from tinyneuron.metrics.base import Metric, outputs_of, targets_of, weights_of


class _OfTruePositives(Metric):
    """True positives, y = 1 and a > threshold, over the positives that a subclass names."""

    direction = "up"

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        top_k: None = None,
        class_id: None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        if top_k is not None or class_id is not None:
            raise ValueError(
                f"{type(self).__name__}: tinyneuron does not offer top_k and class_id."
            )
        self.top_k, self.class_id = top_k, class_id
        who = f"{type(self).__name__}: thresholds"
        at = as_floats(0.5 if thresholds is None else thresholds, np.float64, who)
        if at.ndim > 1 or not ((at >= 0) & (at <= 1)).all():
            raise ValueError(f"{who} must be from 0 to 1, got {shown(thresholds)}.")
        self.thresholds = None if thresholds is None else at.tolist()
        self._at: list[float] = np.atleast_1d(at).tolist()
        super().__init__(unique_name(type(self).__name__) if name is None else name, dtype)

    def reset_state(self) -> None:
        self._true_positives = [0.0 for _ in self._at]
        self._positives = [0.0 for _ in self._at]

    def positives(self, actual: Array, predicted: Array) -> Array:
        """Return which of the two kinds of positives is the denominator."""
        raise NotImplementedError

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_pred = outputs_of(self, y_pred)
        actual = targets_of(self, y_true, y_pred) > 0
        weights = None
        if sample_weight is not None:
            weights = np.broadcast_to(weights_of(sample_weight, y_pred.shape), y_pred.shape)
        for i, threshold in enumerate(self._at):
            predicted = y_pred > threshold
            self._true_positives[i] += _total(actual & predicted, weights)
            self._positives[i] += _total(self.positives(actual, predicted), weights)

    def result(self) -> Any:
        ratios = [
            true / all_of_them if all_of_them > 0 else 0.0
            for true, all_of_them in zip(self._true_positives, self._positives, strict=True)
        ]
        return np.array(ratios) if isinstance(self.thresholds, list) else ratios[0]


def _total(chosen: Array, weights: Array | None) -> float:
    """Return how many are chosen, or the sum of their weights."""
    if weights is None:
        return float(np.count_nonzero(chosen))
    return float(weights[chosen].sum(dtype=np.float64))


class Precision(_OfTruePositives):
    """True positives over predicted positives: how many with a > threshold have y = 1.

    >>> Precision()([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.1])
    0.6666666666666666
    """

    def positives(self, actual: Array, predicted: Array) -> Array:
        return predicted


class Recall(_OfTruePositives):
    """True positives over actual positives: how many with y = 1 have a > threshold.

    >>> Recall()([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.1])
    0.6666666666666666
    """

    def positives(self, actual: Array, predicted: Array) -> Array:
        return actual
