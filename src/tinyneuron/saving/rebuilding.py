"""From a file back to a model: built without its values first, and filled with them then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tinyneuron import layers
from tinyneuron._common.arrays import Array
from tinyneuron._training.trainer import Trainer
from tinyneuron.layers import Layer, RandomLayer
from tinyneuron.layers.weights import fitting, loading, write_all

MOST_LAYERS = 5000  # that a file's model may have


def rebuilt(config: Mapping[str, Any], number_of_bytes: int) -> Trainer:
    """Make the model of a configuration whose weights take so many bytes of a file.

    They may take twice as many here, where the file has numbers of half the precision.
    """
    if _size(config) > MOST_LAYERS:
        raise ValueError(f"its model has more than {MOST_LAYERS} layers, counting those in each")
    with loading(2 * number_of_bytes), np.errstate(all="ignore"):  # layers may compute with them
        model = layers.deserialize(config)
    if not isinstance(model, Trainer):
        raise ValueError(f"it holds a {type(model).__name__}, not a model")
    if not model.built:
        raise ValueError(
            "it holds a model without the shape of its inputs, one that was never built: make "
            "the same model with an Input, and load_weights"
        )
    return model


def _size(config: Any, depth: int = 1) -> int:
    """Count the layers of a configuration, each once for every model that it is in."""
    options = config.get("config") if isinstance(config, Mapping) else None
    inner = options.get("layers") if isinstance(options, Mapping) else None
    inner = inner if isinstance(inner, list) else []
    return depth + sum(_size(layer, depth + 1) for layer in inner)


def fill(model: Trainer, arrays: Sequence[Array]) -> None:
    """Write a file's arrays into the weights: all of them, or none and a ValueError."""
    weights = model.weights
    if len(weights) != len(arrays):
        raise ValueError(
            f"the model has {len(weights)} weights and the file has {len(arrays)}, of shapes "
            f"{[array.shape for array in arrays]}"
        )
    arrays = fitting(arrays, weights, model.name, model.built)
    for i, (weight, array) in enumerate(zip(weights, arrays, strict=True)):
        if not np.can_cast(array.dtype, weight.dtype, "same_kind"):
            raise ValueError(f"weight {i} is {weight.dtype}, and the file has {array.dtype} for it")
    with np.errstate(over="ignore", invalid="ignore"):
        write_all(weights, arrays)


# Random numbers -----------------------------------------------------------------------------------


def seeded(model: Layer) -> list[Any]:
    """Return the layers that have random numbers of their own."""
    drawing = [layer for layer in model._family() if isinstance(layer, RandomLayer)]
    return [layer for layer in drawing if layer._random is not None]


def random_numbers(model: Layer) -> list[Any]:
    """Return where the random numbers of each of these layers are, as JSON has it."""
    return [layer._random.bit_generator.state for layer in seeded(model)]


def restore_random_numbers(model: Layer, states: Any) -> None:
    """Let the seeded layers go on where their random numbers were, if the file says where."""
    if states is None:
        return
    for layer, state in zip(seeded(model), states, strict=True):
        if state is not None:
            layer._random.bit_generator.state = state
