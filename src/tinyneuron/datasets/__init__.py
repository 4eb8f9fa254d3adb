"""Data sets to learn from, as Keras offers them: downloaded once, into Keras' own folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyneuron._common.missing import refuse_other_names
from tinyneuron.datasets import (
    boston_housing,
    california_housing,
    fashion_mnist,
    imdb,
    mnist,
    reuters,
)

__all__ = [
    "boston_housing",
    "california_housing",
    "fashion_mnist",
    "imdb",
    "mnist",
    "reuters",
]

if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
