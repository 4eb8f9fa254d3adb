"""The cross-entropies: how surprised the predicted probabilities are by the targets."""

from __future__ import annotations

import copy
from typing import Any, Self

import numpy as np

from tinyneuron import activations
from tinyneuron._common import settings
from tinyneuron._common.arguments import flag, integer, real_number
from tinyneuron._common.arrays import Array, Shape
from tinyneuron._common.pairs import check_pair
from tinyneuron.losses.base import Loss, mean

_ZERO = np.array(0, np.float32)  # NumPy takes it as it is, where it must convert a Python 0
_ONE = np.array(1, np.float32)


class CrossEntropy(Loss):
    """What the cross-entropies share: they are computed from logits or from probabilities.

    The logits z are what the activation `link` turns into probabilities. From them the loss is
    exact at any size.
    """

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

    # The formulas of a subclass ---------------------------------------------------------------

    def call_logits(self, y: Array, z: Array) -> Array:
        """Return each sample's loss from logits."""
        raise NotImplementedError(f"{type(self).__name__} must define call_logits(y, z).")

    def gradient_logits(self, y: Array, z: Array) -> Array:
        """Return the derivative by the logits, in a new array."""
        raise NotImplementedError(f"{type(self).__name__} must define gradient_logits(y, z).")

    def call_probabilities(self, y: Array, a: Array) -> Array:
        """Return each sample's loss from probabilities, clipped away from 0 and 1 as in Keras."""
        raise NotImplementedError(f"{type(self).__name__} must define call_probabilities(y, a).")

    def gradient_probabilities(self, y: Array, a: Array) -> Array:
        """Return the derivative by the probabilities: 0 where they are clipped."""
        raise NotImplementedError(
            f"{type(self).__name__} must define gradient_probabilities(y, a) to be trained with."
        )

    # Which of them is meant -------------------------------------------------------------------

    def call(self, y_true: Array, y_pred: Array) -> Array:
        if self.from_logits:
            return self.call_logits(y_true, y_pred)
        return self.call_probabilities(y_true, y_pred)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        if self.from_logits:
            return self.gradient_logits(y_true, y_pred)
        return self.gradient_probabilities(y_true, y_pred)

    def on_logits(self) -> Self:
        """Return this loss as computed from logits, for a model that ends in its `link`.

        Raises
        ------
        TypeError
            If a subclass overrides formulas in part, so that the two forms are not one loss.

        Examples
        --------
        >>> from tinyneuron.losses import BinaryCrossentropy
        >>> BinaryCrossentropy().on_logits()([[1.0]], [[-1000.0]])
        1000.0
        """
        self.check_trainable()
        twin = copy.copy(self)
        twin.from_logits = True
        return twin

    def check_trainable(self) -> None:
        for name in ("call", "gradient"):
            if getattr(getattr(self, name), "__func__", None) is not getattr(CrossEntropy, name):
                raise TypeError(
                    f"{type(self).__name__} overrides {name}, which only chooses between formulas. "
                    "Another cross-entropy defines call_probabilities, gradient_probabilities, "
                    "call_logits and gradient_logits; any other loss subclasses losses.Loss."
                )
        super().check_trainable()
        check_pair(
            self,
            ["call_probabilities", "link"],
            ["gradient_probabilities", "call_logits", "gradient_logits"],
            CrossEntropy,
        )


