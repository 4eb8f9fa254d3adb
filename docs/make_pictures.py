"""Draw the pictures of these pages, and the site's icon.

    python docs/make_pictures.py --save docs/pictures

It needs matplotlib. The pictures of pictures.md are drawn by that page's own blocks, so that each
is what its lines draw. Whatever is random is seeded: the pictures are the same each time.
"""

import argparse
import doctest
import re
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
import matplotlib.pyplot as plt

import tinyneuron as keras
from tinyneuron import plotting
from tinyneuron.layers import Dense, Input
from tinyneuron.optimizers import SGD, Adam, RMSprop
from tinyneuron.plotting.surface import draw_loss, draw_path

PAGE = Path(__file__).parent / "pictures.md"
PICTURES = Path(__file__).parent / "pictures"

# The optimizers' paths ---------------------------------------------------------------------------

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


def draw_optimizers():
    """Draw one panel for each optimizer, all over the same contours of L."""
    figure, axes = plt.subplots(2, 2, figsize=(6.4, 6), sharex=True, sharey=True)
    across, up = np.linspace(-4.6, 2.6, 200), np.linspace(-2.1, 2.1, 200)
    surface = loss(np.stack(np.meshgrid(across, up), axis=-1))
    for ax, (name, optimizer) in zip(axes.flat, OPTIMIZERS.items(), strict=True):
        points = path(optimizer)
        draw_loss(ax, across, up, surface, bar=False)
        draw_path(ax, points)
        ax.plot(0, 0, "*", color="white", markersize=12, mec="black", label="the least loss")
        title = f"{name}\nL = {loss(points[-1]):.1e} after {STEPS} steps"
        ax.set_title(title, fontsize=10)
    figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    for ax in axes[1]:
        ax.set(xlabel="$w_0$")
    for ax in axes[:, 0]:
        ax.set(ylabel="$w_1$")
    return figure


# The tour -----------------------------------------------------------------------------------------

SIZES = np.linspace(0, 5, 401).reshape(-1, 1)
SIZE = "size of the tumor (cm)"


def layer_of(weights, bias, **options):
    """Return a layer of sigmoids with these weights."""
    layer = Dense(len(bias), activation="sigmoid", **options)
    layer.build((None, len(weights)))
    layer.set_weights([weights, bias])
    return layer


def draw_neuron():
    """Draw z, and a = g(z), with the border where z = 0 and a = 1/2."""
    neuron = layer_of([[2.0]], [-4.5])
    figure, axes = plt.subplots(1, 2, figsize=(6.4, 3.4))
    curves = {
        "$z = 2 x - 4.5$": neuron.weighted_sum(SIZES),
        "$a = 1 / (1 + e^{-z})$": neuron(SIZES),
    }
    for ax, (title, curve), middle in zip(axes, curves.items(), (0, 0.5), strict=True):
        ax.plot(SIZES, curve, color=plotting.BLUE)
        ax.axhline(middle, color="0.6", linewidth=1)
        ax.axvline(2.25, color="0.25", linestyle="--", linewidth=1.5)
        ax.set(title=title, xlabel=SIZE)
    return figure


def draw_layer():
    """Draw both neurons' outputs."""
    figure, ax = plt.subplots(figsize=(6.4, 3.8))
    for i, outputs in enumerate(layer_of([[8.0, -8.0]], [-12.0, 28.0])(SIZES).T):
        ax.plot(SIZES, outputs, ("-", "--")[i], color=f"C{i}", label=f"neuron {i}")
    ax.set(title="Two neurons that see the same input", xlabel=SIZE, ylabel="a")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def draw_model():
    """Draw the output of the two layers, one behind the other."""
    layers = [layer_of([[8.0, -8.0]], [-12.0, 28.0]), layer_of([[10.0], [10.0]], [-15.0])]
    figure, ax = plt.subplots(figsize=(6.4, 3.8))
    ax.plot(SIZES, keras.Sequential([Input((1,)), *layers])(SIZES), color=plotting.BLUE)
    ax.set(title="On where both neurons are on", xlabel=SIZE, ylabel="a of the last layer")
    return figure


def draw_training():
    """Train as the tour does; draw the loss, and what the model has learned."""
    keras.utils.set_random_seed(1)
    many = np.linspace(0, 5, 60).reshape(-1, 1)
    kind = ((many > 1.5) & (many < 3.5)).astype(float)
    model = keras.Sequential([Input((1,)), Dense(4, "tanh"), Dense(1, "sigmoid")])
    model.compile(Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(many, kind, epochs=200, verbose=0)
    figure, axes = plt.subplots(2, 1, figsize=(6.4, 7))
    plotting.plot_history(history, axes[0], names=["loss"])
    axes[0].set(title="The loss falls", ylim=(0, None))
    plotting.plot_decision(model, many, kind, axes[1], colorbar=False)
    axes[1].set(title="What it has learned", xlabel=SIZE)
    axes[0].get_legend().remove()
    return figure


def draw_icon():
    """Draw a neuron: three inputs, one output."""
    figure = plt.figure(figsize=(0.64, 0.64), layout="none")
    ax = figure.add_axes((0, 0, 1, 1), xlim=(-1.2, 1.2), ylim=(-1.2, 1.2))
    ax.axis("off")
    for y in (-0.8, 0, 0.8):
        ax.plot([-0.9, 0.3], [y, 0], color=plotting.BLUE, linewidth=3)
    ax.plot([0.3, 1.1], [0, 0], color=plotting.ORANGE, linewidth=4)
    ax.plot(0.3, 0, "o", color=plotting.ORANGE, markersize=22)
    figure.patch.set_alpha(0)
    return figure


DRAWN = {
    "optimizer_paths": draw_optimizers,
    "tour_2_neuron": draw_neuron,
    "tour_3_layer": draw_layer,
    "tour_4_model": draw_model,
    "tour_5_training": draw_training,
    "favicon": draw_icon,
}


# The gallery -------------------------------------------------------------------------------------


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
    """Draw all, and save them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--save", type=Path, metavar="DIR", default=PICTURES, help="where to")
    folder = parser.parse_args().save
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in draw_page():
        save(figure, folder / f"{name}.png")
    plt.style.use("tinyneuron")
    for name, draw in DRAWN.items():
        save(draw(), folder / f"{name}.png")


def save(figure, path):
    """Save without matplotlib's version in the file: the same picture is the same bytes."""
    figure.savefig(path, dpi=150, metadata={"Software": None})


if __name__ == "__main__":
    main()
