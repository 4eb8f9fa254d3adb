"""The way back, written out: the loss, the gradients, and the weights after one step."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from tinyneuron import activations, losses
from tinyneuron._common.arrays import Array
from tinyneuron._training.gradient_check import Probe
from tinyneuron.explanation.backward import Watched, WayBack
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


class Lesson(NamedTuple):
    """What is written of a way back: about which row, and in what style."""

    back: WayBack
    row: int
    style: Style

    def blocks(self, y: Array) -> list[Block]:
        """Write out the loss, then what each layer learns from it, the last one first."""
        page = [self._loss(y), self._step()]
        following = None
        for watched in reversed(self.back.layers):
            if is_dense(watched.layer):
                page.append(self._dense(watched, following))
            elif gradients := self.back.gradients(watched):
                lines = [
                    Line("", f"dL/d{name} = {vector(g, self.style)}")
                    for name, g in gradients.items()
                ]
                page.append(Block(f"Back through {watched.name}", "", lines))
            following = watched
        return page

    def _step(self) -> Block:
        lines = []
        if (rows := len(self.back.y)) > 1:
            own, whole = f"row {self.row}", f"{self._how}s over {rows} rows"
            lines.append(Line("", "", f"dL/da and dL/dz are of {own}, dL/dw and dL/db {whole}."))
        if self.back.without_dropout:
            lines.append(Line("", "", "In training, dropout would silence some units, by chance."))
        about = f"one step of {self.back.optimizer.name}, learning rate {self.back.rate:g}"
        return Block("The way back", about, lines)

    @property
    def _how(self) -> str:
        """What the loss is of the rows' losses."""
        return "sum" if self.back.loss.reduction == "sum" else "mean"

    # The loss ---------------------------------------------------------------------------------

    def _loss(self, y: Array) -> Block:
        target = (
            f"{y[self.row].item():g}" if y[self.row].size == 1 else vector(y[self.row], self.style)
        )
        lines = [Line("", f"y = {target}"), self._loss_line()]
        rows, mean = len(self.back.y), self.back.loss.reduce(self.back.row_losses)
        number = self.style.number
        if rows > 1:
            lines.append(Line("", f"{self._how} of L over {rows} rows = {number(mean)}"))
        if abs(self.back.total - mean) > 1e-9 * abs(mean):
            penalty = self.style.signed(self.back.total - mean)
            total = number(self.back.total)
            lines.append(Line("", f"with penalties: {number(mean)} + {penalty} = {total}"))
        about = f"row {self.row} of {rows}" if rows > 1 else ""
        return Block(f"The loss, {self.back.loss.name}", about, lines)

    def _loss_line(self) -> Line:
        loss, y, number = self.back.loss, self.back.y[self.row], self.style.number
        value, remark = number(self.back.row_losses[self.row].mean()), ""
        worked = f"{loss.name}(y, a)"
        if y.ndim == 1 and self.back.takes_logits:
            p, chances, remark = self._chances()
            k = int(np.argmax(y))
            if loss.link == activations.softmax and y[k] == y.sum() == 1:
                worked = f"-log({p}_{k}) = -log({number(chances[k])})"
            elif loss.link == activations.sigmoid and len(y) == 1 and y[0] == 1:
                worked = f"-log({p}) = -log({number(chances[0])})"
            elif loss.link == activations.sigmoid and len(y) == 1 and y[0] == 0:
                other = activations.sigmoid(-self.back.outputs[self.row])  # 1 - a, and never 0
                worked = f"-log(1 - {p}) = -log({number(other[0])})"
        elif y.ndim == 1 and type(loss) is losses.MeanSquaredError:
            worked = "mean of (a - y)^2"
            if len(y) == 1:
                a = number(self.back.predictions[self.row][0])
                worked = f"(a - y)^2 = ({a} - {self.style.signed(y[0])})^2"
        return Line("", f"L = {worked} = {value}", remark if worked.startswith("-log") else "")

    def _chances(self) -> tuple[str, Array, str]:
        """Return what the probabilities made of the logits are called, them, and a remark."""
        link: Any = self.back.loss.link
        chances = link(self.back.outputs[self.row])
        if self.back.layers and self.back.layers[-1].fused:
            return "a", chances, ""
        return "p", chances, f"p = {activation_name(link)}(a)"

    # Layers -----------------------------------------------------------------------------------

    def _dense(self, watched: Watched, following: Watched | None) -> Block:
        layer: Any = watched.layer
        shown = first_of(layer.units, self.style.units)
        lines = []
        for j, (first, *others) in zip(
            shown, self._at_outputs(watched, following, shown), strict=True
        ):
            lines += [first._replace(label=f"unit {j}"), *others]
            if not watched.fused:
                lines.append(Line("", self._through_activation(watched, j)))
            lines += self._gradients(watched, j)
            lines += self._steps(watched, j)
        if left := layer.units - len(shown):
            lines.append(Line("", "", f"... {left} more units"))
        return Block(f"Back through {watched.name}", "", lines)

    def _slopes(self, probe: Probe) -> Array:
        """Return the derivatives of the row's own loss: L is the mean of the rows'."""
        share = 1 if self._how == "sum" else len(self.back.y)
        return first_position(probe.slopes, self.row) * share

    def _at_outputs(
        self, watched: Watched, following: Watched | None, shown: range
    ) -> list[list[Line]]:
        """Write dL/da of each unit: from the loss, or from the layer that follows."""
        if following is None:
            return [[self._at_loss(watched, j)] for j in shown]
        slopes = self._slopes(watched.a)
        layer: Any = following.layer
        if is_dense(layer) and self.back.outputs.ndim == 2:
            after = self._slopes(following.z)
            name = "dL/da = w * dL/dz" if len(after) == 1 else "dL/da"
            sums = [(layer.kernel[j], after, None, slopes[j]) for j in shown]
            return weighted_sums(name, sums, self.style, f"{following.name} unit")
        return [[Line("", f"dL/da = {self.style.number(slopes[j])}")] for j in shown]

    def _at_loss(self, watched: Watched, j: int) -> Line:
        y, number, remark = self.back.y[self.row], self.style.number, ""
        worked, n = "", len(y)
        if y.ndim == 1 and not watched.layer.activity_regularizer:
            binary = self.back.loss.link == activations.sigmoid
            if self.back.takes_logits and (binary or y.sum() == 1):
                p, chances, remark = self._chances()
                signs, factor = f"{p} - y", f"{number(chances[j])} - {self.style.signed(y[j])}"
                if binary and n > 1:
                    signs, factor = f"({signs}) / {n}", f"({factor}) / {n}"
                worked = f"{signs} = {factor} = "
            elif type(self.back.loss) is losses.MeanSquaredError:
                share = f" / {n}" if n > 1 else ""
                a = number(self.back.predictions[self.row][j])
                factor = f"({a} - {self.style.signed(y[j])}){share}"
                worked = f"2 * (a - y){share} = 2 * {factor} = "
        value = number(self._slopes(watched.a)[j])
        return Line("", f"dL/{'dz' if watched.fused else 'da'} = {worked}{value}", remark)

    def _through_activation(self, watched: Watched, j: int) -> str:
        """Write dL/dz = dL/da * g'(z)."""
        layer: Any = watched.layer
        g = layer.activation
        da, dz = (self._slopes(probe)[j] for probe in (watched.a, watched.z))
        value = self.style.number(dz)
        if layer.activity_regularizer is not None:  # adds its own to dL/da
            return f"dL/dz = {value}"
        if g == activations.linear:
            return f"dL/dz = dL/da = {value}"
        if type(g).backward is not activations.Activation.backward:  # as softmax: no slope per unit
            return f"dL/dz = {value}"
        z, a = (first_position(probe.values, self.row) for probe in (watched.z, watched.a))
        slope = self.style.signed(g.slope(z.copy(), a.copy())[j])
        return f"dL/dz = dL/da * g'(z) = {self.style.number(da)} * {slope} = {value}"

    def _gradients(self, watched: Watched, j: int) -> list[Line]:
        """Write dL/dw = dL/dz * x and dL/db = dL/dz, for one row or the mean over all."""
        layer: Any = watched.layer
        gradients, number = self.back.gradients(watched), self.style.number
        x, dz = first_position(watched.x.values, self.row), self._slopes(watched.z)[j]
        how = f"{self._how} of " if len(self.back.y) > 1 else ""
        lines = []
        for i in largest_of(gradients["kernel"][:, j], self.style.terms):
            index = f"_{i}" if len(x) > 1 else ""
            worked = f"{how}dL/dz * x{index}"
            if not how:
                worked += f" = {number(dz)} * {self.style.signed(x[i])}"
            lines.append((f"w{index}", worked, gradients["kernel"][i, j]))
        if layer.bias is not None:
            lines.append(("b", f"{how}dL/dz", gradients["bias"][j]))
        if not self.back.is_plain(watched):  # penalties, several positions or uses add up in it
            return [Line("", f"dL/d{name} = {number(total)}") for name, _, total in lines]
        return [Line("", f"dL/d{name} = {how} = {number(total)}") for name, how, total in lines]

    def _steps(self, watched: Watched, j: int) -> list[Line]:
        """Write w = w - learning_rate * dL/dw, or what another optimizer subtracts."""
        layer: Any = watched.layer
        after: Any = watched.after
        gradients = self.back.gradients(watched)
        if not self.back.trains(after.kernel):
            return [Line("", "", "The weights stay: the layer is not trainable.")]
        shown = largest_of(gradients["kernel"][:, j], self.style.terms)
        weights: list[Any] = [
            (f"w_{i}" if len(layer.kernel) > 1 else "w", "kernel", (i, j)) for i in shown
        ]
        if layer.bias is not None:
            weights.append(("b", "bias", (j,)))
        return [
            self._step_line(
                name, getattr(layer, kind)[place], gradients[kind][place],
                getattr(after, kind)[place], getattr(layer, f"{kind}_constraint"),
            )
            for name, kind, place in weights
        ]  # fmt: skip

    def _step_line(self, name: str, before: Any, g: Any, after: Any, constraint: Any) -> Line:
        if self.back.is_descent and constraint is None:
            was, rate, by, becomes = _subtraction(before, self.back.rate, g, after, self.style)
            return Line("", f"{name} = {was} - {rate} * {by} = {becomes}")
        change = float(before) - float(after)
        was, _, by, becomes = _subtraction(before, 1, change, after, self.style)
        return Line("", f"{name} = {was} - {by} = {becomes}")


