"""A model's arithmetic, written out with its numbers: the way there, and the way back.

>>> from tinyneuron.layers import Dense
>>> neuron = Dense(1, activation="sigmoid", name="neuron")
>>> neuron.build((None, 1))
>>> neuron.set_weights([[[2.0]], [-4.5]])
>>> explain(neuron, [[3.0]])
neuron
    x = (3.00)
neuron (Dense): 1 input, 1 unit, sigmoid
    unit 0  z = 2.00 * 3.00 + (-4.50) = 1.50
            a = sigmoid(z) = 1 / (1 + e^-1.50) = 0.82
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyneuron import losses
from tinyneuron._common.arguments import integer, shown
from tinyneuron._common.arrays import Array, as_numbers
from tinyneuron.explanation import backward, forward, lesson, page
from tinyneuron.layers import Layer

__all__ = ["Explanation", "explain"]


class Explanation:
    """What `explain` returns: print it, or show it in a notebook.

    Attributes
    ----------
    outputs : dict of str to ndarray
        Each layer's outputs by its name, for all rows: ``outputs["L1"]``.
    weighted_sums : dict of str to ndarray
        The same before the activation, for the Dense layers.
    gradients : dict of str to ndarray
        dL/dW of each weight, ``gradients["L1/kernel"]``, if there were targets.
    """

    def __init__(self, blocks: list[page.Block], passes: list[forward.Pass]):
        self._blocks = blocks
        self.outputs = _ByName({step.name: step.outputs for step in passes})
        self.weighted_sums = _ByName({step.name: step.z for step in passes if step.z is not None})
        self.gradients: dict[str, Array] = _ByName()

    def __repr__(self) -> str:
        return page.as_text(self._blocks)

    def _repr_html_(self) -> str:
        return page.as_html(self._blocks)


class _ByName(dict[str, Any]):
    def __missing__(self, name: Any) -> Any:
        raise KeyError(f"There is no {name!r} here, only {list(self)}.")


@np.errstate(all="ignore")  # what is no number is printed as such
def explain(
    model: Layer,
    x: Any,
    y: Any = None,
    *,
    row: int = 0,
    loss: Any = None,
    precision: int = 2,
    units: int = 3,
    terms: int = 3,
) -> Explanation:
    """Write out what a model computes for a row of `x`, and with `y` what it learns from all rows.

    The weights stay as they are. Each number printed is the model's own, rounded.

    Parameters
    ----------
    model : Sequential or Layer
        Built on this call if it is not yet.
    x : array_like of shape (rows, ...)
    y : array_like of shape (rows, ...), optional
        Targets: explain the loss, its gradients, and one step of the optimizer too.
    row : int
        The one that is written out.
    loss : str or Loss, optional
        The compiled one by default.
    precision : int
        Digits after the point.
    units, terms : int
        How many units of a layer, and terms of a sum, to write out.

    Raises
    ------
    TypeError
        If `model` is neither a model nor a layer.
    ValueError
        If there is no such row, or there are targets but no loss.

    Examples
    --------
    >>> from tinyneuron import Input, Sequential
    >>> from tinyneuron.layers import Dense
    >>> model = Sequential([Input((1,)), Dense(1, name="L1")], name="line")
    >>> model.set_weights([[[200.0]], [100.0]])
    >>> explain(model, [[1.0], [2.0]], row=1)
    line: row 1 of 2
        x = (2.00)
    L1 (Dense): 1 input, 1 unit, linear
        unit 0  z = 200.00 * 2.00 + 100.00 = 500.00
                a = z = 500.00
    >>> model.explain([[1.0], [2.0]]).outputs["L1"]
    array([[300.],
           [500.]], dtype=float32)
    """
    if not isinstance(model, Layer):
        raise TypeError(
            f"explain takes a model or a layer, got {shown(model)}, a {type(model).__name__}."
        )
    precision = integer("precision", precision, least=0)
    if precision > 15:
        raise ValueError(f"precision must be an integer from 0 to 15, got {precision}.")
    style = page.Style(precision, integer("units", units), integer("terms", terms))
    objective = _objective(model, y, loss)
    inputs = np.array(model._enter(x))
    if not len(inputs):
        raise ValueError(f"There is no row to explain: x has shape {inputs.shape}.")
    row = integer("row", row, least=0)
    if row >= len(inputs):
        raise ValueError(
            f"row must be an integer from 0 to {len(inputs) - 1}, as there are {len(inputs)} rows, "
            f"got {row}."
        )
    passes = list(forward.passes(model, inputs))
    about = f"row {row} of {len(inputs)}" if len(inputs) > 1 else ""
    given = page.Line("", f"x = {forward.vector(inputs[row], style)}")
    blocks = [page.Block(model.name, about, [given])]
    blocks += [forward.block(step, row, style) for step in passes]
    explanation = Explanation(blocks, passes)
    if objective is not None:
        targets = as_numbers(y, "y")
        back = backward.way_back(model, inputs, targets, objective)
        blocks += lesson.Lesson(back, int(row), style).blocks(targets)
        for watched in back.layers:
            for name, gradient in back.gradients(watched).items():
                explanation.gradients[f"{watched.name}/{name}"] = gradient
    return explanation


def _objective(model: Layer, y: Any, loss: Any) -> losses.Loss | None:
    """Return the loss that there is to explain, if any."""
    if y is None:
        if loss is not None:
            raise ValueError("A loss compares the outputs with targets: give y too.")
        return None
    found = losses.get(loss) or getattr(model, "_loss", None)
    if found is None:
        raise ValueError(
            f"To explain what {model.name!r} learns from y there must be a loss: "
            "model.compile(loss=...), or explain(model, x, y, loss='mse')."
        )
    if found.reduction in ("none", None):
        raise ValueError(
            f"{found.name} has reduction={found.reduction!r}, which leaves a loss for each row: "
            "to learn from them they must become one number."
        )
    return found
