"""From a file back to a model: built without its values first, and filled with them then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tinyneuron import layers
from tinyneuron._common.arrays import Array
from tinyneuron._training.trainer import Trainer
from tinyneuron.layers.weights import loading


def rebuilt(config: Mapping[str, Any], budget: int) -> Trainer:
    """Make the model of a configuration, whose weights take at most `budget` bytes."""
    with loading(budget), np.errstate(all="ignore"):  # a layer may compute with what is no weight
        model = layers.deserialize(config)
    if not isinstance(model, Trainer):
        raise ValueError(f"it holds a {type(model).__name__}, not a model")
    if not model.built:
        raise ValueError(
            "it holds a model without the shape of its inputs, one that was never built: make "
            "the same model with an Input, and load_weights"
        )
    return model


def fill(model: Trainer, arrays: Sequence[Array]) -> None:
    """Write a file's arrays into the weights: all of them, or none and a ValueError."""
    weights = model.weights
    if len(weights) != len(arrays):
        raise ValueError(
            f"the model has {len(weights)} weights and the file has {len(arrays)}, of shapes "
            f"{[array.shape for array in arrays]}"
        )
    for i, (weight, array) in enumerate(zip(weights, arrays, strict=True)):
        if not np.can_cast(array.dtype, weight.dtype, "same_kind"):
            raise ValueError(f"weight {i} is {weight.dtype}, and the file has {array.dtype} for it")
    model.set_weights(arrays)
