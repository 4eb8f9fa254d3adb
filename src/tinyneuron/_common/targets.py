"""Targets and sample weights: brought to the shape of the outputs, never broadcast against them."""

from __future__ import annotations

from tinyneuron._common.arrays import Array, Shape


def fitted(y_true: Array, shape: Shape) -> Array | None:
    """Return `y_true` in `shape`, if it has that shape but for a last axis of 1, else ``None``."""
    given = y_true.shape
    if given == shape:
        return y_true
    if (*given, 1) == shape or given == (*shape, 1):
        return y_true.reshape(shape)
    return None


def spread(weights: Array, shape: Shape, ndim: int) -> Array:
    """Return weights of shape (m,), (m, 1) or (m, d ...) with axes of 1 up to `ndim`.

    `shape` is that of the values to be weighed: it must begin with the shape of the weights,
    whose last axes of 1 do not count.
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
