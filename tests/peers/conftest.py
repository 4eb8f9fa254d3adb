"""These tests need Keras 3 on JAX, and are not collected without them: pip install keras jax."""

import functools
import importlib.util
import os
import sys
from pathlib import Path

import pytest

from tinyneuron import datasets
from tinyneuron.datasets import _table

sys.path.insert(0, str(Path(__file__).parents[1]))
import made_datasets

os.environ.setdefault("KERAS_BACKEND", "jax")
peers = ("keras", "jax", "h5py")
collect_ignore_glob = ["scripts/*"]
if not all(map(importlib.util.find_spec, peers)):
    collect_ignore_glob.append("test_*.py")


@pytest.fixture
def made_data_sets(tmp_path_factory, monkeypatch):
    """Let both find made files. Keras has the hashes of the real ones, so it is given the paths."""
    home = tmp_path_factory.mktemp("home")
    files = _files()
    made_datasets.put(files, home)
    monkeypatch.setenv("KERAS_HOME", str(home))
    monkeypatch.setattr(_table, "FILES", made_datasets.table_of(files))
    for name in datasets.__all__:
        module = importlib.import_module(f"keras.src.datasets.{name}")
        monkeypatch.setattr(
            module,
            "get_file",
            lambda fname, cache_subdir="datasets", **_: str(home / cache_subdir / fname),
        )


@functools.cache
def _files():
    return made_datasets.made_files()
