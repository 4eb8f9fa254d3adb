"""Reading HDF5 files as Keras writes them, believing nothing that they claim.

A file of HDF5 is a graph of blocks that name each other's addresses. The HDF5 library follows
whatever a damaged file says: in circles, or into gigabytes. Keras needs little of what HDF5 can do,
and always in its oldest form, which is read here: a superblock of version 0; groups whose members
are listed in a B-tree with a heap for their names; datasets in one piece; attributes of numbers and
strings. All else is refused, and no more bytes are read than the file has, counted as often as they
are read: what many links lead to is not read many times. Numbers that go with a checksum are
compared with it.

Source: HDF5 File Format Specification, version 3.0, The HDF Group.
"""

from __future__ import annotations

import itertools
import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tinyneuron._common.arrays import Array

_NOWHERE = 2**64 - 1  # the address of what was never written, and of what is in another place
_SOFT_LINK = 2  # the kind of an entry of a group that is no object, but a path to one

# Of a header's messages, these are read or refused.
_DATASPACE, _DATATYPE, _EXTERNAL, _LAYOUT, _FILTERS, _ATTRIBUTE = 0x1, 0x3, 0x7, 0x8, 0xB, 0xC
_CONTINUATION, _SYMBOL_TABLE = 0x10, 0x11
_LINK, _MANY_LINKS, _MANY_ATTRIBUTES = 0x6, 0x2, 0x15  # in a group with a name beyond ASCII

# Where sign, exponent and mantissa stand in a float of so many bytes.
_IEEE = {
    2: (0, 16, 10, 5, 0, 10, 15),
    4: (0, 32, 23, 8, 0, 23, 127),
    8: (0, 64, 52, 11, 0, 52, 1023),
}

CHECKSUM = "checksum"  # the attribute that a dataset, a list of names or the texts have for it
_MOST_NAMES = 50_000  # in a list: a model has far fewer layers and weights
_MOST_MESSAGES = 2_000  # in a header; Keras writes ten, and one more for each 64 kB of names


def is_hdf5(content: bytes) -> bool:
    """Say whether a file is one of HDF5, by its first bytes."""
    return content.startswith(b"\x89HDF")


def checksum(name: str, what: str, data: bytes | memoryview = b"") -> int:
    """Return the checksum of what stands in a place: a text, or the type and bytes of numbers."""
    return zlib.crc32(data, zlib.crc32(f"{name}: {what}".encode()))


def opened(content: bytes) -> Member:
    """Return the root group of a file."""
    file = File(content)
    version, sizes = content[8], content[13:15]
    if version != 0 or sizes != b"\x08\x08":
        raise ValueError(f"it is HDF5 in another form (superblock {version}) than Keras writes")
    base, _, end, _, _, root = struct.unpack("<6Q", file.take(24, 48))
    if base or end > len(content):
        raise ValueError("it is HDF5, and not whole")
    file.root = file.member_at(root, "/")
    return file.root


def member(group: Member, path: str) -> Any:
    """Return the group or dataset at `path`, from `group` or with a first ``/`` from the root.

    It is ``None`` if nothing is there.
    """
    here = group.file.root if path.startswith("/") else group
    for name in path.strip("/").split("/"):
        if name not in here.links:
            return None
        path = f"{here.name.rstrip('/')}/{name}"
        if here.links[name] == _NOWHERE:
            raise ValueError(f"{path!r} is a link to somewhere else")
        here = here.file.member_at(here.links[name], path)
    return here


def numbers(group: Member, name: str, shape: Sequence[int] | None = None) -> Array:
    """Read a dataset, of this very shape if one is given."""
    data = member(group, name)
    dtype = None if data is None or data.datatype is None else data.datatype.dtype
    if dtype is None or dtype.kind not in "fiub":
        raise ValueError(f"{name!r} in {group.name!r} is not an array of numbers")
    if shape is not None and data.shape != tuple(shape):
        raise ValueError(f"{data.name!r} has shape {data.shape}, where {tuple(shape)} is needed")
    content = data.content(dtype.itemsize * math.prod(data.shape))
    _check(data, f"{dtype.str} {data.shape}", content)
    array = np.frombuffer(content, dtype).reshape(data.shape)
    return array.astype(dtype.newbyteorder("="), copy=False)


def check_texts(group: Member, attributes: Sequence[str]) -> None:
    """Compare texts in attributes, as far as they are there, with their checksum, if it is."""
    _check(group, "".join(str(group.attrs.get(name) or "") for name in attributes))


