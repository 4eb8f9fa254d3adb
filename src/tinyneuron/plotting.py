"""Pictures of data, models and training. The only module that needs matplotlib.

Every function draws into `ax`, or into a new figure in the library's own style, and returns the
Axes; none calls ``show``. The style sheet is registered as ``"tinyneuron"``:
``plt.style.use("tinyneuron")`` gives it to a whole program.
"""

from __future__ import annotations

from importlib import resources
from typing import Any

import numpy as np

from tinyneuron.arrays import Array, as_numbers

try:
    import matplotlib as mpl
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes
    from matplotlib.colors import LinearSegmentedColormap
except ImportError as error:
    raise ImportError(
        "tinyneuron.plotting needs matplotlib: pip install tinyneuron[plot]"
    ) from error

BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
_CLASS_COLORS = [BLUE, ORANGE, GREEN, PURPLE, "#E69F00", "#56B4E9", "#000000"]
_CLASS_MARKERS = ["o", "x", "^", "s", "+", "D", "v"]
# From white to a blue on which black, orange and dark blue are legible; grey in print.
_PROBABILITY = LinearSegmentedColormap.from_list("probability", ["#FFFFFF", "#8FBFE0"])

with resources.as_file(resources.files("tinyneuron") / "tinyneuron.mplstyle") as _path:
    mpl.style.library["tinyneuron"] = mpl.rc_params_from_file(_path, use_default_template=False)
mpl.style.available[:] = sorted({*mpl.style.available, "tinyneuron"})


def plot_points(x: Any, y: Any, ax: Axes | None = None, *, label: str | None = "data") -> Axes:
    """Draw data with one feature, y over x, as crosses.

    Parameters
    ----------
    x, y : array_like of shape (m,) or (m, 1)
    ax : Axes, optional
        A new figure by default.
    label : str, optional
        For the legend.

    Examples
    --------
    >>> ax = plot_points([1.0, 2.0], [300.0, 500.0])
    >>> ax.set(xlabel="size (1000 sqft)", ylabel="price (1000s of dollars)")[0].get_text()
    'size (1000 sqft)'
    """
    x, y = _column("x", x), _column("y", y)
    if len(x) != len(y):
        raise ValueError(f"x and y must be as long as each other, got {len(x)} and {len(y)}.")
    ax = _axes(ax)
    ax.plot(x, y, "x", color=ORANGE, markersize=8, markeredgewidth=2, label=label, zorder=3)
    return ax


def plot_regression(
    x: Any, y: Any, prediction: Any, ax: Axes | None = None, *, label: str = "prediction"
) -> Axes:
    """Draw data with one feature, and the line that a model predicts for it.

    Parameters
    ----------
    x, y, prediction : array_like of shape (m,) or (m, 1)
    ax : Axes, optional
        A new figure by default.
    label : str
        The line's, for the legend.
    """
    ax = plot_points(x, y, ax)
    x, prediction = _column("x", x), _column("prediction", prediction)
    order = np.argsort(x)
    ax.plot(x[order], prediction[order], color=BLUE, label=label)
    ax.legend()
    return ax


def plot_classes(x: Any, y: Any, ax: Axes | None = None, *, labels: Any = None) -> Axes:
    """Draw data of classes: one feature, with the class upwards, or two, with the class as marker.

    Parameters
    ----------
    x : array_like of shape (m,), (m, 1) or (m, 2)
    y : array_like of shape (m,) or (m, 1)
        Class numbers.
    ax : Axes, optional
        A new figure by default.
    labels : sequence of str, optional
        Names of the classes, ``y = 0``, ``y = 1`` ... by default.
    """
    x, y = _features(x), _column("y", y)
    if len(x) != len(y):
        raise ValueError(f"x and y must be as long as each other, got {len(x)} and {len(y)}.")
    ax = _axes(ax)
    for i, value in enumerate(np.unique(y)):
        rows = x[y == value]
        label = f"y = {value:g}" if labels is None else labels[i]
        ax.plot(
            rows[:, 0],
            rows[:, 1] if x.shape[1] == 2 else np.full(len(rows), value),
            _CLASS_MARKERS[i % 7],
            color=_CLASS_COLORS[i % 7],
            markerfacecolor="none",
            markeredgewidth=2 if len(x) < 100 else 1,
            markersize=8 if len(x) < 100 else 5,
            label=label,
            zorder=3,
        )
    ax.legend()
    return ax


