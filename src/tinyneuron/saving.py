"""Models to and from files.

The library's own file is a zip of plain parts: ``model.json``, which describes the model and how
it is trained, and one ``.npy`` array for each weight. NumPy alone reads it:
``numpy.load(path)["weights/0"]``. Nothing in a file is ever executed: layers come from the
library's own classes and from those that the caller names.
"""

from __future__ import annotations

import io
import json
import math
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tinyneuron import losses, metrics, optimizers
from tinyneuron.arrays import Array
from tinyneuron.identifiers import Configurable, registered, serialize
from tinyneuron.layers import Dropout, Layer
from tinyneuron.layers.base import weights_from
from tinyneuron.models import Sequential

FORMAT, FORMAT_VERSION = "tinyneuron", 1


# Writing ----------------------------------------------------------------------------------------


def save_model(model: Sequential, filepath: Any, overwrite: bool = True) -> None:
    """Write a model to a file: its configuration, weights, and the state of its training.

    The file is written beside its final place and moved there when it is whole: whatever
    interrupts it, the old file or the new one is there.

    Parameters
    ----------
    model : Sequential
        Built.
    filepath : str or path
        Ends in ``.npz``.
    overwrite : bool
        Whether a file that is there may be replaced.

    Examples
    --------
    >>> import tempfile
    >>> from tinyneuron.layers import Dense, Input
    >>> model = Sequential([Input((2,)), Dense(1)])
    >>> path = Path(tempfile.mkdtemp()) / "model.npz"
    >>> save_model(model, path)
    >>> bool((load_model(path).get_weights()[0] == model.get_weights()[0]).all())
    True
    """
    if not model.built:
        raise ValueError(f"Model {model.name!r} is not built, so it has no weights to save.")
    description: dict[str, Any] = {"model": serialize(model), "random": _random_states(model)}
    arrays = _weight_arrays(model)
    optimizer = model.optimizer
    if optimizer is not None:
        description["compile"] = {
            "optimizer": serialize(optimizer),
            "loss": _described(model.loss),
            "metrics": [_described(m) for m, weighted in model._wanted_metrics if not weighted],
            "weighted_metrics": [
                _described(m) for m, weighted in model._wanted_metrics if weighted
            ],
        }
        description["iterations"] = optimizer.iterations
        if optimizer.is_built_for(model.trainable_weights):
            arrays["optimizer/slots"] = optimizer._slots
    _write(filepath, _archive(description, arrays), overwrite, ".npz")


def save_weights(model: Layer, filepath: Any, overwrite: bool = True) -> None:
    """Write the weights alone, to a file that ends in ``.weights.npz`` or ``.npz``."""
    if not model.built:
        raise ValueError(f"Model {model.name!r} is not built, so it has no weights to save.")
    _write(filepath, _archive({}, _weight_arrays(model)), overwrite, ".npz")


def _weight_arrays(model: Layer) -> dict[str, Array]:
    return {f"weights/{i}": weight for i, weight in enumerate(model.weights)}


def _random_states(model: Layer) -> dict[str, Any]:
    """Return where the seeded layers' random numbers are."""
    return {
        layer.name: layer._random.bit_generator.state
        for layer in model._family()
        if isinstance(layer, Dropout) and layer._random is not None
    }


def _described(identifier: Any) -> Any:
    """Return a name as it is, and an object as class and configuration."""
    if isinstance(identifier, type):
        identifier = identifier()
    loss_class = getattr(identifier, "loss_class", None)
    if loss_class is not None and not isinstance(identifier, metrics.Metric):
        return loss_class.__name__
    return serialize(identifier) if isinstance(identifier, Configurable) else identifier


