"""Layers in a row: through them one after the other, and back.

    through    x = x_0 -> x_1 -> ... -> x_n = outputs      x_i = layer_i(x_(i-1))
    back       dL/dx_0 <- ... <- dL/dx_(n-1) <- dL/dx_n    by the chain rule

What the way back needs is noted on a tape, which belongs to whoever goes the way: the layers
remember nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from tinyneuron._common.arrays import Array, Empty, as_dtype
from tinyneuron.layers.base import Layer

#: For each layer what its `forward` noted for its `backward`, and its outputs.
Tape: TypeAlias = list[tuple[Any, Array]]


def through(
    layers: Sequence[Layer],
    x: Array,
    training: bool = False,
    tape: Tape | None = None,
    empty: Empty | None = None,
) -> Array:
    """Return the last layer's outputs, having noted on the tape what each layer did.

    Layers that can write their outputs into arrays that `empty` makes, where it is given.
    """
    for layer in layers:
        if x.dtype is not layer._dtype:  # one object, unless it is a copy: then it is compared
            x = as_dtype(x, layer._dtype, empty)
        entry = None
        if training and tape is not None:
            x, entry = layer.forward(x)
        elif empty is not None and layer._call_takes_empty:
            x = layer.call(x, empty=empty)  # type: ignore[call-arg]
        elif layer._call_takes_training:
            x = layer.call(x, training=training)  # type: ignore[call-arg]
        else:
            x = layer.call(x)
        if tape is not None:
            tape.append((entry, x))
    return x


def back(
    layers: Sequence[Layer],
    gradient: Array,
    tape: Tape,
    gradients: Sequence[list[Array]],
    first: int = 0,
) -> None:
    """Leave the gradient of each layer's weights in `gradients`, given dL/d(outputs).

    The way ends at the layer numbered `first`: nobody asks for the gradient of its inputs.
    """
    for i in range(len(layers) - 1, first - 1, -1):
        layer, (entry, outputs) = layers[i], tape[i]
        if gradient.dtype is not layer._dtype:
            gradient = as_dtype(gradient, layer._dtype)
        if layer.activity_regularizer is not None:
            gradient += layer.activity_regularizer.gradient(outputs) / len(outputs)
        if i == first and layer._backward_takes_to_inputs:
            layer.backward(gradient, entry, gradients[i], to_inputs=False)  # type: ignore[call-arg]
        else:
            gradient = layer.backward(gradient, entry, gradients[i])


def activity_penalty(layers: Sequence[Layer], tape: Tape) -> float:
    """Return the penalty on the layers' outputs, for each row."""
    return sum(
        layer.activity_regularizer(outputs) / len(outputs)
        for layer, (_, outputs) in zip(layers, tape, strict=True)
        if layer.activity_regularizer is not None
    )
