"""The files of the data sets: where each is, how long it is, and the hash that Keras publishes."""

from __future__ import annotations

import os
from typing import Any

BASE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

# name: (bytes, hash, folder in Keras' own). Keras publishes no hash of Fashion-MNIST.
FILES: dict[str, tuple[int, str | None, str]] = {
    "mnist.npz": (
        11_490_434,
        "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        "datasets",
    ),
    "train-images-idx3-ubyte.gz": (26_421_880, None, "datasets/fashion-mnist"),
    "train-labels-idx1-ubyte.gz": (29_515, None, "datasets/fashion-mnist"),
    "t10k-images-idx3-ubyte.gz": (4_422_102, None, "datasets/fashion-mnist"),
    "t10k-labels-idx1-ubyte.gz": (5_148, None, "datasets/fashion-mnist"),
    "boston_housing.npz": (
        57_026,
        "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
        "datasets",
    ),
    "california_housing.npz": (
        743_530,
        "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
        "datasets",
    ),
    "imdb.npz": (
        17_464_789,
        "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
        "datasets",
    ),
    "imdb_word_index.json": (1_641_221, "bfafd718b763782e994055a2d397834f", "datasets"),
    "reuters.npz": (
        2_110_848,
        "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",
        "datasets",
    ),
    "reuters_word_index.json": (550_378, "4d44cc38712099c9e383dc6e5f11a921", "datasets"),
}


def fetch(file: str, path: Any = None) -> str:
    """Return the path of one of the files in the cache, where it may have another name."""
    from tinyneuron import _download  # imports much

    size, file_hash, folder = FILES[file]
    return _download.cached(
        file if path is None else path,
        BASE + file,
        os.path.join(_download.keras_home(), *folder.split("/")),
        _download.as_expected(file_hash, "auto", size),
    )
