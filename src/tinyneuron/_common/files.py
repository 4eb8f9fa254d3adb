"""Files that are there whole, or not at all."""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextmanager
def replacing(path: str | Path, overwrite: bool = True) -> Iterator[BufferedRandom]:
    """Open a new file that takes the place of `path` at the end of the block.

    It is written beside its place, under a name of its own, and moved there in one step. After
    an error or an interrupt, what was there before is there still, and nothing else; what a
    killed process has left, the next file for the same place removes.

    What a link leads to is replaced, not the link. A file that was there hands on who may read
    it, and stays if it is read-only.

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
    target = Path(os.path.realpath(path))
    taken = ValueError(f"{str(path)!r} is there already, and overwrite is False.")
    if target.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder.")
    if target.exists():
        if not overwrite:
            raise taken
        if not (target.stat().st_mode & 0o222 and os.access(target, os.W_OK)):
            raise PermissionError(f"{str(path)!r} is read-only.")
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"There is no folder {str(target.parent)!r} to save {target.name!r} in."
        )
    _remove_leftovers(target)
    temporary, file = _beside(target)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if fcntl is None:
                file.close()  # Windows does not move an open file
            if target.exists():
                _hand_on_access(target, temporary)
            if overwrite:
                os.replace(temporary, target)
            else:
                os.link(temporary, target)  # which fails if another process was faster
        _sync_folder(target.parent)
    except FileExistsError:
        raise taken from None
    finally:
        temporary.unlink(missing_ok=True)


def _prefix(target: Path) -> str:
    """Return how the names of all unfinished files for this place begin, however long its own."""
    return f".{zlib.crc32(os.fsencode(target.name)):08x}-"


def _beside(target: Path) -> tuple[Path, BufferedRandom]:
    """Make a new file next to `target`, locked for as long as it is open."""
    while True:
        temporary = target.with_name(_prefix(target) + os.urandom(8).hex())
        file = open(temporary, "x+b")  # noqa: SIM115
        if fcntl is None:
            return temporary, file
        with suppress(OSError):  # a file system without locks
            fcntl.flock(file, fcntl.LOCK_EX)
        if temporary.exists():  # no other process took it for a leftover before it was locked
            return temporary, file
        file.close()


def _remove_leftovers(target: Path) -> None:
    """Remove the unfinished files of writers that have died: nobody has them locked."""
    if fcntl is None:
        return
    for leftover in target.parent.glob(f"{_prefix(target)}{'[0-9a-f]' * 16}"):
        with suppress(OSError), open(leftover, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            leftover.unlink()


def _hand_on_access(old: Path, new: Path) -> None:
    """Let the same people read a file that could read another."""
    if hasattr(os, "chown"):
        with suppress(OSError):  # only root may give a file away
            os.chown(new, old.stat().st_uid, old.stat().st_gid)
    shutil.copymode(old, new)


def _sync_folder(folder: Path) -> None:
    """Write to disk that a file has a new name, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
