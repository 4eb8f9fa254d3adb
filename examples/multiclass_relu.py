"""What do the hidden units of a classifier learn? Four classes, two units with ReLU.

Each hidden unit is silent, 0, on one side of a line, and grows on the other: it asks one question
of the point. The output units weigh the two answers into a score for each class.

    python examples/multiclass_relu.py --save pictures
"""

import argparse
from pathlib import Path

import numpy as np

import tinyneuron as keras
from tinyneuron.layers import Dense
from tinyneuron.losses import SparseCategoricalCrossentropy

CENTERS = np.array([[-5.0, 2.0], [-2.0, -2.0], [1.0, 2.0], [5.0, -2.0]])


def main():
    options = parse_arguments()
    rng = np.random.default_rng(options.seed)
    y = np.arange(400) % 4  # four classes, a blob of points each
    x = CENTERS[y] + rng.normal(size=(400, 2))

    model = train(x, y, options.seed)
    accuracy = model.evaluate(x, y, return_dict=True)["accuracy"]
    print(f"\nThe class with the largest logit is the right one for {accuracy:.1%} of the points.")

    hidden, output = model.layers
    print("\n== What each hidden unit asks ==\n")
    for unit, (w, b) in enumerate(zip(hidden.kernel.T, hidden.bias, strict=True)):
        print(f"unit {unit} speaks where {w[0]:.2f} x0 + {w[1]:.2f} x1 + {b:.2f} > 0")

    print("\n== What they answer for each class: the mean of their outputs ==\n")
    answers = model.explain(x).outputs[hidden.name]
    assert np.allclose(answers, np.maximum(0, x @ hidden.kernel + hidden.bias), atol=1e-5)
    for number in range(4):
        mean = answers[y == number].mean(axis=0)
        print(f"class {number}: " + "   ".join(f"unit {i} {a:5.2f}" for i, a in enumerate(mean)))

    print("\n== How the answers become a class: one point, written out ==\n")
    print(model.explain(CENTERS, row=2, units=4))
    scores = np.maximum(0, CENTERS @ hidden.kernel + hidden.bias) @ output.kernel + output.bias
    assert np.array_equal(scores.argmax(axis=1), model.predict(CENTERS).argmax(axis=1))

    if options.save or options.show:
        draw(options, x, y, model)

    print("\nLook at: the borders between the classes. They bend only where a unit falls silent.")
    print("Try next: --seed 3, or another. Which question is asked differs. Does a unit ever die?")


def train(x, y, seed):
    """Return the trained network, telling the loss on the way."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [keras.Input((2,)), Dense(2, activation="relu", name="L1"), Dense(4, name="L2")],
        name="four_classes",
    )
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss=SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    losses = model.fit(x, y, epochs=200, verbose=0).history["loss"]
    for epoch in (1, 10, 50, 100, 200):
        print(f"epoch {epoch:3}: loss {losses[epoch - 1]:.4f}")
    return model


def draw(options, x, y, model):
    import matplotlib as mpl

    if not options.show:
        mpl.use("Agg")
    import matplotlib.pyplot as plt

    from tinyneuron import plotting

    plt.style.use("tinyneuron")
    labels = [f"class {i}" for i in range(4)]
    decision = plotting.plot_decision(model, x, y, labels=labels)
    decision.set(title="What the network decides", xlabel="$x_0$", ylabel="$x_1$")
    first = keras.Sequential([keras.Input((2,)), model.layers[0]])
    units = plotting.plot_units(first, x, y, names=["hidden unit 0", "hidden unit 1"])
    save_and_show(options, {"1_decision": decision.figure, "2_units": units[0].figure})


def save_and_show(options, figures):
    import matplotlib.pyplot as plt

    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
        for name, figure in figures.items():
            path = options.save / f"multiclass_relu_{name}.png"
            figure.savefig(path, dpi=100)
            print(f"saved {path}")
    if options.show:
        plt.show()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--save", type=Path, metavar="DIR", help="save the pictures there")
    parser.add_argument("--show", action="store_true", help="show the pictures in windows")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers (default 1)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
