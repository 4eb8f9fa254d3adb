"""News of an agency from 1987, by topic."""

from __future__ import annotations

from typing import Any

from tinyneuron._common.unknown import says_what_is_taken
from tinyneuron.datasets._reading import read_arrays, read_index, read_words
from tinyneuron.datasets._shuffling import TrainAndTest, random_orders, share_to_test
from tinyneuron.datasets._table import fetch
from tinyneuron.datasets._words import Numbering, as_objects

__all__ = ["get_label_names", "get_word_index", "load_data"]

_TOPICS = """
    cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship
    cotton carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin
    strategic-metal livestock retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem
    dlr gas silver wpi hog lead
"""


@says_what_is_taken
def load_data(
    path: Any = "reuters.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int | None = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
) -> TrainAndTest:
    """Return 11,228 news as lists of numbers, one for each word, and which topic each has.

    The arguments are those of `imdb.load_data`, and `test_split`.

    Parameters
    ----------
    path : str
        The file's name in Keras' folder.
    num_words, skip_top, maxlen, seed, start_char, oov_char, index_from
        As in `imdb.load_data`.
    test_split : float
        The share of the texts that is kept to test, from 0 up and below 1.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : arrays
        x: lists, in vectors of dtype object. y: topics from 0 to 45, whose names
        `get_label_names` has.

    Raises
    ------
    ConnectionError
        If the file is not there and cannot be downloaded. It says where to put it.
    ValueError
        If an argument is not of its range, no text is short enough, or the download is not
        what Keras publishes.

    Examples
    --------
    >>> load_data(skip_top=-1)
    Traceback (most recent call last):
        ...
    ValueError: skip_top must be an integer from 0 up, got -1.
    """
    numbering = Numbering(num_words, skip_top, maxlen, start_char, oov_char, index_from)
    test_split = share_to_test(test_split)
    orders = random_orders(seed)
    file = fetch("reuters.npz", path)
    [x], [y] = read_words(file, "x"), read_arrays(file, "y")
    order = orders.permutation(len(x))
    texts, labels = numbering.short(numbering.shifted([x[i] for i in order]), y[order])
    texts = numbering.frequent(texts)
    train = int(len(texts) * (1 - test_split))
    x_train, x_test = as_objects(texts[:train]), as_objects(texts[train:])
    return (x_train, labels[:train]), (x_test, labels[train:])


def get_word_index(path: Any = "reuters_word_index.json") -> dict[str, int]:
    """Return the rank of each word: ``load_data`` adds `index_from` to it."""
    return read_index(fetch("reuters_word_index.json", path))


def get_label_names() -> tuple[str, ...]:
    """Return the names of the 46 topics, in the order of their numbers.

    >>> get_label_names()[3], len(get_label_names())
    ('earn', 46)
    """
    return tuple(_TOPICS.split())
