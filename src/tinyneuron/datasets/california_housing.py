"""Prices of houses in California in 1990."""

from __future__ import annotations

from typing import Any

from tinyneuron._common.arguments import one_of
from tinyneuron.datasets._reading import read_arrays
from tinyneuron.datasets._shuffling import TrainAndTest, share_to_test, shuffled_and_split
from tinyneuron.datasets._table import fetch

__all__ = ["load_data"]


def load_data(
    version: str = "large",
    path: Any = "california_housing.npz",
    test_split: float = 0.2,
    seed: int | None = 113,
) -> TrainAndTest:
    """Return districts of California, and the median price of a house in each.

    The columns of x: the median income and the median age of the houses; rooms, bedrooms, people
    and members of a household, on average or in all; latitude and longitude. Their scales
    differ by thousands, so use `layers.Normalization`.

    Parameters
    ----------
    version : "large" or "small"
        All 20,640 districts, or the first 600 of them.
    path : str
        The file's name in Keras' folder.
    test_split : float
        The share of the rows that is kept to test, from 0 up and below 1.
    seed : int, optional
        Of the order of the rows, which is another one each time if it is None.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : float arrays
        x of 8 columns; y, a vector, in dollars.

    Raises
    ------
    ConnectionError
        If the file is not there and cannot be downloaded. It says where to put it.
    ValueError
        If an argument is not of its range, or the download not what Keras publishes.

    Examples
    --------
    >>> load_data(version="medium")
    Traceback (most recent call last):
        ...
    ValueError: version must be 'large' or 'small', got 'medium'.
    """
    one_of("version", version, ["large", "small"])
    test_split = share_to_test(test_split)
    x, y = read_arrays(fetch("california_housing.npz", path), "x", "y")
    rows = slice(600 if version == "small" else None)
    return shuffled_and_split(x[rows], y[rows], test_split, seed)
