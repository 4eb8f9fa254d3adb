r"""Losses: how wrong the outputs a are, given the targets y, and in which direction.

Each class is two formulas, one below the other: `call`, the loss of each sample, and `gradient`,
its derivative by each output. What they share (weights, reduction, checks of shapes) stands once,
in `Loss`.

>>> MeanSquaredError()([[0.0], [1.0]], [[0.5], [0.5]])
0.25

A cross-entropy fits one activation, its `link`: binary cross-entropy fits the sigmoid, categorical
cross-entropy the softmax. Computed from the logits z, before that activation, they are exact at
any size, and their gradient by z is the simplest there is: a - y.

>>> BinaryCrossentropy(from_logits=True)([[1.0]], [[-1000.0]])
1000.0
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from tinyneuron import activations
from tinyneuron._common import settings
from tinyneuron._common.arguments import flag, integer, one_of, real_number, shown
from tinyneuron._common.arrays import Array, Shape, as_floats, as_numbers
from tinyneuron._common.configuration import Configurable, serialize
from tinyneuron._common.names import name_or_default, refuse_other_names, to_snake_case
from tinyneuron._common.registry import Registry

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "deserialize",
    "get",
    "serialize",
]

_ZERO = np.array(0, np.float32)  # NumPy takes it as it is, where it must convert a Python 0

_REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


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

    def with_gradient(self, y, a):
        return self.call(y, a), self.gradient(y, a), a

    def check_trainable(self):
        pass

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
        given = y_true.shape
        if given != shape and (*given, 1) != shape and given != (*shape, 1):
            raise ValueError(
                f"{self.name}: targets of shape {given} do not fit outputs of shape {shape}. "
                "Targets are never broadcast: there must be one for each output."
            )

    def encode(self, y_true: Array, y_pred: Array) -> Array:
        """Return checked targets in the shape and dtype of `y_pred`."""
        return y_true.astype(y_pred.dtype, copy=False).reshape(y_pred.shape)

    def reduce(self, losses: Array, weights: Array | None = None) -> Any:
        """Return the mean of the samples' weighted losses, or as the reduction says."""
        if weights is not None:
            losses = losses * spread(weights, losses.shape, losses.ndim)
        if self.reduction in ("none", None):
            return losses
        return float(np.add.reduce(losses, axis=None)) * self._share(losses.shape, weights)

    def output_gradient(self, per_sample: Array, weights: Array | None = None) -> Array:
        """Turn the samples' gradients into that of the reduced loss, in place."""
        samples = per_sample.shape[:-1]
        if weights is not None:
            per_sample *= spread(weights, samples, per_sample.ndim)
        if self.reduction != "sum":
            per_sample *= self._share(samples, weights)
        return per_sample

    def _share(self, shape: tuple[int, ...], weights: Array | None) -> float:
        """One loss' share in the reduced one: 1 / m for a mean, 1 for a sum."""
        if self.reduction == "sum":
            return 1.0
        if self.reduction == "mean_with_sample_weight" and weights is not None:
            total = float(np.broadcast_to(spread(weights, shape, len(shape)), shape).sum())
            return 1 / total if total else 0.0
        return 1 / (math.prod(shape) or 1)


