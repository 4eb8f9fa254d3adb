"""MNIST: 70,000 handwritten digits."""

from __future__ import annotations

from typing import Any

from tinyneuron.datasets._reading import read_arrays
from tinyneuron.datasets._shuffling import TrainAndTest
from tinyneuron.datasets._table import fetch

__all__ = ["load_data"]


def load_data(path: Any = "mnist.npz") -> TrainAndTest:
    """Return pictures of handwritten digits, and which digits they are.

    Parameters
    ----------
    path : str
        The file's name in Keras' folder.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : uint8 arrays
        x of shapes (60000, 28, 28) and (10000, 28, 28), from 0 (paper) to 255 (ink); y of shapes
        (60000,) and (10000,), from 0 to 9. Divide x by 255 before training.

    Raises
    ------
    ConnectionError
        If the file is not there and cannot be downloaded. It says where to put it.
    ValueError
        If what was downloaded has not the hash that Keras publishes.

    Notes
    -----
    By Yann LeCun and Corinna Cortes, from data of NIST; under CC BY-SA 3.0.

    Examples
    --------
    >>> load_data("folder/mnist.npz")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: The file's name must be one without folders, got 'folder/mnist.npz'. ...
    """
    file = fetch("mnist.npz", path)
    x_train, y_train, x_test, y_test = read_arrays(file, "x_train", "y_train", "x_test", "y_test")
    return (x_train, y_train), (x_test, y_test)
