"""Keras' own files, read and written with h5py: ``.keras``, ``.weights.h5``, and old ``.h5``.

A ``.keras`` file is a zip of ``config.json``, ``metadata.json`` and ``model.weights.h5``. In the
latter, weights stand under their layer's class name in snake case, numbered:
``layers/dense/vars/0`` is a kernel and ``/1`` its bias, ``layers/dense_1`` is the next Dense;
nested models repeat this inside.
"""

from __future__ import annotations

import io
import json
import math
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tinyneuron import activations
from tinyneuron._common.arrays import Array
from tinyneuron._common.configuration import serialize
from tinyneuron._common.names import to_snake_case
from tinyneuron.layers import Dense, Layer
from tinyneuron.optimizers import Optimizer

KERAS_VERSION = "3.15.0"  # whose form of files is written

# What Keras writes for options that tinyneuron does not offer, when they are not used.
_OPTIMIZER_DEFAULTS = {
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
}


def h5py() -> Any:
    """Return the module h5py, or say how to install it."""
    try:
        import h5py
    except ImportError:
        raise ImportError("Keras' files need h5py: pip install tinyneuron[keras]") from None
    return h5py


# Writing ----------------------------------------------------------------------------------------


def keras_archive(model: Any, compile_config: dict[str, Any] | None) -> bytes:
    """Return the bytes of a ``.keras`` file."""
    for layer in model._family():
        if isinstance(layer, Dense) and not isinstance(
            activations.serialize(layer.activation), str
        ):
            raise ValueError(
                f"Layer {layer.name!r} has the activation {layer.activation!r}, whose "
                "options Keras cannot store in a Dense: use a layer for it, such as LeakyReLU(0.1)."
            )
    config = serialize(model) | {"build_config": {"input_shape": model.input_shape}}
    if compile_config is not None:
        config["compile_config"] = compile_config
    metadata = {"keras_version": KERAS_VERSION, "date_saved": time.strftime("%Y-%m-%d@%H:%M:%S")}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("metadata.json", json.dumps(metadata))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", keras_weights(model, with_optimizer=True))
    return buffer.getvalue()


def keras_weights(model: Any, with_optimizer: bool = False) -> bytes:
    """Return the bytes of a ``.weights.h5`` file."""
    check_order(model)
    buffer = io.BytesIO()
    with h5py().File(buffer, "w") as file:
        for path, layer in _places(model):
            group = file.create_group(f"{path}vars")
            group.attrs["name"] = layer.name
            for i, weight in enumerate(layer._weights):
                group[str(i)] = weight.value
        optimizer = model.optimizer
        if with_optimizer and optimizer is not None:
            group = file.create_group("optimizer/vars")
            group.attrs["name"] = optimizer.name
            if not optimizer.is_built_for(model.trainable_weights):  # nothing of this model's
                optimizer = type(optimizer).from_config(optimizer.get_config())
            for i, array in enumerate(_optimizer_arrays(optimizer)):
                group[str(i)] = array
    return buffer.getvalue()


def check_order(model: Layer) -> None:
    """Refuse a layer of the user's whose weights stand in another order in Keras' files."""
    for layer in model._family():
        kinds = [weight.trainable for weight in layer._weights]
        if kinds != sorted(kinds, reverse=True):
            raise ValueError(
                f"layer {layer.name!r} adds weights that are not trainable before others that are; "
                "Keras' files have the trainable ones first"
            )


def _places(layer: Any, path: str = "") -> Iterator[tuple[str, Layer]]:
    """Yield each layer with its place in a weights file, the model first."""
    yield path, layer
    seen: Counter[str] = Counter()
    for inner in layer._own_layers():
        name = to_snake_case(type(inner).__name__)
        number = seen[name]
        seen[name] += 1
        place = f"{path}layers/{name}_{number}/" if number else f"{path}layers/{name}/"
        yield from _places(inner, place)


def keras_optimizer_config(optimizer: Optimizer) -> dict[str, Any]:
    """Return what Keras makes an optimizer from."""
    config = serialize(optimizer)
    config["config"] |= _OPTIMIZER_DEFAULTS
    return config


def _optimizer_arrays(optimizer: Optimizer) -> Iterator[Any]:
    """Yield the number of steps, the learning rate if it is one number, and the state."""
    yield np.int64(optimizer.iterations)
    if isinstance(optimizer._learning_rate, float):
        yield np.float32(optimizer.learning_rate)
    for factor, views in _keras_order(optimizer):
        yield views * factor


def _keras_order(optimizer: Optimizer) -> Iterator[tuple[float, Array]]:
    """Yield the views of the state in Keras' order, and what turns each into Keras' numbers."""
    slots = optimizer.state()
    factors = optimizer.state_factors()
    together = ["momentum", "velocity"] if "beta_1" in vars(optimizer) and slots else []  # Adam's
    for pair in zip(*(slots[name] for name in together), strict=True) if together else ():
        yield from zip((factors[name] for name in together), pair, strict=True)
    for name, views in slots.items():
        if name not in together:
            for view in views:
                yield factors[name], view


# Reading ----------------------------------------------------------------------------------------


