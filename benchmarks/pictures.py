"""What was measured, as pictures; the one module that needs matplotlib."""

from __future__ import annotations

import math
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
import matplotlib.pyplot as plt

import tinyneuron.plotting  # noqa: F401  (registers the style)
from benchmarks import report

COLUMNS = 3
PANEL = 4.2, 3.0  # inches


def save(results, folder):
    """Write the pictures that there are figures for; return their paths."""
    plt.style.use("tinyneuron")
    paths = []
    if results["works"]:
        paths.append(_save(bars(results), Path(folder) / "times.png"))
    if results["growth"]:
        paths.append(_save(lines(results), Path(folder) / "growth.png"))
    return paths


def _save(figure, path):
    figure.savefig(path)
    plt.close(figure)
    return path


def _panels(number):
    rows = math.ceil(number / COLUMNS)
    size = COLUMNS * PANEL[0], rows * PANEL[1]
    figure, axes = plt.subplots(rows, COLUMNS, figsize=size, squeeze=False)
    for ax in axes.flat[number:]:
        ax.set_axis_off()
    return figure, axes.flat


def bars(results):
    """Draw a panel for each work: the median of every peer, and its quartiles."""
    works = results["works"]
    figure, axes = _panels(len(works))
    for ax, work in zip(axes, works, strict=False):
        names = list(work["peers"])[::-1]
        places = np.arange(len(names))
        seconds = [work["peers"][name]["seconds"] for name in names]
        low, middle, high = np.quantile(seconds, [0.25, 0.5, 0.75], axis=1)
        colors = ["C1" if name == "tinyneuron" else "C0" for name in names]
        ax.barh([results["titles"][name] for name in names], middle, color=colors)
        ax.errorbar(middle, places, xerr=[middle - low, high - middle], fmt="none", c="k")
        for place, value in zip(places, high, strict=True):
            ax.text(value, place, f"  {report.as_time(middle[place])}", va="center", fontsize=7)
        ax.set(xscale="log", title=work["title"], xlim=(middle.min() / 3, high.max() * 8))
        ax.tick_params(axis="y", labelsize=8)
        _label_times(ax.xaxis)
    return figure


def lines(results):
    """Draw time over size for each axis and work, both logarithmic, with the slopes."""
    curves = report.curves(results["growth"])
    figure, axes = _panels(len(curves))
    by_kind = sorted(curves.items(), key=lambda curve: curve[0][1] == "fit")  # a row for each
    for ax, ((axis, kind), peers) in zip(axes, by_kind, strict=False):
        for name, points in peers.items():
            sizes, seconds = zip(*points, strict=True)
            label = f"{results['titles'][name]}: {report.slope(points):.2f}"
            ax.loglog(sizes, seconds, marker="o", markersize=3, label=label)
        ax.set(title=f"{'step of fit' if kind == 'fit' else 'predict'}, by {axis}", xlabel=axis)
        ax.legend(title="slope", fontsize=8, title_fontsize=8)
        _label_times(ax.yaxis)
    return figure


def _label_times(axis):
    """Label powers of ten as 10 µs, 1 ms ..., and nothing else."""
    axis.set_minor_formatter(lambda value, _: "")
    axis.set_major_formatter(
        lambda value, _: report.as_time(value).replace(".00", "").replace(".0 ", " ")
    )
