"""What a notebook shows of a history: a panel for each measure, with training and validation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyneuron._common.arrays import Array
from tinyneuron._common.svg import line, page, picture, write

COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"]  # as `plotting` gives them to curves
_WIDTH, _HEIGHT, _LEFT = 230, 110, 56  # pixels of the axes, and for the numbers on the left
_MOST = 300  # points of a curve
_LARGEST = 1e300  # number that is drawn


def as_html(epochs: Sequence[int], history: dict[str, Any]) -> str:
    """Return it as HTML: nothing if there are no numbers."""
    panels: list[str] = []
    for name in sorted(history, key=lambda name: name != "loss"):
        if name.startswith("val_") and name[4:] in history:
            continue
        curves = {n: _floats(history[n]) for n in (name, f"val_{name}") if n in history}
        if all(curve.size for curve in curves.values()):
            panels.append(_panel(1 + np.asarray(epochs), curves, COLORS[len(panels) % 4]))
    return page(f"<div>{' '.join(panels)}</div>") if panels else ""


def _floats(values: Any) -> Array:
    try:
        return np.asarray(values, np.float64).ravel()
    except (TypeError, ValueError):  # of a callback of your own, perhaps
        return np.zeros(0)


def _panel(epochs: Array, curves: dict[str, Array], color: str) -> str:
    """Draw the curves of one measure; one without a value for each epoch has its last alone."""
    drawn = {
        name: np.where(np.abs(curve) < _LARGEST, curve, np.nan)
        for name, curve in curves.items()
        if len(curve) == len(epochs)
    }
    low, high, ticks = _axis(np.concatenate([*drawn.values(), []]))
    first, last = epochs[[0, -1]] if drawn else (1, 1)
    start, span = (first, last - first) if last > first else (first - 0.5, 1)
    top = 12 + 17 * len(curves)

    def across(epoch: Any) -> Any:
        return _LEFT + _WIDTH * (epoch - start) / span

    def down(value: Any) -> Any:
        return top + _HEIGHT * (high - value) / (high - low)

    parts = []
    for tick in ticks:
        grid = 'stroke="currentColor" stroke-opacity="0.25"'
        parts.append(line(_LEFT, down(tick), _LEFT + _WIDTH, down(tick), grid))
        parts.append(write(_LEFT - 6, down(tick) + 4, f"{tick:.4g}", "end"))
    for row, (name, curve) in enumerate(curves.items()):
        look = (
            f'stroke="{color}" stroke-width="{2 if last > first else 6}"'
            + ' stroke-dasharray="6 3"' * row
        )
        y = 14 + 17 * row
        parts.append(line(_LEFT, y - 4, _LEFT + 28, y - 4, look))
        parts.append(write(_LEFT + 34, y, f"{name}: {curve[-1]:.6g}", "start"))
        if name in drawn:
            some = _places(curve)
            path = _path(across(epochs[some]), down(drawn[name][some]))
            parts.append(f'<path d="{path}" {look} stroke-linecap="round"/>')
    below = top + _HEIGHT + 16
    for epoch in sorted({first, last}) if drawn else ():
        parts.append(write(across(epoch), below, epoch))
    parts.append(write(_LEFT + _WIDTH / 2, below + 14, "epoch"))
    about = ", ".join(f"{name} ends at {curve[-1]:.6g}" for name, curve in curves.items())
    return picture(_LEFT + _WIDTH + 24, below + 20, about, parts)


def _places(curve: Array) -> Array:
    """Return which points are drawn: of many, the least and the largest of each part."""
    every = np.arange(len(curve))
    if len(curve) <= _MOST:
        return every
    parts = np.array_split(every, _MOST // 2)
    least = [part[np.nan_to_num(curve[part]).argmin()] for part in parts]
    most = [part[np.nan_to_num(curve[part]).argmax()] for part in parts]
    return np.unique([0, *least, *most, len(curve) - 1])


def _path(x: Array, y: Array) -> str:
    """Draw through the points, with a gap where there is no number, and a dot for one alone."""
    words, draws = [], False
    for x_i, y_i in zip(x, y, strict=True):
        if math.isfinite(y_i):
            words.append(f"L{x_i:.1f} {y_i:.1f}" if draws else f"M{x_i:.1f} {y_i:.1f}h0")
        draws = math.isfinite(y_i)
    return " ".join(words)


def _axis(values: Array) -> tuple[float, float, list[float]]:
    """Return the ends of an axis, from 0 if that is near, and two to five round numbers on it.

    >>> _axis(np.array([0.1, 0.7]))
    (0.0, 0.7, [0.0, 0.2, 0.4, 0.6])
    """
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    if 0 < low < high / 2:
        low = 0.0
    if high - low <= max(1e-9 * abs(high), 1e-300):
        low, high = low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2
    power = 10.0 ** math.floor(math.log10((high - low) / 2))
    step = max(part * power for part in (1, 2, 5) if part * power <= (high - low) / 2)
    number = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return low, high, [float(f"{k * step:.9g}") for k in number]
