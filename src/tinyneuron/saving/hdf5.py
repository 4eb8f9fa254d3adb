"""Reading HDF5 files, through h5py, without believing what they claim."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyneuron._common.arrays import Array

_MOST_NAMES = 2**16  # in one attribute of a file, which has 64 KB for it
_MOST_BYTES = 64000


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


def names(group: Any, attribute: str) -> list[str]:
    """Read an attribute that lists names; a long list is cut into ``attribute0``, ``1`` ..."""
    if attribute not in group.attrs and f"{attribute}0" in group.attrs:
        pieces = itertools.takewhile(
            lambda piece: piece in group.attrs, (f"{attribute}{i}" for i in itertools.count())
        )
        return [name for piece in pieces for name in names(group, piece)]
    shape = group.attrs.get_id(attribute).shape if attribute in group.attrs else None
    if shape is None or len(shape) != 1 or shape[0] > _MOST_NAMES:
        raise ValueError(f"{attribute} of {group.name!r} is not a list of names")
    values = group.attrs[attribute] if shape[0] else []
    return [value.decode() if isinstance(value, bytes) else str(value) for value in values]


def write_names(group: Any, attribute: str, values: Sequence[str]) -> None:
    """Write an attribute that lists names, in pieces that HDF5 takes."""
    encoded = [value.encode() for value in values]
    longest = max(map(len, encoded), default=1)
    at_once = max(1, _MOST_BYTES // longest)
    if len(encoded) <= at_once:
        group.attrs[attribute] = np.array(encoded, dtype=f"S{longest}")
        return
    for i, start in enumerate(range(0, len(encoded), at_once)):
        piece = encoded[start : start + at_once]
        group.attrs[f"{attribute}{i}"] = np.array(piece, dtype=f"S{longest}")
