"""Grids over the features, and values on them as shades."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from tinyneuron._common.arrays import Array


def limits(features: Array) -> tuple[Array, Array]:
    """Return the lowest and the highest features, with some margin."""
    low, high = features.min(axis=0), features.max(axis=0)
    around_one = np.maximum(1.0, 1e-3 * np.abs(high))  # where there is one value alone
    margin = np.where(high > low, 0.08 * (high - low), around_one)
    return low - margin, high + margin


def plane(features: Array) -> tuple[Array, Array, Array]:
    """Return a grid over two features: its columns, its rows, and its points of shape (m, 2)."""
    low, high = limits(features)
    across, up = (np.linspace(low[i], high[i], 201) for i in range(2))
    return across, up, np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)


def shade(ax: Axes, across: Array, up: Array, values: Array, **options: Any) -> AxesImage:
    """Draw values on a grid, each as a pixel whose middle is the grid's point."""
    half_x, half_y = (across[1] - across[0]) / 2, (up[1] - up[0]) / 2
    extent = (across[0] - half_x, across[-1] + half_x, up[0] - half_y, up[-1] + half_y)
    image = ax.imshow(
        values, extent=extent, origin="lower", aspect="auto", interpolation="nearest", **options
    )
    ax.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
    return image
