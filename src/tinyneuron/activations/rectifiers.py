"""Relatives of ReLU: z where it is positive, and something small, but not nothing, below."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common.arguments import real_number
from tinyneuron._common.arrays import Array
from tinyneuron.activations.base import ONE, ZERO, Activation, option_from_zero
from tinyneuron.activations.classics import ReLU


class ReLU6(ReLU):
    """a = min(max(0, z), 6)."""

    def __init__(self) -> None:
        super().__init__(max_value=6.0)


class LeakyReLU(ReLU):
    """a = z where z > 0, else negative_slope * z."""

    def __init__(self, negative_slope: float = 0.2):
        super().__init__(negative_slope=negative_slope)

    apply = ReLU.apply

    def slope(self, z: Any, a: Array) -> Array:
        return np.where(a > 0, ONE, a.dtype.type(self.negative_slope))  # at 0, too


class ELU(Activation):
    """a = z where z > 0, else alpha (e^z - 1); g'(z) = 1 or a + alpha."""

    def __init__(self, alpha: float = 1.0):
        self.alpha = option_from_zero(self, "alpha", alpha)

    def apply(self, z: Array) -> Array:
        negative = np.expm1(np.minimum(z, ZERO))
        negative *= self.alpha
        np.maximum(z, ZERO, out=z)
        z += negative
        return z

    def slope(self, z: Any, a: Array) -> Array:
        return np.where(a > 0, ONE, a + self.alpha)


class SELU(Activation):
    """a = scale * elu(z, alpha), with the two constants that keep mean 0 and variance 1.

    Klambauer et al., "Self-Normalizing Neural Networks" (2017).
    """

    alpha = 1.6732632423543772
    scale = 1.0507009873554805

    def apply(self, z: Array) -> Array:
        ELU(self.alpha).apply(z)
        with np.errstate(over="ignore"):
            return np.multiply(z, self.scale, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        return np.where(a > 0, self.scale, a + self.scale * self.alpha)


class CELU(Activation):
    """a = z where z > 0, else alpha (e^(z / alpha) - 1); g'(z) = 1 or a / alpha + 1."""

    def __init__(self, alpha: float = 1.0):
        self.alpha = real_number("CELU: alpha", alpha, "a finite number above 0")

    def apply(self, z: Array) -> Array:
        negative = np.minimum(z, ZERO)
        with np.errstate(over="ignore"):
            negative /= self.alpha
        np.expm1(negative, out=negative)
        negative *= self.alpha
        np.maximum(z, ZERO, out=z)
        z += negative
        return z

    def slope(self, z: Any, a: Array) -> Array:
        return np.minimum(a, ZERO) / self.alpha + ONE
