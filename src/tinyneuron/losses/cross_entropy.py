"""The cross-entropy of yes and no: how surprised the predicted probabilities are by the targets."""

from __future__ import annotations

import copy
from typing import Any, Self, Unpack

import numpy as np

from tinyneuron import activations
from tinyneuron._common import settings
from tinyneuron._common.arguments import flag, integer, real_number
from tinyneuron._common.arrays import Array, Shape
from tinyneuron._common.pairs import check_pair
from tinyneuron.losses.base import Loss, Shared, mean
from tinyneuron.losses.hints import how_to_number, range_of

_ZERO = np.array(0, np.float32)  # NumPy takes it as it is, where it must convert a Python 0


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
        *shared: Any,
        **named: Unpack[Shared],
    ):
        super().__init__(*shared, **named)
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
                f"{self.name}: targets must be from 0 to 1, got {range_of(y_true, False)}."
                f"{how_to_number(y_true, 2)}"
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


def clipped(a: Array) -> Array:
    """Return probabilities at least epsilon away from 0 and 1."""
    return np.clip(a, settings.epsilon(), 1 - settings.epsilon())
