"""Four classes with two hidden units: what does each ReLU learn?

Each hidden unit is 0 on one side of a line and rises on the other, so each parts the four blobs in
two groups. In the plane of the two hidden outputs each blob then lies in a corner of its own, and
the linear output layer, one logit for each class, only has to tell the corners apart.

    python examples/multiclass_relu.py --save pictures
"""

import numpy as np

import tinyneuron as keras
from _pictures import make_pictures, parse_arguments
from tinyneuron.layers import Dense

CENTERS = np.array([[-5.0, 2.0], [-2.0, -2.0], [1.0, 2.0], [5.0, -2.0]])


def main():
    options = parse_arguments(__doc__)
    keras.utils.set_random_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    y = np.arange(100) % 4  # four classes, a blob of points each
    x = CENTERS[y] + rng.normal(size=(100, 2))
    print("x", x.shape, " y", y.shape, " classes", np.unique(y))

    print("\n== The network ==\n")
    hidden = Dense(2, activation="relu", name="hidden")
    output = Dense(4, activation="linear", name="logits")
    model = keras.Sequential([keras.Input((2,)), hidden, output])
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.summary()

    print("\n== Training ==\n")
    model.fit(
        x,
        y,
        epochs=200,
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=print_epoch)],
    )

    print("\n== What the hidden units say about each blob ==\n")
    print("class        center    unit 0   unit 1   the largest logit is")
    a1 = hidden(CENTERS)
    decisions = output(a1).argmax(axis=1)
    for number, (center, a, decision) in enumerate(zip(CENTERS, a1, decisions, strict=True)):
        print(f"{number:5} {center!s:>13} {a[0]:9.2f} {a[1]:8.2f} {decision:10}")
    print("\nBy ReLU a unit is exactly 0 for the blobs on the far side of its line w x + b = 0:")
    W, b = hidden.get_weights()
    for unit in range(2):
        print(f"unit {unit}: {W[0, unit]:.2f} x0 + {W[1, unit]:.2f} x1 + {b[unit]:.2f} = 0")
    accuracy = model.evaluate(x, y, verbose=0)[1]
    print(f"\n{accuracy:.0%} of the points are decided right.")
    assert accuracy > 0.9  # over 20 seeds it was 96 to 100 %

    make_pictures(options, draw, x, y, hidden, output)

    print("\nLook at: the corners in the right picture of the regions. Which unit is 0 in which?")
    print("Try next: one hidden unit. How many classes can its one number part?")


def print_epoch(epoch, logs):
    if (epoch + 1) % 40 == 0:
        print(f"epoch {epoch + 1:3}: loss {logs['loss']:.4f}, accuracy {logs['accuracy']:.1%}")


def draw(x, y, hidden, output):
    import matplotlib.pyplot as plt

    from tinyneuron import plotting

    units, axes = plt.subplots(1, 2, figsize=(6.4, 4), sharey=True)
    plotting.plot_units(hidden, x, y, axes, names=["unit 0", "unit 1"])

    regions, planes = plt.subplots(1, 2, figsize=(6.4, 4.2))
    plotting.plot_decision(lambda rows: output(hidden(rows)), x, y, planes[0], colorbar=False)
    planes[0].set(title="the inputs")
    plotting.plot_decision(output, hidden(x), y, planes[1], colorbar=False)
    planes[1].set(title="as the hidden units see them")
    planes[1].set(xlabel="output of hidden unit 0", ylabel="output of hidden unit 1")
    for ax in planes:
        ax.get_legend().remove()

    for ax in [*axes, planes[0]]:
        ax.set(xlabel="$x_0$")
    for ax in [axes[0], planes[0]]:
        ax.set(ylabel="$x_1$")
    for figure in (units, regions):
        handles = figure.axes[0].get_legend_handles_labels()[0][-4:]
        names = [f"class {i}" for i in range(4)]
        figure.legend(handles, names, loc="outside lower center", ncols=4)

    return {
        "multiclass_relu_1_units": units,
        "multiclass_relu_2_regions": regions,
    }


if __name__ == "__main__":
    main()
