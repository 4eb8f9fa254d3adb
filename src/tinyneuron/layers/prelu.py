"""PReLU: a ReLU whose slope below zero is learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyneuron import constraints, initializers, regularizers
from tinyneuron._common.arguments import integer
from tinyneuron._common.arrays import Array, Shape, as_batch_shape
from tinyneuron.activations import base
from tinyneuron.layers.base import Layer


class PReLU(Layer):
    """x where x > 0, else alpha * x, with an alpha for each input that training finds.

    He et al., "Delving Deep into Rectifiers" (2015).

    Parameters
    ----------
    alpha_initializer, alpha_regularizer, alpha_constraint
        As those of `Dense`.
    shared_axes : list of int, optional
        The axes along which all inputs have one alpha; 1 is the first after the batch.

    Attributes
    ----------
    alpha : ndarray
        In the shape of one sample, with 1 in the shared axes.

    Examples
    --------
    >>> PReLU(alpha_initializer="ones")([[-1.0, 2.0]])
    array([[-1.,  2.]], dtype=float32)
    """

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes: list[int] | None = None
        if shared_axes is not None:
            axes = shared_axes if isinstance(shared_axes, list | tuple) else [shared_axes]
            self.shared_axes = [integer("PReLU: shared_axes", axis) for axis in axes]

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        shape, shared = list(input_shape), self.shared_axes or []
        if any(axis >= len(shape) for axis in shared):
            raise ValueError(
                f"Layer {self.name!r}: shared_axes {shared} are not among those of inputs of shape "
                f"{input_shape}."
            )
        for axis in shared:
            shape[axis] = 1
        self.alpha = self.add_weight(
            tuple(shape[1:]),
            self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
            name="alpha",
        )

    def call(self, inputs: Array) -> Array:
        outputs = self.alpha * base.make_finite(np.minimum(inputs, 0), upper=False)
        outputs += np.maximum(inputs, 0)
        return outputs

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        inputs, _ = entry
        by_alpha = gradient * np.minimum(inputs, 0)
        axes = (0, *(self.shared_axes or []))
        gradients[0][...] = by_alpha.sum(axis=axes, keepdims=True)[0]
        return np.where(inputs > 0, gradient, gradient * self.alpha)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return as_batch_shape(input_shape)

    def _checked(self, inputs: Array) -> Array:
        shape = inputs.shape[1:]
        if (
            not inputs.ndim
            or any(n not in (1, size) for n, size in zip(self.alpha.shape, shape, strict=False))
            or len(shape) != self.alpha.ndim
        ):
            raise ValueError(
                f"Layer {self.name!r} has an alpha of shape {self.alpha.shape}, which does not fit "
                f"inputs of shape {inputs.shape}."
            )
        return inputs
