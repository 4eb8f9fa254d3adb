"""The way there, written out: what each kind of layer computes for one row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from tinyneuron import activations
from tinyneuron._common.arrays import Array, as_dtype
from tinyneuron._common.names import to_snake_case
from tinyneuron.explanation.page import WIDTH, Block, Line, Style, aligned
from tinyneuron.layers import (
    Activation,
    Dense,
    Dropout,
    Flatten,
    Identity,
    Layer,
    Normalization,
    Rescaling,
    Reshape,
)
from tinyneuron.layers.chain import Tape, through


class Pass(NamedTuple):
    """What went into a layer and what came out of it, for all rows."""

    name: str
    layer: Layer
    inputs: Array
    z: Array | None  # the weighted sum, where there is one
    outputs: Array


def passes(model: Layer, inputs: Array) -> Iterator[Pass]:
    """Return what passes through the layers when the model is called."""
    row: list[tuple[str, Any]] = list(model._in_a_row())
    tape: Tape = []
    through([layer for _, layer in row], inputs, tape=tape)
    layer: Any
    for (name, layer), (_, outputs) in zip(row, tape, strict=True):
        inputs = as_dtype(inputs, layer._dtype)
        z = layer.weighted_sum(inputs) if is_dense(layer) else None
        yield Pass(name, layer, inputs, z, outputs)
        inputs = outputs


def is_dense(layer: Layer) -> bool:
    """Say whether a layer computes a = g(x W + b) as Dense does."""
    return type(layer).call is Dense.call


def block(step: Pass, row: int, style: Style) -> Block:
    """Write out what a layer does for one row."""
    write = _WRITERS.get(type(step.layer).call, _other)  # a `call` of your own is not ours
    about, lines = write(step, row, style)
    return Block(f"{step.name} ({type(step.layer).__name__})", about, lines)


# Dense -------------------------------------------------------------------------------------------


def _dense(step: Pass, row: int, style: Style) -> tuple[str, list[Line]]:
    layer: Any = step.layer
    x, z, a = (first_position(array, row) for array in (step.inputs, step.z, step.outputs))
    shown = first_of(len(z), style.units)
    bias = layer.bias if layer.bias is not None else [None] * len(z)
    sums = weighted_sums("z", [(layer.kernel[:, j], x, bias[j], z[j]) for j in shown], style)
    lines = []
    for j, formulas in zip(shown, sums, strict=True):
        lines += [formulas[0]._replace(label=f"unit {j}"), *formulas[1:]]
        lines.append(Line("", activation_formula(layer.activation, "z", z, a, j, style)))
    lines += _left(len(z) - len(shown), a, style)
    lines += _exponentials(layer.activation, "z", z, style)
    name = activation_name(layer.activation)
    about = f"{count(len(x), 'input')}, {count(len(z), 'unit')}, {name}"
    if step.outputs.ndim > 2:
        about += f", at the first of {_shape(step.outputs.shape[1:-1])} positions"
    return about, lines


def first_position(array: Any, row: int) -> Array:
    """Return the features of a row; of its first position, where it has several."""
    return array[row].reshape(-1, array.shape[-1])[0]


def first_of(number: int, most: int) -> range:
    """Return the places that are shown: all, if not at least two would be left."""
    return range(number if number <= most + 1 else most)


def largest_of(sizes: Array, most: int) -> list[int]:
    """Return the places that are shown, all in order or the largest first."""
    if len(sizes) <= most + 1:
        return list(range(len(sizes)))
    return np.argsort(-np.abs(sizes), kind="stable")[:most].tolist()


def weighted_sums(
    name: str, sums: list[tuple[Array, Array, Any, Any]], style: Style, source: str = "input"
) -> list[list[Line]]:
    """Write sums of w * x + b, given (w, x, b, the sum): all in one line, or all term by term."""
    flat = []
    if len(sums[0][1]) <= style.terms + 1:
        flat = [" ".join(words for words, _ in _terms(name, *each, style)) for each in sums]
        if max(map(len, aligned(flat))) <= WIDTH - 14:
            return [[Line("", formula)] for formula in flat]
    tall = []
    for each in sums:
        (first, note), *others = _terms(name, *each, style, source)
        tall.append([Line("", first, note), *(Line("", f" {term}", note) for term, note in others)])
    return tall


def _terms(
    name: str, w: Array, x: Array, b: Any, total: Any, style: Style, source: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield the parts of one sum, each with a remark."""
    products = w.astype(np.float64) * x
    shown = largest_of(products, style.terms)
    start, number = f"{name} =", style.number
    for i in shown:
        yield f"{start} {number(w[i])} * {style.signed(x[i])}", f"{source} {i}"
        start, number = "+", style.signed
    if left := len(products) - len(shown):
        rest = np.delete(products, shown).sum()
        yield f"{start} {style.signed(rest)}", f"{left} more {source}s"
    if b is not None:
        yield f"+ {style.signed(b)}", "bias"
    yield f"= {style.number(total)}", ""


