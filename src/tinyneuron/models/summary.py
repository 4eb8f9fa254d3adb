"""The table that `model.summary()` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tinyneuron._common.arrays import Array

HEADING = ("Layer (type)", "Output Shape", "Param #")


def write_summary(model: Any, line_length: int, print_fn: Callable[[str], Any]) -> None:
    """Print one row for each layer of `model`, and the totals, line by line."""
    ends = [int(line_length * share) for share in (0.45, 0.85, 1)]
    thin, thick = "_" * line_length, "=" * line_length

    def row(*fields: str) -> str:
        line = ""
        for field, end in zip(fields, ends, strict=True):
            line = (line[:-1] + " " if line else "") + field
            line = line[:end].ljust(end) if end < line_length else line
        return line

    lines = [f'Model: "{model.name}"', thin, row(*HEADING), thick]
    for fields in rows_of(model):
        lines += [row(*fields), thin]
    if model.layers:
        lines.pop()
    for line in [*lines, thick, *totals_of(model), thin]:
        print_fn(line)


def rows_of(model: Any) -> Iterator[tuple[str, str, str]]:
    """Yield what is said of each layer, under the headings."""
    for layer, shape in model._with_output_shapes():
        if shape is None:
            output, params = "?", "0 (unbuilt)"
        else:
            output, params = str(shape), f"{layer.count_params():,}"
        yield f"{layer.name} ({type(layer).__name__})", output, params


def totals_of(model: Any) -> list[str]:
    """Return the lines below the table."""
    return [
        f"Total params: {_size(model.weights):,}",
        f"Trainable params: {_size(model.trainable_weights):,}",
        f"Non-trainable params: {_size(model.non_trainable_weights):,}",
    ]


def _size(weights: list[Array]) -> int:
    return sum(np.size(weight) for weight in weights)
