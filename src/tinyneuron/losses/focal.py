"""The focal losses: cross-entropies that care less for what is predicted well already.

The loss of each output is multiplied by (1 - p)^gamma, with p the probability that is given to
what the target says. Lin et al., "Focal Loss for Dense Object Detection" (2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np

from tinyneuron._common.arguments import flag, real_number
from tinyneuron._common.arrays import Array
from tinyneuron.losses.base import Shared, mean
from tinyneuron.losses.categorical import CategoricalCrossentropy
from tinyneuron.losses.cross_entropy import BinaryCrossentropy, clipped

_FROM_ZERO = "a finite number from 0 up"


class BinaryFocalCrossentropy(BinaryCrossentropy):
    """mean -q^gamma (y log a + (1 - y) log(1 - a)), where q = y (1 - a) + (1 - y) a.

    q is how far off the prediction is. With class balancing, each output counts alpha times if
    y = 1 and 1 - alpha times if y = 0.
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        *shared: Any,
        **named: Unpack[Shared],
    ):
        super().__init__(from_logits, label_smoothing, axis, *shared, **named)
        self.apply_class_balancing = flag(
            f"{self.name}: apply_class_balancing", apply_class_balancing
        )
        self.alpha = real_number(f"{self.name}: alpha", alpha, "a number from 0 to 1")
        self.gamma = real_number(f"{self.name}: gamma", gamma, _FROM_ZERO)

    def call_logits(self, y: Array, z: Array) -> Array:
        _, _, q, surprise = self._of_logits(y, z)
        return mean(self._balance(y) * q**self.gamma * surprise)

    def gradient_logits(self, y: Array, z: Array) -> Array:
        a, one_minus_a, q, surprise = self._of_logits(y, z)
        # dq/dz = (1 - 2 y) a (1 - a), and where q is 0 that is, too
        relative = np.divide((1 - 2 * y) * a * one_minus_a, q, out=np.zeros_like(q), where=q > 0)
        factor = self._balance(y) * q**self.gamma / a.shape[-1]
        return factor * (a - y + self.gamma * relative * surprise)

    def _of_logits(self, y: Array, z: Array) -> tuple[Array, Array, Array, Array]:
        """Return a, 1 - a, q, and the cross-entropy."""
        a, one_minus_a = self.link(z), self.link(-z)
        # log(1 + e^z) - y z, written so that no large numbers cancel
        surprise = np.logaddexp(0, -np.abs(z)) + np.maximum(z, 0) - y * z
        return a, one_minus_a, y * one_minus_a + (1 - y) * a, surprise

    def call_probabilities(self, y: Array, a: Array) -> Array:
        return mean(self._balance(y) * self._off(y, a) ** self.gamma * _surprise(y, a))

    def gradient_probabilities(self, y: Array, a: Array) -> Array:
        p, q = clipped(a), self._off(y, a)
        by_q = self.gamma * np.power(q, self.gamma - 1, out=np.zeros_like(q), where=q != 0)
        gradient = q**self.gamma * (p - y) / (p * (1 - p)) * (p == a)
        gradient += by_q * (1 - 2 * y) * _surprise(y, a)
        return gradient * self._balance(y) / a.shape[-1]

    def _off(self, y: Array, a: Array) -> Array:
        """Return q."""
        return y * (1 - a) + (1 - y) * a

    def _balance(self, y: Array) -> Any:
        """Return how much each output counts."""
        return y * self.alpha + (1 - y) * (1 - self.alpha) if self.apply_class_balancing else 1


def _surprise(y: Array, a: Array) -> Array:
    a = clipped(a)
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


class CategoricalFocalCrossentropy(CategoricalCrossentropy):
    """-sum_k alpha (1 - a_k)^gamma y_k log a_k over the classes k, with one-hot targets y.

    Parameters
    ----------
    alpha : float or list of float
        How much each class counts.
    gamma : float
        0 makes it alpha times `CategoricalCrossentropy`.
    from_logits, label_smoothing, axis
        As for `CategoricalCrossentropy`, and so are `reduction`, `name` and `dtype`.
    """

    def __init__(
        self,
        alpha: float | Sequence[float] = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        *shared: Any,
        **named: Unpack[Shared],
    ):
        super().__init__(from_logits, label_smoothing, axis, *shared, **named)
        who = f"{self.name}: alpha"
        self.alpha: Any = (
            [real_number(who, each, _FROM_ZERO) for each in alpha]
            if isinstance(alpha, list | tuple | np.ndarray)
            else real_number(who, alpha, _FROM_ZERO)
        )
        self.gamma = real_number(f"{self.name}: gamma", gamma, _FROM_ZERO)

    def check(self, y_true: Array, shape: tuple[int, ...]) -> None:
        super().check(y_true, shape)
        if isinstance(self.alpha, list) and len(self.alpha) != shape[-1]:
            raise ValueError(
                f"{self.name}: there are {len(self.alpha)} numbers in alpha, and {shape[-1]} "
                "classes."
            )

    def call_logits(self, y: Array, z: Array) -> Array:
        return self._parts(y, *self._of_logits(z))[0]

    def gradient_logits(self, y: Array, z: Array) -> Array:
        a, q, log_a = self._of_logits(z)
        by_a = self._parts(y, a, q, log_a)[1] * a
        return by_a - a * by_a.sum(axis=-1, keepdims=True)

    def _of_logits(self, z: Array) -> tuple[Array, Array, Array]:
        """Return a, 1 - a and log a."""
        log_a = z - z.max(axis=-1, keepdims=True)
        log_a -= np.log(np.exp(log_a).sum(axis=-1, keepdims=True))
        return np.exp(log_a), -np.expm1(log_a), log_a

    def call_probabilities(self, y: Array, a: Array) -> Array:
        p = clipped(a / a.sum(axis=-1, keepdims=True))
        return self._parts(y, p, 1 - p, np.log(p))[0]

    def gradient_probabilities(self, y: Array, a: Array) -> Array:
        total = a.sum(axis=-1, keepdims=True)
        p = a / total
        inside = clipped(p)
        by_p = self._parts(y, inside, 1 - inside, np.log(inside))[1] * (p == inside)
        return (by_p - (by_p * p).sum(axis=-1, keepdims=True)) / total

    def _parts(self, y: Array, a: Array, q: Array, log_a: Array) -> tuple[Array, Array]:
        """Return each sample's loss, and its derivative by a; q is 1 - a."""
        weight = y * np.asarray(self.alpha, y.dtype)
        focus = weight * q**self.gamma
        by_q = np.power(q, self.gamma - 1, out=np.zeros_like(q), where=q != 0)
        # y_k / a_k is 0 where y_k is, whatever a_k
        by_log = np.divide(focus, a, out=np.zeros_like(a), where=focus != 0)
        terms = np.multiply(focus, log_a, out=np.zeros_like(a), where=focus != 0)
        return -terms.sum(axis=-1), weight * self.gamma * by_q * np.maximum(
            log_a, np.finfo(a.dtype).min
        ) - by_log
