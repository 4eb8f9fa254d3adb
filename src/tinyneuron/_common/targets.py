"""Targets and sample weights beside the outputs: which shapes fit, and never by broadcasting."""

from __future__ import annotations

from tinyneuron._common.arrays import Array, Shape


def fitted(y_true: Array, shape: Shape) -> Array | None:
    """Return targets in the outputs' `shape`, as a view; ``None`` if they have another.

    (m,) stands for (m, 1), and the reverse, since nothing else can be meant.

    Examples
    --------
    >>> import numpy as np
    >>> fitted(np.array([1, 2, 3]), (3, 1)).shape
    (3, 1)
    >>> fitted(np.array([1, 2, 3]), (3, 2)) is None
    True
    """
    given = y_true.shape
    if given == shape:
        return y_true
    if (*given, 1) == shape or given == (*shape, 1):
        return y_true.reshape(shape)
    return None


def spread(weights: Array, shape: Shape, ndim: int) -> Array:
    """Return the weights of values of `shape`, with axes of 1 appended up to `ndim`.

    There is one weight for each sample, (m,) or (m, 1), or for each value within it, (m, d ...).

    Examples
    --------
    >>> import numpy as np
    >>> spread(np.array([1.0, 2.0]), (2, 5), 3).shape
    (2, 1, 1)
    >>> spread(np.array([1.0, 2.0]), (3,), 1)
    Traceback (most recent call last):
        ...
    ValueError: sample_weight of shape (2,) does not fit values of shape (3,): there must be one
    weight for each sample.
    """
    given = weights.shape
    while weights.ndim > 1 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    if weights.shape != shape[: weights.ndim] or len(given) > len(shape) + 1:
        raise ValueError(
            f"sample_weight of shape {given} does not fit values of shape {shape}: there "
            "must be one weight for each sample."
        )
    return weights.reshape(weights.shape + (1,) * (ndim - weights.ndim))
