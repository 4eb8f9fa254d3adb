"""The parts of a zip, read when they are asked for; and JSON, unless it would fill the memory."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from tinyneuron._common.arguments import shown
from tinyneuron.saving import foreign

# What may stand in a file however short it is; a longer one may hold more.
_PARTS, _PARTS_PER_BYTE = 10_000, 1 / 250
_MEMORY, _MEMORY_PER_BYTE = 2**25, 3


class Parts:
    """The parts of a zip by name: none compressed, none twice, none within another."""

    def __init__(self, content: bytes):
        number = content.count(b"PK\1\2")  # the entries of its directory
        if number > _PARTS + _PARTS_PER_BYTE * len(content):
            raise ValueError(f"it lists {number} parts, of which it can hold few")
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        foreign.check_parts(self._archive.namelist())
        parts = sorted(self._archive.infolist(), key=lambda part: part.header_offset)
        self.sizes = {part.filename: part.file_size for part in parts}
        ends = [*(part.header_offset for part in parts), self._archive.start_dir][1:]
        for part, end in zip(parts, ends, strict=True):
            if part.compress_type != zipfile.ZIP_STORED or part.file_size != part.compress_size:
                raise ValueError(f"{part.filename!r} is compressed, which a model's file never is")
            if part.header_offset + 30 + len(part.orig_filename) + part.file_size > end:
                raise ValueError(f"{part.filename!r} reaches into the next part")
        if len(self.sizes) != len(parts):
            raise ValueError("it has two parts of one name")

    def __contains__(self, name: str) -> bool:
        return name in self.sizes

    def read(self, name: str) -> bytes:
        """Return the bytes of a part, if they fit its checksum."""
        if name not in self.sizes:
            raise ValueError(f"{name} is missing")
        return self._archive.read(name)

    def described(self, name: str) -> dict[str, Any]:
        """Return what a part of JSON describes."""
        return parsed(self.read(name))


def parsed(text: bytes | str) -> dict[str, Any]:
    """Return what JSON describes, unless that takes far more memory than a model's description.

    ``{},{},{}`` takes some forty times its length, and would take it before anyone can look.
    """
    pieces = {"{": 240, "[": 64, ",": 40, "\\u": 50}  # bytes that each may take
    encoded = text.encode() if isinstance(text, str) else text
    memory = sum(encoded.count(piece.encode()) * size for piece, size in pieces.items())
    if memory > _MEMORY + _MEMORY_PER_BYTE * len(encoded):
        raise ValueError("its description is not that of a model: it would fill the memory")
    description = json.loads(text)
    if not isinstance(description, dict):
        raise ValueError(f"its description is not that of a model: {shown(description)}")
    return description
