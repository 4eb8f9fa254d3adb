"""Orders drawn as Keras draws them, and what is kept to test."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from tinyneuron._common.arguments import integer, real_number, shown
from tinyneuron._common.arrays import Array

TrainAndTest: TypeAlias = tuple[tuple[Array, Array], tuple[Array, Array]]


def random_orders(seed: Any) -> np.random.RandomState:
    """Return the generator whose ``permutation(n)`` is the order that Keras shuffles n rows into.

    >>> random_orders(113).permutation(4)
    array([3, 2, 0, 1])
    """
    if seed is not None and integer("seed", seed, least=0) >= 2**32:
        raise ValueError(f"seed must be from 0 to 2**32 - 1, got {shown(seed)}.")
    return np.random.RandomState(seed)


def share_to_test(test_split: Any) -> float:
    """Return the share of the rows that are kept to test, checked."""
    return real_number("test_split", test_split, "a number from 0 up and below 1")


def shuffled_and_split(x: Array, y: Array, test_split: float, seed: Any) -> TrainAndTest:
    """Return the rows in random order, the first of them to train and the last to test.

    >>> x = np.arange(5.0)
    >>> shuffled_and_split(x, 10 * x, test_split=0.4, seed=113)[1]
    (array([2., 4.]), array([20., 40.]))
    """
    order = random_orders(seed).permutation(len(x))
    x, y = x[order], y[order]
    number = int(len(x) * (1 - test_split))
    return (x[:number], y[:number]), (x[number:], y[number:])
