"""Metrics: what a person wants to know of the outputs, collected batch by batch.

>>> accuracy = BinaryAccuracy()
>>> accuracy.update_state([[0], [1]], [[0.2], [0.7]])
>>> accuracy.update_state([[1], [1]], [[0.2], [0.7]])
>>> accuracy.result()
0.75
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tinyneuron import losses
from tinyneuron._common import settings
from tinyneuron._common.arguments import integer, one_of, real_number, shown
from tinyneuron._common.arrays import Array, as_floats, as_numbers
from tinyneuron._common.configuration import Configurable, arguments_of, serialize
from tinyneuron._common.names import name_or_default, refuse_other_names, unique_name
from tinyneuron._common.registry import Registry, registered_name
from tinyneuron.losses import (  # noqa: F401  (Keras has the function forms in both modules)
    binary_crossentropy,
    categorical_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)

__all__ = ["Mean", "Metric", "Sum", "deserialize", "get", "serialize"]  # and the classes below


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
    ...         self._largest = -math.inf
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
        if sample_weight is None:
            self._count += values.size
        else:
            weights = as_floats(sample_weight, name="sample_weight")
            weights = losses.spread(weights, values.shape, values.ndim)
            self._count += float(np.broadcast_to(weights, values.shape).sum())
            values = values * weights
        self._total += float(values.sum())

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
        y_true, y_pred = as_numbers(y_true, "y_true"), _outputs(self, y_pred)
        super().update_state(self.samples(y_true, y_pred), sample_weight)


# Accuracies ------------------------------------------------------------------------------------


class Accuracy(MeanMetric):
    """How often y = a.

    >>> Accuracy()([1, 2, 3], [1, 2, 0])
    0.6666666666666666
    """

    direction = "up"

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return _same_shape(self, y_true, y_pred) == y_pred


class BinaryAccuracy(MeanMetric):
    """How often y = 1 where a > threshold, and y = 0 elsewhere."""

    direction = "up"

    def __init__(self, name: str | None = None, dtype: Any = None, threshold: float = 0.5):
        self.threshold = real_number("BinaryAccuracy: threshold", threshold)
        super().__init__(name, dtype)

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return _same_shape(self, y_true, y_pred) == (y_pred > self.threshold)


class CategoricalAccuracy(MeanMetric):
    """How often the largest output is at the class of the one-hot target."""

    direction = "up"

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return _same_shape(self, y_true, y_pred).argmax(axis=-1) == y_pred.argmax(axis=-1)


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
        return self._among_largest(_same_shape(self, y_true, y_pred).argmax(axis=-1), y_pred)

    def _among_largest(self, classes: Array, y_pred: Array) -> Array:
        one_hot = classes[..., np.newaxis] == np.arange(y_pred.shape[-1])
        own = np.max(y_pred, axis=-1, keepdims=True, where=one_hot, initial=-np.inf)
        return one_hot.any(axis=-1) & ((y_pred > own).sum(axis=-1) < self.k)


class SparseTopKCategoricalAccuracy(TopKCategoricalAccuracy):
    """How often the output at the class whose number is the target is among the k largest."""

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return self._among_largest(_class_numbers(self, y_true, y_pred), y_pred)


# Decisions -------------------------------------------------------------------------------------


class _Share(Metric):
    """Of the positives of one kind, the share that is positive in the other way too."""

    direction = "up"

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        top_k: None = None,
        class_id: None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        self.top_k = self.class_id = None
        if top_k is not None or class_id is not None:
            raise ValueError(
                f"{type(self).__name__}: tinyneuron does not offer top_k and class_id."
            )
        who = f"{type(self).__name__}: thresholds"
        at = as_floats(0.5 if thresholds is None else thresholds, name=who)
        if at.ndim > 1 or not ((at >= 0) & (at <= 1)).all():
            raise ValueError(f"{who} must be from 0 to 1, got {shown(thresholds)}.")
        self.thresholds = None if thresholds is None else np.asarray(thresholds, float).tolist()
        self._at = np.atleast_1d(at)
        super().__init__(unique_name(type(self).__name__) if name is None else name, dtype)

    def reset_state(self) -> None:
        self._both = np.zeros(len(self._at))
        self._all = np.zeros(len(self._at))

    def counted(self, positive: Array, decided: Array) -> Array:
        """Return which of the two is the whole that the share is of."""
        raise NotImplementedError

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_pred = _outputs(self, y_pred)
        positive = _same_shape(self, as_numbers(y_true, "y_true"), y_pred) > 0
        weights = np.ones(y_pred.shape)
        if sample_weight is not None:
            given = as_floats(sample_weight, name="sample_weight")
            if given.ndim == y_pred.ndim + 1 and given.shape[-1] == 1:
                given = given[..., 0]
            if given.shape not in (y_pred.shape, y_pred.shape[:1], (len(y_pred), 1)):
                raise ValueError(
                    f"{self.name}: sample_weight of shape {given.shape} does not fit outputs of "
                    f"shape {y_pred.shape}."
                )
            weights *= given.reshape(given.shape + (1,) * (y_pred.ndim - given.ndim))
        for i, threshold in enumerate(self._at):
            decided = y_pred > threshold
            self._both[i] += weights[positive & decided].sum()
            self._all[i] += weights[self.counted(positive, decided)].sum()

    def result(self) -> Any:
        share = np.divide(self._both, self._all, out=np.zeros_like(self._both), where=self._all > 0)
        return share if isinstance(self.thresholds, Sequence) else float(share[0])


class Precision(_Share):
    """Of the samples with a > threshold, the share with y = 1.

    >>> Precision()([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.1])
    0.6666666666666666
    """

    def counted(self, positive: Array, decided: Array) -> Array:
        return decided


class Recall(_Share):
    """Of the samples with y = 1, the share with a > threshold.

    >>> Recall()([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.1])
    0.6666666666666666
    """

    def counted(self, positive: Array, decided: Array) -> Array:
        return positive


# Errors ----------------------------------------------------------------------------------------


class RootMeanSquaredError(MeanMetric):
    """sqrt(mean (a - y)^2).

    >>> RootMeanSquaredError()([0.0, 0.0], [3.0, 3.0])
    3.0
    """

    direction = "down"

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return np.square(y_pred - _same_shape(self, y_true, y_pred)).mean(axis=-1)

    def result(self) -> float:
        return math.sqrt(super().result())


class R2Score(Metric):
    """1 - sum (y - a)^2 / sum (y - mean y)^2: the share of the targets' variance explained.

    Parameters
    ----------
    class_aggregation : {"uniform_average", "variance_weighted_average", None}
        How the scores of several outputs become one, or do not.

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
        if integer("R2Score: num_regressors", num_regressors, least=0):
            raise ValueError("R2Score: tinyneuron does not offer num_regressors.")
        self.class_aggregation, self.num_regressors = class_aggregation, num_regressors
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        self._count = self._sum = self._squares = self._errors = np.zeros(())

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_pred = _outputs(self, y_pred).astype(np.float64)
        y = _same_shape(self, as_numbers(y_true, "y_true"), y_pred).astype(np.float64)
        weights = np.ones((len(y), *[1] * (y.ndim - 1)))
        if sample_weight is not None:
            given = as_floats(sample_weight, np.float64, "sample_weight")
            if given.shape not in (weights.shape, weights.shape[:1]):
                raise ValueError(
                    f"{self.name}: sample_weight of shape {given.shape} does not fit outputs of "
                    f"shape {y_pred.shape}."
                )
            weights *= given.reshape(weights.shape)
        # not in place: the four start as one array
        self._count = self._count + weights.sum()
        self._sum = self._sum + (weights * y).sum(axis=0)
        self._squares = self._squares + (weights * y * y).sum(axis=0)
        self._errors = self._errors + (weights * np.square(y - y_pred)).sum(axis=0)

    def result(self) -> Any:
        variance = self._squares - self._sum**2 / np.maximum(self._count, 1)
        explained = 1 - np.divide(
            self._errors, variance, out=np.ones_like(variance), where=variance > 0
        )
        if self.class_aggregation is None:
            return explained
        if self.class_aggregation == "uniform_average":
            return float(explained.mean())
        return float((explained * variance).sum() / max(float(variance.sum()), settings.epsilon()))


