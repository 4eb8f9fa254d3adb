"""Files damaged as a disk or a download damages them, outside the numbers of their arrays.

A number of an array can become another number, and nobody can tell; everything else is either
refused with a ValueError, or was of no importance.
"""

import io

import numpy as np


def array_bytes(content):
    """Return the places in an HDF5 file that hold the numbers of arrays."""
    import h5py

    taken = np.zeros(len(content), bool)

    def mark(_, item):
        if isinstance(item, h5py.Dataset) and item.id.get_offset() is not None:
            start = item.id.get_offset()
            taken[start : start + item.id.get_storage_size()] = True

    with h5py.File(io.BytesIO(content), "r") as file:
        file.visititems(mark)
    return taken


def damaged(content, number, rng):
    """Yield copies of a file: cut off, with bytes changed, with a stretch of zeros."""
    spared = np.zeros(len(content), bool)
    if content.startswith(b"\x89HDF"):
        spared = array_bytes(content)
    places = np.flatnonzero(~spared)
    for i in range(number):
        copy = np.frombuffer(content, np.uint8).copy()
        if i % 5 == 0:
            yield copy[: rng.integers(0, len(copy))].tobytes()
            continue
        start = places[rng.integers(len(places))]
        end = start + int(rng.integers(1, 2 if i % 5 < 3 else 200))
        hit = np.arange(start, min(end, len(copy)))
        hit = hit[~spared[hit]]
        copy[hit] = 0 if i % 5 == 3 else rng.integers(0, 256, len(hit), dtype=np.uint8)
        yield copy.tobytes()
