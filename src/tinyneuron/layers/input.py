"""Input: says what shape the inputs of a model have, so that it is built at once."""

from __future__ import annotations

from typing import Any

from tinyneuron._common.arguments import integer
from tinyneuron._common.arrays import Array, Shape, as_batch_shape, as_shape
from tinyneuron._common.unknown import says_what_is_taken
from tinyneuron.layers.base import Layer
from tinyneuron.layers.symbolic import KerasTensor


class InputLayer(Layer):
    """The first entry of a model: a shape without the batch, and nothing to compute.

    Parameters
    ----------
    shape : tuple of int
        One sample's shape, ``(2,)`` for two features.
    batch_shape : tuple, optional
        Instead of `shape`: the same with the size of the batch in front, which is shown and
        otherwise ignored, as in Keras: any number of rows is taken.
    dtype, name : optional
        The inputs' own.

    Examples
    --------
    >>> InputLayer((2,)).output.shape
    (None, 2)
    """

    def __init__(
        self,
        shape: tuple[int, ...] | None = None,
        batch_size: int | None = None,
        dtype: Any = None,
        *,
        batch_shape: Shape | None = None,
        name: str | None = None,
    ):
        if (shape is None) == (batch_shape is None):
            raise ValueError("Input needs a shape, such as (2,) for two features.")
        if batch_shape is not None:
            if batch_size is not None:
                raise ValueError("Input takes batch_size with shape, not with batch_shape.")
            batch_shape = as_batch_shape(batch_shape, "batch_shape")
        elif isinstance(shape, int):
            raise ValueError(f"shape must be a tuple, got {shape}. Did you mean ({shape},)?")
        else:
            size = None if batch_size is None else integer("batch_size", batch_size)
            batch_shape = (size, *as_shape(shape, "shape"))
        super().__init__(dtype=dtype, name=name)
        self.batch_shape = batch_shape
        self.build(batch_shape)

    def call(self, inputs: Array) -> Array:
        return inputs

    @property
    def output(self) -> KerasTensor:
        """The symbolic tensor that `Input` returns."""
        return KerasTensor(self.batch_shape, self.dtype, self.name, self)

    input = output

    def get_config(self) -> dict[str, Any]:
        return {"batch_shape": self.batch_shape, "dtype": self.dtype, "name": self.name}


@says_what_is_taken
def Input(  # noqa: N802  (Keras' name)
    shape: tuple[int, ...] | None = None,
    batch_size: int | None = None,
    dtype: Any = None,
    *,
    batch_shape: Shape | None = None,
    name: str | None = None,
) -> KerasTensor:
    """Stand for inputs of one sample's `shape`: a Sequential starts with it, or layers are called.

    Parameters
    ----------
    shape, batch_size, dtype, batch_shape, name
        As for `InputLayer`.

    Examples
    --------
    >>> Input((2,)).shape
    (None, 2)
    """
    return InputLayer(shape, batch_size, dtype, batch_shape=batch_shape, name=name).output