def _check(member: Member, what: str, data: bytes | memoryview = b"") -> None:
    """Compare something with its checksum, which all in a file have, or nothing."""
    written = member.attrs.get(CHECKSUM)
    member.file.checked.add(written is not None)
    if len(member.file.checked) > 1 or written not in (None, checksum(member.name, what, data)):
        raise ValueError(
            f"{member.name!r} is damaged: its checksum is missing or another. If you have changed "
            f"it, remove the attribute {CHECKSUM!r} wherever the file has it"
        )


def names(group: Member, attribute: str) -> list[str]:
    """Read an attribute that lists names; a long list is cut into ``attribute0``, ``1`` ..."""
    pieces = [attribute]
    if attribute not in group.attrs and f"{attribute}0" in group.attrs:
        numbered = (f"{attribute}{i}" for i in itertools.count())
        pieces = list(itertools.takewhile(group.attrs.__contains__, numbered))
    shapes = [group.attrs.shape(piece) for piece in pieces]
    if any(len(shape) != 1 for shape in shapes) or sum(sum(shapes, ())) > _MOST_NAMES:
        raise ValueError(f"{attribute} of {group.name!r} is not a list of names")
    read = (group.attrs[piece] for piece, (length,) in zip(pieces, shapes, strict=True) if length)
    listed = [str(value) for values in read for value in values]
    if len({*listed}) != len(listed):
        raise ValueError(f"{attribute} of {group.name!r} lists a name twice")
    _check(group, " ".join(listed))
    return listed


class File:
    """The bytes of a file, and how many may still be read."""

    root: Member

    def __init__(self, content: bytes):
        self._content, self._left = content, len(content)
        self.checked: set[bool] = set()  # whether what was read so far had checksums
        self._bytes = memoryview(content)
        self._members: dict[int, Member] = {}
        self._heaps: dict[int, dict[int, tuple[int, int]]] = {}

    def view(self, address: int, size: int) -> memoryview:
        """Return `size` bytes from `address` on, where they are."""
        self._left -= size
        if address + size > len(self._content) or self._left < 0:
            raise ValueError(f"it claims {size} bytes that the file does not have")
        return self._bytes[address : address + size]

    def take(self, address: int, size: int) -> bytes:
        """Return `size` bytes from `address` on."""
        return bytes(self.view(address, size))

    def block(self, address: int, form: str, signature: bytes = b"") -> tuple[Any, ...]:
        """Return the numbers of a block that starts with a signature."""
        begin = self.take(address, len(signature) + struct.calcsize("<" + form))
        if not begin.startswith(signature):
            raise ValueError(f"there is no {signature.decode()} at byte {address}")
        return struct.unpack_from("<" + form, begin, len(signature))

    def member_at(self, address: int, name: str) -> Member:
        if address not in self._members:
            self._members[address] = Member(self, address, name)
        found = self._members[address]
        if found.name != name:
            raise ValueError(f"{name!r} is {found.name!r} again, which Keras never does")
        return found

    def messages(self, address: int) -> Iterator[tuple[int, int, bytes]]:
        """Yield kind, flags and content of each message in an object's header."""
        version, number, _, size = self.block(address, "BxHII4x")
        if version != 1 or number > _MOST_MESSAGES:
            raise ValueError(f"the object at byte {address} has another form than Keras writes")
        blocks = [(address + 16, size)]
        for start, length in blocks:
            block, at = self.take(start, length), 0
            while at + 8 <= length and number:
                kind, size, flags = struct.unpack_from("<HHB", block, at)
                content = block[at + 8 : at + 8 + size]
                if len(content) < size:
                    raise ValueError(f"the header at byte {address} is damaged")
                if kind == _CONTINUATION:
                    blocks.append(struct.unpack_from("<QQ", content))
                yield kind, flags, content
                at, number = at + 8 + size, number - 1

    def symbols(self, tree: int, heap: int) -> Iterator[tuple[str, int]]:
        """Yield the members of a group: a B-tree leads to them, a heap has their names."""
        _, size, _, start = self.block(heap, "B3xQQQ", b"HEAP")
        for leaf in self._leaves(tree):
            version, number = self.block(leaf, "BxH", b"SNOD")
            for i in range(number):
                name, address, kind = self.block(leaf + 8 + 40 * i, "QQI20x")
                end = self._content.find(b"\0", start + name, start + size)
                if version != 1 or end < 0:
                    raise ValueError(f"the group's node at byte {leaf} is damaged")
                length = end - start - name
                text = self.take(start + name, length).decode()
                yield text, _NOWHERE if kind == _SOFT_LINK else address

    def _leaves(self, tree: int, above: int = 256) -> Iterator[int]:
        kind, level, number = self.block(tree, "BBHQQ", b"TREE")[:3]
        if kind or level >= above:
            raise ValueError(f"the B-tree at byte {tree} is damaged")
        for i in range(number):
            (child,) = self.block(tree + 32 + 16 * i, "Q")
            if level:
                yield from self._leaves(child, level)
            else:
                yield child

    def string(self, length: int, heap: int, index: int) -> bytes:
        """Return a string of a global heap."""
        if not length:
            return b""
        if heap not in self._heaps:
            self._heaps[heap] = dict(self._heap_objects(heap))
        if index not in self._heaps[heap]:
            raise ValueError(f"the heap at byte {heap} has no object {index}")
        address, size = self._heaps[heap][index]
        if size < length:
            raise ValueError(f"the heap at byte {heap} has {size} bytes of a string of {length}")
        return self.take(address, length)

    def _heap_objects(self, heap: int) -> Iterator[tuple[int, tuple[int, int]]]:
        version, size = self.block(heap, "B3xQ", b"GCOL")
        at, end = heap + 16, heap + size
        while version == 1 and at + 16 <= end:
            index, length = self.block(at, "H6xQ")
            if not index:  # the rest is free
                return
            yield index, (at + 16, length)
            at += 16 + (length + 7) // 8 * 8


