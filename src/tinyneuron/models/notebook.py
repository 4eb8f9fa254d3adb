"""What a notebook shows of a model: the network, where it can be drawn, above its summary."""

from __future__ import annotations

import math
from itertools import pairwise, product
from typing import Any

import numpy as np

from tinyneuron._common.svg import line, page, picture, table, text, write
from tinyneuron.models.columns import Column, columns_of
from tinyneuron.models.summary import HEADING, rows_of, totals_of

# The indigo and brown of `plotting`, less dark: they stand out on white and on black.
POSITIVE, NEGATIVE = "#7566E0", "#A5661E"
_ACROSS, _DOWN, _RADIUS, _TOP = 130, 28, 9, 40  # pixels: from circle to circle, and for the key
_LETTERS = 18  # that fit between two columns


def as_html(model: Any) -> str:
    """Return it as HTML."""
    return page(
        f"<p><b>{text(model.name)}</b> ({text(type(model).__name__)})</p>",
        _network(model),
        table([HEADING, *rows_of(model)]),
        f"<p>{'<br>'.join(totals_of(model))}</p>",
    )


def _network(model: Any) -> str:
    """Draw units as circles, weights as lines as wide as they are large, biases as rims."""
    try:
        columns = columns_of(model) if model.built else []
    except ValueError:  # not a row of Dense layers
        columns = []
    if len(columns) < 2:
        return ""
    width = max(430, len(columns) * _ACROSS)
    middle = _TOP + _DOWN * max(column.slots for column in columns) / 2
    below = 2 * middle - _TOP + 16
    rows = [zip(column.shown, middle - _DOWN * column.heights, strict=True) for column in columns]
    spots = [
        [(j, width / 2 + (place - (len(columns) - 1) / 2) * _ACROSS, y) for j, y in row]
        for place, row in enumerate(rows)
    ]
    kernels: list[Any] = [column.layer.kernel for column in columns if column.layer]
    sizes = np.abs(np.concatenate([kernel.ravel() for kernel in kernels]))
    largest = sizes[np.isfinite(sizes)].max(initial=0)
    parts = _key(width / 2)
    for kernel, (before, after) in zip(kernels, pairwise(spots), strict=True):
        for (i, x1, y1), (j, x2, y2) in product(before, after):
            w = kernel[i, j]
            hint = f"w of input {i} and unit {j} = {w:.6g}"
            parts.append(line(x1 + _RADIUS, y1, x2 - _RADIUS, y2, _look(w, largest), hint))
    for column, circles in zip(columns, spots, strict=True):
        parts += _units(column, circles, largest)
        x = circles[0][1]
        if column.size > column.slots:
            parts.append(write(x, middle + 4, "⋮"))
        for row, label in enumerate(column.label):
            short = label if len(label) <= _LETTERS else f"{label[: _LETTERS - 1]}…"
            parts.append(write(x, below + 15 * row, short))
    height = below + 15 * max(len(column.label) for column in columns)
    about = "; ".join(", ".join(column.label) for column in columns)
    return f"<div>{picture(width, height, f'network: {about}', parts)}</div>"


def _units(column: Column, circles: list[Any], largest: float) -> list[str]:
    bias: Any = column.layer and column.layer.bias
    parts = []
    for j, x, y in circles:
        rim, hint = 'stroke="currentColor" stroke-opacity="0.5"', ""
        if bias is not None and bias[j]:
            rim = _look(bias[j], largest)
        if bias is not None:
            hint = f"<title>b of unit {j} = {bias[j]:.6g}</title>"
        parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="{_RADIUS}" {rim}>{hint}</circle>')
    return parts


def _look(weight: float, largest: float) -> str:
    """Return how a weight's line or rim is drawn."""
    share = min(1, abs(weight) / largest) if largest and math.isfinite(weight) else 0
    color, dashes = (NEGATIVE, ' stroke-dasharray="7 3"') if weight < 0 else (POSITIVE, "")
    return f'stroke="{color}" stroke-width="{max(0.5, 3 * share):.2g}"{dashes}'


def _key(middle: float) -> list[str]:
    """Say what the colours mean, as `plot_network` does."""
    left = middle - 195
    return [
        line(left, 14, left + 28, 14, _look(1, 1)),
        write(left + 34, 18, "weight > 0", "start"),
        line(left + 135, 14, left + 163, 14, _look(-1, 1)),
        write(left + 169, 18, "weight < 0", "start"),
        f'<circle cx="{left + 290:g}" cy="14" r="7" {_look(1, 1)}/>',
        write(left + 304, 18, "rim: bias", "start"),
    ]
