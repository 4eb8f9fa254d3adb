"""Saving and loading: which format it is, the file's ending or its first bytes say."""

from __future__ import annotations

import json
import struct
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tinyneuron import layers
from tinyneuron._common.arguments import flag, shown
from tinyneuron._common.arguments import path as as_path
from tinyneuron._common.arrays import Array
from tinyneuron._common.files import replacing
from tinyneuron._common.registry import custom_object_scope
from tinyneuron._common.unknown import says_what_is_taken
from tinyneuron._training.trainer import Trainer
from tinyneuron.saving import foreign, hdf5, keras_files, legacy_files, own_format
from tinyneuron.saving.generations import MODELS, Writer, model_as_today
from tinyneuron.saving.parts import Parts
from tinyneuron.saving.rebuilding import fill


@says_what_is_taken
def save_model(model: Trainer, filepath: Any, overwrite: bool = True) -> None:
    """Write a model to a file: its configuration, weights, and the state of its training.

    The file is written beside its final place and moved there when it is whole: whatever
    interrupts it, the old file or the new one is there.

    Parameters
    ----------
    model : Sequential
        Built.
    filepath : str or path
        Ends in ``.npz``; or in ``.keras`` or ``.h5``, for Keras to read too (writing these needs
        h5py).
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
    path = as_path(filepath)
    if path.suffix == ".keras":
        content = keras_files.model_content(model)
    elif path.suffix in (".h5", ".hdf5") and not path.name.endswith(".weights.h5"):
        content = legacy_files.model_content(model)
    elif path.suffix == ".npz":
        content = own_format.model_content(model)
    else:
        raise ValueError(
            "A model's file ends in '.npz', or '.keras' or '.h5' for Keras to read, got "
            f"{str(path)!r}."
        )
    with replacing(path, flag("overwrite", overwrite)) as file:
        file.write(content)


@says_what_is_taken
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


@says_what_is_taken
def load_model(
    filepath: Any, custom_objects: Mapping[str, type] | None = None, compile: bool = True
) -> Any:
    """Read a model that `save_model` wrote, or any Keras: ``.keras`` and ``.h5``.

    How it was trained is restored as far as the library offers it; what is left out, one warning
    says.

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
    path = as_path(filepath)
    left_out: list[str] = []
    with custom_object_scope(custom_objects), _opened(path) as content:
        if hdf5.is_hdf5(content):
            model, left_out = legacy_files.read_model(content, compile)
        else:
            parts = Parts(content)
            if "config.json" in parts:
                model, left_out = keras_files.read_model(parts, compile)
            else:
                model = own_format.read_model(parts, compile)
    if left_out:
        warnings.warn(
            f"{str(filepath)!r} is open, without {'; '.join(left_out)}.", UserWarning, stacklevel=2
        )
    return model


def model_from_json(json_string: str, custom_objects: Mapping[str, type] | None = None) -> Any:
    """Make the model that `Model.to_json` described, or that of any Keras, with new weights."""
    try:
        config = json.loads(json_string)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"json_string must be what to_json returned: {error}.") from None
    if not isinstance(config, dict) or config.get("class_name") not in MODELS:
        raise ValueError("The JSON does not describe a Sequential or a Functional model.")
    today = model_as_today(config, Writer(config.get("keras_version")))
    with custom_object_scope(custom_objects):
        return layers.deserialize(today)


@says_what_is_taken
def load_weights(model: Trainer, filepath: Any) -> None:
    """Read weights into a built model of the same structure; all of them, or none."""
    _check(model)
    with _opened(as_path(filepath)) as content:
        if hdf5.is_hdf5(content):
            arrays = _weights_of_keras(model, content)
        else:
            parts = Parts(content)
            if "config.json" in parts:
                arrays = _weights_of_keras(model, parts.read("model.weights.h5"))
            else:
                arrays = own_format.read_weights(model, parts)
        fill(model, arrays)


def _weights_of_keras(model: Trainer, content: bytes) -> list[Array]:
    """Read the weights of an HDF5 file in either layout, or of a whole model in one."""
    file = hdf5.opened(content)
    group = hdf5.member(file, "model_weights") or file
    if "layer_names" in group.attrs or "layer_names0" in group.attrs:
        return legacy_files.weights_in(group, model)
    return keras_files.weights_in(file, model)


def _check(model: Any) -> None:
    if not isinstance(model, Trainer):
        raise TypeError(f"model must be a Sequential, got {shown(model)}.")
    if not model.built:
        raise ValueError(
            f"Model {model.name!r} is not built, so it has no weights: call it, or build(...) it, "
            "first."
        )


@contextmanager
def _opened(path: Path) -> Iterator[bytes]:
    """Read a file, and turn whatever damage leads to into a ValueError that names the file."""
    foreign.check_is_there(path)
    foreign.check_folder(path)
    content = path.read_bytes()
    try:
        foreign.check_kind(content)
        yield content
    except ImportError:  # no h5py: not the file's fault
        raise
    except Exception as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        if isinstance(error, struct.error):
            reason = "a part of it is too short"
        reason = reason or f"reading it ends in a {type(error).__name__}"
        raise ValueError(f"Cannot load {str(path)!r}: {reason}") from error