def read_archive(archive: zipfile.ZipFile) -> tuple[dict[str, Any], bytes]:
    """Return the configuration and the weights file of a ``.keras`` file."""
    parts = {part.filename: part for part in archive.infolist()}
    for name in ("config.json", "model.weights.h5"):
        if name not in parts:
            raise ValueError(f"it has no {name}")
        if parts[name].compress_type != zipfile.ZIP_STORED:
            raise ValueError(f"{name} is compressed, which Keras never does")
    config = json.loads(archive.read("config.json"))
    if not isinstance(config, dict):
        raise ValueError("its config.json does not describe a model")
    return config, archive.read("model.weights.h5")


def sequential_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration of a Sequential, or of a functional model that is a chain."""
    if config.get("class_name") == "Sequential":
        return dict(config["config"])
    if config.get("class_name") not in ("Functional", "Model"):
        raise ValueError(f"it holds a {config.get('class_name')}, not a Sequential model")
    inner = config["config"]
    previous = None
    for layer in inner["layers"]:
        sources = _sources(layer.get("inbound_nodes") or [])
        if sources != ([] if previous is None else [previous]):
            raise ValueError(
                f"layer {layer['config']['name']!r} ({layer['class_name']}) has the inputs "
                f"{sources}: a functional model is read only if it is a chain of layers"
            )
        previous = layer["config"]["name"]
    return {"name": inner["name"], "layers": inner["layers"]}


def _sources(nodes: Any) -> list[str]:
    """Return the names of the layers that a functional layer is called on."""
    if isinstance(nodes, Mapping):
        if nodes.get("class_name") == "__keras_tensor__":
            return [nodes["config"]["keras_history"][0]]
        nodes = list(nodes.values())
    if isinstance(nodes, list | tuple):
        return [name for node in nodes for name in _sources(node)]
    return []


def weights_of(config: Mapping[str, Any], file: Any) -> list[Array]:
    """Return all weights of a configured model, in order, from an open ``.weights.h5``."""
    arrays: list[Array] = []
    for path in _configured_places(config["layers"]):
        group = _member(file, f"{path}vars") or {}
        arrays += [_numbers(group, str(i)) for i in range(len(group))]
    return arrays


def _configured_places(layers: Any, path: str = "") -> Iterator[str]:
    """Yield each configured layer's place in a weights file, as `_places` does for real ones."""
    seen: Counter[str] = Counter()
    for layer in layers:
        if layer["class_name"] == "InputLayer":
            continue
        name = to_snake_case(layer["class_name"])
        number = seen[name]
        seen[name] += 1
        place = f"{path}layers/{name}_{number}/" if number else f"{path}layers/{name}/"
        yield place
        yield from _configured_places(layer["config"].get("layers", []), place)


def legacy_weights(config: Mapping[str, Any], file: Any) -> list[Array]:
    """Return all weights, in order, from an open whole-model ``.h5``."""
    arrays = []
    for layer in config["layers"]:
        group = _member(file, f"model_weights/{layer['config']['name']}")
        if group is not None:
            arrays += [_numbers(group, _text(name)) for name in group.attrs["weight_names"]]
    return arrays


def restore_optimizer(optimizer: Optimizer, file: Any) -> None:
    """Read the number of steps and the state from an open weights file."""
    group = _member(file, "optimizer/vars")
    arrays = [] if group is None else [_numbers(group, str(i)) for i in range(len(group))]
    places = list(_keras_order(optimizer))
    has_rate = isinstance(optimizer._learning_rate, float)
    if not arrays or (len(arrays) == 1 + has_rate and not arrays[0]):  # never trained
        return
    given = arrays[1 + has_rate :]
    shapes = [[np.shape(array) for array in some] for some in ([v for _, v in places], given)]
    if shapes[0] != shapes[1]:
        raise ValueError(
            f"the optimizer needs arrays of shapes {shapes[0]}, and the file has {shapes[1]}"
        )
    optimizer._iterations = int(arrays[0])
    if has_rate:
        optimizer.learning_rate = float(arrays[1])
    for (factor, view), array in zip(places, given, strict=True):
        view[...] = array / factor


def optimizer_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return an optimizer's configuration without what Keras writes for unused options."""
    own = dict(config["config"])
    for option, unused in _OPTIMIZER_DEFAULTS.items():
        if own.pop(option, unused) != unused:
            raise ValueError(f"its optimizer uses {option}, which tinyneuron does not offer")
    return {"class_name": config["class_name"], "config": own}


def _member(file: Any, path: str) -> Any:
    """Return a group or dataset of the very file, following no link out of it."""
    here = file
    for name in path.strip("/").split("/"):
        link = here.get(name, getlink=True)
        if link is None:
            return None
        if not isinstance(link, h5py().HardLink):
            raise ValueError(f"{path!r} is a link to somewhere else")
        here = here[name]
    return here


def _numbers(group: Any, name: str) -> Array:
    """Read a dataset that is as large as it claims to be."""
    data = _member(group, name)
    if not isinstance(data, h5py().Dataset) or data.dtype.kind not in "fiu":
        raise ValueError(f"{name!r} in {group.name!r} is not an array of numbers")
    size = data.dtype.itemsize * math.prod(data.shape)
    if data.external or data.is_virtual or data.id.get_storage_size() < size:
        raise ValueError(f"{data.name!r} claims {size} bytes that the file does not have")
    return np.array(data[()])


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
