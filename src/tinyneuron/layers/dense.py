"""Dense: the layer of neurons, a = g(x W + b)."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from tinyneuron import activations, constraints, initializers, regularizers
from tinyneuron._common.arguments import flag, integer
from tinyneuron._common.arrays import Array, Empty, Shape, as_batch_shape
from tinyneuron._common.types import ActivationName, InitializerName
from tinyneuron.layers.activation import Activation
from tinyneuron.layers.base import Layer

AnInitializer: TypeAlias = InitializerName | Callable[..., Any] | dict[str, Any]

# With fewer units than this, and more rows, NumPy's loops along the units would be too short.
_NARROW = 16

# A product that is written into an array of more numbers than this is sooner done by `np.matmul`:
# `dot` starts faster, and fills the array with zeros first.
_LARGE = 2**13


@functools.lru_cache(4)
def _ones(number: int, dtype: Any) -> Array:
    """Return so many ones. A product with them takes a third of the time of `np.add.reduce`."""
    return np.ones(number, dtype)


def _product(a: Array, b: Array, empty: Empty | None) -> Array:
    """Return a b, in an array that `empty` makes."""
    if empty is None:
        return a.dot(b)
    return np.matmul(a, b, empty((len(a), b.shape[1]), a.dtype))


class Dense(Layer):
    r"""A layer of `units` neurons, each seeing all inputs: :math:`a = g(x W + b)`.

    Parameters
    ----------
    units : int
        Number of neurons.
    activation : str or callable, optional
        g; the identity by default.
    use_bias : bool
        Whether there is a b.
    kernel_initializer, bias_initializer : initializer
        How W and b start.
    kernel_regularizer, bias_regularizer, activity_regularizer : regularizer, optional
        Penalties on W, b and a, for training.
    kernel_constraint, bias_constraint : constraint, optional
        What W and b are held to after each training step.
    **kwargs
        `name`, `dtype`, `trainable`; `input_dim` or `input_shape`, to build at once in a
        Sequential.

    Attributes
    ----------
    kernel : ndarray of shape (inputs, units)
        W: one column of weights for each unit, so that a row of inputs times W is a row of outputs.
    bias : ndarray of shape (units,)
        b: one number for each unit; ``None`` without bias.

    Notes
    -----
    Inputs have shape ``(batch, ..., inputs)``, outputs ``(batch, ..., units)``. Before the first
    call the number of inputs is unknown, so there is no kernel yet.

    Examples
    --------
    A single linear neuron is linear regression:

    >>> neuron = Dense(1)
    >>> neuron.build((None, 1))
    >>> neuron.set_weights([[[200.0]], [100.0]])
    >>> neuron([[1.0], [2.0]])
    array([[300.],
           [500.]], dtype=float32)
    """

    def __init__(
        self,
        units: int,
        activation: ActivationName | Callable[[Any], Any] | dict[str, Any] | None = None,
        use_bias: bool = True,
        kernel_initializer: InitializerName
        | Callable[..., Any]
        | dict[str, Any] = "glorot_uniform",
        bias_initializer: AnInitializer = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        self.units = integer("Dense: units", units)
        if isinstance(activation, Activation):  # a layer form, such as LeakyReLU(0.1)
            activation = activation.activation
        self.activation: Any = activations.get(activation)
        self.use_bias = flag("Dense: use_bias", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)

    def build(self, input_shape: Shape) -> None:
        self._check_rank(input_shape)
        self.kernel = self.add_weight(
            (input_shape[-1], self.units),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.units,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    _formulas = ("call", "weighted_sum")

    def call(self, inputs: Array, empty: Empty | None = None) -> Array:
        # A subclass may have a weighted_sum of its own, which knows of no `empty`.
        z = self.weighted_sum(inputs) if empty is None else self.weighted_sum(inputs, empty)
        return activations.apply(self.activation, z)

    def weighted_sum(self, inputs: Array, empty: Empty | None = None) -> Array:
        """Return z = x W + b, in an array that `empty` makes."""
        if inputs.ndim > 2:  # one matrix product over all rows, whatever their arrangement
            rows = inputs.reshape(math.prod(inputs.shape[:-1]), inputs.shape[-1])
            return self.weighted_sum(rows, empty).reshape(*inputs.shape[:-1], self.units)
        if self.units < _NARROW < len(inputs):  # let NumPy's loops run along the many rows
            z = _product(self.kernel.T, inputs.T, empty).T
        else:
            z = _product(inputs, self.kernel, empty)
        if self.bias is None:
            return z
        if len(z) == 1:  # NumPy adds arrays of the same shape in half the time
            return z + self.bias[np.newaxis]
        z += self.bias
        return z

    def check_trainable(self) -> None:
        super().check_trainable()
        activations.check_trainable(self.activation)

    # Training: the same formulas on the way there, and the chain rule on the way back -----------

    def forward(self, inputs: Array) -> tuple[Array, Any]:
        z = self.weighted_sum(inputs)
        kept = z.copy() if self.activation.needs_z else None
        a = self.activation.apply(z)
        return a, (inputs, kept, a)

    def backward(
        self, gradient: Array, entry: Any, gradients: list[Array], to_inputs: bool = True
    ) -> Array:
        x, z, a = entry
        dz = self.activation.backward(gradient, z, a)
        rows = dz
        if x.ndim > 2:
            rows = dz.reshape(-1, self.units)
            x = x.reshape(len(rows), x.shape[-1])
        if gradients[0].size < _LARGE:
            x.T.dot(rows, gradients[0])  # dL/dW = x^T dL/dz
        else:
            np.matmul(x.T, rows, gradients[0])
        if self.bias is not None:  # dL/db = sum of dL/dz over the rows = 1^T dL/dz
            _ones(len(rows), rows.dtype).dot(rows, gradients[1])
        if not to_inputs:
            return dz
        if x.flags.c_contiguous:
            return dz.dot(self.kernel.T)  # dL/dx = dL/dz W^T
        return self.kernel.dot(dz.T).T  # the same in the memory order of x

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*as_batch_shape(input_shape)[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"activation": activations.serialize(self.activation)}

    def _checked(self, inputs: Array) -> Array:
        if inputs.ndim < 2 or inputs.shape[-1] != len(self.kernel):
            self._check_rank(inputs.shape)
            raise ValueError(
                f"Layer {self.name!r} has a kernel for {len(self.kernel)} inputs, and got inputs "
                f"of shape {inputs.shape}, whose last axis is {inputs.shape[-1]}."
            )
        return inputs

    def _check_rank(self, shape: Shape) -> None:
        if len(shape) >= 2:
            return
        one_sample = "x.reshape(1, -1) if it is one sample"
        if not shape:
            fix = "x.reshape(1, 1) if it is one sample of one feature"
        elif self.built and shape == (len(self.kernel),) and shape != (1,):
            fix = f"{one_sample} with {shape[0]} features"
        else:
            fix = f"x.reshape(-1, 1) if it is one feature of several samples, or {one_sample}"
        raise ValueError(
            f"Layer {self.name!r} needs inputs of at least 2 axes, (samples, features), and got "
            f"shape {shape}. Reshape them: {fix}."
        )
