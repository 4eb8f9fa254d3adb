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
    compile_as_written,
    written_training,
)
from tinyneuron.saving.optimizer_state import restore_state, state_arrays
from tinyneuron.saving.parts import parsed
from tinyneuron.saving.rebuilding import fill, random_numbers, rebuilt, restore_random_numbers

_TEXTS = ("model_config", "training_config")

# Writing ------------------------------------------------------------------------------------------


def model_content(model: Trainer) -> bytes:
    """Return the bytes of a whole-model ``.h5`` file."""
    check_storable(model)
    buffer = io.BytesIO()
    with h5py().File(buffer, "w") as file:
        about = {"keras_version": KERAS_VERSION, "backend": "numpy"}
        file.attrs.update(about)
        config = serialize(model)
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
        layers = list(model._own_layers())
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
    written = parsed(file.attrs["model_config"])
    model = rebuilt(model_as_today(written, writer), number_of_bytes=len(content))
    group = member(file, "model_weights")
    if group is None:
        raise ValueError("it has a model, but no weights")
    fill(model, weights_in(group, model))
    restore_random_numbers(model, written.get("random"))
    left_out: list[str] = []
    if compile and "training_config" in file.attrs:
        training = parsed(file.attrs["training_config"])
        training["optimizer"] = training.pop("optimizer_config", None)
        optimizer, left_out = compile_as_written(model, training, writer)
        group = member(file, "optimizer_weights")
        if optimizer is not None and group is not None:
            listed = names(group, "weight_names")
            try:
                restore_state(optimizer, training["optimizer"], writer, group, listed)
            except ValueError:
                if not writer.first:
                    raise
                # Keras 1 sorted it by names that it made up, such as auto_9 and auto_10
                left_out.append("the optimizer's state, which Keras 1 wrote in another order")
    return model, writer.different + left_out


def weights_in(group: Member, model: Trainer) -> list[Array]:
    """Read the arrays in the order of `model.weights`."""
    listed = [(name, member(group, name)) for name in names(group, "layer_names")]
    if missing := [name for name, inner in listed if inner is None]:
        raise ValueError(f"it has no weights of layer {missing[0]!r}")
    groups = [(name, inner, names(inner, "weight_names")) for name, inner in listed]
    groups = [(name, inner, weights) for name, inner, weights in groups if weights]
    layers = [layer for layer in model._own_layers() if layer.weights]
    if len(groups) != len(layers):
        raise ValueError(
            f"the model has {len(layers)} layers with weights, and the file has {len(groups)}: "
            f"{[name for name, _, _ in groups]}"
        )
    read: dict[int, Array] = {}
    for layer, (name, inner, weights) in zip(layers, groups, strict=True):
        own = _weights(layer)
        if len(weights) != len(own):
            raise ValueError(
                f"layer {layer.name!r} has {len(own)} weights, and the file has {len(weights)} "
                f"in {name!r}"
            )
        for weight_name, weight in zip(weights, own, strict=True):
            read[id(weight)] = numbers(inner, weight_name, weight.shape)
    return [read[id(weight)] for weight in model.weights]


def _weights(layer: Layer) -> list[Array]:
    """Return a layer's weights in Keras' order: those that training changes come first."""
    return layer.trainable_weights + layer.non_trainable_weights
