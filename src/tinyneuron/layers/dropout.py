"""Dropout: while training, silence random inputs, so that no unit relies on another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyneuron._common.arguments import as_list, integer, real_number
from tinyneuron._common.arrays import Array, Shape
from tinyneuron.layers.randomness import RandomLayer


class Dropout(RandomLayer):
    """While training, set a share `rate` of the inputs to 0 and scale the rest by 1 / (1 - rate).

    At prediction time it does nothing: the scaling has kept the expected sum the same.
    Srivastava et al., "Dropout" (2014).

    Parameters
    ----------
    rate : float
        From 0 to 1.
    noise_shape : tuple, optional
        The shape in which is drawn, where inputs are to be silenced together: 1 for all along an
        axis, ``None`` for each by itself, such as ``(None, 1, None)``.
    seed : int, optional
        For the same masks in the same order.

    Examples
    --------
    >>> Dropout(0.5)([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kw: Any,
    ):
        super().__init__(seed=seed, **kw)
        self.rate = real_number("Dropout: rate", rate, "a number from 0 to 1")
        self.noise_shape: tuple[int | None, ...] | None = None
        if noise_shape is not None:
            who = "Dropout: noise_shape"
            sizes = as_list(who, noise_shape)
            self.noise_shape = tuple(None if n is None else integer(who, n) for n in sizes)

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        drawn = self.noise_shape
        if drawn is not None and (
            len(drawn) != len(input_shape)
            or any(
                n not in (None, 1, size)
                for n, size in zip(drawn, input_shape, strict=True)
                if size is not None
            )
        ):
            raise ValueError(
                f"Layer {self.name!r} has noise_shape {drawn}, which does not fit inputs of shape "
                f"{input_shape}: each size must be 1, None or that of the inputs."
            )

    call = RandomLayer.call

    def forward(self, inputs: Array) -> tuple[Array, Any]:
        mask = self.mask(inputs.shape)
        return inputs * mask, mask

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        return gradient * entry

    def mask(self, shape: tuple[int, ...]) -> Array:
        """Draw what the inputs are multiplied by: 0, or 1 / (1 - rate)."""
        if self.rate == 1:
            return np.zeros(shape, self._dtype)
        drawn = shape
        if self.noise_shape is not None:
            sizes = zip(self.noise_shape, shape, strict=True)
            drawn = tuple(size if n is None else n for n, size in sizes)
        kept = self.random.random(drawn, dtype=np.float32) >= self.rate
        return np.broadcast_to(kept * self._dtype.type(1 / (1 - self.rate)), shape)