def plot_decision(
    model: Any,
    x: Any,
    y: Any,
    ax: Axes | None = None,
    *,
    threshold: float = 0.5,
    colorbar: bool = True,
    label: str = "prediction",
    labels: Any = None,
) -> Axes:
    """Draw what a model of one or two features says where: its probability, and its decision.

    One feature: the curve P(y = 1) over x, its value as shading, and a line where it crosses the
    threshold. Two features: the shading, and the decision's border.

    Parameters
    ----------
    model : Sequential, or a function of an (m, n) array
        Returns probabilities of shape ``(m, 1)``.
    x : array_like of shape (m,), (m, 1) or (m, 2)
    y : array_like of shape (m,) or (m, 1)
        Classes 0 and 1.
    ax : Axes, optional
        A new figure by default.
    threshold : float
        From which probability on the decision is 1.
    colorbar : bool
        Whether to explain the shading.
    label : str
        The curve's, for the legend.
    labels : sequence of str, optional
        Names of the classes.
    """
    predict = getattr(model, "predict", model)
    features = _features(x)
    ax = plot_classes(features, y, ax, labels=labels)
    low, high = _range(features)
    if features.shape[1] == 1:
        line = np.linspace(low[0], high[0], 401)
        probability = np.asarray(predict(line[:, np.newaxis])).reshape(-1)
        shades, extent = probability[np.newaxis], (low[0], high[0], -0.08, 1.08)
        ax.plot(line, probability, color=BLUE, label=label, zorder=2)
        for place in line[1:][(probability[1:] >= threshold) != (probability[:-1] >= threshold)]:
            name = f"decision: x = {place:.2f}"
            ax.axvline(place, color="0.25", linestyle="--", linewidth=1.5, label=name, zorder=1)
        ax.set(ylim=(-0.08, 1.08), ylabel="P(y = 1)")
    else:
        across, up, grid = _plane(low, high)
        shades = np.asarray(predict(grid)).reshape(len(up), len(across))
        extent = (low[0], high[0], low[1], high[1])
        if shades.min() < threshold <= shades.max():
            ax.contour(across, up, shades, levels=[threshold], colors="0.25", linestyles="--")
            name = f"decision: P(y = 1) = {threshold:g}"
            ax.plot([], [], color="0.25", linestyle="--", linewidth=1.5, label=name)
    image = ax.imshow(
        shades, extent=extent, origin="lower", aspect="auto", cmap=_PROBABILITY, vmin=0, vmax=1
    )
    if colorbar:
        ax.figure.colorbar(image, ax=ax, label="P(y = 1)")
    ax.set_xlim(low[0], high[0])
    ax.legend()
    return ax