class Member:
    """A group, whose `links` are its members' addresses by name, or a dataset; and attributes."""

    def __init__(self, file: File, address: int, name: str):
        self.file, self.name = file, name
        self.shape: tuple[int, ...] = ()
        self.datatype: _Datatype | None = None
        self.links: dict[str, int] = {}
        self.attrs = _Attributes(file, name)
        self._layout: bytes | None = None
        self._refused = ""
        for kind, flags, content in file.messages(address):
            if kind in (_MANY_LINKS, _MANY_ATTRIBUTES):
                _check_that_all_are_here(name, kind, content)
            if flags & 2 and kind in (_DATASPACE, _DATATYPE, _ATTRIBUTE):
                raise ValueError(f"{name!r} shares its type with others, which Keras never does")
            if kind == _SYMBOL_TABLE:
                self.links = dict(file.symbols(*struct.unpack_from("<QQ", content)))
            elif kind == _LINK:
                self.links |= [_link(content)]
            elif kind == _DATASPACE:
                self.shape = _shape(content)
            elif kind == _DATATYPE:
                self.datatype = _Datatype(content)
            elif kind == _LAYOUT:
                self._layout = content
            elif kind == _FILTERS:
                self._refused = "is in chunks or compressed, which Keras never does"
            elif kind == _EXTERNAL:
                self._refused = "has its numbers in another file"
            elif kind == _ATTRIBUTE:
                self.attrs.add(content)

    def __len__(self) -> int:
        return len(self.links)

    def content(self, size: int) -> bytes | memoryview:
        """Return the bytes of a dataset, which must be `size`."""
        version, kind = (self._layout or b"\0\0")[:2]
        if self._refused or version not in (3, 4) or kind not in (0, 1):
            reason = self._refused or "is in chunks or compressed, which Keras never does"
            raise ValueError(f"{self.name!r} {reason}")
        assert self._layout is not None
        if kind == 0:  # in the header itself
            (stored,) = struct.unpack_from("<H", self._layout, 2)
            content: bytes | memoryview = self._layout[4 : 4 + stored]
        else:
            address, stored = struct.unpack_from("<QQ", self._layout, 2)
            if not stored:
                address = 0  # there is nothing to read
            content = self.file.view(address, stored) if address != _NOWHERE else b""
        if len(content) != size:
            raise ValueError(f"{self.name!r} claims {size} bytes that the file does not have")
        return content


