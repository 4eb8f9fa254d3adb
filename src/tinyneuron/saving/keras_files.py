"""Keras' own files: ``.keras``, ``.weights.h5``, and old ``.h5``, which is read alone.

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
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from tinyneuron import activations
from tinyneuron._common.arrays import Array
from tinyneuron._common.configuration import serialize
from tinyneuron._common.names import to_snake_case
from tinyneuron._training.trainer import Trainer
from tinyneuron.layers import Dense, Layer
from tinyneuron.optimizers import SGD, Adadelta, Adam, Adamax, Nadam, Optimizer
from tinyneuron.saving.compile_config import (
    compile_again,
    current_optimizer,
    loss_and_metrics,
    number_of_steps,
)
from tinyneuron.saving.hdf5 import CHECKSUM, checksum, h5py, member, names, numbers, opened
from tinyneuron.saving.rebuilding import fill, rebuilt

KERAS_VERSION = "3.15.0"  # whose form of files is written

# What Keras writes for options that tinyneuron does not offer, when they are not used.
_OPTIMIZER_DEFAULTS = {
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
}


# Where things stand in a file ---------------------------------------------------------------------


def _places(
    layer: Layer, path: str = "", seen: set[int] | None = None
) -> Iterator[tuple[str, Layer]]:
    """Yield each layer with its place in a weights file, the model first, none twice."""
    seen = set() if seen is None else seen
    if id(layer) not in seen:
        seen.add(id(layer))
        yield path, layer
        for place, inner in _inside(layer):
            yield from _places(inner, f"{path}{place}/", seen)


def _inside(layer: Layer) -> Iterator[tuple[str, Layer]]:
    """Yield the layers in a layer with their place in it, in the order of `layer.weights`."""
    if isinstance(layer, Trainer):
        yield from _numbered("layers", layer._own_layers())
        return
    for name, value in vars(layer).items():
        if isinstance(value, Layer):
            yield name, value
        elif isinstance(value, list | tuple | dict):
            items = value.values() if isinstance(value, dict) else value
            yield from _numbered(name, (item for item in items if isinstance(item, Layer)))


def _numbered(folder: str, layers: Iterable[Layer]) -> Iterator[tuple[str, Layer]]:
    """Yield each layer with its place in a folder: dense, dense_1, dense_2 and so on."""
    used: Counter[str] = Counter()
    for layer in layers:
        name = to_snake_case(type(layer).__name__)
        yield f"{folder}/{name}_{used[name]}" if used[name] else f"{folder}/{name}", layer
        used[name] += 1


def _own_weights(layer: Layer) -> list[Array]:
    """Return a layer's weights, those of layers in it aside: the trainable ones first."""
    records = sorted(layer._weights, key=lambda weight: not weight.trainable)
    return [weight.value for weight in records]


def _optimizer_state(optimizer: Optimizer) -> list[tuple[Array, int]]:
    """Return the views of the state in Keras' order, and the sign that Keras keeps each with.

    Keras has our vectors one after the other, but the two of some rules side by side for each
    weight. Its v of SGD is what is added to the weights, ours what is subtracted. Last comes the
    product of Nadam's momenta, which follows from the number of steps here.
    """
    state, sign = optimizer.state(), -1 if isinstance(optimizer, SGD) else 1
    views: list[Array] = []
    if isinstance(optimizer, Adadelta | Adam | Adamax | Nadam):
        first, second = optimizer.slots[:2]
        pairs = zip(state.pop(first), state.pop(second), strict=True)
        views += [view for pair in pairs for view in pair]
    views += [view for slot in state.values() for view in slot]
    if isinstance(optimizer, Nadam):
        views.append(np.array(optimizer.momentum_product(optimizer.iterations)))
    return [(view, sign) for view in views]


# Writing ----------------------------------------------------------------------------------------


def model_content(model: Trainer) -> bytes:
    """Return the bytes of a ``.keras`` file."""
    for layer in model._family():
        if isinstance(layer, Dense) and not isinstance(
            activations.serialize(layer.activation), str
        ):
            raise ValueError(
                f"Layer {layer.name!r} has the activation {layer.activation!r}, whose "
                "options Keras cannot store in a Dense: use a layer for it, such as LeakyReLU(0.1)."
            )
    config = serialize(model) | {"build_config": {"input_shape": model.input.shape}}
    if model.optimizer is not None:
        optimizer = serialize(model.optimizer)
        optimizer["config"] |= _OPTIMIZER_DEFAULTS
        settings = {name: value or None for name, value in loss_and_metrics(model).items()}
        config["compile_config"] = {"optimizer": optimizer, **settings, "loss_weights": None}
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
        for path, layer in _places(model):
            group = file.create_group(f"{path}vars")
            group.attrs["name"] = layer.name
            _write_numbers(group, _own_weights(layer))
        if with_optimizer and model.optimizer is not None:
            optimizer = current_optimizer(model)
            group = file.create_group("optimizer/vars")
            group.attrs["name"] = optimizer.name
            arrays: list[Any] = [np.int64(optimizer.iterations)]
            if _has_rate(optimizer):
                arrays.append(np.float32(optimizer.learning_rate))
            arrays += [sign * view for view, sign in _optimizer_state(optimizer)]
            _write_numbers(group, arrays)
    return buffer.getvalue()


