"""What a file is that is no model's: said in words, by its first bytes."""

from __future__ import annotations

from pathlib import Path

_HDF5, _ZIP = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"
_LFS = b"version https://git-lfs.github.com/spec/"
_PICKLES = tuple(b"\x80" + bytes([version]) for version in range(2, 6))


def check_is_there(path: Path) -> None:
    """Raise a FileNotFoundError that says which files of models are there instead, if any."""
    if path.exists():
        return
    folder, last = path.absolute().parent, 5
    if not folder.is_dir():
        raise FileNotFoundError(
            f"There is no {str(path)!r}: the folder {str(folder)!r} is missing."
        )
    endings = (".keras", ".h5", ".hdf5", ".npz")
    found = sorted(file.name for file in folder.iterdir() if file.suffix in endings)
    there = f"are {', '.join(found[:last])}" if found else "is no file of a model"
    more = f" and {len(found) - last} more" if len(found) > last else ""
    raise FileNotFoundError(f"There is no {str(path)!r}: in {str(folder)!r} {there}{more}.")


def check_folder(path: Path) -> None:
    """Say what to do about a folder, if `path` is one."""
    if not path.is_dir():
        return
    if (path / "saved_model.pb").exists():
        raise ValueError(
            f"{str(path)!r} is a folder that TensorFlow saved (SavedModel), which is a program and "
            "not a configuration. Where it was made, save the model as model.save('model.keras') "
            "or model.save('model.h5')."
        )
    raise ValueError(f"{str(path)!r} is a folder; a model is one file, such as model.keras.")


def check_kind(content: bytes) -> None:
    """Raise a ValueError that says what a file is, unless a model or weights may be in it."""
    what = _kind(content)
    if what is not None:
        raise ValueError(what)


def _kind(content: bytes) -> str | None:
    if not content:
        return "it is empty (0 bytes)"
    if content.startswith((_HDF5, _ZIP)):
        return None
    if content.startswith(_LFS):
        return (
            "it is a Git LFS pointer, which stands for the model: fetch the file itself with "
            "'git lfs pull'"
        )
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return (
            "it is an HTML page, not a model: the download has fetched a page about the file, or "
            "a login. Look for a 'raw' or 'download' link"
        )
    if content.startswith(_PICKLES):
        return (
            "it is a pickle, and reading a pickle runs whatever program it holds: it is not "
            "opened. Where it was made, use model.save('model.keras')"
        )
    if content[4:8] == b"TFL3":
        return (
            "it is a TFLite model, whose weights may be rounded and whose layers are merged: open "
            "the Keras file that it was made from"
        )
    if _is_onnx(content):
        return "it is an ONNX model: open the Keras file that it was made from"
    if start.startswith((b"{", b"[")):
        return (
            "it is JSON: if it describes a model, use model_from_json(text), and load_weights for "
            "its weights"
        )
    return None


def _is_onnx(content: bytes) -> bool:
    """Say whether a file starts as ONNX does: field 1, its version, then who made it, field 2."""
    return content[:1] == b"\x08" and content[1:2] < b"\x20" and content[2:3] == b"\x12"
