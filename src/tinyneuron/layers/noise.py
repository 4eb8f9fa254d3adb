"""Gaussian noise while training, added or multiplied: what is learned must bear it."""

from __future__ import annotations

import math
from typing import Any

from tinyneuron._common.arguments import real_number
from tinyneuron._common.arrays import Array
from tinyneuron.layers.randomness import RandomLayer


class GaussianNoise(RandomLayer):
    """While training, x + noise of mean 0 and standard deviation `stddev`, from 0 to 1.

    >>> GaussianNoise(0.1)([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any):
        super().__init__(seed=seed, **kwargs)
        self.stddev = real_number("GaussianNoise: stddev", stddev, "a number from 0 to 1")

    call = RandomLayer.call

    def forward(self, inputs: Array) -> tuple[Array, Any]:
        noise = self.random.standard_normal(inputs.shape, dtype=self._dtype)
        noise *= self.stddev
        noise += inputs
        return noise, None

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        return gradient


class GaussianDropout(RandomLayer):
    """While training, x times noise of mean 1 and standard deviation sqrt(rate / (1 - rate)).

    That is the standard deviation of `Dropout`'s masks. Srivastava et al., "Dropout" (2014),
    section 10.

    >>> GaussianDropout(0.5)([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any):
        super().__init__(seed=seed, **kwargs)
        kind = "a number from 0 up and below 1"
        self.rate = real_number("GaussianDropout: rate", rate, kind)

    call = RandomLayer.call

    def forward(self, inputs: Array) -> tuple[Array, Any]:
        noise = self.random.standard_normal(inputs.shape, dtype=self._dtype)
        noise *= math.sqrt(self.rate / (1 - self.rate))
        noise += 1
        return inputs * noise, noise

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        return gradient * entry
