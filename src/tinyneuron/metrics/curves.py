"""Metrics of all thresholds together, and one of them: the area under a curve.

Each threshold makes decisions a > t, and with them, P being the samples with y = 1 and N those with
y = 0, a point with these coordinates:

- recall, or sensitivity, or true positive rate: true positives / P
- precision: true positives / all positives
- specificity: true negatives / N; and the false positive rate, which is 1 less that
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tinyneuron import activations
from tinyneuron._common import settings
from tinyneuron._common.arguments import flag, integer, one_of
from tinyneuron._common.arrays import Array, as_floats
from tinyneuron.metrics.base import ratio, weights_of
from tinyneuron.metrics.decisions import DecisionMetric, checked_thresholds


class Points(NamedTuple):
    """The positives at each threshold, along the last axis; and all samples, with an axis of 1."""

    true_positives: Array
    false_positives: Array
    actual_positives: Array
    actual_negatives: Array

    @property
    def recall(self) -> Array:
        return ratio(self.true_positives, self.actual_positives)

    @property
    def precision(self) -> Array:
        return ratio(self.true_positives, self.true_positives + self.false_positives)

    @property
    def specificity(self) -> Array:
        return ratio(self.actual_negatives - self.false_positives, self.actual_negatives)

    @property
    def false_positive_rate(self) -> Array:
        return ratio(self.false_positives, self.actual_negatives)


class CurveMetric(DecisionMetric):
    """Base of the metrics of a curve: how many outputs lie between which thresholds.

    An output in bucket j is above j thresholds: above the first j of them.
    """

    direction = "up"
    multi_label = False  # whether each column of the outputs has a curve of its own

    def __init__(self, at: Any, name: str | None, dtype: Any):
        self._at = np.array(at)
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        self._buckets = np.zeros((1, 2, len(self._at) + 1))  # of labels, y = 0 and 1, buckets

    def add(self, actual: Array, outputs: Array, weights: Array | None) -> None:
        """Take one batch in: where y = 1, outputs, and the weight of each or ``None``."""
        labels = outputs.shape[-1] if self.multi_label else 1
        buckets = np.searchsorted(self._at.astype(outputs.dtype), outputs)
        buckets[np.isnan(outputs)] = 0  # not above any
        rows = 2 * np.arange(labels) + actual
        flat = rows * (len(self._at) + 1) + buckets
        each = None if weights is None else np.broadcast_to(weights, outputs.shape).ravel()
        size = labels * self._buckets[0].size
        added = np.bincount(flat.ravel(), each, size).reshape(labels, *self._buckets.shape[1:])
        self._buckets = self._buckets + added  # not in place: there may be more labels now

    def points(self) -> Points:
        """Return the counts at each threshold, of each label."""
        above = self._buckets[..., ::-1].cumsum(axis=-1)[..., ::-1]
        negatives, positives = above[:, 0], above[:, 1]
        return Points(positives[:, 1:], negatives[:, 1:], positives[:, :1], negatives[:, :1])


class AUC(CurveMetric):
    """The area under a curve, through the points of all thresholds.

    The ROC curve is recall over false positive rate. The area below it is the probability that an
    output for y = 1 is larger than one for y = 0, ties counting half, as far as the thresholds tell
    the outputs apart: Hanley and McNeil, "The Meaning and Use of the Area under a Receiver
    Operating Characteristic Curve", 1982. The PR curve is precision over recall; the PRGAIN curve,
    of Flach and Kull, 2015, is 1 - P/N false positives / true positives over
    1 - P/N false negatives / true positives.

    Parameters
    ----------
    num_thresholds : int
        How many thresholds there are, evenly from 0 to 1: at least 2.
    curve : {"ROC", "PR", "PRGAIN"}
    summation_method : {"interpolation", "minoring", "majoring"}
        How high the curve is between two points: as their mean, or as the lower or higher one.
        Between points of the PR curve true and false positives are interpolated: Davis and
        Goadrich, "The Relationship between Precision-Recall and ROC Curves", 2006.
    name, dtype : optional
    thresholds : list of float, optional
        These, and one below 0 and one above 1, instead of even ones.
    multi_label : bool
        Whether each column of outputs has its own curve; the result is their mean.
    num_labels : int, optional
        How many columns there must be then.
    label_weights : list of float, optional
        How much each column counts.
    from_logits : bool
        Whether the outputs are logits, of which the sigmoid is taken.

    Examples
    --------
    >>> AUC()([0, 0, 1, 1], [0.1, 0.5, 0.3, 0.9])
    0.75
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Sequence[float] | None = None,
        from_logits: bool = False,
    ):
        curve = curve.upper() if isinstance(curve, str) else curve
        how = summation_method.lower() if isinstance(summation_method, str) else summation_method
        methods = ["interpolation", "minoring", "majoring"]
        self.curve = one_of("AUC: curve", curve, ["ROC", "PR", "PRGAIN"])
        self.summation_method = one_of("AUC: summation_method", how, methods)
        self.thresholds = checked_thresholds("AUC", thresholds)
        inner = np.linspace(0, 1, integer("AUC: num_thresholds", num_thresholds, least=2))[1:-1]
        if thresholds is not None:
            inner = np.sort(np.atleast_1d(self.thresholds))
        self.num_thresholds = len(inner) + 2
        self.multi_label = flag("AUC: multi_label", multi_label)
        self.num_labels = None if num_labels is None else integer("AUC: num_labels", num_labels)
        if num_labels is not None and not multi_label:
            raise ValueError("AUC: num_labels goes with multi_label=True.")
        self.label_weights = None
        if label_weights is not None:
            self.label_weights = as_floats(label_weights, np.float64, "AUC: label_weights")
        self.from_logits = flag("AUC: from_logits", from_logits)
        beyond = settings.epsilon()  # outputs of 0 are above the first threshold
        super().__init__([-beyond, *inner, 1 + beyond], name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        actual, outputs = self.targets_and_outputs(y_true, y_pred)
        self._check_labels(outputs)
        outputs = activations.sigmoid(outputs) if self.from_logits else np.clip(outputs, 0, 1)
        weights = None
        if sample_weight is not None:
            weights = weights_of(sample_weight, outputs.shape)
        if self.label_weights is not None and not self.multi_label:
            weights = self.label_weights if weights is None else weights * self.label_weights
        self.add(actual, outputs, weights)

    def _check_labels(self, outputs: Array) -> None:
        columns = self.num_labels or outputs.shape[-1]
        if self.multi_label and outputs.shape != (len(outputs), columns):
            raise ValueError(
                f"{self.name}: with multi_label the outputs have the shape (samples, {columns}), "
                f"got {outputs.shape}."
            )
        given = self.label_weights
        if given is not None and given.shape != outputs.shape[-1:]:
            raise ValueError(
                f"{self.name}: label_weights of shape {given.shape} do not fit outputs of shape "
                f"{outputs.shape}."
            )

    def result(self) -> float:
        points = self.points()
        if self.curve == "PR" and self.summation_method == "interpolation":
            areas = _interpolated_pr_area(points)
        else:
            areas = self._area(*self._coordinates(points))
        if not self.multi_label or self.label_weights is None:
            return float(areas.mean())
        return float(ratio((areas * self.label_weights).sum(), self.label_weights.sum()))

    def _coordinates(self, points: Points) -> tuple[Array, Array]:
        if self.curve == "ROC":
            return points.false_positive_rate, points.recall
        if self.curve == "PR":
            return points.recall, points.precision
        tp, odds = points.true_positives, ratio(points.actual_positives, points.actual_negatives)
        recall_gain = 1 - odds * ratio(points.actual_positives - tp, tp)
        precision_gain = 1 - odds * ratio(points.false_positives, tp)
        return np.where(tp > 0, recall_gain.clip(min=0), 0), precision_gain

    def _area(self, x: Array, y: Array) -> Array:
        """Return the sum of widths times heights, between each point and the next."""
        left, right = y[:, 1:], y[:, :-1]
        heights = {
            "interpolation": (left + right) / 2,
            "minoring": np.minimum(left, right),
            "majoring": np.maximum(left, right),
        }[self.summation_method]
        return ((x[:, :-1] - x[:, 1:]) * heights).sum(axis=-1)


def _interpolated_pr_area(points: Points) -> Array:
    """Return the area under the PR curve along which true and false positives grow together.

    From one point to the next, T = true positives grow by a slope s with all positives p, so
    T = s p + c. The precision T / p, integrated over T / P, is s (T2 - T1 + c log(p2 / p1)) / P.
    """
    true = points.true_positives
    p = true + points.false_positives
    more = true[:, :-1] - true[:, 1:]
    slope = ratio(more, p[:, :-1] - p[:, 1:])
    intercept = true[:, 1:] - slope * p[:, 1:]
    growth = np.where(p[:, 1:] > 0, p[:, :-1], 1) / np.where(p[:, 1:] > 0, p[:, 1:], 1)
    area = (slope * (more + intercept * np.log(growth))).sum(axis=-1)
    return ratio(area, points.actual_positives[:, 0])
