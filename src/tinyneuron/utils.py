"""Small helpers, under the names they have in ``keras.utils``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from tinyneuron._common.arguments import flag, integer, real_number, shown, text
from tinyneuron._common.arrays import Array, as_floats, as_numbers, as_sizes
from tinyneuron._common.missing import refuse_other_names
from tinyneuron._common.names import clear_session
from tinyneuron._common.registry import custom_object_scope, register_keras_serializable
from tinyneuron._common.settings import set_random_seed
from tinyneuron._training.gradient_check import check_gradients
from tinyneuron._training.pydataset import PyDataset

__all__ = [
    "PyDataset",
    "Sequence",
    "check_gradients",
    "clear_session",
    "custom_object_scope",
    "get_file",
    "normalize",
    "register_keras_serializable",
    "set_random_seed",
    "to_categorical",
]

__path__: list[str] = []  # so that importing Keras' utils.np_utils gets the error that says more


Sequence = PyDataset  # Keras' older name for it


def to_categorical(x: Any, num_classes: int | None = None) -> Array:
    """Turn class numbers into rows that are 1 at the class and 0 elsewhere ("one-hot").

    Parameters
    ----------
    x : array_like of int
        Classes from 0 to ``num_classes - 1``.
    num_classes : int, optional
        One more than the largest class by default.

    Examples
    --------
    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    classes = as_numbers(x, "classes")
    with np.errstate(invalid="ignore"):
        whole = classes.astype(np.int64)
    if not np.array_equal(classes, whole):
        raise ValueError(f"to_categorical takes whole class numbers, got {classes}.")
    classes = whole
    if classes.ndim > 1 and classes.shape[-1] == 1:
        classes = classes[..., 0]
    if num_classes is None:
        num_classes = int(classes.max(initial=-1)) + 1
    else:
        num_classes = integer("num_classes", num_classes)
    if classes.size and not 0 <= classes.min() <= classes.max() < num_classes:
        raise ValueError(
            f"to_categorical: classes must be from 0 to {num_classes - 1}, got some from "
            f"{classes.min()} to {classes.max()}. Classes are numbered from 0 up."
        )
    as_sizes((max(1, classes.size), num_classes), "The shape of to_categorical's rows")
    return (classes[..., np.newaxis] == np.arange(num_classes)).astype(np.float64)


def normalize(x: Any, axis: int = -1, order: float = 2) -> Array:
    """Divide by the norm of that `order` along `axis`; zeros stay zeros.

    >>> normalize([[3.0, 4.0]])
    array([[0.6, 0.8]], dtype=float32)
    """
    x = np.atleast_1d(as_floats(x, name="x"))
    axis = integer("normalize: axis", axis, least=None)
    order = real_number("normalize: order", order, "a finite number above 0")
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"normalize: axis {axis} is not among those of x, of shape {x.shape}.")
    norms = np.atleast_1d(np.linalg.norm(x, order, axis, keepdims=True))
    norms[norms == 0] = 1
    return x / norms


def get_file(
    fname: Any = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: Any = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: str | None = "auto",
    cache_dir: Any = None,
    force_download: bool = False,
) -> str:
    """Return the path of a file from the web, which is downloaded if it is not there yet.

    Parameters
    ----------
    fname : str, optional
        Its name here; by default the last part of `origin`.
    origin : str
        Its https address. Redirects to anything but https are refused.
    file_hash, hash_algorithm : str, optional
        Its "sha256" or "md5", in hexadecimal; "auto" tells them by their length. A file that is
        there but has another hash is downloaded again, and stays until the right one is there.
    md5_hash : str, optional
        Another way to give an md5.
    cache_dir, cache_subdir : str or path
        The folder, and the folder in it. By default, Keras' own: the environment's KERAS_HOME,
        or ``~/.keras``.
    force_download : bool
        Whether to download a file that is there.
    untar, extract, archive_format
        Not offered: `shutil.unpack_archive` unpacks archives.

    Raises
    ------
    ConnectionError
        If it cannot be downloaded; nothing is kept.
    ValueError
        If an argument is wrong, or the hash of what was received; nothing is kept.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> with open(os.path.join(folder, "notes.txt"), "w") as file:
    ...     file.write("There already.")
    14
    >>> path = get_file("notes.txt", "https://example.org/notes.txt", cache_subdir=folder)
    >>> os.path.getsize(path)
    14
    """
    if flag("untar", untar) or flag("extract", extract) or archive_format != "auto":
        raise ValueError(
            "get_file: untar, extract and archive_format are not offered. Unpack the archive with "
            "shutil.unpack_archive."
        )
    if md5_hash is not None:
        if file_hash is not None:
            raise ValueError("get_file takes file_hash or md5_hash, and not both.")
        file_hash, hash_algorithm = md5_hash, "md5"
    for name, folder in [("cache_dir", cache_dir or ""), ("cache_subdir", cache_subdir)]:
        if not isinstance(folder, str | os.PathLike):
            raise ValueError(f"{name} must be a string or a path, got {shown(folder)}.")
    from tinyneuron import _download  # imports much

    return _download.cached(
        fname,
        text("origin", origin),
        os.path.join(os.path.expanduser(cache_dir or _download.keras_home()), cache_subdir),
        _download.as_expected(file_hash, hash_algorithm),
        flag("force_download", force_download),
    )


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
