"""The best point on a curve: the largest of one share, where another one is large enough."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common.arguments import integer, real_number
from tinyneuron._common.arrays import Array
from tinyneuron.metrics.base import weights_of
from tinyneuron.metrics.curves import CurveMetric


class _BestPoint(CurveMetric):
    """Base of these metrics: `num_thresholds` evenly from 0 to 1, of `class_id` or of all."""

    def __init__(self, num_thresholds: int, class_id: int | None, name: str | None, dtype: Any):
        who = type(self).__name__
        self.num_thresholds = integer(f"{who}: num_thresholds", num_thresholds)
        self.class_id = None if class_id is None else integer(f"{who}: class_id", class_id, least=0)
        even = np.linspace(0, 1, num_thresholds)
        super().__init__(even if num_thresholds > 1 else [0.5], name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        actual, outputs = self.targets_and_outputs(y_true, y_pred)
        weights = None if sample_weight is None else weights_of(sample_weight, outputs.shape)
        self.add(actual, outputs, weights)


def _share(name: str, value: float) -> float:
    return real_number(name, value, "a number from 0 to 1")


def _largest(values: Array, where: Array) -> float:
    return float(np.max(values, where=where, initial=0.0))


class PrecisionAtRecall(_BestPoint):
    """The largest precision at a threshold where the recall is at least `recall`, or else 0.

    >>> PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.5
    """

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        self.recall = _share("PrecisionAtRecall: recall", recall)
        super().__init__(num_thresholds, class_id, name, dtype)

    def result(self) -> float:
        points = self.points()
        return _largest(points.precision, points.recall >= self.recall)


class RecallAtPrecision(_BestPoint):
    """The largest recall at a threshold where the precision is at least `precision`, or else 0.

    >>> RecallAtPrecision(0.8)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    0.5
    """

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        self.precision = _share("RecallAtPrecision: precision", precision)
        super().__init__(num_thresholds, class_id, name, dtype)

    def result(self) -> float:
        points = self.points()
        return _largest(points.recall, points.precision >= self.precision)


class SensitivityAtSpecificity(_BestPoint):
    """The largest sensitivity at a threshold where the specificity is at least `specificity`.

    >>> SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.5
    """

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        self.specificity = _share("SensitivityAtSpecificity: specificity", specificity)
        super().__init__(num_thresholds, class_id, name, dtype)

    def result(self) -> float:
        points = self.points()
        return _largest(points.recall, points.specificity >= self.specificity)


class SpecificityAtSensitivity(_BestPoint):
    """The largest specificity at a threshold where the sensitivity is at least `sensitivity`.

    >>> SpecificityAtSensitivity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.6666666666666666
    """

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        self.sensitivity = _share("SpecificityAtSensitivity: sensitivity", sensitivity)
        super().__init__(num_thresholds, class_id, name, dtype)

    def result(self) -> float:
        points = self.points()
        return _largest(points.specificity, points.recall >= self.sensitivity)
