"""Files from the web in Keras' cache folder: fetched once, and checked before anybody reads them.

Imported by the first call that needs it, since what it imports is slow to import.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from io import BufferedRandom, BufferedReader
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tinyneuron._common.arguments import one_of, shown, text
from tinyneuron._common.files import replacing
from tinyneuron.callbacks import progress

_PART = 2**16  # bytes that are received, written and counted at a time
_TIMEOUT = 30  # seconds without a byte
_DIGITS = {"md5": 32, "sha256": 64}  # of the hashes, in hexadecimal


class Expected(NamedTuple):
    """What is known of a file beforehand; ``None`` is known of nothing."""

    size: int | None = None
    algorithm: str = "sha256"
    digest: str | None = None

    def fault_of(self, file: BufferedReader | BufferedRandom) -> str | None:
        """Say in what an open file differs from what was expected, if it does."""
        size = os.fstat(file.fileno()).st_size
        if self.size is not None and size != self.size:
            return f"it has {size} bytes, not {self.size}"
        if self.digest is not None:
            file.seek(0)
            digest = hashlib.file_digest(file, _hash(self.algorithm)).hexdigest()
            if digest != self.digest:
                return f"its {self.algorithm} is {digest}, not {self.digest}"
        return None


def _hash(algorithm: str) -> Any:
    return lambda: hashlib.new(algorithm, usedforsecurity=algorithm != "md5")


def as_expected(file_hash: Any, algorithm: Any, size: int | None = None) -> Expected:
    """Return the hash that a user gave, of the algorithm that its length tells by itself.

    >>> as_expected("0" * 32, "auto").algorithm
    'md5'
    """
    one_of("hash_algorithm", algorithm, ["auto", *_DIGITS])
    if file_hash is None:
        return Expected(size)
    digest = text("file_hash", file_hash).lower()
    kinds = [kind for kind in _DIGITS if algorithm in ("auto", kind)]
    for kind in kinds:
        if len(digest) == _DIGITS[kind] and set(digest) <= set("0123456789abcdef"):
            return Expected(size, kind, digest)
    wanted = " or ".join(f"{_DIGITS[kind]} ({kind})" for kind in kinds)
    raise ValueError(f"file_hash must be {wanted} hexadecimal digits, got {shown(file_hash)}.")


# The cache --------------------------------------------------------------------------------------


def keras_home() -> str:
    """Return Keras' own folder: the environment's KERAS_HOME, or .keras at home."""
    return os.path.expanduser(os.environ.get("KERAS_HOME") or os.path.join("~", ".keras"))


def cached(fname: Any, origin: str, folder: str, expected: Expected, again: bool = False) -> str:
    """Return the path of a file in `folder`, downloaded if it is not there as expected.

    A file that is there but is not the expected one stays until the right one takes its place.

    Raises
    ------
    ValueError
        If `fname` is no name of a file, `origin` no address that may be asked, or if what was
        received is not what was expected; then nothing is kept.
    ConnectionError
        If nothing, or not all, could be received.
    """
    if not _may_be_asked(origin):
        raise ValueError(f"origin must be an https address, got {shown(origin)}.")
    name = _file_name(os.path.basename(urlsplit(origin).path) if fname is None else fname)
    path = os.path.join(folder, name)
    fault = _fault_at(path, expected)
    if fault is None and not again:
        return path
    state = fault or f"{path} is there"
    print(f"{state}. Downloading {origin}")
    os.makedirs(folder, exist_ok=True)
    try:
        _download(origin, path, expected)
    except ConnectionError as error:
        raise ConnectionError(
            f"{state}, and downloading it failed: {error}. With a browser, or on another machine, "
            f"get {origin} and put it there as {path}."
        ) from error
    return path


def _file_name(fname: Any) -> str:
    name = text("The file's name", os.fspath(fname) if isinstance(fname, os.PathLike) else fname)
    if name in ("", ".", "..") or name != os.path.basename(name) or "\0" in name:
        raise ValueError(
            f"The file's name must be one without folders, got {shown(name)}. The environment's "
            "KERAS_HOME, and get_file's cache_dir, say where the files are."
        )
    return name


def _fault_at(path: str, expected: Expected) -> str | None:
    """Say why the file at `path` will not do, if it will not."""
    if not os.path.exists(path):
        return f"{os.path.basename(path)} is not in {os.path.dirname(path)}"
    with open(path, "rb") as file:
        fault = expected.fault_of(file)
    return fault and f"{path} is not the file that is wanted ({fault})"


def _download(origin: str, path: str, expected: Expected) -> None:
    with replacing(path) as file:
        for part in _received(origin, os.path.basename(path), expected.size):
            file.write(part)
        file.flush()
        fault = expected.fault_of(file)
        if fault is not None:
            raise ValueError(f"{origin} did not send the file that is wanted: {fault}.")


# The web ----------------------------------------------------------------------------------------


def _received(origin: str, name: str, limit: int | None) -> Iterator[bytes]:
    """Yield the bytes that an address sends, and show how many of how many there are."""
    line = progress.LiveLine()
    opener = urllib.request.build_opener(_Redirects)
    done = 0
    try:
        with opener.open(origin, timeout=_TIMEOUT) as response:
            total = int(response.headers.get("Content-Length") or 0)
            while part := response.read(_PART):
                done += len(part)
                if limit is not None and max(done, total) > limit:
                    raise ValueError(f"{origin} sends more than the {limit} bytes of {name}.")
                yield part
                if line.is_due():
                    line.write(bar(name, done, total))
        if done < total:
            raise ConnectionError(f"it ended after {done} of {total} bytes")
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise ConnectionError(str(reason) or type(error).__name__) from error
    finally:
        line.close()


def bar(name: str, done: int, total: int) -> str:
    """Draw how much of a file is there.

    >>> bar("mnist.npz", 6_000_000, 12_000_000)
    'mnist.npz [============            ] 6.0 of 12.0 MB'
    """
    if not total:
        return f"{name} {done / 1e6:.1f} MB"
    drawn = "=" * (24 * done // total)
    return f"{name} [{drawn:24}] {done / 1e6:.1f} of {total / 1e6:.1f} MB"


def _may_be_asked(address: str) -> bool:
    """Say whether nobody on the way can change what the address sends."""
    parts = urlsplit(address)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and here))


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows an https address to https addresses alone."""

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        was, now = urlsplit(req.full_url), urlsplit(newurl)
        if not _may_be_asked(newurl) or (was.scheme, now.scheme) == ("https", "http"):
            raise urllib.error.URLError(f"it leads to {newurl}, which is not an https address")
        return super().redirect_request(req, fp, code, msg, headers, newurl)
