"""What messages say of targets that are no classes: which came, and what probably was meant."""

from __future__ import annotations

import numpy as np

from tinyneuron._common.arrays import Array


def range_of(y: Array, whole: bool) -> str:
    """Say what a message must about targets that do not fit, such as those that are not whole."""
    low, high = float(y.min()), float(y.max())
    if low != low:
        return f"NaN, {np.isnan(y).sum()} of {y.size} targets"
    if whole and y.dtype.kind == "f" and (broken := y[y % 1 != 0]).size and low >= 0:
        return f"{float(broken[0]):g}, in targets from {low:g} to {high:g}"
    return f"{low:g}" if low == high else f"some from {low:g} to {high:g}"


def how_to_number(y: Array, number: int) -> str:
    """Say how targets become numbers of that many classes, where it can be told."""
    values = np.unique(y.ravel()[:1000])
    if values[-1] != values[-1]:
        return " Leave these rows out, or give them targets."
    low, high = float(y.min()), float(y.max())
    if (values % 1).any():
        if low >= 0 and high <= 1:
            return " Probabilities, one column for each class, go with CategoricalCrossentropy."
        return " Numbers that are no classes go with MeanSquaredError and a linear last layer."
    if number == 2 and (low, high) == (-1, 1) and values.size == 2:
        return " Of -1 and 1, (y + 1) / 2 makes 0 and 1."
    if number == 1 and high:
        return f" For {high + 1:g} classes the last layer needs as many units: Dense({high + 1:g})."
    if (low, high) == (1, number):
        return f" The classes are numbered from 1 to {number}: subtract 1, y - 1."
    if low >= 0 and high < 1000:
        return (
            f" If these are class numbers, the last layer is Dense({high + 1:g}, 'softmax') and "
            "the loss 'sparse_categorical_crossentropy'."
        )
    return ""