class _Attributes:
    """The attributes of a member, which are read when they are asked for."""

    def __init__(self, file: File, owner: str):
        self._file, self._owner = file, owner
        self._parts: dict[str, tuple[tuple[int, ...], _Datatype, bytes]] = {}

    def add(self, content: bytes) -> None:
        version, flags, *sizes = struct.unpack_from("<BBHHH", content)
        if version not in (1, 2, 3) or (flags and version > 1):
            raise ValueError(f"an attribute of {self._owner!r} has another form than Keras writes")
        at, parts = 9 if version == 3 else 8, []
        for size in sizes:
            parts.append(content[at : at + size])
            at += (size + 7) // 8 * 8 if version == 1 else size
        name = parts[0].rstrip(b"\0").decode()
        self._parts[name] = _shape(parts[2]), _Datatype(parts[1]), content[at:]

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def get(self, name: str) -> Any:
        """Return an attribute's value, or ``None``."""
        return self[name] if name in self._parts else None

    def shape(self, name: str) -> tuple[int, ...]:
        """Return an attribute's shape, and () if it is not there."""
        return self._parts[name][0] if name in self._parts else ()

    def __getitem__(self, name: str) -> Any:
        """Return an attribute's value: a number or string, or a list of them."""
        shape, datatype, data = self._parts[name]
        size = datatype.size * math.prod(shape)
        if len(shape) > 1 or len(data) < size:
            raise ValueError(f"the attribute {name!r} of {self._owner!r} is damaged")
        values = datatype.values(data[:size], self._file)
        return values if shape else values[0]


class _Datatype:
    """What the bytes of a dataset or an attribute mean."""

    def __init__(self, content: bytes):
        first, bits, self.size = struct.unpack_from("<BH1xI", content)
        self._kind, properties = first & 15, content[8:]
        self.dtype: np.dtype[Any] | None = None
        self._is_string = self._kind == 3 or (self._kind == 9 and bits & 15 == 1)
        order = "<>"[bits & 1]
        if self._kind == 0 and self.size in (1, 2, 4, 8):
            if struct.unpack_from("<HH", properties) == (0, 8 * self.size):
                self.dtype = np.dtype(f"{order}{'i' if bits & 8 else 'u'}{self.size}")
        elif self._kind == 1 and self.size in _IEEE and not bits & 64:
            if struct.unpack_from("<HHBBBBI", properties) == _IEEE[self.size]:
                self.dtype = np.dtype(f"{order}f{self.size}")
        elif self._kind == 8 and self.size == 1 and b"FALSE\0\0\0TRUE\0\0\0\0\0\1" in properties:
            self.dtype = np.dtype(bool)  # as h5py writes it

    def values(self, data: bytes, file: File) -> list[Any]:
        """Return the numbers or strings in `data`."""
        if self.dtype is not None:
            return list(np.frombuffer(data, self.dtype).tolist())
        if not self._is_string or not self.size or (self._kind == 9 and self.size != 16):
            raise ValueError("an attribute is neither of numbers nor of strings")
        items = [data[at : at + self.size] for at in range(0, len(data), self.size)]
        if self._kind == 9:
            items = [file.string(*struct.unpack("<IQI", item)) for item in items]
        return [item.rstrip(b"\0").decode() for item in items]


def _link(content: bytes) -> tuple[str, int]:
    """Return the name and the address that a message has for a member of a group."""
    version, flags = content[:2]
    kind = content[2] if flags & 8 else 0
    at = 2 + bool(flags & 8) + 8 * bool(flags & 4) + bool(flags & 16)
    start = at + (1 << (flags & 3))
    end = start + int.from_bytes(content[at:start], "little")
    if version != 1 or end + 8 > len(content):
        raise ValueError("a link is damaged")
    address = _NOWHERE if kind else struct.unpack_from("<Q", content, end)[0]
    return content[start:end].decode(), address


def _check_that_all_are_here(name: str, kind: int, content: bytes) -> None:
    """Refuse a group whose links, or an object whose attributes, do not stand in its header."""
    size = 8 if kind == _MANY_LINKS else 2
    (heap,) = struct.unpack_from("<Q", content, 2 + size * (content[1] & 1))
    if heap != _NOWHERE:
        raise ValueError(
            f"{name!r} has more than eight links or attributes, and not as Keras writes them, "
            "unless one's name is beyond ASCII: rename that layer"
        )


def _shape(content: bytes) -> tuple[int, ...]:
    """Return the shape that a message describes."""
    version, rank, _, kind = content[:4]
    if version not in (1, 2) or (version == 2 and kind == 2):
        raise ValueError("a dataset or an attribute has no shape")
    return struct.unpack_from(f"<{rank}Q", content, 8 if version == 1 else 4)
