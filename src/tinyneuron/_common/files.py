"""Files that are there whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedRandom


@contextmanager
def replacing(path: str) -> Iterator[BufferedRandom]:
    """Open a new file that takes the place of `path` at the end of the block.

    It is written beside its place, under a name of its own, and moved there in one step. After
    an error or an interrupt, what was there before is there still, and nothing else.

    Examples
    --------
    >>> import tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "note.txt")
    >>> with replacing(path) as file:
    ...     file.write(b"whole")
    5
    >>> os.listdir(os.path.dirname(path))
    ['note.txt']
    """
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.urandom(4).hex()}")
    try:
        with open(temporary, "x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise
