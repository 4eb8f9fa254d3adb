"""How far predicted numbers are from the true ones: root mean squared error and R2."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arguments import integer, one_of
from tinyneuron._common.arrays import Array
from tinyneuron.metrics.base import MeanMetric, Metric, outputs_of, targets_of, weights_of


class RootMeanSquaredError(MeanMetric):
    """sqrt(mean (a - y)^2).

    >>> RootMeanSquaredError()([0.0, 0.0], [3.0, 3.0])
    3.0
    """

    direction = "down"

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return np.square(y_pred - targets_of(self, y_true, y_pred))

    def result(self) -> float:
        return math.sqrt(super().result())


class R2Score(Metric):
    """1 - sum (y - a)^2 / sum (y - mean y)^2: the share of the targets' variance explained.

    Parameters
    ----------
    class_aggregation : {"uniform_average", "variance_weighted_average", None}
        How the scores of several outputs become one, or do not.
    num_regressors : int
        If p > 0, how many inputs the model has, for the adjusted score
        1 - (1 - R2) (n - 1) / (n - p - 1). As in Keras, n is the number of targets: with several
        outputs, more than the number of samples.

    Examples
    --------
    >>> R2Score()([[1.0], [2.0], [3.0]], [[1.0], [2.0], [2.0]])
    0.5
    """

    direction = "up"

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = None,
        dtype: Any = None,
    ):
        known = ["uniform_average", "variance_weighted_average", None]
        one_of("R2Score: class_aggregation", class_aggregation, known)
        self.class_aggregation = class_aggregation
        self.num_regressors = integer("R2Score: num_regressors", num_regressors, least=0)
        super().__init__(dtype, name)

    def reset_state(self) -> None:
        self._count = self._sum = self._squares = self._errors = np.zeros(())
        self._targets = 0

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_pred = outputs_of(self, y_pred).astype(np.float64)
        y = targets_of(self, y_true, y_pred).astype(np.float64)
        weights = np.ones(y.shape)
        if sample_weight is not None:
            weights *= weights_of(sample_weight, y.shape)
        # not in place: the four start as one array
        self._count = self._count + weights.sum(axis=0)
        self._sum = self._sum + (weights * y).sum(axis=0)
        self._squares = self._squares + (weights * y * y).sum(axis=0)
        self._errors = self._errors + (weights * np.square(y - y_pred)).sum(axis=0)
        self._targets += y.size

    def result(self) -> Any:
        score, p, more = self._score(), self.num_regressors, self._targets - 1
        if p and p >= more and self._targets:
            warnings.warn(
                f"{self.name}: {p} regressors and {self._targets} targets leave nothing to adjust "
                "by, so the score is not adjusted.",
                stacklevel=2,
            )
        return 1 - (1 - score) * more / (more - p) if 0 < p < more else score

    def _score(self) -> Any:
        # sum w (y - mean y)^2 = sum w y^2 - (sum w y)^2 / sum w
        count = np.where(self._count > 0, self._count, 1)
        variance = self._squares - self._sum**2 / count
        explained = 1 - np.divide(
            self._errors, variance, out=np.ones_like(variance), where=variance > 0
        )
        if self.class_aggregation is None:
            return explained
        if self.class_aggregation == "uniform_average":
            return float(explained.mean())
        return float((explained * variance).sum() / max(float(variance.sum()), settings.epsilon()))