def _write_numbers(group: Any, arrays: Iterable[Any]) -> None:
    """Write arrays as 0, 1, 2 ..., each with a checksum, which Keras does not look at."""
    for i, array in enumerate(arrays):
        array = np.asarray(array)
        data = group.create_dataset(str(i), data=array)
        data.attrs[CHECKSUM] = np.uint32(checksum(data.name, array.tobytes()))


def _has_rate(optimizer: Optimizer) -> bool:
    """Say whether the learning rate is one number, which stands in the file, and no schedule."""
    return isinstance(optimizer._learning_rate, float)


# Reading ----------------------------------------------------------------------------------------


def read_model(archive: zipfile.ZipFile, compile: bool) -> Trainer:
    """Return the model of a ``.keras`` file, with the state of its training if it is compiled."""
    config, content = _parts(archive)
    model = rebuilt(_as_chain(config), budget=8 * len(content))  # a number takes a byte or more
    file = opened(content)
    fill(model, _weights_in(file, model))
    if compile and config.get("compile_config"):
        optimizer = _compile(model, config["compile_config"])
        _restore_optimizer(optimizer, file)
    return model


def read_legacy_model(content: bytes, compile: bool) -> Trainer:
    """Return the model of a whole-model ``.h5`` file."""
    file = opened(content)
    if "model_config" not in file.attrs:
        raise ValueError("it has weights, but no model; load_weights reads those")
    config = json.loads(file.attrs["model_config"])
    model = rebuilt(_as_chain(config), budget=8 * len(content))
    fill(model, _legacy_weights_in(file, model))
    if compile and "training_config" in file.attrs:
        settings = json.loads(file.attrs["training_config"])
        _compile(model, settings | {"optimizer": settings["optimizer_config"]})
    return model


def read_weights(model: Trainer, content: bytes) -> list[Array]:
    """Return the arrays of a ``.weights.h5`` file in the order of `model.weights`."""
    return _weights_in(opened(content), model)


def _parts(archive: zipfile.ZipFile) -> tuple[dict[str, Any], bytes]:
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


def _weights_in(file: Any, model: Trainer) -> list[Array]:
    """Read as many arrays as each layer has weights, in their shapes."""
    arrays: list[Array] = []
    for path, layer in _places(model):
        group, own = member(file, f"{path}vars"), _own_weights(layer)
        there = 0 if group is None else len(group)
        if there != len(own):
            raise ValueError(
                f"layer {layer.name!r} has {len(own)} weights, and the file has {there} in "
                f"'{path}vars'"
            )
        arrays += [numbers(group, str(i), weight.shape) for i, weight in enumerate(own)]
    return arrays


def _legacy_weights_in(file: Any, model: Trainer) -> list[Array]:
    """Read each layer's arrays by their names: those that training changes come first."""
    read: dict[int, Array] = {}
    for layer in model._own_layers():
        own = sorted(layer._all_weights(), key=lambda pair: not pair[1])
        group = member(file, f"model_weights/{layer.name}")
        if group is None and own:
            raise ValueError(f"it has no weights of layer {layer.name!r}")
        listed = names(group, "weight_names", len(own)) if own else []
        for name, (weight, _) in zip(listed, own, strict=True):
            read[id(weight.value)] = numbers(group, name, weight.value.shape)
    return [read[id(weight)] for weight in model.weights]


def _compile(model: Trainer, settings: Mapping[str, Any]) -> Optimizer:
    """Compile the model as Keras' file says."""
    if settings.get("loss_weights"):
        raise ValueError("its training uses loss_weights, which tinyneuron does not offer")
    optimizer = settings["optimizer"]
    own = dict(optimizer["config"])
    for option, unused in _OPTIMIZER_DEFAULTS.items():
        if own.pop(option, unused) != unused:
            raise ValueError(f"its optimizer uses {option}, which tinyneuron does not offer")
    return compile_again(model, {**settings, "optimizer": {**optimizer, "config": own}})


def _restore_optimizer(optimizer: Optimizer, file: Any) -> None:
    """Read the number of steps, the learning rate and the state from an open weights file."""
    group = member(file, "optimizer/vars")
    if not group:  # never trained
        return
    iterations = number_of_steps(numbers(group, "0", ()).item())
    has_rate = _has_rate(optimizer)
    if has_rate:
        optimizer.learning_rate = numbers(group, "1", ()).item()
    places = _optimizer_state(optimizer)
    first = 1 + has_rate
    if len(group) == first and not iterations:  # never trained either
        return
    if len(group) != first + len(places):
        raise ValueError(
            f"the optimizer needs {first + len(places)} arrays, and the file has {len(group)}"
        )
    optimizer._iterations = iterations
    for i, (view, sign) in enumerate(places, start=first):
        view[...] = sign * numbers(group, str(i), view.shape)


def _as_chain(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a configuration, and that of a functional model that is a chain as a Sequential's."""
    if config.get("class_name") not in ("Functional", "Model"):
        return config
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
    own = {"name": inner["name"], "layers": inner["layers"]}
    return {"class_name": "Sequential", "config": own}


def _sources(nodes: Any) -> list[str]:
    """Return the names of the layers that a functional layer is called on."""
    if isinstance(nodes, Mapping):
        if nodes.get("class_name") == "__keras_tensor__":
            return [nodes["config"]["keras_history"][0]]
        nodes = list(nodes.values())
    if isinstance(nodes, list | tuple):
        return [name for node in nodes for name in _sources(node)]
    return []
