"""Symbolic tensors: what stands for arrays before there are any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinyneuron._common.arrays import Shape


class KerasTensor:
    """A shape and dtype that stand for arrays to come, and the way these will have come.

    Attributes
    ----------
    shape : tuple
        ``None`` is the size of the batch.
    dtype, name : str
    layer : Layer, optional
        What returned it.
    before : KerasTensor, optional
        What that layer was called on, unless it is an `InputLayer`.
    """

    __slots__ = ("before", "dtype", "layer", "name", "shape")

    def __init__(
        self,
        shape: Shape,
        dtype: str,
        name: str,
        layer: Any = None,
        before: KerasTensor | None = None,
    ):
        self.shape, self.dtype, self.name = shape, dtype, name
        self.layer, self.before = layer, before

    @property
    def path(self) -> tuple[Any, ...]:
        """The layers in a row from an `InputLayer` on, each called on what the last returned."""
        path = list[Any]()
        tensor: KerasTensor | None = self
        while tensor is not None and tensor.layer is not None:
            path.append(tensor.layer)
            tensor = tensor.before
        return tuple(reversed(path))

    @property
    def ndim(self) -> int:
        """How many axes the arrays have, that of the batch included."""
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"


def _refused(operation: str) -> Callable[..., Any]:
    def refuse(self: KerasTensor, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(
            f"{self.name!r} is a symbolic tensor of shape {self.shape}, and holds no numbers to "
            f"compute with ({operation}). Only layers are called on it: Rescaling multiplies and "
            "adds, Activation applies a function, Flatten and Reshape arrange "
            "anew; for any other formula write a Layer with call and backward."
        )

    return refuse


# Python's operators and NumPy's functions; two tensors are equal only if they are the same one.
_OPERATIONS = """
    add sub mul truediv floordiv mod divmod pow matmul and or xor lshift rshift
    radd rsub rmul rtruediv rfloordiv rmod rdivmod rpow rmatmul rand ror rxor
    neg pos abs invert lt le gt ge bool int float index len iter getitem
    array array_ufunc array_function
"""
for _name in _OPERATIONS.split():
    setattr(KerasTensor, f"__{_name}__", _refused(f"__{_name}__"))
