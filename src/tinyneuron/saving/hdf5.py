"""Reading HDF5 files, through h5py, without believing what they claim."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyneuron._common.arrays import Array


def h5py() -> Any:
    """Return the module h5py, or say how to install it."""
    try:
        import h5py
    except ImportError:
        raise ImportError("Keras' files need h5py: pip install tinyneuron[keras]") from None
    return h5py


def is_hdf5(content: bytes) -> bool:
    """Say whether a file is one of HDF5, by its first bytes."""
    return content.startswith(b"\x89HDF")


def member(file: Any, path: str) -> Any:
    """Return a group or dataset of the very file, following no link out of it, or ``None``."""
    here = file
    for name in path.strip("/").split("/"):
        link = here.get(name, getlink=True)
        if link is None:
            return None
        if not isinstance(link, h5py().HardLink):
            raise ValueError(f"{path!r} is a link to somewhere else")
        here = here[name]
    return here


def numbers(group: Any, name: str, shape: Sequence[int]) -> Array:
    """Read a dataset of this very shape, as large as it claims to be."""
    data = member(group, name)
    if not isinstance(data, h5py().Dataset) or data.dtype.kind not in "fiub":
        raise ValueError(f"{name!r} in {group.name!r} is not an array of numbers")
    if data.shape != tuple(shape):
        raise ValueError(f"{data.name!r} has shape {data.shape}, where {tuple(shape)} is needed")
    if data.chunks is not None:
        raise ValueError(f"{data.name!r} is in chunks or compressed, which Keras never does")
    size = data.dtype.itemsize * math.prod(data.shape)
    if data.external or data.is_virtual or data.id.get_storage_size() < size:
        raise ValueError(f"{data.name!r} claims {size} bytes that the file does not have")
    return np.array(data[()])


def names(group: Any, attribute: str, number: int) -> list[str]:
    """Read an attribute that lists `number` names."""
    shape = group.attrs.get_id(attribute).shape if attribute in group.attrs else (0,)
    if shape != (number,):
        raise ValueError(
            f"{attribute} of {group.name!r} has shape {shape}, where {number} names are needed"
        )
    values = group.attrs[attribute] if number else []
    return [value.decode() if isinstance(value, bytes) else str(value) for value in values]