def _archive(description: dict[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """Put the parts into the bytes of a zip, uncompressed."""
    from tinyneuron import __version__

    head = {"format": FORMAT, "format_version": FORMAT_VERSION, "library_version": __version__}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("model.json", json.dumps(head | description))
        for name, array in arrays.items():
            part = io.BytesIO()
            np.lib.format.write_array(part, np.asarray(array), allow_pickle=False)
            archive.writestr(f"{name}.npy", part.getvalue())
    return buffer.getvalue()


def _write(filepath: Any, content: bytes, overwrite: bool, ending: str) -> None:
    """Replace the file by one that holds `content`, all or nothing."""
    path = Path(filepath)
    if path.suffix != ending:
        raise ValueError(f"The file's name must end in {ending!r}, got {str(path)!r}.")
    if not overwrite and path.exists():
        raise ValueError(f"{str(path)!r} is there already, and overwrite is False.")
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


# Reading ----------------------------------------------------------------------------------------


def load_model(
    filepath: Any, custom_objects: Mapping[str, type] | None = None, compile: bool = True
) -> Sequential:
    """Read a model that `save_model` wrote.

    Parameters
    ----------
    filepath : str or path
    custom_objects : dict of str to class, optional
        Your own classes by the names that the file has for them.
    compile : bool
        Whether to restore how it was trained too, so that training goes on as if uninterrupted.

    Raises
    ------
    ValueError
        If the file is damaged, or holds what the library does not offer.
    """
    custom = registered(custom_objects)
    with _refusing(filepath):
        description, arrays = _read(filepath)
        config = description.get("model")
        if not isinstance(config, dict) or config.get("class_name") != "Sequential":
            raise ValueError("it has weights, but no model; load_weights reads those")
        weights = _in_order(arrays, "weights/")
        with weights_from(weights):
            model = Sequential.from_config(config["config"], custom)
        _take_all(model, weights)
        for layer in model._family():
            state = description.get("random", {}).get(layer.name)
            if state is not None and isinstance(layer, Dropout) and layer._random is not None:
                layer._random.bit_generator.state = state
        if compile and description.get("compile"):
            _restore_training(model, description, arrays, custom)
    return model


def load_weights(model: Layer, filepath: Any) -> None:
    """Read weights into a built model of the same structure; all of them, or none."""
    with _refusing(filepath):
        _, arrays = _read(filepath)
        model.set_weights(_in_order(arrays, "weights/"))


def _take_all(model: Layer, weights: list[Array]) -> None:
    """Check that the model took each of the file's arrays for a weight."""
    taken = model.weights
    if len(taken) != len(weights):
        raise ValueError(f"the model has {len(taken)} weights and the file has {len(weights)}")


def _restore_training(
    model: Sequential,
    description: dict[str, Any],
    arrays: Mapping[str, Array],
    custom: Mapping[str, type],
) -> None:
    settings = description["compile"]
    model.compile(
        optimizer=optimizers.get(settings["optimizer"], custom),
        loss=_restored(losses.get, settings["loss"], custom),
        metrics=[_restored(metrics.get, m, custom) for m in settings["metrics"]],
        weighted_metrics=[_restored(metrics.get, m, custom) for m in settings["weighted_metrics"]],
    )
    optimizer = model.optimizer
    optimizer._iterations = _count(description["iterations"])
    if "optimizer/slots" in arrays:
        optimizer.build(model.trainable_weights)
        slots = arrays["optimizer/slots"]
        if slots.shape != optimizer._slots.shape:
            raise ValueError(
                f"the optimizer's state has shape {slots.shape}, its weights need "
                f"{optimizer._slots.shape}"
            )
        optimizer._slots[...] = slots


def _restored(get: Callable[..., Any], description: Any, custom: Mapping[str, type]) -> Any:
    """Return a name as it is, and make an object from class and configuration."""
    return get(description, custom) if isinstance(description, dict) else description


def _count(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"the number of iterations is {value!r}")
    return value


@contextmanager
def _refusing(filepath: Any) -> Iterator[None]:
    """Turn whatever a damaged file leads to into a ValueError that names the file."""
    try:
        yield
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(f"Cannot load {str(filepath)!r}: {error}") from error


def _read(filepath: Any) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the description and the arrays of a file, having believed nothing it claims."""
    with open(filepath, "rb") as file, zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        names = [part.filename for part in parts]
        if "model.json" not in names or len(set(names)) != len(names):
            raise ValueError("it is not one of tinyneuron's files")
        size = os.fstat(file.fileno()).st_size
        for part in parts:
            if part.compress_type != zipfile.ZIP_STORED or part.file_size > size:
                raise ValueError(f"{part.filename!r} is compressed or larger than the file")
        description = json.loads(archive.read("model.json"))
        if not isinstance(description, dict) or description.get("format") != FORMAT:
            raise ValueError("it is not one of tinyneuron's files")
        if description.get("format_version") != FORMAT_VERSION:
            raise ValueError(
                f"it has format version {description.get('format_version')!r}, and this "
                f"library reads {FORMAT_VERSION}"
            )
        arrays = {
            name.removesuffix(".npy"): _array(name, archive.read(name))
            for name in names
            if name != "model.json"
        }
    return description, arrays


def _array(name: str, content: bytes) -> Array:
    """Read a ``.npy`` part whose length is what its header says."""
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError(f"{name!r} is not a plain array")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
    data = content[file.tell() :]
    if dtype.kind not in "fiu" or dtype.itemsize * math.prod(shape) != len(data):
        raise ValueError(f"{name!r} claims {dtype} numbers of shape {shape} in {len(data)} bytes")
    array = np.frombuffer(data, dtype).reshape(shape, order="F" if fortran_order else "C")
    return np.array(array)


def _in_order(arrays: Mapping[str, Array], prefix: str) -> list[Array]:
    """Return the arrays named prefix + 0, 1, 2 ..."""
    number = sum(name.startswith(prefix) for name in arrays)
    missing = [i for i in range(number) if f"{prefix}{i}" not in arrays]
    if missing:
        raise ValueError(f"{prefix}{missing[0]} is missing")
    return [arrays[f"{prefix}{i}"] for i in range(number)]
