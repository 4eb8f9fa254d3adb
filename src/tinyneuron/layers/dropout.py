"""Dropout: while training, silence random inputs, so that no unit relies on another."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arguments import integer, real_number
from tinyneuron._common.arrays import Array, Shape, as_batch_shape
from tinyneuron.layers.base import Layer


class Dropout(Layer):
    """While training, set a share `rate` of the inputs to 0 and scale the rest by 1 / (1 - rate).

    At prediction time it does nothing: the scaling has kept the expected sum the same.
    Srivastava et al., "Dropout" (2014).

    Parameters
    ----------
    rate : float
        From 0 to 1.
    seed : int, optional
        For the same masks in the same order.

    Examples
    --------
    >>> Dropout(0.5)([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    """

    def __init__(self, rate: float, noise_shape: None = None, seed: int | None = None, **kw: Any):
        if noise_shape is not None:
            raise ValueError("Dropout: tinyneuron does not offer noise_shape.")
        super().__init__(**kw)
        self.noise_shape = noise_shape
        self.rate = real_number("Dropout: rate", rate, "a number from 0 to 1")
        self.seed = None if seed is None else integer("Dropout: seed", seed, least=0)
        self._random = None if seed is None else np.random.default_rng(self.seed)

    def call(self, inputs: Array, training: bool = False) -> Array:
        return inputs * self.mask(inputs.shape) if training else inputs

    def forward(self, inputs: Array) -> tuple[Array, Any]:
        mask = self.mask(inputs.shape)
        return inputs * mask, mask

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        return gradient * entry

    def mask(self, shape: tuple[int, ...]) -> Array:
        """Draw what the inputs are multiplied by: 0, or 1 / (1 - rate)."""
        if self.rate == 1:
            return np.zeros(shape, self._dtype)
        random = self._random or settings.random_generator()
        kept = random.random(shape, dtype=np.float32) >= self.rate
        return kept * self._dtype.type(1 / (1 - self.rate))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return as_batch_shape(input_shape)