class LossMetric(MeanMetric):
    """The mean of a loss over all samples, whose options are the loss'."""

    direction = "down"
    loss_class: type[losses.Loss]

    def __init__(self, name: str | None = None, dtype: Any = None, **options: Any):
        self._loss = self.loss_class(**options)
        self._options = {name: getattr(self._loss, name, None) for name in options}
        super().__init__(name, dtype)

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return self._loss.call(self._loss.targets(y_true, y_pred), y_pred)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | self._options


class MeanSquaredError(LossMetric):
    """The mean of `losses.MeanSquaredError`."""

    loss_class = losses.MeanSquaredError


class MeanAbsoluteError(LossMetric):
    """The mean of `losses.MeanAbsoluteError`."""

    loss_class = losses.MeanAbsoluteError


class MeanAbsolutePercentageError(LossMetric):
    """The mean of `losses.MeanAbsolutePercentageError`."""

    loss_class = losses.MeanAbsolutePercentageError


class MeanSquaredLogarithmicError(LossMetric):
    """The mean of `losses.MeanSquaredLogarithmicError`."""

    loss_class = losses.MeanSquaredLogarithmicError


class Huber(LossMetric):
    """The mean of `losses.Huber`."""

    loss_class = losses.Huber


class LogCoshError(LossMetric):
    """The mean of `losses.LogCosh`."""

    loss_class = losses.LogCosh

    def __init__(self, name: str | None = "logcosh", dtype: Any = None):
        super().__init__(name, dtype)


