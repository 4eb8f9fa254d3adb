"""Fashion-MNIST: 70,000 pieces of clothing, in the form of MNIST."""

from __future__ import annotations

from tinyneuron._common.arrays import Array
from tinyneuron.datasets._reading import read_idx
from tinyneuron.datasets._shuffling import TrainAndTest
from tinyneuron.datasets._table import fetch

__all__ = ["load_data"]


def load_data() -> TrainAndTest:
    """Return pictures of clothing, and of which of ten kinds each is.

    The kinds, from 0 to 9: T-shirt or top, trouser, pullover, dress, coat, sandal, shirt,
    sneaker, bag, ankle boot.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : uint8 arrays
        x of shapes (60000, 28, 28) and (10000, 28, 28), from 0 to 255; y of shapes (60000,) and
        (10000,), from 0 to 9.

    Raises
    ------
    ConnectionError
        If a file is not there and cannot be downloaded. It says where to put it.
    ValueError
        If a file has not the size, the shape or the labels of Fashion-MNIST. Keras publishes no
        hash of these files.

    Notes
    -----
    By Zalando SE, https://github.com/zalandoresearch/fashion-mnist; under the MIT license.
    """
    return _pictures("train", 60_000), _pictures("t10k", 10_000)


def _pictures(part: str, number: int) -> tuple[Array, Array]:
    labels_file = fetch(f"{part}-labels-idx1-ubyte.gz")
    labels = read_idx(labels_file, (number,))
    if labels.max() > 9:
        raise ValueError(f"{labels_file!r} has labels up to {labels.max()}; they end at 9.")
    return read_idx(fetch(f"{part}-images-idx3-ubyte.gz"), (number, 28, 28)), labels
