"""The look of all pictures: the style sheet, the colours, and new Axes."""

from __future__ import annotations

from importlib import resources
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from tinyneuron.plotting.arguments import as_axes

BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
_CLASS_COLORS = [BLUE, ORANGE, GREEN, PURPLE, "#E69F00", "#56B4E9", "#000000"]
_CLASS_MARKERS = ["o", "x", "^", "s", "+", "D", "v"]

# Blue is positive, orange negative; on the light shades, lines and text stay legible.
_LIGHT_BLUE, _LIGHT_ORANGE = "#8FBFE0", "#F2B48C"
PROBABILITY = LinearSegmentedColormap.from_list("probability", ["#FFFFFF", _LIGHT_BLUE])
SIGNED = LinearSegmentedColormap.from_list("signed", [ORANGE, "#FFFFFF", BLUE])
LIGHT_SIGNED = LinearSegmentedColormap.from_list(
    "light signed", [_LIGHT_ORANGE, "#FFFFFF", _LIGHT_BLUE]
)

with resources.as_file(resources.files(__package__) / "tinyneuron.mplstyle") as _path:
    mpl.style.library["tinyneuron"] = mpl.rc_params_from_file(_path, use_default_template=False)
mpl.style.available[:] = sorted({*mpl.style.available, "tinyneuron"})


def class_color(number: int) -> str:
    """Return the colour of a class; the eighth has the first one's."""
    return _CLASS_COLORS[number % 7]


def class_marker(number: int) -> str:
    """Return the marker of a class; the eighth has the second one's, for it has a first colour."""
    return _CLASS_MARKERS[(number + number // 7) % 7]


def new_figure(rows: int = 1, columns: int = 1, **options: Any) -> Any:
    """Return the Axes of a new figure in the library's style: one, or an array of them."""
    with mpl.style.context("tinyneuron"):
        return plt.subplots(rows, columns, **options)[1]


def given_or_new(ax: Axes | None) -> Axes:
    """Return `ax`, or the Axes of a new figure."""
    return new_figure() if ax is None else as_axes(ax)
