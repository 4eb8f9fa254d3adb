"""The way back, written out: the loss, the gradients, and the weights after one step."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinyneuron import activations, losses
from tinyneuron.arrays import Array
from tinyneuron.explanation.backward import Probe, Watched, WayBack
from tinyneuron.explanation.forward import (
    activation_name,
    first_of,
    first_position,
    is_dense,
    largest_of,
    vector,
    weighted_sums,
)
from tinyneuron.explanation.page import Block, Line, Style


def blocks(back: WayBack, y: Array, row: int, style: Style) -> list[Block]:
    """Write out the loss, then what each layer learns from it, the last one first."""
    page = [_loss(back, y, row, style), _step(back, row)]
    following = None
    for watched in reversed(back.layers):
        if is_dense(watched.layer):
            page.append(_dense(back, watched, following, row, style))
        elif gradients := back.gradients(watched):
            lines = [Line("", f"dL/d{name} = {vector(g, style)}") for name, g in gradients.items()]
            page.append(Block(f"Back through {watched.name}", "", lines))
        following = watched
    return page


def _step(back: WayBack, row: int) -> Block:
    lines = []
    if (rows := len(back.y)) > 1:
        how = "sums" if _is_sum(back) else "means"
        remark = f"dL/da and dL/dz are those of row {row}, dL/dw and dL/db {how} over {rows} rows."
        lines.append(Line("", "", remark))
    if back.without_dropout:
        lines.append(Line("", "", "In training, dropout would silence some units, by chance."))
    about = f"one step of {back.optimizer.name}, learning rate {back.rate:g}"
    return Block("The way back", about, lines)


def _is_sum(back: WayBack) -> bool:
    return back.loss.reduction == "sum"


# The loss ----------------------------------------------------------------------------------------


def _loss(back: WayBack, y: Array, row: int, style: Style) -> Block:
    target = f"{y[row].item():g}" if y[row].size == 1 else vector(y[row], style)
    lines = [Line("", f"y = {target}"), _loss_line(back, row, style)]
    rows, mean = len(back.y), back.loss.reduce(back.row_losses)
    if rows > 1:
        how = "sum" if _is_sum(back) else "mean"
        lines.append(Line("", f"{how} of L over {rows} rows = {style.number(mean)}"))
    if not math.isclose(mean, back.total, rel_tol=1e-9):
        penalty, total = style.signed(back.total - mean), style.number(back.total)
        lines.append(Line("", f"with penalties: {style.number(mean)} + {penalty} = {total}"))
    about = f"row {row} of {rows}" if rows > 1 else ""
    return Block(f"The loss, {back.loss.name}", about, lines)


def _loss_line(back: WayBack, row: int, style: Style) -> Line:
    loss, y, number = back.loss, back.y[row], style.number
    value, remark = number(back.row_losses[row].mean()), ""
    worked = f"{loss.name}(y, a)"
    if y.ndim == 1 and _from_logits(back):
        p, chances, remark = _chances(back, row)
        k = int(np.argmax(y))
        if loss.link == activations.softmax and y[k] == y.sum() == 1:
            worked = f"-log({p}_{k}) = -log({number(chances[k])})"
        elif loss.link == activations.sigmoid and len(y) == 1 and y[0] == 1:
            worked = f"-log({p}) = -log({number(chances[0])})"
        elif loss.link == activations.sigmoid and len(y) == 1 and y[0] == 0:
            other = activations.sigmoid(-back.outputs[row])  # 1 - a, where that is 0 too
            worked = f"-log(1 - {p}) = -log({number(other[0])})"
    elif y.ndim == 1 and type(loss) is losses.MeanSquaredError:
        worked = "mean of (a - y)^2"
        if len(y) == 1:
            a = number(back.predictions[row][0])
            worked = f"(a - y)^2 = ({a} - {style.signed(y[0])})^2"
    return Line("", f"L = {worked} = {value}", remark if worked.startswith("-log") else "")


def _from_logits(back: WayBack) -> bool:
    """Say whether the loss is computed from logits, so that its gradient is a - y."""
    return back.link is not None or getattr(back.loss, "from_logits", False)


def _chances(back: WayBack, row: int) -> tuple[str, Array, str]:
    """Return what to call the probabilities that the loss makes of logits, them, and a remark."""
    link: Any = back.loss.link
    chances = link(back.outputs[row])
    if back.layers and back.layers[-1].fused:
        return "a", chances, ""
    return "p", chances, f"p = {activation_name(link)}(a)"


# Layers ------------------------------------------------------------------------------------------


def _dense(
    back: WayBack, watched: Watched, following: Watched | None, row: int, style: Style
) -> Block:
    layer: Any = watched.layer
    shown = first_of(layer.units, style.units)
    lines = []
    for j, (first, *others) in zip(
        shown, _at_outputs(back, watched, following, shown, row, style), strict=True
    ):
        lines += [first._replace(label=f"unit {j}"), *others]
        if not watched.fused:
            lines.append(Line("", _through_activation(back, watched, j, row, style)))
        lines += _gradients(back, watched, j, row, style)
        lines += _steps(back, watched, j, style)
    if left := layer.units - len(shown):
        lines.append(Line("", "", f"... {left} more units"))
    return Block(f"Back through {watched.name}", "", lines)


def _slopes(back: WayBack, probe: Probe, row: int) -> Array:
    """Return the derivatives of the row's own loss: L is the mean of the rows'."""
    share = 1 if _is_sum(back) else len(back.y)
    return first_position(probe.slopes, row) * share


def _at_outputs(
    back: WayBack,
    watched: Watched,
    following: Watched | None,
    shown: range,
    row: int,
    style: Style,
) -> list[list[Line]]:
    """Write dL/da of each unit: from the loss, or from the layer that follows."""
    if following is None:
        return [[_at_loss(back, watched, j, row, style)] for j in shown]
    slopes = _slopes(back, watched.a, row)
    layer: Any = following.layer
    if is_dense(layer) and back.outputs.ndim == 2:
        after = _slopes(back, following.z, row)
        name = "dL/da = w * dL/dz" if len(after) == 1 else "dL/da"
        sums = [(layer.kernel[j], after, None, slopes[j]) for j in shown]
        return weighted_sums(name, sums, style, f"{following.name} unit")
    return [[Line("", f"dL/da = {style.number(slopes[j])}")] for j in shown]


def _at_loss(back: WayBack, watched: Watched, j: int, row: int, style: Style) -> Line:
    y, number, remark = back.y[row], style.number, ""
    worked, n = "", len(y)
    if y.ndim == 1 and not watched.layer.activity_regularizer:
        if _from_logits(back) and (back.loss.link == activations.sigmoid or y.sum() == 1):
            p, chances, remark = _chances(back, row)
            signs, factor = f"{p} - y", f"{number(chances[j])} - {style.signed(y[j])}"
            if back.loss.link == activations.sigmoid and n > 1:
                signs, factor = f"({signs}) / {n}", f"({factor}) / {n}"
            worked = f"{signs} = {factor} = "
        elif type(back.loss) is losses.MeanSquaredError:
            share = f" / {n}" if n > 1 else ""
            factor = f"({number(back.predictions[row][j])} - {style.signed(y[j])}){share}"
            worked = f"2 * (a - y){share} = 2 * {factor} = "
    value = number(_slopes(back, watched.a, row)[j])
    return Line("", f"dL/{'dz' if watched.fused else 'da'} = {worked}{value}", remark)


def _through_activation(back: WayBack, watched: Watched, j: int, row: int, style: Style) -> str:
    """Write dL/dz = dL/da * g'(z)."""
    layer: Any = watched.layer
    g = layer.activation
    da, dz = (_slopes(back, probe, row)[j] for probe in (watched.a, watched.z))
    value = style.number(dz)
    if layer.activity_regularizer is not None:  # adds its own to dL/da
        return f"dL/dz = {value}"
    if g == activations.linear:
        return f"dL/dz = dL/da = {value}"
    if type(g).backward is not activations.Activation.backward:  # as softmax: no slope per unit
        return f"dL/dz = {value}"
    z, a = (first_position(probe.values, row) for probe in (watched.z, watched.a))
    slope = style.signed(g.slope(z.copy(), a.copy())[j])
    return f"dL/dz = dL/da * g'(z) = {style.number(da)} * {slope} = {value}"


