"""What a file is that is no model's: said in words, by its first bytes, or a zip's parts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

_HDF5, _ZIP = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"
_LFS = b"version https://git-lfs.github.com/spec/"
_PICKLES = tuple(b"\x80" + bytes([version]) for version in range(2, 6))
_COMPRESSED = {b"\x1f\x8b": "gzip", b"x\x9c": "zlib", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
_SAVE_THERE = "Where it was made, use model.save('model.keras')"


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


def check_parts(names: Sequence[str]) -> None:
    """Raise a ValueError that says what a zip is by its parts' names, if it is no model's."""
    packed = [name for name in names if name.endswith((".h5", ".keras"))]
    if any(name.endswith("data.pkl") for name in names):
        raise ValueError(
            "it is a file of PyTorch, a zip with a pickle, which is not opened: reading a pickle "
            "runs whatever program it holds. Make the same model here, and set_weights with the "
            "arrays, each Linear's weight transposed"
        )
    if any(name.endswith("saved_model.pb") for name in names):
        raise ValueError(f"it is a zip of a SavedModel, a program of TensorFlow. {_SAVE_THERE}")
    if "model.json" in names or {"config.json", "model.weights.h5"} & {*names}:
        return
    if packed:
        raise ValueError(f"it is a zip with {packed[0]!r} in it: unpack it, and open that")
    if names and all(name.endswith(".npy") for name in names):
        raise ValueError(
            "it has arrays of NumPy, and no model: make the model, and set_weights with them"
        )
    raise ValueError(f"it is a zip of something else: {', '.join(names[:3])}")


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
            f"opened. {_SAVE_THERE}"
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
    for signature, name in _COMPRESSED.items():
        if content.startswith(signature):
            return f"it is compressed with {name}: unpack it first"
    if content.startswith(b"\x93NUMPY"):
        return "it is one array of NumPy: make the model, and set_weights with its arrays"
    return (
        f"it is no model file, it starts with {content[:16]!r}: a model is in a file "
        "that ends in .keras, .h5 or .npz"
    )


def _is_onnx(content: bytes) -> bool:
    """Say whether a file starts as ONNX does: field 1, its version, then who made it, field 2."""
    return content[:1] == b"\x08" and content[1:2] < b"\x20" and content[2:3] == b"\x12"
