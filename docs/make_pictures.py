"""Draw the pictures of these pages.

    python docs/make_pictures.py

It needs matplotlib, and writes into docs/pictures. The paths of the optimizers are drawn here;
the other pictures by the blocks of pictures.md themselves, so that each is what its lines draw.
Whatever is random is seeded: the pictures are the same each time.
"""

import doctest
import re
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image

mpl.use("Agg")
import matplotlib.pyplot as plt

import tinyneuron.plotting  # noqa: F401  (registers the style)
from tinyneuron.optimizers import SGD, Adam, RMSprop

PAGE = Path(__file__).parent / "pictures.md"
PICTURES = Path(__file__).parent / "pictures"
START = (-4.0, 1.5)
STEPS = 60
STEEPNESS = np.array([1.0, 20.0])  # a valley: 20 times as steep across as along

OPTIMIZERS = {
    "SGD(0.09)": SGD(0.09),
    "SGD(0.02, momentum=0.9)": SGD(0.02, momentum=0.9),
    "RMSprop(0.1)": RMSprop(0.1),
    "Adam(0.3)": Adam(0.3),
}


def loss(w):
    """Return L = (w0^2 + 20 w1^2) / 2; its least value is 0, at (0, 0)."""
    return 0.5 * (STEEPNESS * np.square(w)).sum(axis=-1)


def gradient(w):
    """Return dL/dw = (w0, 20 w1)."""
    return STEEPNESS * w


def path(optimizer):
    """Return where the optimizer goes from `START`: an array (STEPS + 1, 2)."""
    w = np.array(START)
    points = [w.copy()]
    for _ in range(STEPS):
        optimizer.apply([gradient(w)], [w])
        points.append(w.copy())
    return np.array(points)


def draw():
    """Draw one panel for each optimizer, all over the same contours of L."""
    plt.style.use("tinyneuron")
    figure, axes = plt.subplots(2, 2, figsize=(10, 6), sharex=True, sharey=True)
    x, y = np.meshgrid(np.linspace(-4.6, 2.6, 200), np.linspace(-2.1, 2.1, 200))
    surface = loss(np.stack([x, y], axis=-1))
    for i, (ax, (name, optimizer)) in enumerate(zip(axes.flat, OPTIMIZERS.items(), strict=True)):
        points = path(optimizer)
        levels = [0.1, 0.5, 2, 5, 10, 20, 35]
        ax.contour(x, y, surface, levels, colors="0.75", linewidths=1)
        ax.plot(*points.T, "o-", color=f"C{i}", markersize=3.5, linewidth=1.2)
        ax.plot(*START, "s", color="black", markersize=7)
        ax.plot(0, 0, "+", color="black", markersize=12, markeredgewidth=2)
        ax.set(title=f"{name}: L = {loss(points[-1]):.1e} after {STEPS} steps")
    for ax in axes[1]:
        ax.set(xlabel="$w_0$")
    for ax in axes[:, 0]:
        ax.set(ylabel="$w_1$")
    return figure


def draw_page():
    """Run the blocks of pictures.md; where it shows a picture, yield name and figure."""
    namespace = {}
    block_or_picture = re.compile(r"^```python\n(.*?)^```$|\]\(pictures/(\w+)\.png\)", re.M | re.S)
    for block, picture in block_or_picture.findall(PAGE.read_text(encoding="utf-8")):
        if picture:
            yield picture, plt.gcf()
            plt.close("all")
        else:
            exec(doctest.script_from_examples(block), namespace)


def main():
    """Draw and save."""
    PICTURES.mkdir(exist_ok=True)
    for name, figure in [*draw_page(), ("optimizer_paths", draw())]:
        drawn = BytesIO()
        figure.savefig(drawn, dpi=100)
        # 256 colours are enough, and make a small file
        Image.open(drawn).convert("RGB").quantize(256).save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
