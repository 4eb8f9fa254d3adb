"""How targets and outputs go together along an axis: that of the outputs, or of the samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arguments import integer
from tinyneuron._common.arrays import Array
from tinyneuron.metrics.base import MeanMetric, each_sample, targets_of


class _AlongAxis(MeanMetric):
    """Base of these metrics: the mean of a coefficient, -1 to 1, over all other axes."""

    direction = "up"

    def __init__(self, name: str | None = None, dtype: Any = None, axis: int = -1):
        self.axis = integer(f"{type(self).__name__}: axis", axis, least=None)
        super().__init__(name, dtype)

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        y = targets_of(self, y_true, y_pred).astype(y_pred.dtype, copy=False)
        if not -y_pred.ndim <= self.axis < y_pred.ndim:
            raise ValueError(
                f"{self.name}: axis {self.axis} is not among the {y_pred.ndim} axes of the outputs."
            )
        return self.coefficient(y, y_pred)

    def coefficient(self, y: Array, a: Array) -> Array:
        """Return the coefficients, without the axis."""
        raise NotImplementedError

    def mean(self, x: Array) -> Array:
        """Return the mean along the axis, which stays."""
        return x.mean(axis=self.axis, keepdims=True)


class PearsonCorrelation(_AlongAxis):
    """Pearson's coefficient: the mean of (y - mean y) (a - mean a) / (std y std a).

    How near y and a are to any rising line. NaN where all y or all a are the same.

    >>> round(PearsonCorrelation()([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]]), 6)
    1.0
    """

    def coefficient(self, y: Array, a: Array) -> Array:
        return (self._standard(y) * self._standard(a)).mean(axis=self.axis)

    def _standard(self, x: Array) -> Array:
        return (x - self.mean(x)) / x.std(axis=self.axis, keepdims=True)


class ConcordanceCorrelation(_AlongAxis):
    """2 cov(y, a) / (var y + var a + (mean y - mean a)^2): how near they are to the line y = a.

    The coefficient of Lin, "A Concordance Correlation Coefficient to Evaluate Reproducibility",
    1989; with `epsilon` in the denominator, as in Keras.

    >>> round(ConcordanceCorrelation()([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]]), 6)
    0.363636
    """

    def coefficient(self, y: Array, a: Array) -> Array:
        from_mean, from_mean_a = y - self.mean(y), a - self.mean(a)
        spread = np.square(from_mean) + np.square(from_mean_a)
        shift = np.square(self.mean(y) - self.mean(a))
        covariance = self.mean(from_mean * from_mean_a)
        return (2 * covariance / (self.mean(spread) + shift + settings.epsilon())).mean(self.axis)


# Function forms: the value of each sample --------------------------------------------------------


def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Array:
    """Return `PearsonCorrelation` of each sample."""
    return each_sample(PearsonCorrelation(axis=axis), y_true, y_pred)


def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Array:
    """Return `ConcordanceCorrelation` of each sample."""
    return each_sample(ConcordanceCorrelation(axis=axis), y_true, y_pred)
