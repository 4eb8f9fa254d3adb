"""Small helpers, under the names they have in ``keras.utils``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tinyneuron._common.arguments import integer, real_number
from tinyneuron._common.arrays import Array, as_floats, as_numbers, as_sizes
from tinyneuron._common.names import clear_session, refuse_other_names
from tinyneuron._common.registry import custom_object_scope, register_keras_serializable
from tinyneuron._common.settings import set_random_seed
from tinyneuron._training.gradient_check import check_gradients

__all__ = [
    "check_gradients",
    "clear_session",
    "custom_object_scope",
    "normalize",
    "register_keras_serializable",
    "set_random_seed",
    "to_categorical",
]


def to_categorical(x: Any, num_classes: int | None = None) -> Array:
    """Turn class numbers into rows that are 1 at the class and 0 elsewhere ("one-hot").

    Parameters
    ----------
    x : array_like of int
        Classes from 0 to ``num_classes - 1``.
    num_classes : int, optional
        One more than the largest class by default.

    Examples
    --------
    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    classes = as_numbers(x, "x")
    with np.errstate(invalid="ignore"):
        whole = classes.astype(np.int64)
    if not np.array_equal(classes, whole):
        raise ValueError(f"to_categorical takes whole class numbers, got {classes}.")
    classes = whole
    if classes.ndim > 1 and classes.shape[-1] == 1:
        classes = classes[..., 0]
    if num_classes is None:
        num_classes = int(classes.max(initial=-1)) + 1
    else:
        num_classes = integer("num_classes", num_classes)
    if classes.size and not 0 <= classes.min() <= classes.max() < num_classes:
        raise ValueError(
            f"to_categorical: classes must be from 0 to {num_classes - 1}, got some from "
            f"{classes.min()} to {classes.max()}."
        )
    as_sizes((max(1, classes.size), num_classes), "The shape of to_categorical's rows")
    return (classes[..., np.newaxis] == np.arange(num_classes)).astype(np.float64)


def normalize(x: Any, axis: int = -1, order: float = 2) -> Array:
    """Divide by the norm of that `order` along `axis`; zeros stay zeros.

    >>> normalize([[3.0, 4.0]])
    array([[0.6, 0.8]], dtype=float32)
    """
    x = np.atleast_1d(as_floats(x, name="x"))
    axis = integer("normalize: axis", axis, least=None)
    order = real_number("normalize: order", order, "a finite number above 0")
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"normalize: axis {axis} is not among those of x, of shape {x.shape}.")
    norms = np.atleast_1d(np.linalg.norm(x, order, axis, keepdims=True))
    norms[norms == 0] = 1
    return x / norms


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