class MeanSquaredError(Loss):
    """mean (a - y)^2, with the gradient 2 (a - y) / n for n outputs."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return _mean(np.square(y_pred - y_true))

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        gradient = y_pred - y_true
        gradient *= 2 / y_pred.shape[-1]
        return gradient


class CrossEntropy(Loss):
    """What the cross-entropies share: they are computed from logits or from probabilities."""

    link: activations.Activation

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(reduction, name, dtype)
        self.from_logits = flag(f"{self.name}: from_logits", from_logits)
        self.label_smoothing = real_number(
            f"{self.name}: label_smoothing", label_smoothing, "a number from 0 to 1"
        )
        if integer(f"{self.name}: axis", axis, least=None) != -1:
            raise ValueError(f"{self.name}: the classes must be the last axis, got axis={axis!r}.")
        self.axis = -1

    def call(self, y_true: Array, y_pred: Array) -> Array:
        if self.from_logits:
            return self.call_logits(y_true, y_pred)[0]
        return self.call_probabilities(y_true, y_pred)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        if self.from_logits:
            return self.gradient_logits(y_true, self.link(y_pred))
        return self.gradient_probabilities(y_true, y_pred)

    def with_gradient(self, y, z):
        if self.from_logits:
            losses, a = self.call_logits(y, z)
            return losses, self.gradient_logits(y, a), a
        return super().with_gradient(y, z)

    def from_logits_form(self):
        import copy

        form = copy.copy(self)
        form.from_logits = True
        return form

    def call_logits(self, y: Array, z: Array) -> tuple[Array, Array]:
        """Return each sample's loss from the logits z, and a = link(z), for the gradient."""
        raise NotImplementedError

    def gradient_logits(self, y: Array, a: Array) -> Array:
        """Return the derivative by the logits, given a = link(z)."""
        raise NotImplementedError

    def call_probabilities(self, y: Array, a: Array) -> Array:
        """Return each sample's loss from probabilities, clipped away from 0 and 1 as in Keras."""
        raise NotImplementedError

    def gradient_probabilities(self, y: Array, a: Array) -> Array:
        """Return the derivative by the probabilities: 0 where they are clipped."""
        raise NotImplementedError


class BinaryCrossentropy(CrossEntropy):
    """mean -(y log a + (1 - y) log(1 - a)), the loss of logistic regression.

    From logits: log(1 + e^z) - y z, with the gradient (a - y) / n for n outputs.
    """

    link = activations.sigmoid

    def check(self, y_true: Array, shape: Shape) -> None:
        super().check(y_true, shape)
        if y_true.size and not (y_true.min() >= 0 and y_true.max() <= 1):
            raise ValueError(
                f"{self.name}: targets must be from 0 to 1, got some from {float(y_true.min()):g} "
                f"to {float(y_true.max()):g}."
            )

    def encode(self, y_true: Array, y_pred: Array) -> Array:
        y = super().encode(y_true, y_pred)
        if self.label_smoothing:
            y = y * (1 - self.label_smoothing) + 0.5 * self.label_smoothing
        return y

    def call_logits(self, y: Array, z: Array) -> tuple[Array, Array]:
        # log(1 + e^z) - y z, written so that no large numbers cancel
        losses = np.abs(z)
        np.logaddexp(_ZERO, np.negative(losses, out=losses), out=losses)
        losses += np.maximum(z, _ZERO) - y * z
        return _mean(losses), self.link.apply(z.copy())

    def gradient_logits(self, y: Array, a: Array) -> Array:
        gradient = a - y
        if a.shape[-1] > 1:
            gradient /= a.shape[-1]
        return gradient

    def call_probabilities(self, y: Array, a: Array) -> Array:
        a = _clip(a)
        return -(y * np.log(a) + (1 - y) * np.log(1 - a)).mean(axis=-1)

    def gradient_probabilities(self, y: Array, a: Array) -> Array:
        p = _clip(a)
        return (p - y) / (p * (1 - p)) * (p == a) / a.shape[-1]


