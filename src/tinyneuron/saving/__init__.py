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
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tinyneuron import losses, metrics
from tinyneuron._common import VERSION, arguments
from tinyneuron._common.arrays import Array
from tinyneuron._common.configuration import Configurable, serialize
from tinyneuron._common.registry import custom_object_scope, register_keras_serializable
from tinyneuron.layers import Dropout, Layer
from tinyneuron.layers.weights import loading
from tinyneuron.models import Sequential
from tinyneuron.models import _as_model as as_model
from tinyneuron.saving import keras_files

__all__ = [
    "custom_object_scope",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
]

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
        Ends in ``.npz``; or in ``.keras``, for Keras to read too (this needs h5py).
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
    if not as_model(model).built:
        raise ValueError(f"Model {model.name!r} is not built, so it has no weights to save.")
    path = arguments.path(filepath)
    if path.suffix == ".keras":
        content = keras_files.keras_archive(model, _keras_compile_config(model))
    elif path.suffix == ".npz":
        content = _archive(*_parts(model))
    else:
        raise ValueError(
            f"A model's file ends in '.npz', or '.keras' for Keras to read, got {str(path)!r}."
        )
    _write(path, content, overwrite)


def save_weights(model: Sequential, filepath: Any, overwrite: bool = True) -> None:
    """Write the weights alone, to a file that ends in ``.npz`` or ``.weights.h5``."""
    if not as_model(model).built:
        raise ValueError(f"Model {model.name!r} is not built, so it has no weights to save.")
    path = arguments.path(filepath)
    if path.name.endswith(".weights.h5"):
        content = keras_files.keras_weights(model)
    elif path.suffix == ".npz":
        content = _archive({}, _weight_arrays(model))
    else:
        raise ValueError(
            "A file of weights ends in '.npz', or '.weights.h5' for Keras to read, got "
            f"{str(path)!r}."
        )
    _write(path, content, overwrite)


def _parts(model: Sequential) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the description and the arrays of the library's own file."""
    description: dict[str, Any] = {"model": serialize(model), "random": _random_states(model)}
    arrays = _weight_arrays(model)
    optimizer = model.optimizer
    if optimizer is not None:
        description["compile"] = {"optimizer": serialize(optimizer), **_settings(model)}
        description["iterations"] = optimizer.iterations
        if optimizer.is_built_for(model.trainable_weights):
            arrays["optimizer/slots"] = optimizer._slots
    return description, arrays


def _settings(model: Sequential) -> dict[str, Any]:
    """Return what `compile` was given, the optimizer aside."""
    wanted = model._scores.wanted
    return {
        "loss": _described(model.loss),
        "metrics": [_described(metric) for metric, weighted in wanted if not weighted],
        "weighted_metrics": [_described(metric) for metric, weighted in wanted if weighted],
    }


def _keras_compile_config(model: Sequential) -> dict[str, Any] | None:
    if model.optimizer is None:
        return None
    own = keras_files.keras_optimizer_config(model.optimizer)
    settings = {name: value or None for name, value in _settings(model).items()}
    return {"optimizer": own, **settings, "loss_weights": None}


def _weight_arrays(model: Layer) -> dict[str, Array]:
    """Return the weights in the order in which the layers add them."""
    weights = [weight.value for layer in model._family() for weight in layer._weights]
    return {f"weights/{i}": weight for i, weight in enumerate(weights)}


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
    if callable(identifier) and not isinstance(identifier, Configurable):
        identifier = metrics.get(identifier)
    return serialize(identifier) if isinstance(identifier, Configurable) else identifier


