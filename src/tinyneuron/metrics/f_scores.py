"""F-scores: precision and recall in one number."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common.arguments import one_of, real_number
from tinyneuron._common.arrays import Array
from tinyneuron.metrics.base import Metric, outputs_of, ratio, targets_of, weights_of


class FBetaScore(Metric):
    """(1 + b^2) precision recall / (b^2 precision + recall), of each class, with b = beta.

    In true positives (TP) and false positives and negatives (FP, FN), which is what is computed:
    (1 + b^2) TP / ((1 + b^2) TP + b^2 FN + FP). It is 0 where that is 0 / 0.

    Parameters
    ----------
    average : {"micro", "macro", "weighted", None}
        What becomes of the classes' scores: one score of all counts together, their mean, their
        mean weighted by the numbers of targets, or an array.
    beta : float
        How many times more recall counts than precision.
    threshold : float, optional
        Positive are the outputs above it; without one, the largest of each row.
    name, dtype : optional

    Examples
    --------
    >>> FBetaScore("micro", beta=2.0, threshold=0.5)([[1, 0], [1, 1]], [[0.6, 0.1], [0.2, 0.9]])
    0.7142857142857143
    """

    direction = "up"

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ):
        who = type(self).__name__
        self.average = one_of(f"{who}: average", average, ["micro", "macro", "weighted", None])
        self.beta = real_number(f"{who}: beta", beta, "a finite number above 0")
        self.threshold = threshold
        if threshold is not None:
            kind = "a number above 0 and up to 1"
            self.threshold = real_number(f"{who}: threshold", threshold, kind)
        super().__init__(dtype, name)

    def reset_state(self) -> None:
        self._true = self._false_positives = self._false_negatives = np.zeros(1)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_pred = outputs_of(self, y_pred)
        y = targets_of(self, y_true, y_pred).astype(np.float64)
        if y.ndim != 2:
            raise ValueError(
                f"{self.name}: outputs have the shape (samples, classes), got {y_pred.shape}."
            )
        positive = self._positive(y_pred)
        weights = np.ones(1) if sample_weight is None else weights_of(sample_weight, y.shape)
        # not in place: the three start as one array
        self._true = self._true + (weights * positive * y).sum(axis=0)
        self._false_positives = self._false_positives + (weights * positive * (1 - y)).sum(axis=0)
        self._false_negatives = self._false_negatives + (weights * ~positive * y).sum(axis=0)

    def _positive(self, a: Array) -> Array:
        if self.threshold is not None:
            return a > self.threshold
        return (a >= a.max(axis=-1, keepdims=True)) & (np.abs(a) > 1e-9)  # as in Keras: none of 0

    def result(self) -> Any:
        true, extra, missed = self._true, self._false_positives, self._false_negatives
        if self.average == "micro":
            true, extra, missed = true.sum(), extra.sum(), missed.sum()
        squared = self.beta**2
        scores = ratio((1 + squared) * true, (1 + squared) * true + squared * missed + extra)
        if self.average is None:
            return scores
        if self.average == "weighted":
            support = true + missed
            return float(ratio((scores * support).sum(), support.sum()))
        return float(scores.mean())


class F1Score(FBetaScore):
    """2 precision recall / (precision + recall), of each class: `FBetaScore` with beta 1.

    >>> F1Score("macro")([[1, 0], [0, 1], [0, 1]], [[0.7, 0.3], [0.6, 0.4], [0.1, 0.9]])
    0.6666666666666666
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ):
        super().__init__(average, 1.0, threshold, name, dtype)
