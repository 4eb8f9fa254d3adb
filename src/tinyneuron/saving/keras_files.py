"""Keras 3's own files: ``.keras`` and ``.weights.h5``.

A ``.keras`` file is a zip of ``config.json``, ``metadata.json`` and ``model.weights.h5``. In the
latter, weights stand under their layer's class name in snake case, numbered:
``layers/dense/vars/0`` is a kernel and ``/1`` its bias, ``layers/dense_1`` is the next Dense;
nested models repeat this inside. A layer in a user's layer stands under its attribute's name.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tinyneuron._common.arrays import Array
from tinyneuron._common.names import to_snake_case
from tinyneuron._training.trainer import Trainer
from tinyneuron.layers import Layer
from tinyneuron.saving.compile_config import current_optimizer
from tinyneuron.saving.generations import Writer, model_as_today
from tinyneuron.saving.hdf5 import Member, member, numbers, opened
from tinyneuron.saving.hdf5_writing import h5py, write_numbers
from tinyneuron.saving.keras_training import (
    KERAS_VERSION,
    check_storable,
    resume,
    written_training,
)
from tinyneuron.saving.optimizer_state import state_arrays
from tinyneuron.saving.parts import Parts
from tinyneuron.saving.rebuilding import (
    configuration_of,
    fill,
    random_numbers,
    rebuilt,
    restore_random_numbers,
)

# Where things stand in a file ---------------------------------------------------------------------


class Layout(NamedTuple):
    """How a weights file names the places of layers."""

    folder: str = "layers"
    step: int = 1  # from one layer with weights to the next of its class


# TensorFlow 2.12 and 2.13 had each layer with weights twice in a list, and counted on.
_IN_TENSORFLOW_2_13 = Layout("_layer_checkpoint_dependencies", step=2)


def _places(
    layer: Layer, layout: Layout, path: str = "", seen: set[int] | None = None
) -> Iterator[tuple[str, Layer]]:
    """Yield each layer with its place in a weights file, the model first, none twice."""
    seen = set() if seen is None else seen
    if id(layer) not in seen:
        seen.add(id(layer))
        yield path, layer
        for place, inner in _inside(layer, layout):
            yield from _places(inner, layout, f"{path}{place}/", seen)


def _inside(layer: Layer, layout: Layout) -> Iterator[tuple[str, Layer]]:
    """Yield the layers in a layer with their place in it, in the order of `layer.weights`."""
    if isinstance(layer, Trainer):
        yield from _numbered(layout.folder, dict.fromkeys(layer._own_layers()), layout)
        return
    for name, value in vars(layer).items():
        if isinstance(value, Layer):
            yield name, value
        elif isinstance(value, list | tuple | dict):
            items = value.values() if isinstance(value, dict) else value
            inner = (item for item in items if isinstance(item, Layer))
            yield from _numbered(name, inner, layout)


def _numbered(folder: str, layers: Iterable[Layer], layout: Layout) -> Iterator[tuple[str, Layer]]:
    """Yield each layer with its place in a folder: dense, dense_1, dense_2 and so on."""
    used: Counter[str] = Counter()
    for layer in layers:
        name = to_snake_case(type(layer).__name__)
        yield f"{folder}/{name}_{used[name]}" if used[name] else f"{folder}/{name}", layer
        used[name] += layout.step if layer.weights else 1


def _own_weights(layer: Layer) -> list[Array]:
    """Return a layer's weights, those of layers in it aside: the trainable ones first."""
    records = sorted(layer._weights, key=lambda weight: not weight.trainable)
    return [weight.value for weight in records]


# Writing ----------------------------------------------------------------------------------------


def model_content(model: Trainer) -> bytes:
    """Return the bytes of a ``.keras`` file."""
    check_storable(model)
    config = configuration_of(model) | {"build_config": {"input_shape": model.input.shape}}
    config["random"] = random_numbers(model)  # for us alone: Keras' random numbers are others
    if model.optimizer is not None:
        config["compile_config"] = written_training(model)
    metadata = {"keras_version": KERAS_VERSION, "date_saved": time.strftime("%Y-%m-%d@%H:%M:%S")}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("metadata.json", json.dumps(metadata))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", weights_content(model, with_optimizer=True))
    return buffer.getvalue()


def weights_content(model: Trainer, with_optimizer: bool = False) -> bytes:
    """Return the bytes of a ``.weights.h5`` file."""
    buffer = io.BytesIO()
    with h5py().File(buffer, "w") as file:
        for path, layer in _places(model, Layout()):
            group = file.create_group(f"{path}vars")
            group.attrs["name"] = layer.name
            for i, weight in enumerate(_own_weights(layer)):
                write_numbers(group, str(i), weight)
        if with_optimizer and model.optimizer is not None:
            optimizer = current_optimizer(model)
            group = file.create_group("optimizer/vars")
            group.attrs["name"] = optimizer.name
            for i, (_, array) in enumerate(state_arrays(optimizer)):
                write_numbers(group, str(i), array)
    return buffer.getvalue()


# Reading ----------------------------------------------------------------------------------------


def read_model(parts: Parts, compile: bool) -> tuple[Trainer, list[str]]:
    """Return the model of a ``.keras`` file, and what of its training was left out."""
    config, metadata = parts.described("config.json"), parts.described("metadata.json")
    content = parts.read("model.weights.h5")
    writer = Writer(metadata.get("keras_version"))
    model = rebuilt(model_as_today(config, writer), number_of_bytes=len(content))
    left_out: list[str] = []
    file = opened(content)
    fill(model, weights_in(file, model))
    restore_random_numbers(model, config.get("random"))
    training = config.get("compile_config")
    if compile and training:
        state = member(file, "optimizer/vars")
        arrays = [str(i) for i in range(len(state or ()))]
        left_out = resume(model, training, writer, state, arrays, [])
        if state is None and model.optimizer is not None:  # of TensorFlow's legacy optimizers
            left_out.append("the optimizer's state, which is not in the file")
    return model, writer.different + left_out


def weights_in(file: Member, model: Trainer) -> list[Array]:
    """Read as many arrays as each layer has weights, in their shapes."""
    layout = _IN_TENSORFLOW_2_13 if _IN_TENSORFLOW_2_13.folder in file.links else Layout()
    arrays: list[Array] = []
    for path, layer in _places(model, layout):
        group, own = member(file, f"{path}vars"), _own_weights(layer)
        there = 0 if group is None else len(group)
        if there != len(own):
            raise ValueError(
                f"layer {layer.name!r} has {len(own)} weights, and the file has {there} in "
                f"'{path}vars'"
            )
        arrays += [numbers(group, str(i), weight.shape) for i, weight in enumerate(own)]
    return arrays
