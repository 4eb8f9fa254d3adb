"""Writing a file so that the old one or the new one is there, whatever happens meanwhile."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tinyneuron._common.arguments import flag


def write(path: Path, content: bytes, overwrite: bool) -> None:
    """Make `path` a file that holds `content`: all of it, or nothing has changed.

    It is written beside its place and moved there when it is whole. What a link leads to is
    replaced, not the link, and a file that was there hands on who may read it.
    """
    target = Path(os.path.realpath(path))
    target, overwrite = Path(os.path.realpath(path)), flag("overwrite", overwrite)
    taken = ValueError(f"{str(path)!r} is there already, and overwrite is False.")
    if target.exists() and not overwrite:
        raise taken
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"There is no folder {str(path.parent)!r} to save {path.name!r} in."
        )
    temporary = target.with_name(f".{os.urandom(8).hex()}")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        if overwrite:
            os.replace(temporary, target)
        else:
            os.link(temporary, target)  # which fails if another process was faster
    except FileExistsError:
        raise taken from None
    finally:
        temporary.unlink(missing_ok=True)
