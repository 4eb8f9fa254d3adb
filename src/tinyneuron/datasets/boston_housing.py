"""Prices of houses around Boston in the 1970s."""

from __future__ import annotations

from typing import Any

from tinyneuron.datasets._reading import read_arrays
from tinyneuron.datasets._shuffling import TrainAndTest, share_to_test, shuffled_and_split
from tinyneuron.datasets._table import fetch

__all__ = ["load_data"]


def load_data(
    path: Any = "boston_housing.npz", test_split: float = 0.2, seed: int | None = 113
) -> TrainAndTest:
    """Return 506 neighbourhoods of Boston, and the median price of a house in each.

    One of the columns was made on the assumption that people prefer neighbours of their own
    skin colour. Take `california_housing` to learn regression.

    Parameters
    ----------
    path : str
        The file's name in Keras' folder.
    test_split : float
        The share of the rows that is kept to test, from 0 up and below 1.
    seed : int, optional
        Of the order of the rows, which is another one each time if it is None.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : float64 arrays
        x of 13 columns; y, a vector, in thousands of dollars.

    Raises
    ------
    ConnectionError
        If the file is not there and cannot be downloaded. It says where to put it.
    ValueError
        If an argument is not of its range, or the download not what Keras publishes.

    Examples
    --------
    >>> load_data(test_split=20)
    Traceback (most recent call last):
        ...
    ValueError: test_split must be a number from 0 up and below 1, got 20.
    """
    test_split = share_to_test(test_split)
    x, y = read_arrays(fetch("boston_housing.npz", path), "x", "y")
    return shuffled_and_split(x, y, test_split, seed)
