"""The data sets of made files: the same arrays as Keras returns, whatever the arguments."""

import importlib
import itertools
import warnings
from pathlib import Path

import numpy as np
import pytest

from tinyneuron import datasets
from tinyneuron.datasets import _table

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import keras

NAMES = ["boston_housing", "california_housing", "fashion_mnist", "imdb", "mnist", "reuters"]
REAL = _table.FILES


pytestmark = pytest.mark.usefixtures("made_data_sets")


def assert_same(name, **arguments):
    ours = getattr(datasets, name).load_data(**arguments)
    theirs = getattr(keras.datasets, name).load_data(**arguments)
    for our_part, their_part in zip(ours, theirs, strict=True):
        for our, their in zip(our_part, their_part, strict=True):
            assert our.dtype == their.dtype
            if our.dtype == object:  # which Keras makes a matrix if all texts have one length
                assert our.tolist() == their.tolist()
            else:
                np.testing.assert_array_equal(our, their, strict=True)


@pytest.mark.parametrize("name", NAMES)
def test_the_defaults(name):
    assert_same(name)


@pytest.mark.parametrize("test_split", [0, 0.1, 0.2, 1 / 3, 0.9, 0.999])
@pytest.mark.parametrize("seed", [0, 113, 2**32 - 1])
def test_splits_and_seeds(test_split, seed):
    assert_same("boston_housing", test_split=test_split, seed=seed)
    for version in ("large", "small"):
        assert_same("california_housing", version=version, test_split=test_split, seed=seed)
    assert_same("reuters", test_split=test_split, seed=seed)


GRID = {
    "num_words": [None, 1, 20, 1000],
    "skip_top": [0, 2, 25],
    "maxlen": [None, 17],
    "start_char": [None, 0, 1, 7],
    "oov_char": [None, 2, 400],
    "index_from": [0, 3, 10],
    "seed": [5],
}


@pytest.mark.parametrize("name", ["imdb", "reuters"])
def test_all_arguments_of_the_texts(name):
    for values in itertools.product(*GRID.values()):
        assert_same(name, **dict(zip(GRID, values, strict=True)))


@pytest.mark.parametrize("name", ["imdb", "reuters"])
def test_the_indices_of_words(name):
    ours, theirs = getattr(datasets, name), getattr(keras.datasets, name)
    assert ours.get_word_index() == theirs.get_word_index()


def test_the_names_of_topics():
    assert datasets.reuters.get_label_names() == keras.datasets.reuters.get_label_names()


def test_the_table_is_keras_own():
    """Addresses, hashes and folders stand in Keras' source."""
    source = "".join(
        Path(importlib.import_module(f"keras.src.datasets.{name}").__file__).read_text("utf-8")
        for name in NAMES
    )
    assert f'"{_table.BASE}"' in source
    for name, (_, digest, folder) in REAL.items():
        assert f'"{name}"' in source or f"{{origin_folder}}{name}" in source
        assert digest is None or f'"{digest}"' in source
        assert folder == "datasets" or f'"{folder.split("/")[1]}"' in source
