"""What the files hold: arrays, and lists of word numbers. Nothing in a file is executed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tinyneuron._common.arrays import Array

_LARGEST = 2**28  # bytes that a file's part may unpack to; the largest ones unpack to a tenth


@contextmanager
def _refusing(path: str) -> Iterator[None]:
    """Turn whatever a damaged file leads to into a ValueError that names the file."""
    try:
        yield
    except Exception as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else error
        raise ValueError(
            f"Cannot read {path!r}: {what}. Remove it, and it is downloaded again."
        ) from error


def read_arrays(path: str, *names: str) -> list[Array]:
    """Return the arrays of numbers that a ``.npz`` file has under these names."""
    with _refusing(path), np.load(path, allow_pickle=False) as file:
        arrays = [file[name] for name in names]
        if not all(isinstance(array, np.ndarray) for array in arrays):  # bytes of something else
            raise ValueError(f"it holds other things than arrays under {', '.join(names)}")
    return arrays


def read_words(path: str, *names: str) -> list[list[list[int]]]:
    """Return the lists of word numbers that a ``.npz`` file has under these names.

    NumPy writes arrays of lists as pickles, and a pickle can name any function to call. This one
    is read by an unpickler that knows three names, `_Array` and its kin below, and no other.
    """
    import io
    import zipfile

    words = []
    with _refusing(path), zipfile.ZipFile(path) as archive:
        for name in names:
            part = archive.getinfo(f"{name}.npy")
            if part.file_size > _LARGEST:
                raise ValueError(f"{name!r} unpacks to {part.file_size} bytes")
            words.append(_lists_of(io.BytesIO(archive.read(part))))
    return words


def _lists_of(file: Any) -> list[list[int]]:
    """Read a ``.npy`` file of an array of lists of integers."""
    header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }[np.lib.format.read_magic(file)]
    shape, _, dtype = header(file)
    if dtype.kind != "O":
        raise ValueError(f"it holds numbers of dtype {dtype}, not lists")
    lists = _unpickled_lists(file)
    if shape != (len(lists),) or sum(map(len, lists)) > len(file.getbuffer()):
        raise ValueError(f"it does not hold {shape} lists")
    if not all(set(map(type, numbers)) <= {int} for numbers in lists):
        raise ValueError("it holds other things than integers")
    return lists


class _Array:
    """What a pickle makes instead of an ndarray: the list of the array's elements."""

    elements: Any = None

    def __init__(self, kind: str, shape: tuple[int, ...], code: bytes | str):
        """Take the place of ``_reconstruct(ndarray, (0,), b"b")``: an array to be filled."""

    def __setstate__(self, state: Any) -> None:
        """Take the elements from ``(version, shape, dtype, in Fortran's order, elements)``."""
        self.elements = state[4]


class _Dtype:
    """What a pickle makes instead of a dtype, which can only be that of objects."""

    def __init__(self, code: str, align: bool, copy: bool):
        """Take the place of ``dtype("O8", False, True)``."""

    def __setstate__(self, state: Any) -> None:
        """Leave out the byte order."""


_NAMES = {
    ("numpy", "ndarray"): "ndarray",
    ("numpy", "dtype"): _Dtype,
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy._core.multiarray", "_reconstruct"): _Array,
}


def _unpickled_lists(file: Any) -> list[list[int]]:
    import pickle

    class Unpickler(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            if (module, name) not in _NAMES:
                raise ValueError(f"it asks for {module}.{name}, which is none of an array's parts")
            return _NAMES[module, name]

    array = Unpickler(file).load()
    lists = array.elements if type(array) is _Array else None
    if type(lists) is not list or not set(map(type, lists)) <= {list}:
        raise ValueError("it holds no lists")
    return lists


def read_idx(path: str, shape: tuple[int, ...]) -> Array:
    """Return the bytes of a gzipped IDX file, which must be of this shape.

    The format is that of http://yann.lecun.com/exdb/mnist: the bytes 0, 0, 8 (unsigned bytes)
    and the number of axes; the size of each as four bytes, the highest first; then the data.
    """
    import gzip

    header = np.array([0x800 + len(shape), *shape], ">u4").tobytes()
    size = int(np.prod(shape))
    with _refusing(path), gzip.open(path) as file:
        if file.read(len(header)) != header:
            raise ValueError(f"it does not start as an IDX file of bytes of shape {shape} does")
        data = file.read(size + 1)
        if len(data) != size:
            raise ValueError(f"it does not hold the {size} bytes of its shape {shape}")
    return np.frombuffer(bytearray(data), np.uint8).reshape(shape)


def read_index(path: str) -> dict[str, int]:
    """Return the words of a JSON file, each with its number."""
    import json

    with _refusing(path), open(path, encoding="utf-8") as file:
        index = json.load(file)
        if not isinstance(index, dict) or not set(map(type, index.values())) <= {int}:
            raise ValueError("it is no table of words and their numbers")
    return index
