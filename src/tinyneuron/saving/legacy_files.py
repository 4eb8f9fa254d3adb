"""Keras' files before ``.keras``: a whole model in ``.h5``, or weights alone, layer by layer.

    model_config, training_config, keras_version    attributes, the first two of JSON
    model_weights/                                  attribute layer_names
        dense/                                      attribute weight_names, in order
            dense/kernel:0 ...                      the arrays, under those names
    optimizer_weights/                              attribute weight_names, in order

A file of weights alone is what stands in ``model_weights``. Keras goes by the order, not by names:
the first layer with weights gets the first group with any.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from tinyneuron import losses
from tinyneuron._common.arrays import Array
from tinyneuron._common.configuration import serialize
from tinyneuron._training.trainer import Trainer
from tinyneuron.layers import Layer
from tinyneuron.saving.compile_config import current_optimizer
from tinyneuron.saving.generations import Writer, model_as_today
from tinyneuron.saving.hdf5 import Member, check_texts, member, names, numbers, opened
from tinyneuron.saving.hdf5_writing import h5py, write_names, write_numbers, write_texts
from tinyneuron.saving.keras_training import (
    KERAS_VERSION,
    check_storable,
    resume,
    written_training,
)
from tinyneuron.saving.optimizer_state import state_arrays
from tinyneuron.saving.parts import parsed
from tinyneuron.saving.rebuilding import (
    configuration_of,
    fill,
    random_numbers,
    rebuilt,
    restore_random_numbers,
)

_TEXTS = ("model_config", "training_config")

# Writing ------------------------------------------------------------------------------------------


def model_content(model: Trainer) -> bytes:
    """Return the bytes of a whole-model ``.h5`` file."""
    check_storable(model)
    buffer = io.BytesIO()
    with h5py().File(buffer, "w") as file:
        about = {"keras_version": KERAS_VERSION, "backend": "numpy"}
        file.attrs.update(about)
        config = configuration_of(model)
        texts = {
            "model_config": {
                "class_name": config["class_name"],
                "config": config["config"],
                "random": random_numbers(model),  # for us alone
            }
        }
        if config["registered_name"] is not None:  # a class of the user's
            texts["model_config"]["registered_name"] = config["registered_name"]
        group = file.create_group("model_weights")
        group.attrs.update(about)
        layers = list(dict.fromkeys(model._own_layers()))
        write_names(group, "layer_names", [layer.name for layer in layers])
        for layer in layers:
            own = group.create_group(layer.name)
            listed = [f"{layer.name}/{i}" for i, _ in enumerate(_weights(layer))]
            write_names(own, "weight_names", listed)
            for name, weight in zip(listed, _weights(layer), strict=True):
                write_numbers(own, name, weight)
        write_names(group.create_group("top_level_model_weights"), "weight_names", [])
        if model.optimizer is not None:
            training = written_training(model)
            training["optimizer_config"] = training.pop("optimizer")
            if isinstance(training["loss"], str):  # Keras writes "mse" here, but cannot read it
                training["loss"] = serialize(losses.get(training["loss"]))
            texts["training_config"] = training
            group = file.create_group("optimizer_weights")
            optimizer = current_optimizer(model)
            arrays = {f"{optimizer.name}/{name}": a for name, a in state_arrays(optimizer)}
            write_names(group, "weight_names", list(arrays))
            for name, array in arrays.items():
                write_numbers(group, name, array)
        write_texts(file, {name: json.dumps(described) for name, described in texts.items()})
    return buffer.getvalue()


# Reading ------------------------------------------------------------------------------------------


def read_model(content: bytes, compile: bool) -> tuple[Trainer, list[str]]:
    """Return the model of a whole-model ``.h5`` file, and what of its training was left out."""
    file = opened(content)
    if "model_config" not in file.attrs:
        raise ValueError("it has weights, but no model; load_weights reads those")
    writer = Writer(file.attrs.get("keras_version"), default="1")
    check_texts(file, _TEXTS)
    group = member(file, "model_weights")
    if group is None:
        raise ValueError("it has a model, but no weights")
    written = parsed(file.attrs["model_config"])
    config = _with_input_shape(model_as_today(written, writer), group)
    model = rebuilt(config, number_of_bytes=len(content))
    fill(model, weights_in(group, model))
    restore_random_numbers(model, written.get("random"))
    left_out: list[str] = []
    if compile and "training_config" in file.attrs:
        training = parsed(file.attrs["training_config"])
        training["optimizer"] = training.pop("optimizer_config", None)
        state = member(file, "optimizer_weights")
        if state is None and True in file.file.checked:  # we always write it
            raise ValueError("it lacks the optimizer's state")
        arrays = [] if state is None else names(state, "weight_names")
        weights = _names_in_file(group, model) if writer.first else []
        left_out = resume(model, training, writer, state, arrays, weights)
    return model, writer.different + left_out


def _with_input_shape(config: dict[str, Any], group: Member) -> dict[str, Any]:
    """Return a configuration with what Keras 2.2 and 2.3 forgot of an InputLayer: its shape.

    If the model starts with a Dense, the kernel knows how many inputs there are.
    """
    match config:
        case {"class_name": "Sequential", "config": {"layers": [first, *_]} as options}:
            if first["class_name"] == "Dense" and "batch_input_shape" not in first["config"]:
                for _, inner, weights in _groups(group)[:1]:
                    inputs = getattr(member(inner, weights[0]), "shape", ())[:1]
                    options.setdefault("build_input_shape", [None, *inputs])
    return config


def weights_in(group: Member, model: Trainer) -> list[Array]:
    """Read the arrays in the order of `model.weights`."""
    read = {id(w): numbers(inner, name, w.shape) for w, inner, name in _placed(group, model)}
    return [read[id(weight)] for weight in model.weights]


def _names_in_file(group: Member, model: Trainer) -> list[str]:
    """Return the names that the file has for the weights that are trained."""
    by_weight = {id(weight): name for weight, _, name in _placed(group, model)}
    return [by_weight[id(weight)] for weight in model.trainable_weights]


def _placed(group: Member, model: Trainer) -> Iterator[tuple[Array, Member, str]]:
    """Yield each weight with the group that its array is in, and its name there."""
    groups = _groups(group)
    layers = [layer for layer in dict.fromkeys(model._own_layers()) if layer.weights]
    if len(groups) != len(layers):
        raise ValueError(
            f"the model has {len(layers)} layers with weights, and the file has {len(groups)}: "
            f"{[name for name, _, _ in groups]}"
        )
    for layer, (name, inner, weights) in zip(layers, groups, strict=True):
        own = _weights(layer)
        if len(weights) != len(own):
            raise ValueError(
                f"layer {layer.name!r} has {len(own)} weights, and the file has {len(weights)} "
                f"in {name!r}"
            )
        for weight, weight_name in zip(own, weights, strict=True):
            yield weight, inner, weight_name


def _groups(group: Member) -> list[tuple[str, Member, list[str]]]:
    """Return the name and the group of each layer with weights, and the names of its arrays."""
    listed = [(name, member(group, name)) for name in names(group, "layer_names")]
    if missing := [name for name, inner in listed if inner is None]:
        raise ValueError(f"it has no weights of layer {missing[0]!r}")
    groups = [(name, inner, names(inner, "weight_names")) for name, inner in listed]
    return [(name, inner, weights) for name, inner, weights in groups if weights]


def _weights(layer: Layer) -> list[Array]:
    """Return a layer's weights in Keras' order: those that training changes come first."""
    return layer.trainable_weights + layer.non_trainable_weights
