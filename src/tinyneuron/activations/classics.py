"""The activations that everybody meets: linear, sigmoid, ReLU, tanh, softmax."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common.arguments import integer
from tinyneuron._common.arrays import Array
from tinyneuron.activations.base import ONE, Activation, make_finite, option_from_zero

_SATURATED = np.array(64, np.float32)  # from here on sigmoid(z) is 1 in every float we use


class Linear(Activation):
    """a = z, g'(z) = 1: the neuron of linear regression."""

    def apply(self, z: Array) -> Array:
        return z

    def slope(self, z: Any, a: Array) -> Array:
        return np.ones_like(a)

    def backward(self, gradient: Array, z: Any, a: Array) -> Array:
        return gradient  # times one


class Sigmoid(Activation):
    """a = 1 / (1 + e^-z), g'(z) = a (1 - a): the neuron of logistic regression.

    Computed as e^z / (1 + e^z), which keeps its relative precision down to the smallest float,
    where 1 / (1 + e^-z) overflows and (1 + tanh(z/2)) / 2 rounds to nothing.
    """

    def apply(self, z: Array) -> Array:
        if z.size < 256:  # new arrays: NumPy is slow at writing a single number into itself
            e = np.exp(np.minimum(z, _SATURATED))  # e^z stays finite, no result changes
        else:  # where `minimum` takes one number at a time
            np.copyto(z, _SATURATED, where=z > _SATURATED)
            e = np.exp(z, z)
        return np.divide(e, ONE + e, z)

    def slope(self, z: Any, a: Array) -> Array:
        slope = ONE - a
        slope *= a
        return slope


class Tanh(Activation):
    """a = tanh(z), g'(z) = 1 - a^2."""

    def apply(self, z: Array) -> Array:
        return np.tanh(z, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        slope = a * a
        return np.subtract(ONE, slope, out=slope)


class ReLU(Activation):
    """a = max(0, z), g'(z) = 1 where z > 0, else 0; with Keras' three options

    a = z where z > threshold, else negative_slope * (z - threshold); then at most max_value.
    """

    def __init__(
        self, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
    ):
        self.negative_slope = option_from_zero(self, "negative_slope", negative_slope)
        self.max_value = (
            None if max_value is None else option_from_zero(self, "max_value", max_value)
        )
        self.threshold = option_from_zero(self, "threshold", threshold)

    def apply(self, z: Array) -> Array:
        if self.negative_slope:
            with np.errstate(over="ignore"):
                below = z <= self.threshold
                np.multiply(z - self.threshold, self.negative_slope, out=z, where=below)
        elif self.threshold:
            z[z <= self.threshold] = 0
        else:  # a row of zeros: NumPy takes several numbers at once only from two arrays
            np.maximum(z, np.zeros(z.shape[-1:], z.dtype), out=z)
        if self.max_value is not None:
            np.minimum(z, self.max_value, out=z)
        return z

    def slope(self, z: Any, a: Array) -> Array:
        slope = (a > 0).astype(a.dtype)
        if self.negative_slope:
            slope[a < 0] = self.negative_slope
        if self.max_value is not None:
            slope[a >= self.max_value] = 0
        return slope


class Softmax(Activation):
    r"""a_i = e^{z_i} / sum_j e^{z_j}: probabilities that sum to one along `axis`.

    Each output depends on every logit of its row, so dL/dz is not a slope but
    dL/dz_i = a_i (dL/da_i - sum_j a_j dL/da_j).
    """

    def __init__(self, axis: int | tuple[int, ...] = -1):
        who = f"{type(self).__name__}: axis"
        axes = axis if isinstance(axis, list | tuple) else [axis]
        whole = tuple(integer(who, each, least=None) for each in axes)
        self.axis: int | tuple[int, ...] = whole if axes is axis else whole[0]
        self._least_rank = max((a + 1 if a >= 0 else -a for a in whole), default=0)

    def apply(self, z: Array) -> Array:
        self._check(z)
        if not z.size:
            return z
        shift_to_zero(z, self.axis)
        np.exp(z, out=z)
        z /= z.sum(axis=self.axis, keepdims=True)
        return z

    def _check(self, z: Array) -> None:
        if z.ndim < self._least_rank:
            raise ValueError(
                f"{type(self).__name__}: axis {self.axis} is not among those of inputs of shape "
                f"{z.shape}."
            )

    def slope(self, z: Any, a: Array) -> Array:
        raise TypeError(
            f"{type(self).__name__} has no slope per element, as each output depends on every "
            "logit; backward(gradient, z, a) gives dL/dz."
        )

    def backward(self, gradient: Array, z: Any, a: Array) -> Array:
        gradient -= (gradient * a).sum(axis=self.axis, keepdims=True)
        gradient *= a
        return gradient


def shift_to_zero(z: Array, axis: int | tuple[int, ...]) -> None:
    """Subtract from each row its largest logit: softmax does not change, e^z cannot overflow."""
    top = z.max(axis=axis, keepdims=True)
    if not np.isfinite(top).all():  # inf - inf is NaN
        top = make_finite(z).max(axis=axis, keepdims=True)
    with np.errstate(over="ignore"):  # the two ends of the range are infinitely far apart
        z -= top