class CategoricalCrossentropy(CrossEntropy):
    """-sum_k y_k log a_k over the classes k, with one-hot targets y.

    From logits: sum_k y_k (log sum_j e^{z_j} - z_k), with the gradient a sum(y) - y, which is
    a - y when the targets sum to one.
    """

    link = activations.softmax

    def check(self, y_true: Array, shape: Shape) -> None:
        if y_true.shape != shape:
            raise ValueError(
                f"{self.name}: targets of shape {y_true.shape} do not fit outputs of shape "
                f"{shape}: they must be one-hot. For class numbers there are the sparse loss and "
                "utils.to_categorical."
            )

    def encode(self, y_true: Array, y_pred: Array) -> Array:
        y = super().encode(y_true, y_pred)
        if self.label_smoothing:
            y = y * (1 - self.label_smoothing) + self.label_smoothing / y.shape[-1]
        return y

    def call_logits(self, y: Array, z: Array) -> tuple[Array, Array]:
        z = z - z.max(axis=-1, keepdims=True)  # changes neither result, and e^z cannot overflow
        losses = -(y * z).sum(axis=-1)
        a = np.exp(z, out=z)
        total = a.sum(axis=-1, keepdims=True)
        a /= total
        losses += (np.log(total) * y).sum(axis=-1)
        return losses, a

    def gradient_logits(self, y: Array, a: Array) -> Array:
        gradient = a * y.sum(axis=-1, keepdims=True)
        gradient -= y
        return gradient

    def call_probabilities(self, y: Array, a: Array) -> Array:
        p = _clip(a / a.sum(axis=-1, keepdims=True))
        return -(y * np.log(p)).sum(axis=-1)

    def gradient_probabilities(self, y: Array, a: Array) -> Array:
        total = a.sum(axis=-1, keepdims=True)
        p = a / total
        by_p = -y / _clip(p) * (p == _clip(p))
        return (by_p - (by_p * p).sum(axis=-1, keepdims=True)) / total


class SparseCategoricalCrossentropy(CategoricalCrossentropy):
    """`CategoricalCrossentropy` for targets that are class numbers, 0 to K - 1."""

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = None,
        dtype: Any = None,
    ):
        if ignore_class is not None:
            raise ValueError(f"{type(self).__name__}: tinyneuron does not offer ignore_class.")
        super().__init__(from_logits, axis=axis, reduction=reduction, name=name, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        own = super().get_config()
        del own["label_smoothing"]
        return own

    def check(self, y_true: Array, shape: Shape) -> None:
        if y_true.shape not in (shape[:-1], (*shape[:-1], 1)):
            hint = " One-hot targets go with CategoricalCrossentropy."
            raise ValueError(
                f"{self.name}: targets of shape {y_true.shape} do not fit outputs of shape "
                f"{shape}: there must be one class number for each row."
                + (hint if y_true.shape == shape else "")
            )
        if not y_true.size:
            return
        low, high, number = y_true.min(), y_true.max(), shape[-1]
        if not (low >= 0 and high < number) or (y_true.dtype.kind == "f" and (y_true % 1).any()):
            raise ValueError(
                f"{self.name}: targets must be whole class numbers from 0 to {number - 1}, got "
                f"some from {float(low):g} to {float(high):g}."
            )

    def encode(self, y_true: Array, y_pred: Array) -> Array:
        numbers = y_true.reshape(*y_pred.shape[:-1], 1)
        one_hot = np.empty_like(y_pred)  # in the memory order of y_pred, for the sums to come
        return np.equal(numbers, np.arange(y_pred.shape[-1]), out=one_hot)

    def gradient_logits(self, y: Array, a: Array) -> Array:
        return a - y


class MeanAbsoluteError(Loss):
    """mean |a - y|, with the gradient sign(a - y) / n."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return np.abs(y_pred - y_true).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        return np.sign(y_pred - y_true) / y_pred.shape[-1]


class MeanAbsolutePercentageError(Loss):
    """mean 100 |a - y| / |y|, with the gradient 100 sign(a - y) / (n |y|)."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return 100 * (np.abs(y_pred - y_true) / _at_least_epsilon(np.abs(y_true))).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        scale = _at_least_epsilon(np.abs(y_true)) * (y_pred.shape[-1] / 100)
        return np.sign(y_pred - y_true) / scale


class MeanSquaredLogarithmicError(Loss):
    """mean d^2 with d = log(1 + a) - log(1 + y), and the gradient 2 d / (n (1 + a))."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return np.square(self._difference(y_true, y_pred)).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        positive = y_pred > settings.epsilon()  # below, the prediction is held at epsilon
        slope = 2 / (y_pred.shape[-1] * (1 + _at_least_epsilon(y_pred)))
        return self._difference(y_true, y_pred) * slope * positive

    def _difference(self, y: Array, a: Array) -> Array:
        return np.log(_at_least_epsilon(a) + 1) - np.log(_at_least_epsilon(y) + 1)


class Huber(Loss):
    """(a - y)^2 / 2 near the target, delta (|a - y| - delta / 2) beyond delta; the mean of both.

    Its gradient is a - y, held between -delta and delta, over n.
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ):
        super().__init__(reduction, name, dtype)
        self.delta = real_number("Huber: delta", delta, "a finite number above 0")

    def call(self, y_true: Array, y_pred: Array) -> Array:
        error = np.abs(y_pred - y_true)
        near = np.minimum(error, self.delta)
        return (near * (error - 0.5 * near)).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        return np.clip(y_pred - y_true, -self.delta, self.delta) / y_pred.shape[-1]


