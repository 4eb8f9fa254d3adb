"""The base of all losses: targets, weights, reduction; and the small parts of formulas."""

from __future__ import annotations

import math
from typing import Any, TypedDict

import numpy as np

from tinyneuron import activations
from tinyneuron._common import settings
from tinyneuron._common.arguments import one_of
from tinyneuron._common.arrays import Array, Shape, as_floats, as_numbers, number
from tinyneuron._common.configuration import Configurable
from tinyneuron._common.names import name_or_default
from tinyneuron._common.pairs import check_pair
from tinyneuron._common.targets import fitted, spread

_REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


class Shared(TypedDict, total=False):
    """What every loss takes last, in this order."""

    reduction: str | None
    name: str | None
    dtype: Any


class Loss(Configurable):
    """Base of all losses: subclass it with `call` and `gradient`.

    Parameters
    ----------
    reduction : str or None
        What becomes of the samples' losses: ``"sum_over_batch_size"`` (their mean), ``"sum"``,
        ``"mean_with_sample_weight"`` (divided by the sum of the weights) or ``None``.
    name : str, optional
        The class name in snake case by default.

    Examples
    --------
    >>> class FourthPower(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return ((y_pred - y_true) ** 4).mean(axis=-1)
    ...     def gradient(self, y_true, y_pred):
    ...         return 4 * (y_pred - y_true) ** 3 / y_pred.shape[-1]
    >>> FourthPower()([[0.0]], [[2.0]])
    16.0
    """

    #: The activation whose logits the loss can be computed from, if there is one.
    link: activations.Activation | None = None
    from_logits = False  # whether it is computed from those logits

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.__call__ is not Loss.__call__:
            raise TypeError(
                f"{cls.__name__} defines __call__, which training does not use: define "
                "call(y_true, y_pred), which returns the loss of each sample."
            )

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ):
        self.reduction = one_of(f"{type(self).__name__}: reduction", reduction, _REDUCTIONS)
        self.name = name_or_default(self, name)
        self.dtype = None if dtype is None else settings.float_dtype(dtype).name

    # The two formulas of a subclass ------------------------------------------------------------

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """Return the loss of each sample: one number for each row of outputs."""
        raise NotImplementedError(f"{type(self).__name__} must define call(y_true, y_pred).")

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        """Return the derivative of each sample's loss by each of its outputs, in a new array."""
        raise NotImplementedError(
            f"{type(self).__name__} must define gradient(y_true, y_pred) to be trained with."
        )

    def check_trainable(self) -> None:
        """Raise an error if a subclass overrides a formula without its derivative."""
        check_pair(self, ["call"], ["gradient"], Loss)
        check_pair(self, ["reduce"], ["output_gradient"], Configurable)

    # What they share ---------------------------------------------------------------------------

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the loss of the batch: one number, or one per sample without reduction."""
        y_pred = as_floats(y_pred, self.dtype, "y_pred")
        with np.errstate(all="ignore"):  # a loss of inf or NaN speaks for itself, as in `fit`
            losses = self.call(self.targets(y_true, y_pred), y_pred)
            weights = sample_weight
            if weights is not None:
                weights = as_floats(weights, losses.dtype, "sample_weight")
            return self.reduce(losses, weights)

    def targets(self, y_true: Any, y_pred: Array) -> Array:
        """Return `y_true` as `call` and `gradient` take it, checked and never broadcast.

        Raises
        ------
        ValueError
            If the shapes differ, (m,) for (m, 1) aside.
        """
        y_true = as_numbers(y_true, "y_true")
        if not y_pred.ndim or not y_pred.shape[-1]:
            raise ValueError(
                f"{self.name}: y_pred must have a last axis of outputs, got shape {y_pred.shape}."
            )
        self.check(y_true, y_pred.shape)
        return self.encode(y_true, y_pred)

    def check(self, y_true: Array, shape: Shape) -> None:
        """Raise a ValueError if the targets do not fit outputs of `shape`."""
        if fitted(y_true, shape) is None:
            classes = self.link and shape[-1] > 1 and y_true.ndim and y_true.size == len(y_true)
            hint = " Class numbers go with 'sparse_categorical_crossentropy'." if classes else ""
            raise ValueError(
                f"{self.name}: targets of shape {y_true.shape} do not fit outputs of shape "
                f"{shape}. Targets are never broadcast: there must be one for each output.{hint}"
            )

    def encode(self, y_true: Array, y_pred: Array) -> Array:
        """Return checked targets in the shape and dtype of `y_pred`."""
        if y_true.dtype is y_pred.dtype and y_true.shape == y_pred.shape:
            return y_true  # sooner than asking NumPy for what is there
        return y_true.astype(y_pred.dtype, copy=False).reshape(y_pred.shape)

    def reduce(self, losses: Array, weights: Array | None = None) -> Any:
        """Return the mean of the samples' weighted losses, or as the reduction says."""
        if weights is not None:
            losses = losses * spread(weights, losses.shape, losses.ndim)
        if self.reduction in ("none", None):
            return losses
        return float(np.add.reduce(losses, axis=None)) * self._factor(losses.shape, weights)

    def output_gradient(self, per_sample: Array, weights: Array | None = None) -> Array:
        """Turn the samples' gradients into that of the reduced loss, in place."""
        samples = per_sample.shape[:-1]
        if weights is not None:
            per_sample *= spread(weights, samples, per_sample.ndim)
        if self.reduction != "sum":
            per_sample *= number(self._factor(samples, weights), per_sample.dtype)
        return per_sample

    @property
    def is_mean(self) -> bool:
        """Whether the reduced loss is the mean of the samples' weighted losses."""
        return self.reduction in ("sum_over_batch_size", "mean")

    def _factor(self, shape: tuple[int, ...], weights: Array | None) -> float:
        """Return the factor of each sample's loss in the total: 1 / m for a mean, 1 for a sum."""
        if self.reduction == "sum":
            return 1.0
        if self.reduction == "mean_with_sample_weight" and weights is not None:
            total = float(np.broadcast_to(spread(weights, shape, len(shape)), shape).sum())
            return 1 / total if total else 0.0
        return 1 / (math.prod(shape) or 1)


def mean(x: Array) -> Array:
    """Return the mean over the last axis; a plain sum and division cost less than `mean`."""
    number = x.shape[-1]
    return np.add.reduce(x, axis=-1) / number if number > 1 else x[..., 0]


def at_least_epsilon(x: Array) -> Array:
    """Return max(x, epsilon)."""
    return np.maximum(x, settings.epsilon())
