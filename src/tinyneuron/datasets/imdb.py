"""Reviews of films, good and bad."""

from __future__ import annotations

from typing import Any

from tinyneuron._common.unknown import says_what_is_taken
from tinyneuron.datasets._reading import read_arrays, read_index, read_words
from tinyneuron.datasets._shuffling import TrainAndTest, random_orders
from tinyneuron.datasets._table import fetch
from tinyneuron.datasets._words import Numbering, as_objects

__all__ = ["get_word_index", "load_data"]


@says_what_is_taken
def load_data(
    path: Any = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int | None = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
) -> TrainAndTest:
    """Return 50,000 reviews as lists of numbers, one for each word, and which are favourable.

    The number of a word is its rank among all words, 1 for the most frequent one, and
    `index_from` more. 0 is left to fill texts up with.

    Parameters
    ----------
    path : str
        The file's name in Keras' folder.
    num_words : int, optional
        Numbers from here on are replaced by `oov_char`. By default it is the largest number
        there is, which is then replaced too, as in Keras.
    skip_top : int
        Numbers below it are replaced as well.
    maxlen : int, optional
        Texts of so many numbers or more are left out, as in Keras.
    seed : int, optional
        Of the order of the texts, which is another one each time if it is None.
    start_char : int, optional
        The number before each text; none if it is None.
    oov_char : int, optional
        What replaces numbers; they are left out if it is None.
    index_from : int
        What is added to each rank.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : arrays
        x: 25,000 lists each, in vectors of dtype object. y: 1 for a favourable review, 0 for
        another.

    Raises
    ------
    ConnectionError
        If the file is not there and cannot be downloaded. It says where to put it.
    ValueError
        If an argument is not of its range, no text is short enough, or the download is not
        what Keras publishes.

    Examples
    --------
    >>> load_data(num_words=0)
    Traceback (most recent call last):
        ...
    ValueError: num_words must be a positive integer, got 0.
    """
    numbering = Numbering(num_words, skip_top, maxlen, start_char, oov_char, index_from)
    orders = random_orders(seed)
    file = fetch("imdb.npz", path)
    texts, labels = [], []
    for x, y in zip(
        read_words(file, "x_train", "x_test"), read_arrays(file, "y_train", "y_test"), strict=True
    ):
        order = orders.permutation(len(x))
        shuffled = numbering.shifted([x[i] for i in order])
        short, of_short = numbering.short(shuffled, y[order])
        texts.append(short)
        labels.append(of_short)
    train = len(texts[0])
    frequent = numbering.frequent(texts[0] + texts[1])  # of both, as the limit is of both
    x_train, x_test = as_objects(frequent[:train]), as_objects(frequent[train:])
    return (x_train, labels[0]), (x_test, labels[1])


def get_word_index(path: Any = "imdb_word_index.json") -> dict[str, int]:
    """Return the rank of each word: ``load_data`` adds `index_from` to it.

    To read a text, turn it around: ``{rank + 3: word for word, rank in get_word_index().items()}``,
    where 3 is the default of `index_from`.
    """
    return read_index(fetch("imdb_word_index.json", path))
