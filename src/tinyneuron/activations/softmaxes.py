"""Relatives of softmax: its logarithm, and the one whose small probabilities are exactly 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common.arguments import integer
from tinyneuron._common.arrays import Array
from tinyneuron.activations.base import Activation
from tinyneuron.activations.classics import Softmax, shift_to_zero


class LogSoftmax(Softmax):
    """a_i = z_i - log sum_j e^{z_j}: the logarithm of `Softmax`, exact where that rounds to 0."""

    def apply(self, z: Array) -> Array:
        self._check(z)
        if not z.size:
            return z
        impossible = np.isneginf(z)
        shift_to_zero(z, self.axis)
        z -= np.log(np.exp(z).sum(axis=self.axis, keepdims=True))
        z[impossible] = -np.inf
        return z

    slope = Softmax.slope  # none per element here, too

    def backward(self, gradient: Array, z: Any, a: Array) -> Array:
        gradient -= np.exp(a) * gradient.sum(axis=self.axis, keepdims=True)
        return gradient


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
