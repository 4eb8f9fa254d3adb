"""The library's own file, ``.npz``: a zip of plain parts.

``model.json`` describes the model and how it is trained; each weight is an array,
``weights/0.npy`` and so on in the order of `model.weights`, and so is each vector that the
optimizer keeps, such as Adam's ``optimizer/m.npy``. NumPy alone reads them:
``numpy.load(path)["weights/0"]``.

Version 1 of the format had the weights of each layer in the order in which it adds them, the
optimizer's vectors as the rows of one array, and Adam's without the factors 1 - beta.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from tinyneuron._common import VERSION
from tinyneuron._common.arrays import Array
from tinyneuron._common.configuration import serialize
from tinyneuron._training.trainer import Trainer
from tinyneuron.layers import Layer, RandomLayer
from tinyneuron.optimizers import Adam, Optimizer
from tinyneuron.saving.compile_config import (
    compile_again,
    current_optimizer,
    loss_and_metrics,
    number_of_steps,
)
from tinyneuron.saving.rebuilding import fill, rebuilt

FORMAT, FORMAT_VERSION = "tinyneuron", 2


# Writing ----------------------------------------------------------------------------------------


def model_content(model: Trainer) -> bytes:
    """Return the bytes of a model's file."""
    random = [layer._random.bit_generator.state for layer in _seeded(model)]
    description: dict[str, Any] = {"model": serialize(model), "random": random}
    arrays = _weight_arrays(model)
    if model.optimizer is not None:
        optimizer = current_optimizer(model)
        description["compile"] = {"optimizer": serialize(optimizer), **loss_and_metrics(model)}
        description["iterations"] = optimizer.iterations
        if optimizer.iterations:
            arrays |= _optimizer_arrays(optimizer)
    return _archive(description, arrays)


def weights_content(model: Trainer) -> bytes:
    """Return the bytes of a file of weights alone."""
    return _archive({}, _weight_arrays(model))


def _weight_arrays(model: Trainer) -> dict[str, Array]:
    return {f"weights/{i}": weight for i, weight in enumerate(model.weights)}


def _optimizer_arrays(optimizer: Optimizer) -> dict[str, Array]:
    rows = zip(optimizer._built_slots, optimizer._slots, strict=True)
    return {f"optimizer/{slot}": vector for slot, vector in rows}


def _seeded(model: Layer) -> list[Any]:
    """Return the layers that have random numbers of their own."""
    drawing = [layer for layer in model._family() if isinstance(layer, RandomLayer)]
    return [layer for layer in drawing if layer._random is not None]


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


# Reading ----------------------------------------------------------------------------------------


def read_model(archive: zipfile.ZipFile, compile: bool) -> Trainer:
    """Return the model of a file, with the state of its training if it is to be compiled."""
    version, description, arrays = _read(archive)
    config = description.get("model")
    if not isinstance(config, dict):
        raise ValueError("it has weights, but no model; load_weights reads those")
    weights = _in_order(arrays, "weights/")
    model = rebuilt(config, budget=8 * sum(weight.size for weight in weights))
    fill(model, _as_now(version, model, weights))
    _restore_random_numbers(version, model, description.get("random"))
    if compile and description.get("compile"):
        optimizer = compile_again(model, description["compile"])
        optimizer._iterations = number_of_steps(description["iterations"])
        _restore_optimizer(version, optimizer, arrays)
    return model


def read_weights(model: Trainer, archive: zipfile.ZipFile) -> list[Array]:
    """Return a file's arrays in the order of `model.weights`."""
    version, _, arrays = _read(archive)
    return _as_now(version, model, _in_order(arrays, "weights/"))


def _as_now(version: int, model: Trainer, weights: list[Array]) -> list[Array]:
    """Return a file's weights in the order of `model.weights`."""
    added = [weight.value for layer in model._family() for weight in layer._weights]
    if version > 1 or len(weights) != len(added):
        return weights
    place = {id(array): i for i, array in enumerate(added)}
    return [weights[place[id(array)]] for array in model.weights]


def _restore_random_numbers(version: int, model: Trainer, states: Any) -> None:
    """Let the seeded layers go on where their random numbers were."""
    layers = _seeded(model)
    if version == 1:  # by the layer's name
        states = [(states or {}).get(layer.name) for layer in layers]
    for layer, state in zip(layers, states, strict=True):
        if state is not None:
            layer._random.bit_generator.state = state


def _restore_optimizer(version: int, optimizer: Optimizer, arrays: Mapping[str, Array]) -> None:
    """Give the optimizer the vectors that it kept, if the file has any."""
    kept = {
        name.removeprefix("optimizer/"): array
        for name, array in arrays.items()
        if name.startswith("optimizer/")
    }
    if version == 1 and kept:
        kept = _slots_of_version_1(optimizer, kept["slots"])
    shapes = {name: vector.shape for name, vector in kept.items()}
    needed = dict.fromkeys(optimizer.slots, optimizer._slots.shape[1:])
    if kept and shapes != needed:
        raise ValueError(
            f"the optimizer needs vectors of shapes {needed}, and the file has {shapes}"
        )
    for slot, name in zip(optimizer._slots, optimizer.slots, strict=True):
        if name in kept:
            slot[...] = kept[name]


def _slots_of_version_1(optimizer: Optimizer, rows: Array) -> dict[str, Array]:
    """Return the rows by name, Adam's multiplied by the factors that they lacked."""
    if rows.shape != optimizer._slots.shape:
        raise ValueError(
            f"the optimizer's state has shape {rows.shape}, its weights need "
            f"{optimizer._slots.shape}"
        )
    if isinstance(optimizer, Adam):
        m, v = 1 - optimizer.beta_1, 1 - optimizer.beta_2
        rows = rows * np.array([m, v, v])[: len(rows), np.newaxis]
    return dict(zip(optimizer.slots, rows, strict=True))


def _read(archive: zipfile.ZipFile) -> tuple[int, dict[str, Any], dict[str, Array]]:
    """Return the version, the description and the arrays of a file, believing nothing it claims."""
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if "model.json" not in names or len(set(names)) != len(names):
        raise ValueError("it is not one of tinyneuron's files")
    for part in parts:
        if part.compress_type != zipfile.ZIP_STORED or part.file_size != part.compress_size:
            raise ValueError(f"{part.filename!r} is compressed, which tinyneuron never does")
    if sum(part.file_size for part in parts) > archive.start_dir:
        raise ValueError("its parts are longer than the file")
    description = json.loads(archive.read("model.json"))
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise ValueError("it is not one of tinyneuron's files")
    version = description.get("format_version")
    if version not in (1, FORMAT_VERSION):
        raise ValueError(
            f"it has format version {version!r}, and this library reads 1 and {FORMAT_VERSION}"
        )
    arrays = {
        name.removesuffix(".npy"): _array(name, archive.read(name))
        for name in names
        if name != "model.json"
    }
    return version, description, arrays


def _array(name: str, content: bytes) -> Array:
    """Read a ``.npy`` part whose length is what its header says."""
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError(f"{name!r} is not a plain array")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
    data = content[file.tell() :]
    if dtype.kind not in "fiub" or dtype.itemsize * math.prod(shape) != len(data):
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
