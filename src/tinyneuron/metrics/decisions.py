"""What becomes of decisions for and against: true and false positives and negatives, and ratios.

An output a decides for its class where a > threshold, and the class is right where y > 0:

=================  ================  ================
                   y = 1             y = 0
=================  ================  ================
a > threshold      true positive     false positive
a <= threshold     false negative    true negative
=================  ================  ================
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyneuron._common.arguments import integer, shown
from tinyneuron._common.arrays import Array, as_floats
from tinyneuron._common.names import unique_name
from tinyneuron.metrics.base import Metric, outputs_of, ratio, targets_of, weights_of


class DecisionMetric(Metric):
    """Base of what is found from decisions, numbered as in Keras: auc, auc_1."""

    class_id: int | None = None

    def __init__(self, name: str | None = None, dtype: Any = None):
        super().__init__(dtype, unique_name(type(self).__name__) if name is None else name)

    def targets_and_outputs(self, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
        """Return where y > 0, and the outputs: of all classes, or of the one of `class_id`."""
        y_pred = outputs_of(self, y_pred)
        return self.of_class(targets_of(self, y_true, y_pred) > 0), self.of_class(y_pred)

    def of_class(self, values: Array) -> Array:
        """Return the column of `class_id`, if one is asked for."""
        if self.class_id is None:
            return values
        if values.ndim < 2 or self.class_id >= values.shape[-1]:
            raise ValueError(
                f"{self.name}: class_id {self.class_id} is none of the classes of outputs of shape "
                f"{values.shape}."
            )
        return values[..., self.class_id : self.class_id + 1]


class _Counts(DecisionMetric):
    """Base of the metrics that count decisions at one or a few thresholds."""

    top_k: int | None = None
    default_threshold = 0.5

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        self.thresholds = checked_thresholds(type(self).__name__, thresholds)
        at = self.default_threshold if thresholds is None else self.thresholds
        self._at: list[float] = np.atleast_1d(at).tolist()
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        self._counts = [[0.0, 0.0] for _ in self._at]

    def counted(self, actual: Array, predicted: Array) -> tuple[Array, ...]:
        """Return what is to be counted: which decisions are of one kind, or of two."""
        raise NotImplementedError

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        actual, outputs = self.targets_and_outputs(y_true, y_pred)
        weights = None
        if sample_weight is not None:
            weights = np.broadcast_to(weights_of(sample_weight, outputs.shape), outputs.shape)
        if self.top_k is not None:
            among = self.of_class(_among_largest(outputs_of(self, y_pred), self.top_k))
            outputs = np.where(among, outputs, -np.inf)
        for counts, threshold in zip(self._counts, self._at, strict=True):
            predicted = outputs > threshold
            for i, chosen in enumerate(self.counted(actual, predicted)):
                counts[i] += _total(chosen, weights)

    def result(self) -> Any:
        values = self.value(*np.transpose(self._counts))
        return values if len(self._at) > 1 else float(values[0])

    def value(self, counts: Array, others: Array) -> Array:
        """Return the metric at each threshold, from what was counted."""
        return counts


def checked_thresholds(who: str, thresholds: Any) -> Any:
    """Return a threshold, or a list of some, if they are from 0 to 1, or ``None``."""
    if thresholds is None:
        return None
    at = as_floats(thresholds, np.float64, f"{who}: thresholds")
    if at.ndim > 1 or not at.size or not ((at >= 0) & (at <= 1)).all():
        raise ValueError(f"{who}: thresholds must be from 0 to 1, got {shown(thresholds)}.")
    return at.tolist()


def _among_largest(a: Array, k: int) -> Array:
    """Return which outputs are among the k largest of their row; of equal ones, the first are."""
    order = np.argsort(-a, axis=-1, kind="stable")
    among = np.zeros(a.shape, bool)
    np.put_along_axis(among, order[..., :k], True, axis=-1)
    return among


def _total(chosen: Array, weights: Array | None) -> float:
    """Return how many are chosen, or the sum of their weights."""
    if weights is None:
        return float(np.count_nonzero(chosen))
    return float(weights[chosen].sum(dtype=np.float64))


# How many of a kind -------------------------------------------------------------------------------


class TruePositives(_Counts):
    """How many with y = 1 have a > threshold, or the sum of their weights.

    >>> TruePositives()([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.1])
    2.0
    """

    direction = "up"

    def counted(self, actual: Array, predicted: Array) -> tuple[Array, ...]:
        return (actual & predicted,)


class FalsePositives(_Counts):
    """How many with y = 0 have a > threshold, or the sum of their weights.

    >>> FalsePositives()([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.1])
    1.0
    """

    direction = "down"

    def counted(self, actual: Array, predicted: Array) -> tuple[Array, ...]:
        return (predicted & ~actual,)


class TrueNegatives(_Counts):
    """How many with y = 0 have a <= threshold, or the sum of their weights.

    >>> TrueNegatives()([0, 0, 1, 1], [0.9, 0.2, 0.7, 0.1])
    1.0
    """

    direction = "up"

    def counted(self, actual: Array, predicted: Array) -> tuple[Array, ...]:
        return (~(actual | predicted),)


class FalseNegatives(_Counts):
    """How many with y = 1 have a <= threshold, or the sum of their weights.

    >>> FalseNegatives()([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.1])
    1.0
    """

    direction = "down"

    def counted(self, actual: Array, predicted: Array) -> tuple[Array, ...]:
        return (actual & ~predicted,)


# Ratios -------------------------------------------------------------------------------------------


class _OfTruePositives(_Counts):
    """True positives over the positives that a subclass names.

    With `top_k` outputs are positive only among the k largest of their row, and, unless
    `thresholds` are given, whatever their size. With `class_id` one class counts alone.
    """

    direction = "up"

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        who = type(self).__name__
        self.top_k = None if top_k is None else integer(f"{who}: top_k", top_k)
        self.class_id = None if class_id is None else integer(f"{who}: class_id", class_id, least=0)
        if top_k is not None:
            self.default_threshold = -np.inf
        super().__init__(thresholds, name, dtype)

    def value(self, counts: Array, others: Array) -> Array:
        return ratio(counts, others)


class Precision(_OfTruePositives):
    """True positives over predicted positives: how many with a > threshold have y = 1.

    >>> Precision()([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.1])
    0.6666666666666666
    >>> Precision(top_k=1)([[0, 1, 0], [0, 0, 1]], [[0.2, 0.7, 0.1], [0.6, 0.1, 0.3]])
    0.5
    """

    def counted(self, actual: Array, predicted: Array) -> tuple[Array, ...]:
        return actual & predicted, predicted


class Recall(_OfTruePositives):
    """True positives over actual positives: how many with y = 1 have a > threshold.

    >>> Recall()([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.1])
    0.6666666666666666
    >>> Recall(class_id=2)([[0, 1, 0], [0, 0, 1]], [[0.2, 0.7, 0.1], [0.6, 0.1, 0.3]])
    0.0
    """

    def counted(self, actual: Array, predicted: Array) -> tuple[Array, ...]:
        return actual & predicted, actual
