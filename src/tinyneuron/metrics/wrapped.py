"""Losses and functions as metrics: their mean over all samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np

from tinyneuron import losses
from tinyneuron._common.arguments import shown
from tinyneuron._common.arrays import Array, as_floats, as_numbers
from tinyneuron._common.configuration import arguments_of, described_function, serialize
from tinyneuron._common.registry import Registry, deserializing
from tinyneuron._common.targets import fitted
from tinyneuron.metrics import accuracies
from tinyneuron.metrics.base import Mean, MeanMetric, weights_of


class LossMetric(MeanMetric):
    """The mean of a loss over all samples, with the options of the loss that a subclass takes."""

    direction = "down"
    loss_class: type[losses.Loss]
    _loss: Any

    def __new__(cls, *args: Any, **options: Any) -> Self:
        if "reduction" in options:
            raise TypeError(
                f"{cls.__name__}: a metric is always the mean over all samples; leave out "
                "reduction."
            )
        return super().__new__(cls)

    def __init__(self, name: str | None = None, dtype: Any = None, **options: Any):
        self._loss = self.loss_class(reduction=None, **options)
        super().__init__(name, dtype)

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        values: Array = self._loss.call(self._loss.targets(y_true, y_pred), y_pred)
        return values

    def _argument(self, name: str) -> Any:
        return super()._argument(name) if name in vars(self) else getattr(self._loss, name)


def _mean_of(loss: type[losses.Loss]) -> type[LossMetric]:
    """Make the metric of a loss' name that is its mean."""
    members = {
        "__doc__": f"The mean of `losses.{loss.__name__}`.",
        "__module__": __name__,
        "loss_class": loss,
    }
    return type(loss.__name__, (LossMetric,), members)


MeanSquaredError = _mean_of(losses.MeanSquaredError)
MeanAbsoluteError = _mean_of(losses.MeanAbsoluteError)
MeanAbsolutePercentageError = _mean_of(losses.MeanAbsolutePercentageError)
MeanSquaredLogarithmicError = _mean_of(losses.MeanSquaredLogarithmicError)
KLDivergence = _mean_of(losses.KLDivergence)
Poisson = _mean_of(losses.Poisson)
Hinge = _mean_of(losses.Hinge)
SquaredHinge = _mean_of(losses.SquaredHinge)
CategoricalHinge = _mean_of(losses.CategoricalHinge)


class LogCoshError(LossMetric):
    """The mean of `losses.LogCosh`."""

    loss_class = losses.LogCosh

    def __init__(self, name: str | None = "logcosh", dtype: Any = None):
        super().__init__(name, dtype)


class Huber(LossMetric):
    """The mean of `losses.Huber`."""

    loss_class = losses.Huber

    def __init__(self, name: str | None = None, dtype: Any = None, delta: float = 1.0):
        super().__init__(name, dtype, delta=delta)


class BinaryCrossentropy(LossMetric):
    """The mean of `losses.BinaryCrossentropy`."""

    loss_class = losses.BinaryCrossentropy

    def __init__(
        self,
        name: str | None = None,
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ):
        super().__init__(name, dtype, from_logits=from_logits, label_smoothing=label_smoothing)


class CategoricalCrossentropy(LossMetric):
    """The mean of `losses.CategoricalCrossentropy`."""

    loss_class = losses.CategoricalCrossentropy

    def __init__(
        self,
        name: str | None = None,
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ):
        options = {"label_smoothing": label_smoothing, "axis": axis}
        super().__init__(name, dtype, from_logits=from_logits, **options)


class SparseCategoricalCrossentropy(LossMetric):
    """The mean of `losses.SparseCategoricalCrossentropy`.

    As in Keras, rows of `ignore_class` count as 0, and not at all where there are sample weights.
    """

    loss_class = losses.SparseCategoricalCrossentropy

    def __init__(
        self,
        name: str | None = None,
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ):
        options = {"ignore_class": ignore_class, "axis": axis}
        super().__init__(name, dtype, from_logits=from_logits, **options)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        if sample_weight is not None and self._loss.ignore_class is not None:
            counts = self._loss.counted(as_numbers(y_true, "y_true")).reshape(np.shape(y_pred)[:-1])
            sample_weight = counts * weights_of(sample_weight, counts.shape)
        super().update_state(y_true, y_pred, sample_weight)


class CosineSimilarity(LossMetric):
    """The cosine of the angle between y and a, sum y a / (|y| |a|): the loss of that name is -cos.

    >>> round(CosineSimilarity()([[0.0, 2.0]], [[3.0, 3.0]]), 6)
    0.707107
    """

    direction = "up"
    loss_class = losses.CosineSimilarity

    def __init__(self, name: str | None = None, dtype: Any = None, axis: int = -1):
        super().__init__(name, dtype, axis=axis)

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return -super().samples(y_true, y_pred)


_FUNCTIONS = Registry(
    "metric",
    accepts=callable,
    expected="the name of a function of (y_true, y_pred)",
    **{
        name: function
        for module in (losses, accuracies)
        for name, function in vars(module).items()
        if callable(function) and (hasattr(function, "loss_class") or name.endswith("_accuracy"))
    },
)


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
        if y_true.ndim < y_pred.ndim and (column := fitted(y_true, y_pred.shape)) is not None:
            y_true = column  # or the function might broadcast one of them
        values = as_numbers(self.fn(y_true, y_pred), f"the values of metric {self.name!r}")
        if values.ndim or sample_weight is None:
            super().update_state(values, sample_weight)
        else:
            self.add(float(values), float(np.sum(sample_weight)))

    _goes_by_rows = False  # the function may return a value of the batch

    def _argument(self, name: str) -> Any:
        return _described(self.fn) if name == "fn" else super()._argument(name)

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Self:
        config = arguments_of(cls, config)
        fn = config.get("fn")
        is_loss = isinstance(fn, Mapping) and fn.get("module") == "keras.losses"
        find = losses.deserialize if is_loss else deserializing(_FUNCTIONS.find)
        return cls(**config | {"fn": find(fn, custom_objects)})


def _described(fn: Callable[..., Any]) -> dict[str, Any]:
    """Describe a loss, or a function by the name that Keras would look for."""
    return serialize(fn) if isinstance(fn, losses.Loss) else described_function(fn)
