"""Layers that only rearrange: Flatten, Reshape, Identity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinyneuron._common.arguments import one_of, shown
from tinyneuron._common.arrays import Array, Shape, as_batch_shape
from tinyneuron.layers.base import Layer


class Identity(Layer):
    """Return the inputs as they are.

    >>> Identity()([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    """

    def call(self, inputs: Array) -> Array:
        return inputs

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        return gradient

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return as_batch_shape(input_shape)


class Flatten(Layer):
    """Lay each sample out in one row: images of 28 x 28 become rows of 784.

    >>> Flatten().compute_output_shape((None, 28, 28))
    (None, 784)
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any):
        one_of("Flatten: data_format", data_format, [None, "channels_last"])
        self.data_format = "channels_last"
        super().__init__(**kwargs)

    def call(self, inputs: Array) -> Array:
        return inputs.reshape(len(inputs), math.prod(inputs.shape[1:]))

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        inputs, _ = entry
        return gradient.reshape(inputs.shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, *sizes = as_batch_shape(input_shape)
        return (batch, None if None in sizes else math.prod(sizes))


class Reshape(Layer):
    """Give each sample another shape with as many numbers; one size may be -1, to be found.

    >>> Reshape((2, -1)).compute_output_shape((None, 6))
    (None, 2, 3)
    """

    def __init__(self, target_shape: tuple[int, ...], **kwargs: Any):
        try:
            if not isinstance(target_shape, tuple | list | np.ndarray):
                raise TypeError
            self.target_shape = tuple(size.__index__() for size in target_shape)
        except (TypeError, AttributeError):
            raise ValueError(
                f"Reshape: target_shape must be a tuple of integers, got {shown(target_shape)}."
            ) from None
        if self.target_shape.count(-1) > 1 or any(size < -1 for size in self.target_shape):
            raise ValueError(
                f"Reshape: target_shape may have one -1 and no other negative size, "
                f"got {self.target_shape}."
            )
        super().__init__(**kwargs)

    def build(self, input_shape: Shape) -> None:
        self.compute_output_shape(input_shape)

    def call(self, inputs: Array) -> Array:
        return inputs.reshape(self.compute_output_shape(inputs.shape))

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        inputs, _ = entry
        return gradient.reshape(inputs.shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, *sizes = as_batch_shape(input_shape)
        if None in sizes:
            return (batch, *(None if size == -1 else size for size in self.target_shape))
        total, known = math.prod(sizes), abs(math.prod(self.target_shape))
        fits = total == known
        if -1 in self.target_shape:
            fits = known > 0 and total % known == 0
        if not fits:
            raise ValueError(
                f"Layer {self.name!r} cannot reshape samples of shape {tuple(sizes)}, {total} "
                f"numbers each, to {self.target_shape}."
            )
        return (batch, *(total // known if size == -1 else size for size in self.target_shape))