class BinaryCrossentropy(LossMetric):
    """The mean of `losses.BinaryCrossentropy`."""

    loss_class = losses.BinaryCrossentropy


class CategoricalCrossentropy(LossMetric):
    """The mean of `losses.CategoricalCrossentropy`."""

    loss_class = losses.CategoricalCrossentropy


class SparseCategoricalCrossentropy(LossMetric):
    """The mean of `losses.SparseCategoricalCrossentropy`."""

    loss_class = losses.SparseCategoricalCrossentropy


class KLDivergence(LossMetric):
    """The mean of `losses.KLDivergence`."""

    loss_class = losses.KLDivergence


class Poisson(LossMetric):
    """The mean of `losses.Poisson`."""

    loss_class = losses.Poisson


class Hinge(LossMetric):
    """The mean of `losses.Hinge`."""

    loss_class = losses.Hinge


class SquaredHinge(LossMetric):
    """The mean of `losses.SquaredHinge`."""

    loss_class = losses.SquaredHinge


class CategoricalHinge(LossMetric):
    """The mean of `losses.CategoricalHinge`."""

    loss_class = losses.CategoricalHinge


class CosineSimilarity(LossMetric):
    """The mean cosine of the angle between y and a: minus `losses.CosineSimilarity`."""

    direction = "up"
    loss_class = losses.CosineSimilarity

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return -super().samples(y_true, y_pred)


