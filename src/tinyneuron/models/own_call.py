"""Models with a `call` of their own: which layers it passes its inputs through."""

from __future__ import annotations

from typing import Any

from tinyneuron._common.arrays import Shape
from tinyneuron.layers import Dropout, InputLayer, Layer
from tinyneuron.layers.symbolic import KerasTensor


def layers_called(model: Layer, input_shape: Shape) -> list[Layer]:
    """Return the layers in a row that `model.call` amounts to, by calling it on symbolic tensors.

    Once as while training and once as when predicting: only a `Dropout` may be left out then.

    Raises
    ------
    NotImplementedError
        If it is no such row; the message says why.
    """
    training, predicting = (_row(model, input_shape, training) for training in (True, False))
    own = {*model._family()}
    for layer in training:
        if layer not in own:
            raise _untrainable(
                model, f"it makes the layer {layer.name!r} anew each time; make it in __init__"
            )
    if _without_dropout(training) != _without_dropout(predicting):
        raise _untrainable(model, "it calls other layers while training than when it predicts")
    return training


def _row(model: Layer, input_shape: Shape, training: bool) -> list[Layer]:
    start = InputLayer(batch_shape=input_shape, dtype=model.dtype, name=f"{model.name}_input")
    try:
        outputs: Any = model._call_as(training, start.output)  # type: ignore[arg-type]
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise _untrainable(model, str(error)) from error
    if not isinstance(outputs, KerasTensor) or outputs.path[:1] != (start,):
        raise _untrainable(model, f"from a symbolic tensor it makes {outputs!r}")
    if len(outputs.path) == 1:
        raise _untrainable(model, "it calls no layer")
    return list(outputs.path[1:])


def _without_dropout(layers: list[Layer]) -> list[Layer]:
    return [layer for layer in layers if type(layer) is not Dropout]


def _untrainable(model: Layer, reason: str) -> NotImplementedError:
    return NotImplementedError(
        f"Model {model.name!r} can predict, but not be trained: its call must pass its inputs "
        "through one layer after the other, without branches and without NumPy, or "
        f"{type(model).__name__} must define backward(gradient, entry, gradients). "
        f"Here: {reason.rstrip('.')}."
    )
