"""Back-propagation: through the layers to the loss, and back by the chain rule.

A training pass goes forward through the layers, each leaving on the tape what its way back needs;
then backward through them, each turning dL/d(its outputs) into dL/d(its inputs) and leaving the
gradients of its weights in the arrays it is given.
"""

from __future__ import annotations

import copy
from typing import Any

from tinyneuron import activations, regularizers
from tinyneuron._common.arrays import Array
from tinyneuron.layers import Activation, Dense, Layer
from tinyneuron.losses import CrossEntropy, Loss


class Chain:
    """The layers of a built model in a row, those of nested models too, and its loss at the end.

    A last activation that the loss is made for is taken off, and left to the loss: sigmoid or
    softmax and cross-entropy together are one formula of the logits z, with the gradient a - y.

    Parameters
    ----------
    model : Layer
        Built.
    loss : Loss
        L.
    """

    def __init__(self, model: Layer, loss: Loss):
        self.layers = [layer for _, layer in model._in_a_row()]
        for layer in self.layers:
            regularizers.check_trainable(layer.activity_regularizer)
            for weight in layer._weights:
                regularizers.check_trainable(weight.regularizer)
        self.loss = loss
        self.trainable = self.taken_off = False
        if isinstance(loss, CrossEntropy) and not loss.from_logits:
            self.taken_off = self._take_off(loss.link)
            if self.taken_off:
                self.loss = loss.on_logits()

    def check_trainable(self) -> None:
        """Raise an error unless all derivatives are known, and belong to their formulas."""
        self.loss.check_trainable()
        for layer in self.layers:
            if hasattr(layer, "activation"):
                activations.check_trainable(layer.activation)
        self.trainable = True

    def _take_off(self, link: activations.Activation) -> bool:
        last = self.layers[-1]
        if getattr(last, "activation", None) != link or last.activity_regularizer is not None:
            return False
        if isinstance(last, Dense):
            last = copy.copy(last)  # with the same weights
            last.activation = activations.linear
            self.layers[-1] = last
        elif isinstance(last, Activation):
            self.layers.pop()
        else:
            return False
        return True

    def forward(self, x: Array) -> tuple[Array, list[tuple[Any, Array]], float]:
        """Return the last layer's outputs, the tape, and the penalty on the activity on the way."""
        tape, penalty = [], 0.0
        for layer in self.layers:
            x, entry = layer.forward(x)
            tape.append((entry, x))
            if layer.activity_regularizer is not None:
                penalty += layer.activity_regularizer(x) / len(x)
        return x, tape, penalty

    def backward(
        self,
        gradient: Array,
        tape: list[tuple[Any, Array]],
        gradients: list[list[Array]],
        to_inputs: bool = False,
    ) -> Array:
        """Leave the gradients of all weights in `gradients`, given dL/d(last layer's outputs).

        With `to_inputs`, go all the way, and return dL/dx.
        """
        for i in range(len(self.layers) - 1, -1, -1):
            layer, (entry, outputs) = self.layers[i], tape[i]
            if layer.activity_regularizer is not None:
                gradient += layer.activity_regularizer.gradient(outputs) / len(outputs)
            if i or to_inputs:
                gradient = layer.backward(gradient, entry, gradients[i])
            else:  # nobody asks for the gradient of the data
                layer.weight_gradients(gradient, entry, gradients[i])
        return gradient

    def call(self, x: Array) -> tuple[Array, float]:
        """Return what `forward` does without a tape, as at prediction time."""
        penalty = 0.0
        for layer in self.layers:
            x = layer.call(x)
            if layer.activity_regularizer is not None:
                penalty += layer.activity_regularizer(x) / len(x)
        return x, penalty

    def losses(self, y: Array, outputs: Array) -> tuple[Array, Array]:
        """Return each sample's loss, and a: the outputs, or what the link makes of logits."""
        if self.taken_off:
            losses, _, a = self.loss.value_and_gradient(y, outputs)
            return losses, a
        return self.loss.call(y, outputs), outputs

    def predictions(self, outputs: Array, a: Array) -> Array:
        """Return what the model itself would return, given what `losses` did."""
        return a if self.taken_off else outputs