class MeanMetricWrapper(Mean):
    """The mean of a function of (y_true, y_pred), or of a loss with options of its own.

    Values of the samples are averaged over all samples, a value of the batch over the batches.

    >>> def largest_error(y_true, y_pred):
    ...     return np.abs(y_true - y_pred).max()
    >>> MeanMetricWrapper(largest_error)([[1.0], [2.0]], [[0.5], [2.25]])
    0.5
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None):
        if not callable(fn):
            raise TypeError(f"MeanMetricWrapper: fn must be a function, got {shown(fn)}.")
        self.fn = fn
        self.direction = "down" if isinstance(fn, losses.Loss) else None
        if name is None:
            name = getattr(fn, "name", None) or getattr(fn, "__name__", None)
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        y_true, y_pred = as_numbers(y_true, "y_true"), as_floats(y_pred, name="y_pred")
        if (*y_true.shape, 1) == y_pred.shape:
            y_true = y_true.reshape(y_pred.shape)  # or the function might broadcast one of them
        values = as_numbers(self.fn(y_true, y_pred), f"the values of metric {self.name!r}")
        if values.ndim or sample_weight is None:
            super().update_state(values, sample_weight)
        else:
            self.add(float(values), float(np.sum(sample_weight)))

    def get_config(self) -> dict[str, Any]:
        if isinstance(self.fn, losses.Loss):
            return {"fn": serialize(self.fn), "name": self.name}
        name = registered_name(self.fn)
        function = {
            "module": "builtins", "class_name": "function", "config": name, "registered_name": name
        }  # fmt: skip
        return {"fn": function, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        config = arguments_of(cls, config)
        return cls(_loss_or(config.pop("fn", None)), **config)


# Function forms: the value of each sample --------------------------------------------------------


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Array:
    """Return for each sample the share of outputs for which `BinaryAccuracy` is right."""
    return _each_sample(BinaryAccuracy(threshold=threshold), y_true, y_pred)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """Return for each sample whether `CategoricalAccuracy` is right."""
    return _each_sample(CategoricalAccuracy(), y_true, y_pred)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """Return for each sample whether `SparseCategoricalAccuracy` is right."""
    return _each_sample(SparseCategoricalAccuracy(), y_true, y_pred)


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Array:
    """Return for each sample whether `TopKCategoricalAccuracy` is right."""
    return _each_sample(TopKCategoricalAccuracy(k), y_true, y_pred)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Array:
    """Return for each sample whether `SparseTopKCategoricalAccuracy` is right."""
    return _each_sample(SparseTopKCategoricalAccuracy(k), y_true, y_pred)


@np.errstate(all="ignore")
def _each_sample(metric: MeanMetric, y_true: Any, y_pred: Any) -> Array:
    y_true, y_pred = as_numbers(y_true, "y_true"), _outputs(metric, y_pred)
    values = metric.samples(y_true, y_pred).astype(y_pred.dtype)
    return values.mean(axis=-1) if values.ndim == y_pred.ndim else values


def _outputs(metric: Metric, y_pred: Any) -> Array:
    """Return `y_pred` as floats, with at least one output for each sample."""
    y_pred = as_floats(y_pred, name="y_pred")
    if not y_pred.ndim or not y_pred.shape[-1]:
        raise ValueError(
            f"{metric.name}: y_pred must have a last axis of outputs, got shape {y_pred.shape}."
        )
    return y_pred


def _same_shape(metric: Metric, y_true: Array, y_pred: Array) -> Array:
    """Return `y_true` in the shape of `y_pred`, (m,) and (m, 1) being the same."""
    if y_true.shape == y_pred.shape:
        return y_true
    if (*y_true.shape, 1) == y_pred.shape or y_true.shape == (*y_pred.shape, 1):
        return y_true.reshape(y_pred.shape)
    raise ValueError(
        f"{metric.name}: targets of shape {y_true.shape} do not fit outputs of shape "
        f"{y_pred.shape}."
    )


def _class_numbers(metric: Metric, y_true: Array, y_pred: Array) -> Array:
    """Return `y_true` in the shape of `y_pred` without its last axis."""
    rows = y_pred.shape[:-1]
    if y_true.shape not in (rows, (*rows, 1)):
        raise ValueError(
            f"{metric.name}: targets of shape {y_true.shape} do not fit outputs of shape "
            f"{y_pred.shape}: there must be one class number for each row."
        )
    return y_true.reshape(rows)


_CLASSES = [
    Mean, Sum, Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy,
    TopKCategoricalAccuracy, SparseTopKCategoricalAccuracy, Precision, Recall,
    RootMeanSquaredError, R2Score, MeanSquaredError, MeanAbsoluteError,
    MeanAbsolutePercentageError, MeanSquaredLogarithmicError, Huber, LogCoshError,
    BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy, KLDivergence,
    Poisson, Hinge, SquaredHinge, CategoricalHinge, CosineSimilarity, MeanMetricWrapper,
]  # fmt: skip
__all__ += [cls.__name__ for cls in _CLASSES[2:]]
_REGISTRY = Registry(
    "metric",
    *_CLASSES, mse=MeanSquaredError, MSE=MeanSquaredError, mae=MeanAbsoluteError,
    MAE=MeanAbsoluteError, mape=MeanAbsolutePercentageError, MAPE=MeanAbsolutePercentageError,
    msle=MeanSquaredLogarithmicError, MSLE=MeanSquaredLogarithmicError, bce=BinaryCrossentropy,
    BCE=BinaryCrossentropy, kld=KLDivergence, KLD=KLDivergence,
    logcosh=LogCoshError, log_cosh=LogCoshError, rmse=RootMeanSquaredError,
    accepts=callable, expected="a name, a Metric, a loss or a function",
)  # fmt: skip
_BY_LOSS: dict[Any, Any] = {cls.loss_class: cls for cls in _CLASSES if issubclass(cls, LossMetric)}


def get(identifier: Any) -> Metric:
    """Return the metric that a name, a class, a loss or a configuration stands for.

    The word ``"accuracy"`` by itself is resolved by ``compile``, which knows the outputs' shape.

    Examples
    --------
    >>> get("mae").name
    'mean_absolute_error'
    """
    if not isinstance(identifier, Metric | type):  # a function form of a loss
        identifier = _BY_LOSS.get(getattr(identifier, "loss_class", None), identifier)
    found = _loss_or(identifier)
    return found if isinstance(found, Metric) else MeanMetricWrapper(found)


def _loss_or(identifier: Any) -> Any:
    """Return the loss that a configuration describes, or the metric that `identifier` names."""
    if isinstance(identifier, Mapping) and identifier.get("module") == "keras.losses":
        return losses.get(identifier)
    return _REGISTRY.find(identifier)


deserialize = get


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