class BinaryCrossentropy(CrossEntropy):
    """mean -(y log a + (1 - y) log(1 - a)), the loss of logistic regression.

    From logits: log(1 + e^z) - y z, with the gradient (a - y) / n for n outputs.
    """

    link = activations.sigmoid

    def check(self, y_true: Array, shape: Shape) -> None:
        super().check(y_true, shape)
        if y_true.size and not (y_true.min() >= 0 and y_true.max() <= 1):
            raise ValueError(
                f"{self.name}: targets must be from 0 to 1, got {_range_of(y_true, False)}."
                f"{_how_to_number(y_true, 2)}"
            )

    def encode(self, y_true: Array, y_pred: Array) -> Array:
        y = super().encode(y_true, y_pred)
        if self.label_smoothing:
            y = y * (1 - self.label_smoothing) + 0.5 * self.label_smoothing
        return y

    def call_logits(self, y: Array, z: Array) -> Array:
        # log(1 + e^z) - y z, written so that no large numbers cancel
        losses = np.abs(z)
        np.logaddexp(_ZERO, np.negative(losses, out=losses), out=losses)
        losses += np.maximum(z, _ZERO) - y * z
        return mean(losses)

    def gradient_logits(self, y: Array, z: Array) -> Array:
        a = self.link.apply(z.copy())
        gradient = a - y
        if z.shape[-1] > 1:
            gradient /= z.shape[-1]
        return gradient

    def call_probabilities(self, y: Array, a: Array) -> Array:
        a = clipped(a)
        return -(y * np.log(a) + (1 - y) * np.log(1 - a)).mean(axis=-1)

    def gradient_probabilities(self, y: Array, a: Array) -> Array:
        p = clipped(a)
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

    def call_logits(self, y: Array, z: Array) -> Array:
        z = z - z.max(axis=-1, keepdims=True)  # changes no result, and e^z cannot overflow
        total = np.exp(z).sum(axis=-1, keepdims=True)
        return (self._mass(y) * np.log(total))[..., 0] - (y * z).sum(axis=-1)

    def gradient_logits(self, y: Array, z: Array) -> Array:
        a = np.exp(z - z.max(axis=-1, keepdims=True))
        a /= a.sum(axis=-1, keepdims=True)
        gradient = a * self._mass(y)
        gradient -= y
        return gradient

    def _mass(self, y: Array) -> Array:
        """Return sum_k y_k of each sample."""
        return y.sum(axis=-1, keepdims=True)

    def call_probabilities(self, y: Array, a: Array) -> Array:
        p = clipped(a / a.sum(axis=-1, keepdims=True))
        return -(y * np.log(p)).sum(axis=-1)

    def gradient_probabilities(self, y: Array, a: Array) -> Array:
        total = a.sum(axis=-1, keepdims=True)
        p = a / total
        by_p = -y / clipped(p) * (p == clipped(p))
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
        self.ignore_class = None
        super().__init__(from_logits, axis=axis, reduction=reduction, name=name, dtype=dtype)

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
        number = shape[-1]
        broken = y_true.dtype.kind == "f" and (y_true % 1).any()
        if broken or not (y_true.min() >= 0 and y_true.max() < number):
            raise ValueError(
                f"{self.name}: targets must be whole class numbers from 0 to {number - 1}, got "
                f"{_range_of(y_true, True)}.{_how_to_number(y_true, number)}"
            )

    def encode(self, y_true: Array, y_pred: Array) -> Array:
        numbers = y_true.reshape(*y_pred.shape[:-1], 1)
        one_hot = np.empty_like(y_pred)  # in the memory order of y_pred, for the sums to come
        return np.equal(numbers, np.arange(y_pred.shape[-1]), out=one_hot)

    def _mass(self, y: Array) -> Array:
        return _ONE  # of one-hot targets


def _range_of(y: Array, whole: bool) -> str:
    """Say what a message must about targets that do not fit, such as those that are not whole."""
    low, high = float(y.min()), float(y.max())
    if low != low:
        return f"NaN, {np.isnan(y).sum()} of {y.size} targets"
    if whole and y.dtype.kind == "f" and (broken := y[y % 1 != 0]).size and low >= 0:
        return f"{float(broken[0]):g}, in targets from {low:g} to {high:g}"
    return f"{low:g}" if low == high else f"some from {low:g} to {high:g}"


def _how_to_number(y: Array, number: int) -> str:
    """Say how targets become numbers of that many classes, where it can be told."""
    values = np.unique(y[:1000])
    if values[-1] != values[-1]:
        return " Leave these rows out, or give them targets."
    low, high = float(y.min()), float(y.max())
    if (values % 1).any():
        if low >= 0 and high <= 1:
            return " Probabilities, one column for each class, go with CategoricalCrossentropy."
        return " Numbers that are no classes go with MeanSquaredError and a linear last layer."
    if number == 2 and (low, high) == (-1, 1) and values.size == 2:
        return " Of -1 and 1, (y + 1) / 2 makes 0 and 1."
    if number == 1 and high:
        return f" For {high + 1:g} classes the last layer needs as many units: Dense({high + 1:g})."
    if (low, high) == (1, number):
        return f" The classes are numbered from 1 to {number}: subtract 1, y - 1."
    if low >= 0 and high < 1000:
        return (
            f" If these are class numbers, the last layer is Dense({high + 1:g}, 'softmax') and "
            "the loss 'sparse_categorical_crossentropy'."
        )
    return ""


def clipped(a: Array) -> Array:
    """Return probabilities at least epsilon away from 0 and 1."""
    return np.clip(a, settings.epsilon(), 1 - settings.epsilon())
