"""What a layer holds: weights of its own, and other layers, whose weights are its weights too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from operator import setitem
from typing import Any

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arguments import flag, text
from tinyneuron._common.arrays import Array, Shape, as_shape, as_sizes
from tinyneuron._common.at_once import at_once
from tinyneuron._common.unknown import says_what_is_taken
from tinyneuron.layers.building import lock, note_change
from tinyneuron.layers.weights import Weight, fitting, initial_value, write_all


class Holder:
    """Base of `Layer`: the part of it that has to do with weights.

    Attributes
    ----------
    weights : list of ndarray
        The arrays themselves: writing into one changes the layer.
    trainable_weights, non_trainable_weights : list of ndarray
        Those that training changes, and those that it leaves alone.
    """

    name: str
    built: bool
    _dtype: np.dtype[Any]
    _trainable: bool
    _weights: list[Weight]  # of its own, in the order in which they were added

    @says_what_is_taken
    def add_weight(
        self,
        shape: Shape = (),
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        *,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Array:
        """Make a weight and return its array, which stays the same for the layer's whole life.

        Parameters
        ----------
        shape : tuple of int
            ``()``, a single number, by default.
        initializer : initializer, optional
            By default Glorot uniform, as in Keras.
        dtype : dtype, optional
            That of the layer by default.
        trainable : bool
            Whether training changes it; `backward` gets an array for its gradient then.
        regularizer, constraint : optional
            Its penalty, and what it is held to after each training step.
        name : str, optional
        """
        shape = as_shape(shape, "shape")
        if None in shape:
            raise ValueError(
                f"Layer {self.name!r} cannot make a weight of shape {shape}: the sizes of its "
                "inputs, the batch's aside, must be known."
            )
        shape = as_sizes(shape, f"the shape of a weight of layer {self.name!r}")
        dtype = self._dtype if dtype is None else settings.number_dtype(dtype)
        name = f"variable_{len(self._weights)}" if name is None else text("name", name)
        value = initial_value(shape, dtype, initializer, f"Layer {self.name!r}")
        weight = Weight(value, name, trainable, regularizer, constraint)
        self._weights = [*self._weights, weight]
        return value

    def _own_weights(self) -> list[Weight]:
        """Return the layer's weights, without those of layers in it: the trainable ones first."""
        return sorted(self._weights, key=lambda weight: not weight.trainable)

    def _own_layers(self) -> Iterator[Any]:
        """Yield the layers kept in attributes, and in lists, dicts and sets there."""
        return _layers_in(vars(self))

    def _members(
        self, trains: bool = True, seen: set[int] | None = None
    ) -> Iterator[tuple[Holder, bool]]:
        """Yield the layer, the layers in it, the layers in those, and whether each may train."""
        seen = set() if seen is None else seen
        if id(self) not in seen:
            seen.add(id(self))
            trains = trains and self.trainable  # a frozen layer freezes those in it
            yield self, trains
            for layer in self._own_layers():
                yield from layer._members(trains, seen)

    def _family(self) -> Iterator[Any]:
        """Yield the layer, the layers in it, the layers in those: each once."""
        return (layer for layer, _ in self._members())

    def _all_weights(self) -> list[tuple[Weight, bool]]:
        """Return every weight, and whether training changes it."""
        with lock:  # not while another thread makes them
            return [
                (weight, trains and weight.trainable)
                for layer, trains in self._members()
                for weight in layer._own_weights()
            ]

    def _weights_with_gradient(self) -> list[Weight]:
        """Return the weights that `backward` gets an array for: in order, frozen or not."""
        return [weight for weight, _ in self._all_weights() if weight.trainable]

    @property
    def weights(self) -> list[Array]:
        """The arrays themselves: writing into one changes the layer."""
        return [weight.value for weight, _ in self._all_weights()]

    @property
    def trainable_weights(self) -> list[Array]:
        """The arrays that training changes."""
        return [weight.value for weight, trainable in self._all_weights() if trainable]

    @property
    def non_trainable_weights(self) -> list[Array]:
        """The arrays that training leaves alone."""
        return [weight.value for weight, trainable in self._all_weights() if not trainable]

    variables = weights
    trainable_variables = trainable_weights
    non_trainable_variables = non_trainable_weights

    @property
    def losses(self) -> list[float]:
        """The penalties on the weights that training changes, as they are now."""
        return [
            float(weight.regularizer(weight.value))
            for weight, trains in self._all_weights()
            if trains and weight.regularizer is not None
        ]

    def get_weights(self) -> list[Array]:
        """Return copies of all weights; none before the layer is built."""
        return [weight.copy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Write `weights` into the layer's own arrays: all of them, or none and a ValueError."""
        own = self.weights
        values = fitting(weights, own, self.name, self.built)
        with np.errstate(over="ignore", invalid="ignore"):  # copied: they may be one another
            values = [value.astype(w.dtype) for value, w in zip(values, own, strict=True)]
        write_all(own, values)

    def count_params(self) -> int:
        """Count the numbers in all weights."""
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on layer {self.name!r}, but it isn't built. "
                "Build it with `layer.build(input_shape)`, or call it on data."
            )
        return sum(weight.size for weight in self.weights)

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights; setting it sets that of all layers inside."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        value = flag("trainable", value)
        vars(self).setdefault("_trainable", value)
        parts = [vars(layer) for layer in self._family()]
        at_once(setitem, parts, repeat("_trainable"), repeat(value))

    def __setattr__(self, name: str, value: Any) -> None:
        own = vars(self)
        if name in own and own[name] is not value:
            for weight in own.get("_weights", ()):
                if weight.value is own[name]:
                    raise AttributeError(
                        f"The array {name!r} of layer {self.name!r} stays the same for the layer's "
                        f"whole life: write into it, {name}[...] = ..., or use set_weights."
                    )
        note_change(self, name)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        note_change(self, name)
        object.__delattr__(self, name)


_CONTAINERS = (dict, list, tuple, set)


def _layers_in(value: Any) -> Iterator[Holder]:
    """Yield the layers in a dict, list, tuple or set, to any depth."""
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, Holder):
            yield item
        elif isinstance(item, _CONTAINERS):
            yield from _layers_in(item)
