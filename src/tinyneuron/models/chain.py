"""Chain: a model of layers in a row, each called on what the one before returned."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np

from tinyneuron._common.arrays import Array, Empty, Shape, as_batch_shape
from tinyneuron.layers import InputLayer, Layer
from tinyneuron.layers.chain import through
from tinyneuron.layers.symbolic import KerasTensor
from tinyneuron.models.model import Model


class Chain(Model):
    """Base of `Sequential` and `Functional`: an input, and layers in a row."""

    def __init__(self, trainable: bool = True, name: str | None = None):
        super().__init__(trainable=trainable, name=name)
        self._layers: list[Layer] = []
        self._given_input: KerasTensor | None = None  # what an Input has returned

    @property
    def layers(self) -> list[Layer]:
        """The layers in order, without an Input."""
        return list(self._layers)

    def build(self, input_shape: Shape) -> None:
        if not self._layers:
            raise ValueError(
                f"{type(self).__name__} model {self.name} cannot be built because it has no "
                "layers. Call `model.add(layer)`."
            )
        if self._given_input is None:
            dtype, shape = self._dtype, (None, *input_shape[1:])
            start = InputLayer(batch_shape=shape, dtype=dtype, name=f"{self.name}_input")
            self._given_input = start.output
        self._link()

    def _link(self) -> KerasTensor:
        """Call the layers on symbolic tensors, so that each knows what stands before it."""
        x = self.input
        for layer in self._layers:
            x = layer._on_symbolic(x, None)
        return x

    def __setstate__(self, state: Any) -> None:  # of a copy, or from a pickle
        own, slots = state
        vars(self).update(own)
        self._made_with = slots["_made_with"]
        if self.built:
            self._link()

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return self._shapes(as_batch_shape(input_shape))[-1]

    def _shapes(self, shape: Shape) -> list[Shape]:
        """Return the shapes of the inputs and of every layer's outputs."""
        shapes = [shape]
        for layer in self._layers:
            shapes.append(layer.compute_output_shape(shapes[-1]))
        return shapes

    def _widest(self, shape: Shape) -> int:
        widths = [math.prod(shape[1:]) for shape in self._shapes(shape)]
        return max(before + after for before, after in pairwise(widths))

    def _with_output_shapes(self) -> Iterator[tuple[Layer, Shape | None]]:
        shape = self.input_shape if self.built else None
        for layer in self.layers:
            shape = None if shape is None else layer.compute_output_shape(shape)
            yield layer, shape

    def _row(self) -> list[Layer] | None:
        return self._layers if type(self).call is Chain.call else None

    def call(self, inputs: Array, training: bool = False, empty: Empty | None = None) -> Array:
        return through(self._layers, inputs, training, empty=empty)

    @property
    def _keeps_nothing(self) -> bool:
        return super()._keeps_nothing and all(layer._keeps_nothing for layer in self._layers)

    # Inputs and outputs ---------------------------------------------------------------------

    @property
    def input(self) -> KerasTensor:
        """What stands for the inputs, once their shape is known."""
        return super().input if self._given_input is None else self._given_input

    @property
    def output(self) -> KerasTensor:
        """What stands for the outputs, once the model is built."""
        if not self.built:
            return super().output
        return reduce(lambda x, layer: layer._after(x), self._layers, self.input)

    @property
    def inputs(self) -> list[KerasTensor]:
        """The one input, in a list as Keras has it."""
        return [self.input]

    @property
    def outputs(self) -> list[KerasTensor]:
        """The one output, in a list as Keras has it."""
        return [self.output]

    @property
    def input_shape(self) -> Shape:
        """``(None, features)``, once it is known."""
        return self.input.shape

    @property
    def output_shape(self) -> Shape:
        """``(None, units)``, once the model is built."""
        return self.output.shape

    @property
    def _output_dtype(self) -> np.dtype[Any]:
        return self._layers[-1]._output_dtype
