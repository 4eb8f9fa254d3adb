"""Texts as lists of numbers, one for each word: what is done with them before they are used."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron._common.arguments import integer
from tinyneuron._common.arrays import Array

Texts = list[list[int]]


class Numbering:
    """How texts are numbered: Keras' arguments, checked, and what each of them does.

    In a file, a word's number is its rank, 1 for the most frequent one.

    Examples
    --------
    >>> numbering = Numbering(num_words=6, skip_top=0, maxlen=None)
    >>> texts = numbering.shifted([[1, 2, 9]])
    >>> texts, numbering.frequent(texts)
    ([[1, 4, 5, 12]], [[1, 4, 5, 2]])
    """

    def __init__(
        self,
        num_words: Any,
        skip_top: Any,
        maxlen: Any,
        start_char: Any = 1,
        oov_char: Any = 2,
        index_from: Any = 3,
    ):
        self.num_words = None if num_words is None else integer("num_words", num_words)
        self.skip_top = integer("skip_top", skip_top, least=0)
        self.maxlen = None if maxlen is None else integer("maxlen", maxlen)
        self.start_char = None if start_char is None else integer("start_char", start_char, least=0)
        self.oov_char = None if oov_char is None else integer("oov_char", oov_char, least=0)
        self.index_from = 0 if index_from is None else integer("index_from", index_from, least=0)

    def shifted(self, texts: Texts) -> Texts:
        """Add `index_from` to each number, and put `start_char` before each text."""
        start = [] if self.start_char is None else [self.start_char]
        first = self.index_from
        return [start + [word + first for word in text] for text in texts]

    def short(self, texts: Texts, labels: Array) -> tuple[Texts, Array]:
        """Keep the texts that are shorter than `maxlen`, and their labels."""
        if self.maxlen is None:
            return texts, labels
        kept = np.array([len(text) < self.maxlen for text in texts], bool)
        if not kept.any():
            raise ValueError(f"maxlen must be larger: no text is shorter than {self.maxlen}.")
        return [text for text, keep in zip(texts, kept, strict=True) if keep], labels[kept]

    def frequent(self, texts: Texts) -> Texts:
        """Replace the numbers that are not from `skip_top` up to below `num_words`.

        `oov_char` takes their place; they are left out if it is None. Without `num_words`, the
        largest number of all is the limit, and is replaced itself, as in Keras.
        """
        least, limit, other = self.skip_top, self.num_words, self.oov_char
        if limit is None:
            limit = max((max(text, default=0) for text in texts), default=0)
        if other is None:
            return [[word for word in text if least <= word < limit] for text in texts]
        return [[word if least <= word < limit else other for word in text] for text in texts]


def as_objects(texts: Texts) -> Array:
    """Return a vector of lists, which NumPy would make a matrix if all are of one length."""
    array = np.empty(len(texts), object)
    for i, text in enumerate(texts):
        array[i] = text
    return array
