"""The language of all pictures: its colours, its markers, its legends, and new Axes.

Each colour has one meaning (`docs/pictures.md` tells it at length):

- A class has one colour and one marker, in points, regions, curves and bars.
- P(y = 1) goes from a tint of class 0's colour over white, at 1/2, to a tint of class 1's.
- A sign has two colours that no class has: indigo is positive, brown is negative, white is 0.
- An amount from 0 up goes from white to grey: darker is more.
- A loss has a map of its own, from dark blue, the least, to yellow; its contours are labelled.
- Data without classes is black.
"""

from __future__ import annotations

from importlib import resources
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.layout_engine import ConstrainedLayoutEngine, TightLayoutEngine
from matplotlib.patheffects import Normal, Stroke
from matplotlib.transforms import ScaledTranslation

from tinyneuron.plotting.arguments import as_axes

BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
_CLASS_COLORS = [BLUE, ORANGE, GREEN, PURPLE, "#E69F00", "#56B4E9", "#000000"]
_CLASS_MARKERS = ["o", "x", "^", "s", "+", "D", "v"]
POSITIVE, NEGATIVE = "#332288", "#6B3A00"
STRONGEST = 0.45  # how much of its colour a tint has at most: points and lines stand out on it


def tint(color: str, strength: float = STRONGEST) -> tuple[float, ...]:
    """Return the colour mixed with white."""
    return tuple(1 - strength * (1 - part) for part in to_rgb(color))


def _map(name: str, *colors: Any) -> LinearSegmentedColormap:
    return LinearSegmentedColormap.from_list(name, colors)


PROBABILITY = _map("probability", tint(BLUE), "white", tint(ORANGE))
SIGNED = _map("signed", NEGATIVE, "white", POSITIVE)
LIGHT_SIGNED = _map("light signed", tint(NEGATIVE, 0.6), "white", tint(POSITIVE, 0.6))
AMOUNT = _map("amount", "white", "0.4")
LOSS = mpl.colormaps["cividis"]

# A white rim, so that points stand out on any shade; all rims first, so that none hides a point.
HALO = [Stroke(linewidth=4, foreground="white"), Normal()]

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


def stacked(ax: Axes, number: int) -> list[Axes]:
    """Divide the place of `ax` among so many Axes, one above the other; the first is `ax`."""
    place: Any = ax.get_subplotspec()
    if number == 1:
        return [ax]
    parts = place.subgridspec(number, 1)
    ax.set_subplotspec(parts[0, 0])
    panels = [ax, *(ax.figure.add_subplot(parts[i, 0]) for i in range(1, number))]
    for panel in panels:
        for side, spine in ax.spines.items():
            panel.spines[side].set_visible(spine.get_visible())
    return panels


def makes_room(figure: Any) -> bool:
    """Say whether the figure's layout makes room for what stands outside of its Axes."""
    return isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine | TightLayoutEngine)


def add_legend(ax: Axes) -> None:
    """Draw the legend below the Axes and the name of its x axis, where no data can lie.

    If nothing lays the figure out, there may be no room: then inside, where the data leave most.
    """
    if not makes_room(ax.figure):
        ax.legend()
        return
    points = 72 / ax.figure.dpi
    longest = max(map(len, ax.get_legend_handles_labels()[1]))
    columns = (ax.get_window_extent().width * points + 44) / (44 + 5.5 * longest)
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=ax.transAxes + ScaledTranslation(0, -40 / 72, ax.figure.dpi_scale_trans),
        borderaxespad=0,
        ncols=max(1, int(columns)),
    )


def name_axes(ax: Axes, x: str, y: str) -> None:
    """Name the axes that have no name yet."""
    ax.set(xlabel=ax.get_xlabel() or x, ylabel=ax.get_ylabel() or y)
