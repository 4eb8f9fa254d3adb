"""Writing HDF5 files, with h5py: arrays with their checksums, and lists of names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tinyneuron.saving.hdf5 import CHECKSUM, checksum

_MOST_BYTES = 64000  # of an attribute; HDF5 takes 64 KB


def h5py() -> Any:
    """Return the module h5py, which writes files, or say how to install it."""
    try:
        import h5py
    except ImportError:
        raise ImportError("Keras' files need h5py: pip install h5py") from None
    return h5py


def write_numbers(group: Any, name: str, array: Any) -> None:
    """Write an array with a checksum, which Keras does not look at."""
    array = np.asarray(array)
    data = group.create_dataset(name, data=array)
    what = f"{array.dtype.str} {array.shape}"
    data.attrs[CHECKSUM] = np.uint32(checksum(data.name, what, array.tobytes()))


def write_texts(file: Any, texts: Mapping[str, str]) -> None:
    """Write texts as attributes, with a checksum of all together."""
    file.attrs.update(texts)
    file.attrs[CHECKSUM] = np.uint32(checksum(file.name, "".join(texts.values())))


def write_names(group: Any, attribute: str, values: Sequence[str]) -> None:
    """Write an attribute that lists names, in pieces that HDF5 takes."""
    group.attrs[CHECKSUM] = np.uint32(checksum(group.name, " ".join(values)))
    encoded = [value.encode() for value in values]
    longest = max(map(len, encoded), default=1)
    at_once = max(1, _MOST_BYTES // longest)
    if len(encoded) <= at_once:
        group.attrs[attribute] = np.array(encoded, dtype=f"S{longest}")
        return
    for i, start in enumerate(range(0, len(encoded), at_once)):
        piece = encoded[start : start + at_once]
        group.attrs[f"{attribute}{i}"] = np.array(piece, dtype=f"S{longest}")
