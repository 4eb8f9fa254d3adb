"""What all metrics share, and the means and sums that most of them are."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arrays import Array, as_floats, as_numbers
from tinyneuron._common.configuration import Configurable, is_own
from tinyneuron._common.names import name_or_default
from tinyneuron._common.targets import fitted, spread


class Metric(Configurable):
    """Base of all metrics: subclass it with `update_state`, `result` and `reset_state`.

    Attributes
    ----------
    direction : {"up", "down", None}
        Where the metric goes as a model gets better, for callbacks that watch it; ``None`` if
        that is not known.

    Examples
    --------
    >>> class Largest(Metric):
    ...     "The largest output of all."
    ...     def reset_state(self):
    ...         self._largest = -np.inf
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self._largest = max(self._largest, float(np.max(y_pred)))
    ...     def result(self):
    ...         return self._largest
    >>> Largest()([0, 0], [0.2, 0.7])
    0.7
    """

    direction: str | None = None

    def __init__(self, name: str | None = None, dtype: Any = None):
        self.name = name_or_default(self, name)
        self.dtype = settings.float_dtype(dtype).name
        self.reset_state()

    @property
    def _goes_by_rows(self) -> bool:
        """Whether rows may be taken in together that belong to several batches.

        A metric of a user's own may look at its batch as a whole.
        """
        return is_own(type(self))

    def add_weight(self, *args: Any, **kwargs: Any) -> None:
        """Refuse Keras' variables."""
        raise TypeError(
            f"{type(self).__name__}: tinyneuron has no variables. A metric keeps plain numbers and "
            "arrays as attributes, such as self._total = 0.0, which reset_state starts over."
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in."""
        raise NotImplementedError(f"{type(self).__name__} must define update_state.")

    def result(self) -> Any:
        """Return the metric over all batches since the last reset."""
        raise NotImplementedError(f"{type(self).__name__} must define result.")

    def reset_state(self) -> None:
        """Forget all batches; called when the metric is made, and before each epoch."""
        raise NotImplementedError(
            f"{type(self).__name__} must define reset_state, which sets its numbers to where they "
            "start: it is called when the metric is made, and before each epoch."
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take one batch in and return the result so far."""
        with np.errstate(all="ignore"):  # where the numbers are infinite, the metric says so
            self.update_state(*args, **kwargs)
            return self.result()


class Mean(Metric):
    """The weighted mean of all values: sum w v / sum w.

    >>> Mean()([1.0, 3.0])
    2.0
    """

    def reset_state(self) -> None:
        self._total = self._count = 0.0

    def update_state(self, values: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        values = as_numbers(values, "values")
        count: float = values.size
        if sample_weight is not None:
            weights = weights_of(sample_weight, values.shape)
            count = float(np.broadcast_to(weights, values.shape).sum())
            values = values * weights
        self._total += float(np.add.reduce(values, axis=None))
        self._count += count

    def add(self, value: float, count: float) -> None:
        """Take in `count` values whose mean is `value`."""
        self._total += value * count
        self._count += count

    @property
    def count(self) -> float:
        """How many values there were, or the sum of their weights."""
        return self._count

    def result(self) -> float:
        return self._total / self._count if self._count else 0.0


class Sum(Mean):
    """The weighted sum of all values: sum w v.

    >>> Sum()([1.0, 3.0])
    4.0
    """

    def result(self) -> float:
        return self._total


class MeanMetric(Mean):
    """Base of the metrics that are a mean over samples: subclass it with `samples`."""

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        """Return the value of each sample."""
        raise NotImplementedError(f"{type(self).__name__} must define samples.")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        y_true, y_pred = as_numbers(y_true, "y_true"), outputs_of(self, y_pred)
        super().update_state(self.samples(y_true, y_pred), sample_weight)


# What comes in -----------------------------------------------------------------------------------


def outputs_of(metric: Metric, y_pred: Any) -> Array:
    """Return `y_pred` as floats, with at least one output for each sample."""
    y_pred = as_floats(y_pred, name="y_pred")
    if not y_pred.ndim or not y_pred.shape[-1]:
        raise ValueError(
            f"{metric.name}: y_pred must have a last axis of outputs, got shape {y_pred.shape}."
        )
    return y_pred


def targets_of(metric: Metric, y_true: Any, y_pred: Array) -> Array:
    """Return `y_true` in the shape of `y_pred`, (m,) and (m, 1) being the same."""
    y_true = as_numbers(y_true, "y_true")
    if (targets := fitted(y_true, y_pred.shape)) is None:
        raise ValueError(
            f"{metric.name}: targets of shape {y_true.shape} do not fit outputs of shape "
            f"{y_pred.shape}."
        )
    return targets


def weights_of(sample_weight: Any, shape: tuple[int, ...]) -> Array:
    """Return sample weights that multiply values of `shape`: one for each sample, or value."""
    return spread(as_floats(sample_weight, name="sample_weight"), shape, len(shape))
