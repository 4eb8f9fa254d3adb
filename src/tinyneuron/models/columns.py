"""A network as columns of circles: its inputs, and the units of each Dense layer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinyneuron._common.arrays import Array
from tinyneuron.explanation import forward
from tinyneuron.layers import Dense

_MOST = 9  # circles in a column; of more, the first four and the last four


@dataclass
class Column:
    """Circles above each other: the inputs, or the units of a Dense layer."""

    size: int
    label: list[str]
    layer: Dense | None = None
    values: Array | None = None
    activation: Any = None  # what made the values, if it is known

    @property
    def slots(self) -> int:
        """How many places for circles it has: dots stand in one of them, if not all are drawn."""
        return min(self.size, _MOST)

    @property
    def shown(self) -> Array:
        """The numbers of the units that are drawn."""
        if self.size == self.slots:
            return np.arange(self.size)
        return np.r_[:4, self.size - 4 : self.size]

    @property
    def heights(self) -> Array:
        """Where they are drawn, the first at the top, the middle at 0."""
        heights = (self.slots - 1) / 2 - np.arange(self.slots)
        return heights if self.size == self.slots else np.delete(heights, 4)


def columns_of(model: Any, values: Array | None = None) -> list[Column]:
    """Return the inputs and the Dense layers; names of others stand with those before them.

    With `values`, a batch of one, each column has what the layers make of it.
    """
    shape = model._input_shape
    columns = [Column(_size(shape), [forward.count(_size(shape), "input")], values=values)]
    for _, layer in model._in_a_row():
        shape = layer.compute_output_shape(shape)
        values = None if values is None else layer(values)
        if isinstance(layer, Dense):
            unit_count = forward.count(layer.units, "unit")
            title = [layer.name, unit_count, forward.activation_name(layer.activation)]
            columns.append(Column(layer.units, title, layer, values, layer.activation))
        else:
            columns[-1].label.append(layer.name)
            columns[-1].values, columns[-1].activation = values, getattr(layer, "activation", None)
        if _size(shape) != columns[-1].size:
            raise ValueError(
                f"plot_network draws Dense layers of rows, and layers that keep the number of "
                f"values; {layer.name!r} has outputs of shape {shape}."
            )
    return columns


def _size(shape: tuple[Any, ...]) -> int:
    if None in shape[1:]:
        raise ValueError(f"plot_network needs to know all sizes but the batch's, got {shape}.")
    return math.prod(shape[1:])
