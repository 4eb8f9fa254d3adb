"""Activations as layers of their own: Activation, ReLU, LeakyReLU, ELU, Softmax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinyneuron import activations
from tinyneuron._common.arrays import Array, Shape, as_batch_shape
from tinyneuron._common.types import ActivationName
from tinyneuron.layers.base import Layer


class Activation(Layer):
    """Apply an activation to the inputs: a = g(x).

    Parameters
    ----------
    activation : str or callable
        g, as for `Dense`.

    Examples
    --------
    >>> Activation("relu")([[-1.0, 2.0]])
    array([[0., 2.]], dtype=float32)
    """

    def __init__(self, activation: ActivationName | Callable[[Any], Any] | None, **kwargs: Any):
        self.activation = activations.get(activation)
        super().__init__(**kwargs)

    def call(self, inputs: Array) -> Array:
        return self.activation(inputs)

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        inputs, outputs = entry
        return activations.backward(self.activation, gradient, inputs, outputs)

    def check_trainable(self) -> None:
        super().check_trainable()
        activations.check_trainable(self.activation)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return as_batch_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"activation": activations.serialize(self.activation)}


class _FixedActivation(Activation):
    """An activation whose options are the layer's."""

    activation: activations.Activation

    def __init__(self, activation: activations.Activation, **kwargs: Any):
        super().__init__(activation, **kwargs)
        vars(self).update(activation.get_config())  # layer.negative_slope, as in Keras

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["activation"]  # which these options make
        return config


class ReLU(_FixedActivation):
    """The layer form of `activations.ReLU`.

    >>> ReLU(max_value=1.0)([[-1.0, 2.0]])
    array([[0., 1.]], dtype=float32)
    """

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ):
        super().__init__(activations.ReLU(negative_slope, max_value, threshold), **kwargs)


class LeakyReLU(_FixedActivation):
    """The layer form of `activations.LeakyReLU`; its default slope is 0.3, as in Keras.

    >>> LeakyReLU()([[-1.0, 2.0]])
    array([[-0.3,  2. ]], dtype=float32)
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any):
        super().__init__(activations.LeakyReLU(negative_slope), **kwargs)


class ELU(_FixedActivation):
    """The layer form of `activations.ELU`.

    >>> ELU()([[0.0, 2.0]])
    array([[0., 2.]], dtype=float32)
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any):
        super().__init__(activations.ELU(alpha), **kwargs)


class Softmax(_FixedActivation):
    """The layer form of `activations.Softmax`.

    >>> Softmax()([[0.0, 0.0]])
    array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, axis: int | tuple[int, ...] = -1, **kwargs: Any):
        super().__init__(activations.Softmax(axis), **kwargs)
