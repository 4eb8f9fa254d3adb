"""Saving and loading: which format it is, the file's ending or its first bytes say."""

from __future__ import annotations

import io
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tinyneuron._common.arguments import flag, shown
from tinyneuron._common.arguments import path as as_path
from tinyneuron._common.files import replacing
from tinyneuron._common.registry import custom_object_scope
from tinyneuron._training.trainer import Trainer
from tinyneuron.layers import Layer
from tinyneuron.saving import hdf5, keras_files, own_format
from tinyneuron.saving.rebuilding import fill


def save_model(model: Trainer, filepath: Any, overwrite: bool = True) -> None:
    """Write a model to a file: its configuration, weights, and the state of its training.

    The file is written beside its final place and moved there when it is whole: whatever
    interrupts it, the old file or the new one is there.

    Parameters
    ----------
    model : Sequential
        Built.
    filepath : str or path
        Ends in ``.npz``; or in ``.keras``, for Keras to read too (writing it needs h5py).
    overwrite : bool
        Whether a file that is there may be replaced.

    Examples
    --------
    >>> import tempfile
    >>> from tinyneuron import Sequential
    >>> from tinyneuron.layers import Dense, Input
    >>> model = Sequential([Input((2,)), Dense(1)])
    >>> path = tempfile.mkdtemp() + "/model.npz"
    >>> save_model(model, path)
    >>> bool((load_model(path).get_weights()[0] == model.get_weights()[0]).all())
    True
    """
    _check(model)
    _check_that_none_comes_twice(model)
    path = as_path(filepath)
    if path.suffix == ".keras":
        content = keras_files.model_content(model)
    elif path.suffix == ".npz":
        content = own_format.model_content(model)
    else:
        raise ValueError(
            f"A model's file ends in '.npz', or '.keras' for Keras to read, got {str(path)!r}."
        )
    with replacing(path, flag("overwrite", overwrite)) as file:
        file.write(content)


def save_weights(model: Trainer, filepath: Any, overwrite: bool = True) -> None:
    """Write the weights alone, to a file that ends in ``.npz`` or ``.weights.h5``."""
    _check(model)
    path = as_path(filepath)
    if path.name.endswith(".weights.h5"):
        content = keras_files.weights_content(model)
    elif path.suffix == ".npz":
        content = own_format.weights_content(model)
    else:
        raise ValueError(
            "A file of weights ends in '.npz', or '.weights.h5' for Keras to read, got "
            f"{str(path)!r}."
        )
    with replacing(path, flag("overwrite", overwrite)) as file:
        file.write(content)


def load_model(
    filepath: Any, custom_objects: Mapping[str, type] | None = None, compile: bool = True
) -> Any:
    """Read a model that `save_model` wrote.

    Parameters
    ----------
    filepath : str or path
    custom_objects : dict of str to class, optional
        Your own classes by the names that the file has for them.
    compile : bool
        Whether to restore how it was trained too, so that training goes on as if uninterrupted.

    Returns
    -------
    Sequential

    Raises
    ------
    ValueError
        If the file is damaged, or holds what the library does not offer.
    """
    content = as_path(filepath).read_bytes()
    with custom_object_scope(custom_objects), _refusing(filepath):
        if hdf5.is_hdf5(content):
            return keras_files.read_legacy_model(content, compile)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "config.json" in archive.namelist():
                return keras_files.read_model(archive, compile)
            return own_format.read_model(archive, compile)


def load_weights(model: Trainer, filepath: Any) -> None:
    """Read weights into a built model of the same structure; all of them, or none."""
    _check(model)
    content = as_path(filepath).read_bytes()
    with _refusing(filepath):
        if hdf5.is_hdf5(content):
            arrays = keras_files.read_weights(model, content)
        else:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                arrays = own_format.read_weights(model, archive)
        fill(model, arrays)


def _check(model: Any) -> None:
    if not isinstance(model, Trainer):
        raise TypeError(f"model must be a Sequential, got {shown(model)}.")
    if not model.built:
        raise ValueError(
            f"Model {model.name!r} is not built, so it has no weights: call it, or build(...) it, "
            "first."
        )


def _check_that_none_comes_twice(model: Trainer) -> None:
    """Refuse a layer that two nested models share: a file would make two of it."""
    times = Counter(_listed(model))
    for layer in times:
        if times[layer] > 1:
            raise ValueError(
                f"Layer {layer.name!r} stands in model {model.name!r} {times[layer]} times, and a "
                "file would make as many layers of it. save_weights can save its weights."
            )


def _listed(model: Layer) -> Iterator[Layer]:
    """Yield the layers of a model and of the models in it, as often as they stand there."""
    for layer in model._own_layers() if isinstance(model, Trainer) else ():
        yield layer
        yield from _listed(layer)


@contextmanager
def _refusing(filepath: Any) -> Iterator[None]:
    """Turn whatever a damaged file leads to into a ValueError that names the file."""
    try:
        yield
    except ImportError:  # no h5py: not the file's fault
        raise
    except Exception as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        if isinstance(error, struct.error):
            reason = "a part of it is too short"
        reason = reason or f"reading it ends in a {type(error).__name__}"
        raise ValueError(f"Cannot load {str(filepath)!r}: {reason}") from error