def _gradients(back: WayBack, watched: Watched, j: int, row: int, style: Style) -> list[Line]:
    """Write dL/dw = dL/dz * x and dL/db = dL/dz, for one row or the mean over all."""
    layer: Any = watched.layer
    gradients, number = back.gradients(watched), style.number
    x, dz = first_position(watched.x.values, row), _slopes(back, watched.z, row)[j]
    how = "" if len(back.y) == 1 else "sum of " if _is_sum(back) else "mean of "
    lines = []
    for i in largest_of(gradients["kernel"][:, j], style.terms):
        index = f"_{i}" if len(x) > 1 else ""
        worked = f"{how}dL/dz * x{index}"
        if not how:
            worked += f" = {number(dz)} * {style.signed(x[i])}"
        lines.append((f"w{index}", worked, gradients["kernel"][i, j]))
    if layer.bias is not None:
        lines.append(("b", f"{how}dL/dz", gradients["bias"][j]))
    if not back.is_plain(watched):  # penalties, several positions or uses add up in it
        return [Line("", f"dL/d{name} = {number(total)}") for name, _, total in lines]
    return [Line("", f"dL/d{name} = {worked} = {number(total)}") for name, worked, total in lines]


def _steps(back: WayBack, watched: Watched, j: int, style: Style) -> list[Line]:
    """Write w = w - learning_rate * dL/dw, or what another optimizer subtracts."""
    layer: Any = watched.layer
    after: Any = watched.after
    gradients = back.gradients(watched)
    if not back.trains(after.kernel):
        return [Line("", "", "The weights stay: the layer is not trainable.")]
    shown = largest_of(gradients["kernel"][:, j], style.terms)
    weights: list[Any] = [
        (f"w_{i}" if len(layer.kernel) > 1 else "w", "kernel", (i, j)) for i in shown
    ]
    if layer.bias is not None:
        weights.append(("b", "bias", (j,)))
    return [
        _step_line(
            back, name, getattr(layer, kind)[place], gradients[kind][place],
            getattr(after, kind)[place], getattr(layer, f"{kind}_constraint"), style,
        )
        for name, kind, place in weights
    ]  # fmt: skip


def _step_line(
    back: WayBack, name: str, before: Any, g: Any, after: Any, constraint: Any, style: Style
) -> Line:
    if back.is_descent and constraint is None:
        change = f"{back.rate:g} * {style.signed(g)}"
    else:
        change = style.signed(float(before) - float(after))
    return Line("", f"{name} = {style.number(before)} - {change} = {style.number(after)}")