def plot_history(history: Any, ax: Axes | None = None, *, names: Any = None) -> Axes:
    """Draw the loss and the metrics over the epochs, those of validation dashed.

    Parameters
    ----------
    history : History or dict of str to list of float
        What `fit` returned, or its ``history``.
    ax : Axes, optional
        A new figure by default.
    names : sequence of str, optional
        What to draw, each with its ``val_...`` if there is one; all there is by default.

    Examples
    --------
    >>> ax = plot_history({"loss": [0.9, 0.4, 0.2], "val_loss": [1.0, 0.5, 0.4]})
    >>> [line.get_label() for line in ax.lines]
    ['loss', 'val_loss']
    """
    values = getattr(history, "history", history)
    own = [name for name in values if not name.startswith("val_")]
    names = own if names is None else [names] if isinstance(names, str) else list(names)
    if unknown := [name for name in names if name not in values]:
        raise ValueError(f"The history has {list(values)}, and not {unknown}.")
    ax = _axes(ax)
    for i, name in enumerate(names):
        for key, style in ((name, "-"), (f"val_{name}", "--")):
            if key in values:
                line = values[key]
                # of validation_freq=n there is only every n-th epoch
                every = max(1, len(values[name]) // max(1, len(line)))
                epochs = every * np.arange(1, len(line) + 1)
                ax.plot(epochs, line, style, color=_CLASS_COLORS[i % 7], label=key)
    ax.set(xlabel="epoch", ylabel=names[0] if len(names) == 1 else "")
    ax.legend()
    return ax


def plot_units(model: Any, x: Any, y: Any = None, axes: Any = None, *, names: Any = None) -> Array:
    """Draw what each unit of a layer computes over the plane of two input features.

    Shaded where a unit's output is high; the dashed line is halfway between the lowest and the
    highest output of all units.

    Parameters
    ----------
    model : Sequential, or a function of an (m, 2) array
        Ends with the layer; returns its outputs, of shape ``(m, units)``.
    x : array_like of shape (m, 2)
        Its range is drawn.
    y : array_like of shape (m,) or (m, 1), optional
        Class numbers: draw the data too.
    axes : sequence of Axes, optional
        One for each unit; a new figure by default.
    names : sequence of str, optional
        The units' names, ``unit 0``, ``unit 1`` ... by default.

    Returns
    -------
    ndarray of Axes

    Examples
    --------
    >>> corners = [[-1.0, -1.0], [1.0, 1.0]]
    >>> axes = plot_units(lambda x: np.tanh(x @ [[1.0, 5.0], [1.0, 0.0]]), corners)
    >>> [ax.get_title() for ax in axes]
    ['unit 0', 'unit 1']
    """
    features = _features(x)
    if features.shape[1] != 2:
        raise ValueError(f"x must have rows of two features, got shape {features.shape}.")
    across, up, grid = _plane(*_range(features))
    outputs = np.asarray(getattr(model, "predict", model)(grid))
    shades = outputs.reshape(len(up), len(across), -1)
    units, low, high = shades.shape[2], shades.min(), shades.max()
    if axes is None:
        with mpl.style.context("tinyneuron"):
            axes = plt.subplots(1, units, figsize=(3 * units + 1, 3.2), sharey=True, squeeze=False)[
                1
            ]
    axes = np.ravel(axes)
    if len(axes) != units:
        raise ValueError(f"There must be one Axes for each of {units} units, got {len(axes)}.")
    for i, ax in enumerate(axes):
        shade = shades[:, :, i]
        image = ax.imshow(
            shade,
            extent=(across[0], across[-1], up[0], up[-1]),
            origin="lower",
            aspect="auto",
            cmap=_PROBABILITY.resampled(16),  # in steps, so that one sees the slope
            vmin=low,
            vmax=high,
        )
        halfway = (low + high) / 2
        if shade.min() < halfway < shade.max():
            ax.contour(across, up, shade, levels=[halfway], colors="0.25", linestyles="--")
        if y is not None:
            plot_classes(features, y, ax).legend_ = None  # the titles say enough
            ax.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
        ax.set(title=f"unit {i}" if names is None else names[i])
    bar = axes[0].figure.colorbar(image, ax=list(axes), fraction=0.04, pad=0.01)
    bar.set_label("output of the unit")
    return axes


def plot_confusion(y_true: Any, y_pred: Any, ax: Axes | None = None, *, labels: Any = None) -> Axes:
    """Draw how often each class was taken for each: rows are true, columns predicted.

    Parameters
    ----------
    y_true, y_pred : array_like of shape (m,) or (m, 1)
        Class numbers from 0.
    ax : Axes, optional
        A new figure by default.
    labels : sequence of str, optional
        Names of the classes, their numbers by default.

    Examples
    --------
    >>> ax = plot_confusion([0, 0, 1], [0, 1, 1])
    >>> [text.get_text() for text in ax.texts]
    ['1', '1', '1']
    """
    true, predicted = (
        _column(name, y).astype(int) for name, y in (("y_true", y_true), ("y_pred", y_pred))
    )
    if len(true) != len(predicted):
        raise ValueError(
            f"y_true and y_pred must be as long as each other, got {len(true)} and "
            f"{len(predicted)}."
        )
    number = max(true.max(), predicted.max()) + 1 if labels is None else len(labels)
    counts = np.zeros((number, number), int)
    np.add.at(counts, (true, predicted), 1)
    ax = _axes(ax)
    ax.imshow(counts, cmap=_PROBABILITY)
    for row, column in zip(*np.nonzero(counts), strict=True):
        wrong = row != column
        ax.text(
            column,
            row,
            str(counts[row, column]),
            ha="center",
            va="center",
            color=ORANGE if wrong else "black",
            weight="bold" if wrong else "normal",
        )
    names = [str(name) for name in (range(number) if labels is None else labels)]
    ax.set_xticks(range(number), names)
    ax.set_yticks(range(number), names)
    ax.set(xlabel="predicted", ylabel="true")
    return ax


def _range(features: Array) -> tuple[Array, Array]:
    """Return the lowest and the highest features, with some margin."""
    low, high = features.min(axis=0), features.max(axis=0)
    margin = 0.08 * np.maximum(high - low, 1e-9)
    return low - margin, high + margin


def _plane(low: Array, high: Array) -> tuple[Array, Array, Array]:
    """Return a grid over two features: its columns, its rows, and its points of shape (m, 2)."""
    across, up = (np.linspace(low[i], high[i], 201) for i in range(2))
    return across, up, np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    with mpl.style.context("tinyneuron"):
        return plt.subplots()[1]


def _features(x: Any) -> Array:
    """Return `x` as (m, 1) or (m, 2)."""
    x = as_numbers(x, "x")
    x = x[:, np.newaxis] if x.ndim == 1 else x
    if x.ndim != 2 or x.shape[1] not in (1, 2) or not len(x):
        raise ValueError(f"x must have rows of one or two features, got shape {x.shape}.")
    return x


def _column(name: str, values: Any) -> Array:
    """Return `values` as (m,)."""
    values = as_numbers(values, name)
    if values.size != len(values):
        raise ValueError(f"{name} must be one column of numbers, got shape {values.shape}.")
    return values.reshape(-1)
