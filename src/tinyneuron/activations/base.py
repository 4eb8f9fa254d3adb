"""The base of all activations, and what their formulas share."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common.arguments import real_number
from tinyneuron._common.arrays import Array, as_floats
from tinyneuron._common.configuration import Configurable
from tinyneuron._common.names import name_or_default
from tinyneuron._common.pairs import check_pair

# NumPy converts a Python number at each call; an array of no dimension it takes as it is.
# float32 holds these exactly and never widens or narrows what it meets.
ZERO = np.array(0, np.float32)
ONE = np.array(1, np.float32)


class Activation(Configurable):
    """Base of all activations: subclass it with `apply` and `slope`.

    Calling one leaves its argument alone and returns a new array; float32 and float64 arrays
    keep their dtype, everything else (lists, scalars, integers) is computed in `floatx`.

    Examples
    --------
    >>> class Square(Activation):
    ...     def apply(self, z):
    ...         return np.square(z, out=z)
    ...     def slope(self, z, a):
    ...         return 2 * z
    ...     needs_z = True
    >>> Square()([1.0, 3.0])
    array([1., 9.], dtype=float32)
    >>> Square().derivative([1.0, 3.0])
    array([2., 6.], dtype=float32)
    """

    needs_z = False  # whether `slope` reads z; if not, training need not keep it

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.__call__ is not Activation.__call__:
            raise TypeError(
                f"{cls.__name__} defines __call__, which layers do not use: define apply(z), which "
                "overwrites z with the activation's outputs and returns it."
            )

    def __call__(self, x: Any, *args: Any, **options: Any) -> Array:
        if args or options:  # relu(x, negative_slope=0.1), as with Keras' functions
            return type(self)(*args, **options)(x)
        x = as_floats(x, name="x")
        return self.apply(np.array(x, ndmin=1)).reshape(x.shape)

    def apply(self, z: Array) -> Array:
        """Overwrite the float array `z` with g(z) and return it."""
        raise NotImplementedError(f"{type(self).__name__} must define apply(z).")

    def slope(self, z: Any, a: Array) -> Array:
        """Return g'(z), given z (``None`` unless `needs_z`) and a = g(z)."""
        raise NotImplementedError(f"{type(self).__name__} must define slope(z, a) to be trained.")

    def backward(self, gradient: Array, z: Any, a: Array) -> Array:
        """Turn dL/da into dL/dz = dL/da * g'(z), in place."""
        gradient *= self.slope(z, a)
        return gradient

    def derivative(self, x: Any) -> Array:
        """Return g'(x) for any numbers x, in a new array."""
        x = as_floats(x, name="x")
        z = np.array(x, ndmin=1)
        return np.asarray(self.slope(z, self.apply(z.copy())), z.dtype).reshape(x.shape)

    def check_trainable(self) -> None:
        """Raise an error if a subclass overrides `apply` without its derivative."""
        check_pair(self, ["apply"], ["slope", "backward"], Activation)

    @property
    def __name__(self) -> str:
        """The name of Keras' function, as in ``layer.activation.__name__``."""
        return ready_names.get(self) or name_or_default(self, None)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Activation):
            return NotImplemented
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(type(self))  # options may be changed, and may be lists


ready_names: dict[Activation, str] = {}  # of the ready instances, which the package makes


def make_finite(z: Array, upper: bool = True) -> Array:
    """Replace the infinities in `z` by the largest floats, in place."""
    largest = np.finfo(z.dtype).max
    np.maximum(z, -largest, out=z)
    return np.minimum(z, largest, out=z) if upper else z


def option_from_zero(activation: Activation, name: str, value: Any) -> float:
    """Return an option of an activation as a float from 0 up, or say that it must be one."""
    return real_number(f"{type(activation).__name__}: {name}", value, "a number from 0 up")
