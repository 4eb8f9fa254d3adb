"""Layers that standardize what passes them: over the rows of a batch, or within each row.

    x_hat = (x - mean) * r,  r = 1 / sqrt(variance + epsilon)
    y = gamma * x_hat + beta

The two differ in whose mean and variance that is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyneuron import constraints, initializers, regularizers
from tinyneuron._common.arguments import flag, integer, real_number
from tinyneuron._common.arrays import Array, Shape, as_batch_shape
from tinyneuron.layers.base import Layer


class _Standardizing(Layer):
    """y = gamma * x_hat + beta, with a gamma and a beta for each entry of `axis`."""

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        who = type(self).__name__
        axes = axis if isinstance(axis, list | tuple) else [axis]
        whole = [integer(f"{who}: axis", each, least=None) for each in axes]
        self.axis: int | list[int] = whole if axes is axis else whole[0]
        self._axes = whole
        self.epsilon = real_number(f"{who}: epsilon", epsilon, "a finite number from 0 up")
        self.center, self.scale = flag(f"{who}: center", center), flag(f"{who}: scale", scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        rank = len(input_shape)
        if not all(-rank <= axis < rank for axis in self._axes):
            raise ValueError(
                f"Layer {self.name!r}: axis {self.axis} is not among the {rank} axes of inputs of "
                f"shape {input_shape}."
            )
        kept = sorted({axis % rank for axis in self._axes})
        self._others = tuple(axis for axis in range(rank) if axis not in kept)
        # 1 in the other axes: broadcasts against the inputs
        self._spread = tuple(input_shape[i] if i in kept else 1 for i in range(rank))
        self._averaged = self._averaged_axes(kept)
        shape = tuple(input_shape[axis] for axis in kept)
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                shape,
                self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                name="gamma",
            )
        if self.center:
            self.beta = self.add_weight(
                shape,
                self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                name="beta",
            )

    def _averaged_axes(self, kept: list[int]) -> tuple[int, ...]:
        """Return the axes over which the mean and the variance are taken."""
        raise NotImplementedError

    def standardize(self, x: Array) -> tuple[Array, Array, Array, Array]:
        """Return x_hat, r, the mean and the variance."""
        mean = self._mean(x)
        x_hat = x - mean
        variance = self._mean(np.square(x_hat))
        r = 1 / np.sqrt(variance + self.epsilon)
        x_hat *= r
        return x_hat, r, mean, variance

    def _mean(self, x: Array) -> Array:
        count = math.prod(x.shape[axis] for axis in self._averaged)
        return np.add.reduce(x, axis=self._averaged, keepdims=True) / max(count, 1)

    def scale_and_shift(self, x_hat: Array) -> Array:
        """Return gamma * x_hat + beta."""
        y = x_hat if self.gamma is None else x_hat * self.gamma.reshape(self._spread)
        return y if self.beta is None else y + self.beta.reshape(self._spread)

    def back_to_x_hat(self, gradient: Array, x_hat: Array, gradients: list[Array]) -> Array:
        """Leave dL/dgamma and dL/dbeta in `gradients`, and return dL/dx_hat."""
        places = iter(gradients)
        if self.gamma is not None:
            np.add.reduce(gradient * x_hat, axis=self._others, out=next(places))
        if self.beta is not None:
            np.add.reduce(gradient, axis=self._others, out=next(places))
        return gradient if self.gamma is None else gradient * self.gamma.reshape(self._spread)

    def back_to_x(self, gradient: Array, x_hat: Array, r: Array) -> Array:
        """Return dL/dx, given dL/dx_hat: the mean and the variance depend on x, too."""
        shared = x_hat * self._mean(gradient * x_hat)
        shared += self._mean(gradient)
        return (gradient - shared) * r

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return as_batch_shape(input_shape)

    def _checked(self, inputs: Array) -> Array:
        if inputs.ndim != len(self._spread) or any(
            n not in (1, size) for n, size in zip(self._spread, inputs.shape, strict=True)
        ):
            raise ValueError(
                f"Layer {self.name!r} was built for inputs of shape {self._input_shape}, got "
                f"{inputs.shape}."
            )
        return inputs


class BatchNormalization(_Standardizing):
    """While training, standardize each feature over the rows of the batch.

    At prediction time the mean and the variance are running averages, which training keeps:
    moving = momentum * moving + (1 - momentum) * that of the batch, once after each step. A layer
    that is not trainable uses and keeps those while training, too. Calling the layer writes
    nothing, with ``training=True`` neither. Ioffe and Szegedy, "Batch Normalization" (2015).

    Parameters
    ----------
    axis : int
        The features.
    momentum : float
        How much of the running averages stays at each step.
    epsilon : float
        Added to the variance.
    center, scale : bool
        Whether there is a beta, and a gamma.
    beta_initializer, gamma_initializer : initializer
        How beta and gamma start. Their regularizers and constraints are those of `Dense`'s weights.
    moving_mean_initializer, moving_variance_initializer : initializer
        How the running averages start.

    Attributes
    ----------
    gamma, beta : ndarray of shape (features,)
        ``None`` without scale, or center.
    moving_mean, moving_variance : ndarray of shape (features,)

    Examples
    --------
    >>> layer = BatchNormalization(epsilon=0.0)
    >>> layer([[1.0], [3.0]], training=True)
    array([[-1.],
           [ 1.]], dtype=float32)
    >>> layer([[1.0], [3.0]])
    array([[1.],
           [3.]], dtype=float32)
    """

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            integer("BatchNormalization: axis", axis, least=None), epsilon, center, scale,
            beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer,
            beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        kind = "a number from 0 to 1"
        self.momentum = real_number("BatchNormalization: momentum", momentum, kind)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        shape = (input_shape[self._axes[0]],)
        self.moving_mean = self.add_weight(
            shape, self.moving_mean_initializer, trainable=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            shape, self.moving_variance_initializer, trainable=False, name="moving_variance"
        )

    def _averaged_axes(self, kept: list[int]) -> tuple[int, ...]:
        return self._others

    def call(self, inputs: Array, training: bool = False) -> Array:
        if training:
            return self.forward(inputs)[0]
        return self.scale_and_shift(self._by_running_averages(inputs)[0])

    def forward(self, inputs: Array) -> tuple[Array, Any]:
        if self.trainable:
            x_hat, r, *found = self.standardize(inputs)
        else:
            (x_hat, r), found = self._by_running_averages(inputs), []
        return self.scale_and_shift(x_hat), (x_hat, r, found)

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        x_hat, r, found = entry
        gradient = self.back_to_x_hat(gradient, x_hat, gradients)
        return self.back_to_x(gradient, x_hat, r) if found else gradient * r

    def after_step(self, entry: Any) -> None:
        """Move the running averages by what the batch has been found to have."""
        _, _, found = entry
        for moving, new in zip((self.moving_mean, self.moving_variance), found, strict=False):
            moving *= self.momentum
            moving += (1 - self.momentum) * new.reshape(moving.shape)

    def _by_running_averages(self, x: Array) -> tuple[Array, Array]:
        """Return x_hat and r of the running averages."""
        r = 1 / np.sqrt(self.moving_variance.reshape(self._spread) + self.epsilon)
        return (x - self.moving_mean.reshape(self._spread)) * r, r


class LayerNormalization(_Standardizing):
    """Standardize each row over its features, while training and predicting alike.

    Ba et al., "Layer Normalization" (2016).

    Parameters
    ----------
    axis : int or list of int
        The features.
    epsilon : float
        Added to the variance.
    center, scale : bool
        As those of `BatchNormalization`, and so are the options of beta and gamma.

    Examples
    --------
    >>> LayerNormalization(epsilon=0.0)([[1.0, 3.0], [0.0, 8.0]])
    array([[-1.,  1.],
           [-1.,  1.]], dtype=float32)
    """

    def _averaged_axes(self, kept: list[int]) -> tuple[int, ...]:
        return tuple(kept)

    def call(self, inputs: Array) -> Array:
        return self.scale_and_shift(self.standardize(inputs)[0])

    def forward(self, inputs: Array) -> tuple[Array, Any]:
        x_hat, r, _, _ = self.standardize(inputs)
        return self.scale_and_shift(x_hat), (x_hat, r)

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        x_hat, r = entry
        return self.back_to_x(self.back_to_x_hat(gradient, x_hat, gradients), x_hat, r)
