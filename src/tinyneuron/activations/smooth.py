"""Smooth activations: ReLU with its corner rounded, and squashed or stretched lines."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinyneuron._common.arguments import real_number
from tinyneuron._common.arrays import Array
from tinyneuron.activations.base import ONE, ZERO, Activation, make_finite


class Softplus(Activation):
    """a = log(1 + e^z), g'(z) = sigmoid(z) = 1 - e^-a."""

    def apply(self, z: Array) -> Array:
        with np.errstate(invalid="ignore"):  # NaN in, NaN out, and no warning
            return np.logaddexp(z, ZERO, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        return -np.expm1(-a)


class LogSigmoid(Activation):
    """a = log sigmoid(z) = -softplus(-z), g'(z) = 1 - e^a."""

    def apply(self, z: Array) -> Array:
        Softplus().apply(np.negative(z, out=z))
        return np.negative(z, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        return -np.expm1(a)


class Softsign(Activation):
    """a = z / (1 + |z|), g'(z) = (1 - |a|)^2."""

    def apply(self, z: Array) -> Array:
        make_finite(z)
        z /= ONE + np.abs(z)
        return z

    def slope(self, z: Any, a: Array) -> Array:
        return np.square(ONE - np.abs(a))


class Exponential(Activation):
    """a = e^z = g'(z)."""

    def apply(self, z: Array) -> Array:
        with np.errstate(over="ignore"):  # infinity is the right answer
            return np.exp(z, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        return a


class Squareplus(Activation):
    """a = (z + sqrt(z^2 + b)) / 2, g'(z) = a^2 / (a^2 + b / 4). Barron, "Squareplus" (2021)."""

    def __init__(self, b: float = 4.0):
        self.b = real_number("Squareplus: b", b, "a finite number above 0")

    def apply(self, z: Array) -> Array:
        root = np.hypot(z, math.sqrt(self.b))  # which squares nothing that could overflow
        far = root + np.abs(z)
        # Below zero z + root cancels; times (root - z) it is b.
        return np.divide(np.where(z > 0, far, self.b / far), 2, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        a = make_finite(a.copy())
        return np.square(a / np.hypot(a, math.sqrt(self.b) / 2))


class TanhShrink(Activation):
    """a = z - tanh(z), g'(z) = tanh(z)^2."""

    needs_z = True

    def apply(self, z: Array) -> Array:
        z -= np.tanh(z)
        return z

    def slope(self, z: Any, a: Array) -> Array:
        return np.square(np.tanh(z))
