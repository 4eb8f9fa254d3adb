"""Symbolic tensors: what stands for arrays before there are any."""

from __future__ import annotations

from typing import NamedTuple

from tinyneuron._common.arrays import Shape


class KerasTensor(NamedTuple):
    """A shape and dtype that stand for arrays to come; ``None`` is the size of the batch."""

    shape: Shape
    dtype: str
    name: str