def _left(number: int, a: Array, style: Style) -> list[Line]:
    if not number:
        return []
    best = int(np.argmax(a))
    note = f"... {number} more units; the largest a is that of unit {best}: {style.number(a[best])}"
    return [Line("", "", note)]


# Activations -------------------------------------------------------------------------------------


def activation_name(activation: Any) -> str:
    """Return the name of an activation in a formula."""
    name = activations.serialize(activation)
    if not isinstance(name, str):  # with options of its own
        name = to_snake_case(type(activation).__name__)
    return "g" if name == "<lambda>" else name


def activation_formula(g: Any, of: str, z: Array, a: Array, i: int, style: Style) -> str:
    """Write a = g(z) with its numbers, for unit i."""
    name, value = activation_name(g), style.number(a[i])
    if g == activations.linear:
        return f"a = {of} = {value}"
    if g == activations.softmax:
        return f"a = e^{of} / sum_j e^{of}_j = {_share(z, i, style)}{value}"
    worked = ""
    if g == activations.sigmoid:
        worked = f"1 / (1 + e^{style.number(-z[i])}) = "
    elif g == activations.relu:
        worked = f"max(0, {style.number(z[i])}) = "
    elif g == activations.exponential:
        worked = f"e^{style.number(z[i])} = "
    elif isinstance(g, activations.Activation) and not isinstance(g, activations.Softmax):
        worked = f"{name}({style.number(z[i])}) = "
    return f"a = {name}({of}) = {worked}{value}"


def _share(z: Array, i: int, style: Style) -> str:
    powers = _powers(z)
    return f"{style.number(powers[i])} / {style.number(powers.sum())} = " if powers.size else ""


def _powers(z: Array) -> Array:
    """Return e^z, or nothing where their sum is no number to show."""
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(z.astype(np.float64))
        return powers if 0 < powers.sum() < np.inf else powers[:0]


def _exponentials(g: Any, of: str, z: Array, style: Style) -> list[Line]:
    """Write the sum that a softmax divides by."""
    powers = _powers(z)
    if g != activations.softmax or not powers.size:
        return []
    shown = largest_of(powers, style.terms)
    terms = [f"e^{style.number(z[i])}" for i in shown]
    if left := len(z) - len(shown):
        terms.append(f"{style.number(np.delete(powers, shown).sum())} ({left} more)")
    return [Line("", f"sum_j e^{of}_j = {' + '.join(terms)} = {style.number(powers.sum())}")]


def _activation(step: Pass, row: int, style: Style) -> tuple[str, list[Line]]:
    layer: Any = step.layer
    g = layer.activation
    if isinstance(g, activations.Softmax) and (step.inputs.ndim != 2 or g.axis not in (-1, 1)):
        return _other(step, row, style)
    x, a = step.inputs[row].ravel(), step.outputs[row].ravel()
    if isinstance(g, activations.Softmax):
        g = type(g)()  # one axis is the last axis, by either number

    def formula(i: int) -> str:
        return activation_formula(g, "x", x, a, i, style)

    about, lines = _by_entry(step, row, style, formula)
    return f"{about}, {activation_name(g)}", [*lines, *_exponentials(g, "x", x, style)]


