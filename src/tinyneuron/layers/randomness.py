"""The base of layers that draw random numbers while training."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arguments import integer
from tinyneuron._common.arrays import Array, Shape, as_batch_shape
from tinyneuron.layers.base import Layer


class RandomLayer(Layer):
    """Base of `Dropout` and its like: at prediction time they do nothing.

    Parameters
    ----------
    seed : int, optional
        For the same random numbers in the same order.
    """

    def __init__(self, *, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        who = f"{type(self).__name__}: seed"
        self.seed = None if seed is None else integer(who, seed, least=0)
        self._random = None if seed is None else np.random.default_rng(self.seed)

    @property
    def random(self) -> np.random.Generator:
        """The layer's own random numbers, or the library's if it was given no seed."""
        return self._random or settings.random_generator()

    def call(self, inputs: Array, training: bool = False) -> Array:
        return self.forward(inputs)[0] if training else inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return as_batch_shape(input_shape)
