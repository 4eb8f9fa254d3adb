"""What all metrics share, and the means and sums that most of them are."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron import initializers
from tinyneuron._common import settings
from tinyneuron._common.arrays import Array, Shape, as_floats, as_numbers, as_sizes
from tinyneuron._common.configuration import Configurable, is_own
from tinyneuron._common.names import name_or_default
from tinyneuron._common.targets import fitted, spread
from tinyneuron.metrics.variables import Variable


class _Started(type):
    """The class of metric classes: it calls `reset_state` when a constructor has finished."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        metric = super().__call__(*args, **kwargs)
        metric.reset_state()
        return metric


class Metric(Configurable, metaclass=_Started):
    """Base of all metrics: subclass it with `update_state` and `result`, and often `reset_state`.

    What is collected over batches is kept in plain attributes, which `reset_state` starts, or as in
    Keras in variables, which are 0 after a reset.

    Parameters
    ----------
    dtype : dtype, optional
        Of real numbers, `floatx` by default: that of the variables.
    name : str, optional
        The class name in snake case by default.

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
    >>> class Positives(Metric):
    ...     "How many targets are positive."
    ...     def __init__(self, **kwargs):
    ...         super().__init__(**kwargs)
    ...         self.count = self.add_weight(name="count")
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.count.assign_add(np.sum(np.greater(y_true, 0)))
    ...     def result(self):
    ...         return self.count
    >>> float(Positives()([0, 1, 1], [0.2, 0.7, 0.3]))
    2.0
    """

    direction: str | None = None

    def __init__(
        self, dtype: Any = None, name: str | None = None
    ):  # as in Keras; others: name first
        self.name = name_or_default(self, name)
        self.dtype = settings.number_dtype(dtype).name
        self._variables: list[Variable] = []

    def add_variable(
        self,
        shape: Shape,
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "sum",
        name: str | None = None,
    ) -> Variable:
        """Make an array of numbers that `reset_state` sets to 0, with `assign` and `assign_add`.

        Parameters
        ----------
        shape : tuple of int
            ``()`` for a single number.
        initializer : initializer
            What the numbers are at first. Where they are to start from others than 0 in each epoch,
            `reset_state` of the subclass says so.
        dtype : dtype, optional
            That of the metric by default.
        aggregation, name : str
            Not used: an attribute holds the variable, in one process.
        """
        make = initializers.get("zeros" if initializer is None else initializer)
        assert make is not None
        value = make(as_sizes(shape), settings.number_dtype(self.dtype if dtype is None else dtype))
        self._variables.append(np.asarray(value).view(Variable))
        return self._variables[-1]

    def add_weight(
        self,
        shape: Shape = (),
        initializer: Any = None,
        dtype: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Make a variable: see `add_variable`."""
        return self.add_variable(shape, initializer, dtype, name=name)

    @property
    def variables(self) -> list[Variable]:
        """The variables, those of metrics in attributes too."""
        inner = (part for part in vars(self).values() if isinstance(part, Metric))
        return [*self._variables, *(variable for metric in inner for variable in metric.variables)]

    @property
    def _goes_by_rows(self) -> bool:
        """Whether rows may be taken in together that belong to several batches.

        A metric of a user's own may look at its batch as a whole.
        """
        return is_own(type(self))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in."""
        raise NotImplementedError(f"{type(self).__name__} must define update_state.")

    def result(self) -> Any:
        """Return the metric over all batches since the last reset."""
        raise NotImplementedError(f"{type(self).__name__} must define result.")

    def reset_state(self) -> None:
        """Forget all batches; called when the metric has been made, and before each epoch."""
        inner = [part for part in vars(self).values() if isinstance(part, Metric)]
        if not self._variables and not inner:
            raise NotImplementedError(
                f"{type(self).__name__} must define reset_state, which sets its numbers to where "
                "they start, or keep them in variables, made with add_variable: it is called when "
                "the metric is made, and before each epoch."
            )
        for variable in self._variables:
            variable.assign(0)
        for metric in inner:
            metric.reset_state()

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

    def __init__(self, name: str | None = None, dtype: Any = None):
        super().__init__(dtype, name)

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


@np.errstate(all="ignore")
def each_sample(metric: MeanMetric, y_true: Any, y_pred: Any) -> Array:
    """Return a metric's value of each sample, as its function form does."""
    y_true, y_pred = as_numbers(y_true, "y_true"), outputs_of(metric, y_pred)
    values = metric.samples(y_true, y_pred).astype(y_pred.dtype)
    return values.mean(axis=-1) if values.ndim == y_pred.ndim else values


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
    """Return sample weights that multiply values of `shape`.

    There is one for each sample, or for each value, or, of shape (1, n), for each of n outputs.
    """
    weights = as_floats(sample_weight, name="sample_weight")
    if len(shape) > 1 and weights.shape == (1, *shape[1:]):
        return weights
    return spread(weights, shape, len(shape))


def ratio(part: Array, whole: Array) -> Array:
    """Return part / whole, and 0 where there is nothing.

    >>> ratio(np.array([1.0, 0.0]), np.array([4.0, 0.0]))
    array([0.25, 0.  ])
    """
    return np.divide(part, whole, out=np.zeros_like(part), where=whole != 0)
