"""Gated activations, a = z times a gate between 0 and 1, and the gate drawn with a ruler."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinyneuron._common.arguments import flag, real_number
from tinyneuron._common.arrays import Array
from tinyneuron._common.normal import normal_cdf, normal_pdf
from tinyneuron.activations.base import ONE, ZERO, Activation, make_finite
from tinyneuron.activations.classics import Sigmoid
from tinyneuron.activations.smooth import Softplus


class SiLU(Activation):
    """a = z s with s = sigmoid(z), g'(z) = s (1 + z (1 - s)); also called swish."""

    needs_z = True

    def apply(self, z: Array) -> Array:
        gate = Sigmoid()(z)
        return np.multiply(make_finite(z, upper=False), gate, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        z = make_finite(z.copy())
        s = Sigmoid()(z)
        return s * (ONE + z * (ONE - s))


class GELU(Activation):
    """a = z Phi(z), with Phi the normal distribution's area; approximately
    z sigmoid(2 sqrt(2 / pi) (z + 0.044715 z^3)).

    Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016).
    """

    needs_z = True

    def __init__(self, approximate: bool = False):
        self.approximate = flag("GELU: approximate", approximate)

    def apply(self, z: Array) -> Array:
        gate = self._gate(z)
        return np.multiply(make_finite(z, upper=False), gate, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        gate, z = self._gate(z), np.clip(z, -40, 40)
        if self.approximate:
            inner = math.sqrt(8 / math.pi) * (1 + 3 * 0.044715 * z * z)
            return gate + z * gate * (1 - gate) * inner
        return gate + z * normal_pdf(z)

    def _gate(self, z: Array) -> Array:
        if not self.approximate:
            return normal_cdf(z)
        z = np.clip(z, -40, 40)  # past which the gate is 0 or 1
        return Sigmoid()(math.sqrt(8 / math.pi) * (z + 0.044715 * z**3))


class Mish(Activation):
    """a = z tanh(softplus(z)). Misra, "Mish" (2019)."""

    needs_z = True

    def apply(self, z: Array) -> Array:
        gate = np.tanh(Softplus()(z))
        return np.multiply(make_finite(z, upper=False), gate, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        z = make_finite(z.copy())
        gate = np.tanh(Softplus()(z))
        return gate + z * (ONE - gate * gate) * Sigmoid()(z)


class HardSigmoid(Activation):
    """a = (z + r) / 2r between 0 and 1: `Sigmoid` drawn with a ruler.

    It reaches them at -r and r; r is 3 in Keras 3, and was 2.5 before.
    """

    def __init__(self, reach: float = 3.0):
        self.reach = real_number("HardSigmoid: reach", reach, "a finite number above 0")

    def apply(self, z: Array) -> Array:
        z += self.reach  # exact near -r, where z / 2r + 1/2 would cancel
        z /= 2 * self.reach
        return np.clip(z, 0, 1, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        return np.where((a > 0) & (a < 1), a.dtype.type(0.5 / self.reach), ZERO)


class HardSiLU(Activation):
    """a = z * hard_sigmoid(z); also called hard swish."""

    needs_z = True

    def apply(self, z: Array) -> Array:
        gate = HardSigmoid()(z)
        return np.multiply(make_finite(z, upper=False), gate, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        inner = np.where(np.abs(z) < 3, (z + 1.5) / 3, ZERO)
        return np.where(z >= 3, ONE, inner)