# The other layers --------------------------------------------------------------------------------


def _by_entry(
    step: Pass, row: int, style: Style, formula: Callable[[int], str]
) -> tuple[str, list[Line]]:
    """Write a formula for each number of the row."""
    a = step.outputs[row]
    shown = first_of(a.size, style.units)
    lines = []
    for i in shown:
        place = ", ".join(map(str, np.unravel_index(i, a.shape)))
        lines.append(Line(f"unit {place}", formula(i)))
    return count(a.size, "unit"), lines + _left(a.size - len(shown), a.ravel(), style)


def _rescaling(step: Pass, row: int, style: Style) -> tuple[str, list[Line]]:
    layer: Any = step.layer
    x, scale, offset, a = _spread(step, row, layer._scale, layer._offset)

    def formula(i: int) -> str:
        signed = style.signed
        worked = f"{style.number(x[i])} * {signed(scale[i])} + {signed(offset[i])}"
        return f"a = x * scale + offset = {worked} = {style.number(a[i])}"

    return _by_entry(step, row, style, formula)


def _normalization(step: Pass, row: int, style: Style) -> tuple[str, list[Line]]:
    layer: Any = step.layer
    x, mean, deviation, a = _spread(step, row, layer.mean, layer._deviation())

    def formula(i: int) -> str:
        x_i, m, s = style.number(x[i]), style.signed(mean[i]), style.number(deviation[i])
        if layer.invert:
            return f"a = x * deviation + mean = {x_i} * {s} + {m} = {style.number(a[i])}"
        return f"a = (x - mean) / deviation = ({x_i} - {m}) / {s} = {style.number(a[i])}"

    return _by_entry(step, row, style, formula)


def _spread(step: Pass, row: int, *options: Array) -> list[Array]:
    """Return inputs, options and outputs of a row, one of each for every output."""
    rows = (np.broadcast_to(array, step.outputs.shape) for array in (step.inputs, *options))
    return [array[row].ravel() for array in (*rows, step.outputs)]


def _dropout(step: Pass, row: int, style: Style) -> tuple[str, list[Line]]:
    layer: Any = step.layer
    return "", [
        Line("", "a = x"),
        Line("", "", f"It sets a share of {layer.rate:g} to 0, but only while training."),
    ]


def _same_numbers(step: Pass, row: int, style: Style) -> tuple[str, list[Line]]:
    before, after = _shape(step.inputs.shape[1:]), _shape(step.outputs.shape[1:])
    return "", [Line("", "a = x", f"the same numbers, from {before} to {after}")]


def _other(step: Pass, row: int, style: Style) -> tuple[str, list[Line]]:
    return "", [
        Line("", f"x = {vector(step.inputs[row], style)}"),
        Line("", f"a = {vector(step.outputs[row], style)}"),
    ]


def vector(x: Array, style: Style) -> str:
    """Write a few numbers out, and say of many how many there are, and their range."""
    if x.ndim <= 1 and x.size <= 6:
        return f"({', '.join(map(style.number, x.ravel()))})"
    if not x.size:
        return "no numbers"
    return f"{_shape(x.shape)} numbers from {style.number(x.min())} to {style.number(x.max())}"


def _shape(sizes: tuple[int, ...]) -> str:
    return " x ".join(map(str, sizes)) or "1"


def count(number: int, thing: str) -> str:
    """Write "1 unit", "2 units"."""
    return f"{number} {thing}" + ("s" if number != 1 else "")


_WRITERS: dict[Any, Callable[[Pass, int, Style], tuple[str, list[Line]]]] = {
    Dense.call: _dense,
    Activation.call: _activation,
    Rescaling.call: _rescaling,
    Normalization.call: _normalization,
    Dropout.call: _dropout,
    Flatten.call: _same_numbers,
    Reshape.call: _same_numbers,
    Identity.call: _same_numbers,
}
