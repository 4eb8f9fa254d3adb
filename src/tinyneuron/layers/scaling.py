"""Layers that bring inputs to a common scale: Rescaling, Normalization."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arguments import flag, integer, shown
from tinyneuron._common.arrays import Array, Shape, as_batch_shape, as_floats, as_numbers
from tinyneuron.layers.base import Layer
from tinyneuron.layers.building import all_or_nothing
from tinyneuron.layers.weights import write_all

_BLOCK = 2**19  # numbers that `adapt` looks at together


class Rescaling(Layer):
    """x * scale + offset: ``Rescaling(1 / 255)`` brings pixels to 0 .. 1.

    >>> Rescaling(1 / 255)([[0, 255]])
    array([[0., 1.]], dtype=float32)
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.scale = np.array(as_numbers(scale, "scale"), np.float64)[()]  # copies
        self.offset = np.array(as_numbers(offset, "offset"), np.float64)[()]
        self._scale = as_floats(self.scale, self._dtype)
        self._offset = as_floats(self.offset, self._dtype)

    def call(self, inputs: Array) -> Array:
        return inputs * self._scale + self._offset

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        inputs, outputs = entry
        sizes = enumerate(zip(inputs.shape, outputs.shape, strict=True))
        # Several numbers in the scale or offset have made as many outputs of one input.
        repeated = tuple(axis for axis, (before, after) in sizes if before != after)
        return (gradient * self._scale).sum(axis=repeated, keepdims=True)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        shape = list(as_batch_shape(input_shape))
        for parameter in (self._scale, self._offset):
            for axis, size in enumerate(reversed(parameter.shape), 1):
                if axis > len(shape) or (size != 1 and shape[-axis] not in (1, None, size)):
                    raise ValueError(
                        f"Layer {self.name!r} has a scale of shape {self._scale.shape} and an "
                        f"offset of shape {self._offset.shape}, which do not fit inputs of shape "
                        f"{input_shape}."
                    )
                shape[-axis] = shape[-axis] if size == 1 else size
        return tuple(shape)

    def build(self, input_shape: Shape) -> None:
        self.compute_output_shape(input_shape)

    def _checked(self, inputs: Array) -> Array:
        self.compute_output_shape(inputs.shape)
        return inputs


