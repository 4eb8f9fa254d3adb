"""What trains nothing, or trains nonsense, is told: a UserWarning at the line that calls `fit`.

An activation and a loss fit if what the one returns is what the other takes. Both stand in a
table; an activation or a loss of a user's own is in neither, and is left alone.
"""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tinyneuron import activations as g
from tinyneuron import losses
from tinyneuron._common.arrays import Array
from tinyneuron.layers import Activation, Dense, Flatten, Identity, Layer, Normalization, Reshape

#: The least and the largest that each activation returns. ReLU and what it stands for have options.
RANGES: dict[type, tuple[float, float]] = {
    g.Sigmoid: (0, 1), g.HardSigmoid: (0, 1), g.Softmax: (0, 1), g.Exponential: (0, math.inf),
    g.Softplus: (0, math.inf), g.ReLU6: (0, 6), g.Linear: (-math.inf, math.inf), g.Tanh: (-1, 1),
    g.Softsign: (-1, 1), g.LogSigmoid: (-math.inf, 0), g.LogSoftmax: (-math.inf, 0),
    g.SELU: (-1.76, math.inf),
}  # fmt: skip

#: What each loss takes: probabilities, or (categorical) numbers that become ones when normalized;
#: and the last activation that it is made for.
TAKEN: dict[type, tuple[tuple[float, float], str]] = {
    losses.BinaryCrossentropy: ((0, 1), "sigmoid"),
    losses.BinaryFocalCrossentropy: ((0, 1), "sigmoid"),
    losses.CategoricalCrossentropy: ((0, math.inf), "softmax"),
    losses.CategoricalFocalCrossentropy: ((0, math.inf), "softmax"),
    losses.SparseCategoricalCrossentropy: ((0, math.inf), "softmax"),
    losses.KLDivergence: ((0, 1), "softmax"),
}


def warn(message: str) -> None:
    """Warn at the line outside of the library that has led here."""
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("tinyneuron."):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, UserWarning, stacklevel=level)


def of_model(layers: Sequence[Layer], loss: losses.Loss) -> Iterator[str]:
    """Yield what is wrong with a model's layers in a row and its loss."""
    for layer in layers:
        if isinstance(layer, Normalization) and not layer.is_adapted():
            yield (
                f"Layer {layer.name!r}, a Normalization, was never adapted and changes nothing: "
                f"call {layer.name}.adapt(x) before fit."
            )
    last, activation = last_of(layers)
    if last is not None:
        units = last.units if isinstance(last, Dense) else None
        yield from of_pair(activation, loss, units, last.name)


def last_of(layers: Sequence[Layer]) -> tuple[Layer | None, Any]:
    """Return the last layer that does not only pass on, and its activation; None if not known."""
    for layer in reversed(layers):
        if type(layer) in (Flatten, Identity, Reshape):
            continue
        if isinstance(layer, Activation) and type(layer.activation) is g.Linear:
            continue
        if type(layer) is Dense:
            # what is held, or set and frozen, may well make probabilities without an activation
            held = layer.kernel_constraint is not None or not layer.trainable
            linear = type(layer.activation) is g.Linear
            return (None, None) if held and linear else (layer, layer.activation)
        if isinstance(layer, Activation):
            return layer, layer.activation
        break
    return None, None


def of_pair(activation: Any, loss: losses.Loss, units: int | None, name: str) -> Iterator[str]:
    """Yield what is wrong with the last activation and the loss, for that many units if known."""
    from_logits = loss.from_logits
    if units == 1 and type(activation) in (g.Softmax, g.LogSoftmax):
        yield (
            f"Layer {name!r} has one unit and the activation {activation.__name__}, which is then "
            "always the same: nothing is learned. For two classes: Dense(1, 'sigmoid') and "
            "'binary_crossentropy'."
        )
    elif units == 1 and type(loss) in TAKEN and isinstance(loss, losses.CategoricalCrossentropy):
        yield (
            f"{loss.name} of one output is always the same: nothing is learned. For two classes: "
            "Dense(1, 'sigmoid') and 'binary_crossentropy'."
        )
    elif from_logits and type(activation) in (g.Sigmoid, g.Softmax):
        yield (
            f"{loss.name} has from_logits=True, and the last layer {name!r} returns "
            f"probabilities, not logits: its activation is {activation.__name__}. Leave one out."
        )
    elif not from_logits and type(loss) in TAKEN and not _fits(activation, type(loss)):
        meant = TAKEN[type(loss)][1]
        hint = ", or from_logits=True" if isinstance(loss, losses.CrossEntropy) else ""
        yield (
            f"{loss.name} takes probabilities, and the last layer {name!r} returns other numbers: "
            f"its activation is {activation.__name__}. Give it {meant!r}{hint}."
        )


def _fits(activation: Any, loss: type) -> bool:
    returned = range_of(activation)
    low, high = TAKEN[loss][0]
    return returned is None or (low <= returned[0] and returned[1] <= high)


def range_of(activation: Any) -> tuple[float, float] | None:
    """Return the least and the largest that an activation returns, if that is known."""
    if type(activation) in (g.ReLU, g.LeakyReLU):
        top = math.inf if activation.max_value is None else activation.max_value
        return (-math.inf if activation.negative_slope else 0, top)
    return RANGES.get(type(activation))


def of_loss(
    loss: float, epoch: int, batch: int, named: dict[str, Array | None], is_all: bool
) -> str:
    """Say where the loss became NaN or infinite, and why, as far as the data tell."""
    what = "NaN" if math.isnan(loss) else "infinite"
    message = f"The loss is {what}, in epoch {epoch + 1} from batch {batch + 1} on."
    found = [
        f"{name} has {count} {kind} (the first in row {row})"
        for name, array in named.items()
        if array is not None and array.dtype.kind == "f"
        for kind, where in (("NaN", np.isnan(array)), ("infinite numbers", np.isinf(array)))
        if (count := np.count_nonzero(where))
        for row in [int(np.argwhere(where)[0][0])]
    ]
    if found:
        place = "" if is_all else "In this batch "
        return f"{message} {place}{', and '.join(found)}: leave such rows out, or fill them."
    return (
        f"{message} The data are finite. What usually helps: bring x (and y, if they are large) "
        "to a common scale, as layers.Normalization does, or a smaller learning rate."
    )
