"""Activations that are exactly 0, or exactly flat, over a range: shrinking, cut off, sparse."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common.arguments import integer, real_number
from tinyneuron._common.arrays import Array
from tinyneuron.activations.base import Activation, option_from_zero
from tinyneuron.activations.classics import Softmax, shift_to_zero


class HardTanh(Activation):
    """a = z between -1 and 1: `Tanh` drawn with a ruler."""

    def apply(self, z: Array) -> Array:
        return np.clip(z, -1, 1, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        return (np.abs(a) < 1).astype(a.dtype)


class HardShrink(Activation):
    """a = z where |z| > threshold, else 0."""

    def __init__(self, threshold: float = 0.5):
        self.threshold = option_from_zero(self, "threshold", threshold)

    def apply(self, z: Array) -> Array:
        z[np.abs(z) <= self.threshold] = 0
        return z

    def slope(self, z: Any, a: Array) -> Array:
        return (a != 0).astype(a.dtype)


class SoftShrink(Activation):
    """a = z - threshold where z > threshold, z + threshold where z < -threshold, else 0."""

    def __init__(self, threshold: float = 0.5):
        self.threshold = option_from_zero(self, "threshold", threshold)

    def apply(self, z: Array) -> Array:
        z -= np.clip(z, -self.threshold, self.threshold)
        return z

    def slope(self, z: Any, a: Array) -> Array:
        return (a != 0).astype(a.dtype)


class Threshold(Activation):
    """a = z where z > threshold, else default_value."""

    needs_z = True  # a default value may be above the threshold

    def __init__(self, threshold: float, default_value: float):
        self.threshold = real_number("Threshold: threshold", threshold)
        self.default_value = real_number("Threshold: default_value", default_value)

    def apply(self, z: Array) -> Array:
        z[z <= self.threshold] = self.default_value
        return z

    def slope(self, z: Any, a: Array) -> Array:
        return (z > self.threshold).astype(a.dtype)


class SparseSigmoid(Activation):
    """a = (z + 1) / 2 between 0 and 1: the derivative of `SparsePlus`."""

    def apply(self, z: Array) -> Array:
        z += 1
        z /= 2
        return np.clip(z, 0, 1, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        return np.where((a > 0) & (a < 1), a.dtype.type(0.5), a.dtype.type(0))


class SparsePlus(Activation):
    """a = 0 where z <= -1, z where z >= 1, between them (z + 1)^2 / 4; g'(z) = `SparseSigmoid`."""

    def apply(self, z: Array) -> Array:
        middle = np.square(np.clip(z, -1, 1) + 1)
        middle /= 4
        np.copyto(z, middle, where=z < 1)
        return z

    def slope(self, z: Any, a: Array) -> Array:
        return np.sqrt(np.minimum(a, 1))  # (z + 1) / 2 is the root of (z + 1)^2 / 4


class Sparsemax(Activation):
    """a_i = max(0, z_i - tau), with the tau for which they sum to one along `axis`.

    Of `Softmax`, the probabilities nearest to the logits: small ones are exactly 0. The rest, the
    support, share alike: dL/dz_i = dL/da_i - mean of dL/da over the support, and 0 outside of it.
    Martins and Astudillo, "From Softmax to Sparsemax" (2016).
    """

    def __init__(self, axis: int = -1):
        self.axis = integer("Sparsemax: axis", axis, least=None)

    def apply(self, z: Array) -> Array:
        if not -z.ndim <= self.axis < z.ndim:
            raise ValueError(
                f"Sparsemax: axis {self.axis} is not among those of inputs of shape {z.shape}."
            )
        if not z.size:
            return z
        shift_to_zero(z, self.axis)  # changes no result
        rows = np.moveaxis(z, self.axis, -1)
        largest_first = np.sort(rows, axis=-1)[..., ::-1]
        # With the k largest in the support, they sum to one for tau = (their sum - 1) / k.
        tau = (np.cumsum(largest_first, axis=-1) - 1) / np.arange(1, rows.shape[-1] + 1)
        size = np.maximum((largest_first > tau).sum(axis=-1, keepdims=True), 1)
        rows -= np.take_along_axis(tau, size - 1, axis=-1)
        return np.maximum(z, 0, out=z)

    slope = Softmax.slope  # none per element here, too

    def backward(self, gradient: Array, z: Any, a: Array) -> Array:
        support = (a > 0).astype(a.dtype)
        gradient *= support
        size = np.maximum(support.sum(axis=self.axis, keepdims=True), 1)
        gradient -= support * (gradient.sum(axis=self.axis, keepdims=True) / size)
        return gradient
