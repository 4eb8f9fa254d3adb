"""From a file back to a model: built without its values first, and filled with them then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tinyneuron import layers
from tinyneuron._common.arrays import Array
from tinyneuron._common.configuration import made_by_number, numbers_of_shared, serialize
from tinyneuron._training.trainer import Trainer
from tinyneuron.layers import Layer, RandomLayer
from tinyneuron.layers.weights import fitting, loading, write_all

_MOST_LAYERS = 5000  # that a file's model may have, counting each once for every model it is in


def configuration_of(model: Layer) -> dict[str, Any]:
    """Return a model's configuration, from which `rebuilt` makes one that is the same."""
    places = Counter(
        inner for layer in model._family() for inner in dict.fromkeys(layer._own_layers())
    )
    shared = [layer for layer, times in places.items() if times > 1]
    token = numbers_of_shared.set({id(layer): number for number, layer in enumerate(shared)})
    try:
        config = serialize(model)
    finally:
        numbers_of_shared.reset(token)
    _check_size(config)
    told = _numbers_in(config) if shared else Counter()
    for number, layer in enumerate(shared):
        if told[number] < places[layer]:
            raise ValueError(
                f"Layer {layer.name!r} stands in {places[layer]} layers or models, and the "
                "configuration of one does not tell: a file would make as many layers of it. "
                "save_weights can save its weights."
            )
    return config


def _numbers_in(config: Any) -> Counter[int]:
    """Count where a configuration has each number of what is shared."""
    found: Counter[int] = Counter()
    if isinstance(config, Mapping):
        found[config.get("shared_object_id", -1)] += 1
        config = list(config.values())
    for inner in config if isinstance(config, list | tuple) else ():
        found += _numbers_in(inner)
    return found


def rebuilt(config: Mapping[str, Any], number_of_bytes: int) -> Trainer:
    """Make the model of a configuration whose weights take so many bytes of a file.

    They may take twice as many here, where the file has numbers of half the precision.
    """
    _check_size(config)
    token = made_by_number.set({})
    try:
        # Layers may compute with weights that are not theirs yet.
        with loading(2 * number_of_bytes), np.errstate(all="ignore"):
            model = layers.deserialize(config)
    finally:
        made_by_number.reset(token)
    if not isinstance(model, Trainer):
        raise ValueError(f"it holds a {type(model).__name__}, not a model")
    if not model.built:
        raise ValueError(
            "it holds a model without the shape of its inputs, one that was never built: make "
            "the same model with an Input, and load_weights"
        )
    return model


def _check_size(config: Any) -> None:
    """Refuse a configuration of too many layers."""
    if _size(config) > _MOST_LAYERS:
        raise ValueError(f"the model has more than {_MOST_LAYERS} layers, counting those in each")


def _size(config: Any, depth: int = 0) -> int:
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