def _subtraction(before: Any, rate: float, g: Any, after: Any, style: Style) -> list[str]:
    """Write the numbers of before - rate * g = after: the step is seen, and they add up.

    >>> _subtraction(-4.5, 0.01, -0.1824, np.float32(-4.498176), Style())
    ['-4.5000', '0.01', '(-0.18)', '-4.4982']
    """
    step = rate * float(g)
    held = _places(np.spacing(np.maximum(abs(before), abs(after))))  # further digits are noise
    least = max(style.precision, min(_places(step, style.precision), held))
    tries = []
    for places in range(least, max(least + 1, min(least + 3, held))):
        was, becomes = f"{before:z.{places}f}", f"{after:z.{places}f}"
        times = f"{rate:.{max(6, places - _places(step) + 1)}g}"
        by = style._replace(precision=style.precision + places - least).number(g)
        if "e" not in by and rate:
            decimals = places + math.ceil(math.log10(rate) - 1e-6)
            by = f"{g:z.{max(style.precision, decimals)}f}"
        tries.append([was, times, f"({by})" if by.startswith("-") else by, becomes])
        if round(float(was) - float(times) * float(by), places) == float(becomes):
            return tries[-1]
    return tries[0]


def _places(x: float, digits: int = 1) -> int:
    """Return the decimal places that `x` needs for so many significant digits.

    >>> _places(0.0018, 2), _places(25.0, 2)
    (4, 0)
    """
    return max(digits, 1) - 1 - math.floor(math.log10(abs(x))) if x and math.isfinite(x) else 0