class LogCosh(Loss):
    """mean log cosh(a - y), with the gradient tanh(a - y) / n."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        error = y_pred - y_true
        return (np.logaddexp(error, -error) - error.dtype.type(np.log(2))).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        return np.tanh(y_pred - y_true) / y_pred.shape[-1]


class KLDivergence(Loss):
    """sum y log(y / a), with the gradient -y / a; both clipped to epsilon .. 1."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        y, a = (np.clip(v, settings.epsilon(), 1) for v in (y_true, y_pred))
        return (y * np.log(y / a)).sum(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        y, a = (np.clip(v, settings.epsilon(), 1) for v in (y_true, y_pred))
        return -y / a * (a == y_pred)


class Poisson(Loss):
    """mean a - y log a, with the gradient (1 - y / a) / n."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return (y_pred - y_true * np.log(y_pred + settings.epsilon())).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        return (1 - y_true / (y_pred + settings.epsilon())) / y_pred.shape[-1]


class Hinge(Loss):
    """mean max(1 - y a, 0) for targets of -1 and 1, with the gradient -y / n where y a < 1.

    Targets of 0 and 1 are turned into -1 and 1.
    """

    def encode(self, y_true: Array, y_pred: Array) -> Array:
        y = super().encode(y_true, y_pred)
        return 2 * y - 1 if ((y == 0) | (y == 1)).all() else y

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return np.maximum(1 - y_true * y_pred, 0).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        return -y_true * (y_true * y_pred < 1) / y_pred.shape[-1]


class SquaredHinge(Hinge):
    """mean max(1 - y a, 0)^2, with the gradient -2 y max(1 - y a, 0) / n."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return np.square(np.maximum(1 - y_true * y_pred, 0)).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        return -2 * y_true * np.maximum(1 - y_true * y_pred, 0) / y_pred.shape[-1]


class CategoricalHinge(Loss):
    """max(1 + max_k (1 - y_k) a_k - sum_k y_k a_k, 0), with one-hot targets y.

    Its gradient is 1 - y at the largest wrong output minus y, where the loss is not 0.
    """

    def call(self, y_true: Array, y_pred: Array) -> Array:
        wrong = ((1 - y_true) * y_pred).max(axis=-1)
        return np.maximum(1 + wrong - (y_true * y_pred).sum(axis=-1), 0)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        wrong = (1 - y_true) * y_pred
        largest = wrong == wrong.max(axis=-1, keepdims=True)
        share = largest / largest.sum(axis=-1, keepdims=True)
        active = self.call(y_true, y_pred)[..., np.newaxis] > 0
        return ((share * (1 - y_true) - y_true) * active).astype(y_pred.dtype)


class CosineSimilarity(Loss):
    """-cos of the angle between y and a: -sum u v with u = y / |y| and v = a / |a|.

    Its gradient is (v sum(u v) - u) / |a|.
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(reduction, name, dtype)
        if integer("CosineSimilarity: axis", axis, least=None) != -1:
            raise ValueError(f"CosineSimilarity: the axis must be -1, the last, got {shown(axis)}.")
        self.axis = -1

    def call(self, y_true: Array, y_pred: Array) -> Array:
        u, v = y_true * _inverse_norm(y_true), y_pred * _inverse_norm(y_pred)
        return -(u * v).sum(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        inverse = _inverse_norm(y_pred)
        u, v = y_true * _inverse_norm(y_true), y_pred * inverse
        held = inverse < 1 / settings.epsilon()  # a vector of almost no length is not scaled to 1
        return ((u * v).sum(axis=-1, keepdims=True) * v * held - u) * inverse


def _mean(x: Array) -> Array:
    """Return the mean over the last axis; a plain sum and division cost less than `mean`."""
    number = x.shape[-1]
    return np.add.reduce(x, axis=-1) / number if number > 1 else x[..., 0]


def spread(weights: Array, shape: tuple[int, ...], ndim: int) -> Array:
    """Return weights of shape (m,), (m, 1) or (m, d ...) with axes of 1 up to `ndim`."""
    if weights.ndim == len(shape) + 1 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    if weights.shape != shape[: weights.ndim]:
        raise ValueError(
            f"sample_weight of shape {weights.shape} does not fit values of shape {shape}: there "
            "must be one weight for each sample."
        )
    return weights.reshape(weights.shape + (1,) * (ndim - weights.ndim))


def _clip(a: Array) -> Array:
    return np.clip(a, settings.epsilon(), 1 - settings.epsilon())


def _at_least_epsilon(x: Array) -> Array:
    return np.maximum(x, settings.epsilon())


def _inverse_norm(x: Array) -> Array:
    with np.errstate(divide="ignore"):
        inverse = 1 / np.sqrt(np.square(x).sum(axis=-1, keepdims=True))
    return np.minimum(inverse, 1 / settings.epsilon())


def _function(cls: type[Loss]) -> Callable[..., Array]:
    """Make Keras' function form: the samples' losses, without weights or reduction."""

    def function(y_true: Any, y_pred: Any, **options: Any) -> Array:
        return cls(reduction=None, **options)(y_true, y_pred)

    function.__name__ = function.__qualname__ = to_snake_case(cls.__name__)
    function.__doc__ = f"Return each sample's `{cls.__name__}`."
    function.loss_class = cls  # type: ignore[attr-defined]
    return function


mean_squared_error = _function(MeanSquaredError)
binary_crossentropy = _function(BinaryCrossentropy)
categorical_crossentropy = _function(CategoricalCrossentropy)
sparse_categorical_crossentropy = _function(SparseCategoricalCrossentropy)
mean_absolute_error = _function(MeanAbsoluteError)
mean_absolute_percentage_error = _function(MeanAbsolutePercentageError)
mean_squared_logarithmic_error = _function(MeanSquaredLogarithmicError)
huber = _function(Huber)
log_cosh = _function(LogCosh)
kl_divergence = _function(KLDivergence)
poisson = _function(Poisson)
hinge = _function(Hinge)
squared_hinge = _function(SquaredHinge)
categorical_hinge = _function(CategoricalHinge)
cosine_similarity = _function(CosineSimilarity)

_REGISTRY = Registry(
    "loss",
    MeanSquaredError, BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy,
    MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredLogarithmicError, Huber, LogCosh,
    KLDivergence, Poisson, Hinge, SquaredHinge, CategoricalHinge, CosineSimilarity,
    mse=MeanSquaredError, MSE=MeanSquaredError, mae=MeanAbsoluteError, MAE=MeanAbsoluteError,
    mape=MeanAbsolutePercentageError, MAPE=MeanAbsolutePercentageError,
    msle=MeanSquaredLogarithmicError, MSLE=MeanSquaredLogarithmicError,
    bce=BinaryCrossentropy, BCE=BinaryCrossentropy, kld=KLDivergence, KLD=KLDivergence,
    logcosh=LogCosh, huber_loss=Huber,
    accepts=lambda found: found is None or isinstance(found, Loss),
    expected="a name or a Loss; a formula of your own subclasses losses.Loss",
)  # fmt: skip


def get(identifier: Any) -> Loss | None:
    """Return the loss that a name, a class, a function form or a configuration stands for.

    Examples
    --------
    >>> get("mse")
    MeanSquaredError(reduction='sum_over_batch_size', name='mean_squared_error')
    """
    identifier = getattr(identifier, "loss_class", identifier)
    found: Loss | None = _REGISTRY.find(identifier)
    return found


deserialize = get


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