class Normalization(Layer):
    """(x - mean) / standard deviation, feature by feature, as found in the data by `adapt`.

    Parameters
    ----------
    axis : int, tuple of int or None
        The axes whose entries have a mean and variance of their own: -1 for one of each per
        feature, ``None`` for one in all.
    mean, variance : float or array, optional
        Instead of adapting.
    invert : bool
        Go the other way: x * standard deviation + mean.

    Attributes
    ----------
    mean, variance : ndarray
        In a shape that broadcasts against the inputs.

    Examples
    --------
    >>> layer = Normalization()
    >>> layer.adapt([[1.0], [3.0]])
    >>> layer([[1.0], [3.0], [5.0]])
    array([[-1.],
           [ 1.],
           [ 3.]], dtype=float32)
    """

    def __init__(
        self,
        axis: int | tuple[int, ...] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **kwargs: Any,
    ):
        if (mean is None) != (variance is None):
            raise ValueError("Normalization: give both mean and variance, or neither.")
        super().__init__(**kwargs)
        if axis is None:
            self.axis: tuple[int, ...] = ()
        else:
            axes = axis if isinstance(axis, tuple | list) else [axis]
            self.axis = tuple(integer("Normalization: axis", each, least=None) for each in axes)
        self.invert = flag("Normalization: invert", invert)
        self._given = None
        if mean is not None:
            given = (
                as_floats(mean, self._dtype, "mean"),
                as_floats(variance, self._dtype, "variance"),
            )
            self._given = [array.copy() for array in given]
            if not (self._given[1] >= 0).all():
                raise ValueError(
                    f"Normalization: variance must not be negative, got {shown(variance)}."
                )

    def _kept_axes(self, shape: Shape) -> tuple[int, ...]:
        """Return the axes whose entries have a mean of their own, counted from 0."""
        rank = len(shape)
        if any(not -rank <= axis < rank for axis in self.axis):
            raise ValueError(
                f"Layer {self.name!r}: axis {self.axis} is not among the {rank} axes of inputs "
                f"of shape {shape}."
            )
        return tuple(sorted({axis % rank for axis in self.axis}))

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        kept = self._kept_axes(input_shape)
        shape = tuple(input_shape[axis] for axis in kept)
        if None in shape:
            raise ValueError(
                f"Layer {self.name!r} needs to know the sizes of axes {kept} to keep a mean for "
                f"each of their entries, got inputs of shape {input_shape}."
            )
        # one in every axis but the kept ones: broadcasts against the inputs
        sizes = [size if axis in kept else 1 for axis, size in enumerate(input_shape)]
        self._spread = tuple(sizes) if kept else ()
        if self._given is None:
            self._mean = self.add_weight(shape, "zeros", trainable=False, name="mean")
            self._variance = self.add_weight(shape, "ones", trainable=False, name="variance")
            # Keras' files have it; it counts nothing here.
            self.add_weight((), "zeros", dtype="int32", trainable=False, name="count")
        else:
            try:
                self._mean, self._variance = (np.broadcast_to(x, shape) for x in self._given)
            except ValueError:
                raise ValueError(
                    f"Layer {self.name!r} needs a mean and a variance of shape {shape} for inputs "
                    f"of shape {input_shape}, got {[given.shape for given in self._given]}."
                ) from None

    _adapted = False

    def is_adapted(self) -> bool:
        """Say whether there is a mean and variance: given, adapted, or set as weights."""
        if self._adapted or self._given is not None:
            return True
        return self.built and bool((self._mean != 0).any() or (self._variance != 1).any())

    def adapt(self, data: Any) -> None:
        """Learn mean and variance from `data`, computed in float64, forgetting earlier ones."""
        if self._given is not None:
            raise ValueError(
                f"Layer {self.name!r} was given its mean and variance and cannot adapt."
            )
        data = as_numbers(data, "data")
        if not data.size:
            raise ValueError(f"Layer {self.name!r} cannot adapt to no data, shape {data.shape}.")
        if data.ndim == 1 and self.axis:
            warnings.warn(
                f"Layer {self.name!r} takes data of shape {data.shape} for one row of {len(data)} "
                "features. One feature of many rows is a column: data.reshape(-1, 1).",
                stacklevel=2,
            )
        if self.axis and self.built:
            self._check_built_for(data.shape)
        found = self._mean_and_variance(data)

        def keep() -> None:
            inputs = self._input_shape
            if self.axis or not self.built:
                self.build(data.shape)
            if not self.axis:  # for data and inputs of any shape
                self._input_shape = inputs
            write_all([self._mean, self._variance], found)
            self._adapted = True

        all_or_nothing(self, keep)

    def _mean_and_variance(self, data: Array) -> list[Array]:
        """Return both for each entry of the kept axes, in float64, looking at a few rows a time."""
        kept = self._kept_axes(data.shape)
        shape = tuple(data.shape[axis] for axis in kept)
        averaged = tuple(axis for axis in range(data.ndim) if axis not in kept)
        at_a_time = max(1, _BLOCK * len(data) // data.size)
        with np.errstate(over="ignore", invalid="ignore"):  # infinities in the data
            mean = data.mean(averaged, np.float64, keepdims=True)
            squares = np.zeros_like(mean)
            for start in range(0, len(data), at_a_time):
                rows = slice(start, start + at_a_time)
                theirs = rows if 0 in kept else slice(None)
                deviations = np.square(data[rows] - mean[theirs])
                squares[theirs] += deviations.sum(averaged, keepdims=True)
            variance = squares / (data.size // mean.size)
        return [found.reshape(shape).astype(self._dtype) for found in (mean, variance)]

    @property
    def mean(self) -> Array:
        """The mean, in a shape that broadcasts against the inputs."""
        return self._mean.reshape(self._spread)

    @property
    def variance(self) -> Array:
        """The variance, in a shape that broadcasts against the inputs."""
        return self._variance.reshape(self._spread)

    def call(self, inputs: Array) -> Array:
        if self.invert:
            return self.mean + inputs * self._deviation()
        return (inputs - self.mean) / self._deviation()

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        return gradient * self._deviation() if self.invert else gradient / self._deviation()

    def _deviation(self) -> Array:
        return np.maximum(np.sqrt(self.variance), self._dtype.type(settings.epsilon()))

    def _checked(self, inputs: Array) -> Array:
        mine = self._spread or inputs.shape  # a single mean fits any
        if inputs.ndim != len(mine) or any(
            size not in (1, own) for own, size in zip(inputs.shape, mine, strict=True)
        ):
            raise ValueError(
                f"Layer {self.name!r} has a mean of shape {self._spread}, which does not fit "
                f"inputs of shape {inputs.shape}."
            )
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return as_batch_shape(input_shape)

    def _argument(self, name: str) -> Any:
        if name in ("mean", "variance"):  # the attributes have what `adapt` has found, too
            return self._given and self._given[name == "variance"]
        return super()._argument(name)