def _archive(description: dict[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """Put the parts into the bytes of a zip, uncompressed."""
    head = {"format": FORMAT, "format_version": FORMAT_VERSION, "library_version": VERSION}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("model.json", json.dumps(head | description))
        for name, array in arrays.items():
            part = io.BytesIO()
            np.lib.format.write_array(part, np.asarray(array), allow_pickle=False)
            archive.writestr(f"{name}.npy", part.getvalue())
    return buffer.getvalue()


def _write(path: Path, content: bytes, overwrite: bool) -> None:
    """Replace the file by one that holds `content`, all or nothing."""
    if not arguments.flag("overwrite", overwrite) and path.exists():
        raise ValueError(f"{str(path)!r} is there already, and overwrite is False.")
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"There is no folder {str(path.parent)!r} to save {path.name!r} in."
        )
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
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
    file = io.BytesIO(arguments.path(filepath).read_bytes())
    with custom_object_scope(custom_objects), _refusing(filepath):
        if file.getvalue()[:4] == b"\x89HDF":
            return _load_legacy(file, compile)
        with zipfile.ZipFile(file) as archive:
            if "config.json" in archive.namelist():
                return _load_keras(archive, compile)
            return _load_own(archive, compile)


def _load_own(archive: zipfile.ZipFile, compile: bool) -> Sequential:
    description, arrays = _read(archive)
    config = description.get("model")
    if not isinstance(config, dict) or config.get("class_name") != "Sequential":
        raise ValueError("it has weights, but no model; load_weights reads those")
    model = _with_weights(config["config"], _in_order(arrays, "weights/"))
    for layer in model._family():
        state = description.get("random", {}).get(layer.name)
        if state is not None and isinstance(layer, Dropout) and layer._random is not None:
            layer._random.bit_generator.state = state
    if compile and description.get("compile"):
        _compile(model, description["compile"])
        optimizer = model.optimizer
        optimizer._iterations = _count(description["iterations"])
        if "optimizer/slots" in arrays:
            slots = arrays["optimizer/slots"]
            if slots.shape != optimizer._slots.shape:
                raise ValueError(
                    f"the optimizer's state has shape {slots.shape}, its weights need "
                    f"{optimizer._slots.shape}"
                )
            optimizer._slots[...] = slots
    return model


def _load_keras(archive: zipfile.ZipFile, compile: bool) -> Sequential:
    config, content = keras_files.read_archive(archive)
    with keras_files.h5py().File(io.BytesIO(content), "r") as file:
        own = keras_files.sequential_config(config)
        model = _with_weights(own, keras_files.weights_of(own, file))
        if compile and config.get("compile_config"):
            _compile_as_keras(model, config["compile_config"])
            keras_files.restore_optimizer(model.optimizer, file)
    return model


def _load_legacy(file: Any, compile: bool) -> Sequential:
    with keras_files.h5py().File(file, "r") as h5:
        if "model_config" not in h5.attrs:
            raise ValueError("it has weights, but no model; load_weights reads those")
        own = keras_files.sequential_config(json.loads(h5.attrs["model_config"]))
        model = _with_weights(own, keras_files.legacy_weights(own, h5))
        if compile and "training_config" in h5.attrs:
            settings = json.loads(h5.attrs["training_config"])
            _compile_as_keras(model, settings | {"optimizer": settings["optimizer_config"]})
    return model


def load_weights(model: Sequential, filepath: Any) -> None:
    """Read weights into a built model of the same structure; all of them, or none."""
    model = as_model(model)
    file = io.BytesIO(arguments.path(filepath).read_bytes())
    with _refusing(filepath):
        if file.getvalue()[:4] == b"\x89HDF":
            with keras_files.h5py().File(file, "r") as h5:
                weights = keras_files.weights_of(model.get_config(), h5)
        else:
            with zipfile.ZipFile(file) as archive:
                weights = _in_order(_read(archive)[1], "weights/")
        _write_into(model, weights)


def _write_into(model: Sequential, weights: list[Array]) -> None:
    """Give the model weights that stand in the order in which its layers add them."""
    added = [weight.value for layer in model._family() for weight in layer._weights]
    places = {id(array): place for place, array in enumerate(added)}
    if len(weights) == len(added):
        weights = [weights[places[id(array)]] for array in model.weights]
    model.set_weights(weights)


def _with_weights(config: dict[str, Any], weights: list[Array]) -> Sequential:
    """Make a model whose weights are the file's."""
    with loading(sum(array.nbytes for array in weights) * 2):
        model = Sequential.from_config(config)
    if not model.built:
        raise ValueError("it holds a model that was never built")
    if len(model.weights) != len(weights):
        raise ValueError(
            f"the model has {len(model.weights)} weights and the file has {len(weights)}"
        )
    _write_into(model, weights)
    return model


def _compile(model: Sequential, settings: Mapping[str, Any]) -> None:
    model.compile(
        optimizer=settings["optimizer"],
        loss=_restored(losses.get, settings["loss"]),
        metrics=[_restored(metrics.get, m) for m in settings.get("metrics") or []],
        weighted_metrics=[
            _restored(metrics.get, m) for m in settings.get("weighted_metrics") or []
        ],
    )
    model.optimizer.build(model.trainable_weights)


def _compile_as_keras(model: Sequential, settings: Mapping[str, Any]) -> None:
    if settings.get("loss_weights"):
        raise ValueError("its training uses loss_weights, which tinyneuron does not offer")
    _compile(model, {**settings, "optimizer": keras_files.optimizer_config(settings["optimizer"])})


def _restored(get: Callable[[Any], Any], description: Any) -> Any:
    """Return a name as it is, and make an object from class and configuration."""
    return get(description) if isinstance(description, dict) else description


def _count(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"the number of iterations is {value!r}")
    return value


@contextmanager
def _refusing(filepath: Any) -> Iterator[None]:
    """Turn whatever a damaged file leads to into a ValueError that names the file."""
    try:
        yield
    except ImportError:  # no h5py: not the file's fault
        raise
    except Exception as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else error
        raise ValueError(f"Cannot load {str(filepath)!r}: {what}") from error


def _read(archive: zipfile.ZipFile) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the description and the arrays of a file, having believed nothing it claims."""
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if "model.json" not in names or len(set(names)) != len(names):
        raise ValueError("it is not one of tinyneuron's files")
    for part in parts:
        if part.compress_type != zipfile.ZIP_STORED or part.file_size != part.compress_size:
            raise ValueError(f"{part.filename!r} is compressed, which tinyneuron never does")
    description = json.loads(archive.read("model.json"))
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise ValueError("it is not one of tinyneuron's files")
    if description.get("format_version") != FORMAT_VERSION:
        raise ValueError(
            f"it has format version {description.get('format_version')!r}, and this library "
            f"reads {FORMAT_VERSION}"
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
