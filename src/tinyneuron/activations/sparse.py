"""Activations that are exactly 0, or exactly flat, over a range: shrinking, or cut off."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common.arguments import real_number
from tinyneuron._common.arrays import Array
from tinyneuron.activations.base import Activation, option_from_zero


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
