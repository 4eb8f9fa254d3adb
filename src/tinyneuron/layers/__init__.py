"""The layers, one idea per module; `base` has what they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tinyneuron._common import configuration
from tinyneuron._common.arguments import shown
from tinyneuron._common.arrays import as_batch_shape
from tinyneuron._common.configuration import made_by_number
from tinyneuron._common.missing import refuse_other_names
from tinyneuron._common.registry import Registry, custom_object_scope
from tinyneuron.layers.activation import ELU, Activation, LeakyReLU, ReLU, Softmax
from tinyneuron.layers.base import Layer
from tinyneuron.layers.dense import Dense
from tinyneuron.layers.dropout import Dropout
from tinyneuron.layers.input import Input, InputLayer
from tinyneuron.layers.noise import GaussianDropout, GaussianNoise
from tinyneuron.layers.normalizing import BatchNormalization, LayerNormalization
from tinyneuron.layers.prelu import PReLU
from tinyneuron.layers.randomness import RandomLayer
from tinyneuron.layers.reshaping import Flatten, Identity, Reshape
from tinyneuron.layers.scaling import Normalization, Rescaling
from tinyneuron.layers.symbolic import KerasTensor  # noqa: F401  (its public name is above)

__all__ = [
    "ELU",
    "Activation",
    "BatchNormalization",
    "Dense",
    "Dropout",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "Identity",
    "Input",
    "InputLayer",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Normalization",
    "PReLU",
    "RandomLayer",
    "ReLU",
    "Rescaling",
    "Reshape",
    "Softmax",
    "deserialize",
    "serialize",
]

REGISTRY = Registry(  # and the models, which stand higher in the house: `tinyneuron` adds them
    "layer class",
    Activation, BatchNormalization, Dense, Dropout, ELU, Flatten, GaussianDropout, GaussianNoise,
    Identity, InputLayer, LayerNormalization, LeakyReLU, Normalization, PReLU, ReLU, Rescaling,
    Reshape, Softmax,
)  # fmt: skip


def serialize(layer: Layer) -> dict[str, Any]:
    """Describe a layer as Keras does, by class name and configuration.

    >>> serialize(Flatten())["class_name"]
    'Flatten'
    """
    return configuration.serialize(layer)


def deserialize(
    config: Mapping[str, Any], custom_objects: Mapping[str, type] | None = None
) -> Layer:
    """Make the layer that `serialize` described.

    Only the library's own layers and those in `custom_objects` are made: nothing is imported by
    a name that a configuration gives.

    Raises
    ------
    ValueError
        If the class is neither.
    """
    if not isinstance(config, Mapping) or "class_name" not in config:
        raise ValueError(f"A layer's configuration has a 'class_name', got {shown(config)}.")
    options = config.get("config")
    if isinstance(options, Mapping) and "batch_input_shape" in options:  # Keras 2
        options = dict(options)
        options["input_shape"] = as_batch_shape(options.pop("batch_input_shape"))[1:]
        config = {**config, "config": options}
    number, made = config.get("shared_object_id"), made_by_number.get()
    if made is not None and number in made:
        return made[number]
    with custom_object_scope(custom_objects):
        try:
            layer: Layer = REGISTRY.find(config)
        except ValueError as error:
            name = options.get("name") if isinstance(options, Mapping) else None
            if name is None or config["class_name"] in REGISTRY.table:
                raise
            raise ValueError(f"Layer {shown(name)}: {error}") from None
    if made is not None and number is not None:
        made[number] = layer
    return layer


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
