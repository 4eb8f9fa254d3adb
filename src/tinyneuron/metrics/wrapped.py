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
from tinyneuron.metrics.base import Mean, MeanMetric

_NOT_OPTIONS = ("reduction", "name", "dtype")  # of a loss: a metric has its own, and always a mean


class LossMetric(MeanMetric):
    """The mean of a loss over all samples, with the loss' options."""

    direction = "down"
    loss_class: type[losses.Loss]

    def __init__(self, name: str | None = None, dtype: Any = None, **options: Any):
        if "reduction" in options:
            raise TypeError(
                f"{type(self).__name__}: a metric is always the mean over all samples; leave out "
                "reduction."
            )
        self._loss = self.loss_class(**options)
        super().__init__(name, dtype)

    def samples(self, y_true: Array, y_pred: Array) -> Array:
        return self._loss.call(self._loss.targets(y_true, y_pred), y_pred)

    def get_config(self) -> dict[str, Any]:
        options = self._loss.get_config().items()
        return super().get_config() | {k: value for k, value in options if k not in _NOT_OPTIONS}


def _mean_of(loss: type[losses.Loss]) -> type[LossMetric]:
    """Make the metric of a loss' name that is its mean."""
    doc = f"The mean of `losses.{loss.__name__}`, with its options."
    members = {"__doc__": doc, "__module__": __name__, "loss_class": loss}
    return type(loss.__name__, (LossMetric,), members)


MeanSquaredError = _mean_of(losses.MeanSquaredError)
MeanAbsoluteError = _mean_of(losses.MeanAbsoluteError)
MeanAbsolutePercentageError = _mean_of(losses.MeanAbsolutePercentageError)
MeanSquaredLogarithmicError = _mean_of(losses.MeanSquaredLogarithmicError)
Huber = _mean_of(losses.Huber)
BinaryCrossentropy = _mean_of(losses.BinaryCrossentropy)
CategoricalCrossentropy = _mean_of(losses.CategoricalCrossentropy)
SparseCategoricalCrossentropy = _mean_of(losses.SparseCategoricalCrossentropy)
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
