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
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tinyneuron._common import VERSION
from tinyneuron._common.arrays import Array
from tinyneuron._common.configuration import serialize
from tinyneuron._training.trainer import Trainer
from tinyneuron.optimizers import Adam, Optimizer
from tinyneuron.saving.compile_config import (
    compile_again,
    current_optimizer,
    loss_and_metrics,
    number_of_steps,
)
from tinyneuron.saving.parts import Parts
from tinyneuron.saving.rebuilding import (
    configuration_of,
    fill,
    random_numbers,
    rebuilt,
    restore_random_numbers,
    seeded,
)

FORMAT, FORMAT_VERSION = "tinyneuron", 2


# Writing ----------------------------------------------------------------------------------------


def model_content(model: Trainer) -> bytes:
    """Return the bytes of a model's file."""
    description: dict[str, Any] = {
        "model": configuration_of(model),
        "random": random_numbers(model),
    }
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


def read_model(parts: Parts, compile: bool) -> Trainer:
    """Return the model of a file, with the state of its training if it is to be compiled."""
    version, description = _description(parts)
    config = description.get("model")
    if not isinstance(config, dict):
        raise ValueError("it has weights, but no model; load_weights reads those")
    sizes = (size for name, size in parts.sizes.items() if name.startswith("weights/"))
    model = rebuilt(config, number_of_bytes=sum(sizes))
    fill(model, _weights(version, model, parts))
    states = description.get("random")
    if version == 1:  # by the layer's name
        states = [(states or {}).get(layer.name) for layer in seeded(model)]
    restore_random_numbers(model, states)
    if compile and description.get("compile"):
        optimizer = compile_again(model, description["compile"])
        optimizer._iterations = number_of_steps(description["iterations"])
        _restore_optimizer(version, optimizer, parts)
    return model


def read_weights(model: Trainer, parts: Parts) -> list[Array]:
    """Return a file's arrays in the order of `model.weights`."""
    version, _ = _description(parts)
    return _weights(version, model, parts)


def _description(parts: Parts) -> tuple[int, dict[str, Any]]:
    """Return the version of a file, and what it says."""
    description = parts.described("model.json") if "model.json" in parts else {}
    if description.get("format") != FORMAT:
        raise ValueError("it is not one of tinyneuron's files")
    version = description.get("format_version")
    if version not in (1, FORMAT_VERSION):
        raise ValueError(
            f"it has format version {version!r}, and this library reads 1 and {FORMAT_VERSION}"
        )
    return version, description


def _weights(version: int, model: Trainer, parts: Parts) -> list[Array]:
    """Return a file's weights in the order of `model.weights`."""
    number = sum(name.startswith("weights/") for name in parts.sizes)
    weights = [_array(parts, f"weights/{i}.npy") for i in range(number)]
    added = [weight.value for layer in model._family() for weight in layer._weights]
    if version > 1 or len(weights) != len(added):
        return weights
    place = {id(array): i for i, array in enumerate(added)}
    return [weights[place[id(array)]] for array in model.weights]


def _restore_optimizer(version: int, optimizer: Optimizer, parts: Parts) -> None:
    """Give the optimizer the vectors that it kept, which it has from its first step on."""
    if not (optimizer.iterations and optimizer.slots):
        return
    there = [name for name in parts.sizes if name.startswith("optimizer/")]
    needed = [f"optimizer/{slot}.npy" for slot in optimizer.slots]
    if version > 1 and {*needed} != {*there}:
        raise ValueError(f"the optimizer needs vectors {needed}, and the file has {there}")
    rows = (
        _rows_of_version_1(optimizer, _array(parts, "optimizer/slots.npy"))
        if version == 1
        else (_array(parts, name) for name in needed)
    )
    for slot, row in zip(optimizer._slots, rows, strict=True):
        if row.shape != slot.shape:
            raise ValueError(
                f"the optimizer needs vectors of shape {slot.shape}, and the file has {row.shape}"
            )
        slot[...] = row


def _rows_of_version_1(optimizer: Optimizer, rows: Array) -> Iterable[Array]:
    """Return the vectors, Adam's multiplied by the factors that they lacked."""
    if isinstance(optimizer, Adam):
        m, v = 1 - optimizer.beta_1, 1 - optimizer.beta_2
        rows = rows * np.array([m, v, v])[: len(rows), np.newaxis]
    return rows


def _array(parts: Parts, name: str) -> Array:
    """Read a ``.npy`` part whose length is what its header says."""
    content = parts.read(name)
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError(f"{name!r} is not a plain array")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
    data = memoryview(content)[file.tell() :]
    if dtype.kind not in "fiub" or dtype.itemsize * math.prod(shape) != len(data):
        raise ValueError(f"{name!r} claims {dtype} numbers of shape {shape} in {len(data)} bytes")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran_order else "C")
