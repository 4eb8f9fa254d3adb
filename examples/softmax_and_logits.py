"""Softmax in the model, or in the loss? The same network trained both ways.

The last layer of a classifier has one unit for each class. Its sums z are the logits; softmax
turns them into probabilities a. The loss takes either, but only logits hold the answer when the
network is very sure.

    python examples/softmax_and_logits.py --save pictures
"""

import numpy as np

import tinyneuron as keras
from _pictures import make_pictures, parse_arguments
from tinyneuron.activations import softmax
from tinyneuron.layers import Activation, Dense
from tinyneuron.losses import SparseCategoricalCrossentropy

CENTERS = np.array([[-5.0, 2.0], [-2.0, -2.0], [1.0, 2.0], [5.0, -2.0]])


def main():
    options = parse_arguments(__doc__)
    rng = np.random.default_rng(options.seed)
    y = np.arange(1000) % 4  # four classes, a blob of points each
    x = CENTERS[y] + rng.normal(size=(1000, 2))

    print("== Trained both ways, from the same starting weights ==\n")
    with_softmax, losses_softmax = train(x, y, "softmax", from_logits=False, seed=options.seed)
    with_logits, losses_logits = train(x, y, "linear", from_logits=True, seed=options.seed)
    print("epoch   softmax in the model   softmax in the loss")
    for epoch in range(0, 30, 5):
        print(f"{epoch + 1:5} {losses_softmax[epoch]:22.6f} {losses_logits[epoch]:21.6f}")
    assert np.allclose(losses_softmax, losses_logits, rtol=1e-4)

    print("\n== To predict: which class, and how sure ==\n")
    print("One network returns probabilities, the other logits; softmax makes the former of them:")
    a, z = with_softmax.predict(CENTERS), with_logits.predict(CENTERS)
    for title, rows in [("probabilities", a), ("logits", z), ("softmax(logits)", softmax(z))]:
        print(f"{title}:\n{rows.round(3)}")
    assert np.allclose(a, softmax(z), atol=1e-4)
    print("For the class alone no softmax is needed, as it does not change which is the largest:")
    print("argmax of the probabilities", a.argmax(axis=1), " of the logits", z.argmax(axis=1))
    assert np.array_equal(a.argmax(axis=1), z.argmax(axis=1))
    predictor = keras.Sequential([with_logits, Activation("softmax")])
    assert np.allclose(predictor.predict(CENTERS), softmax(z))
    print("Sequential([model, Activation('softmax')]) is a model that does both.")

    print("\n== The loss of an example of class 0, with the logits [0, z] ==\n")
    print("Exactly log(1 + e^z), so about z. From probabilities the answer is lost beyond 16:")
    print(f"{'z':>6} {'a[0]':>12} {'by hand':>10} {'from a':>10} {'from logits':>12}")
    for z in [-1000, -100, -10, 1, 10, 100, 1000]:
        by_hand, from_a, from_z = losses_at(z)
        print(
            f"{z:6} {softmax([[0.0, z]])[0, 0]:12.4g} {by_hand:10.4g} {from_a:10.4g} {from_z:12.4g}"
        )
        assert np.isclose(from_z, np.logaddexp(0, z), atol=1e-6)
    print("By hand, e^100 overflows 32 bits. From a, an a[0] of 4e-44 or 0 is taken for 1e-7, the")
    print("least that the loss lets pass: its slope is 0, and such an example no longer teaches.")
    assert np.allclose([losses_at(z)[1] for z in (100, 1000)], -np.log(1e-7), rtol=1e-3)
    assert slope_from_probabilities(100.0) == 0
    assert np.isclose(slope_from_logits(100.0), 1)
    print("While a model trains, tinyneuron sees a softmax before this loss, and uses the logits.")

    make_pictures(options, draw, x, y, with_softmax, with_logits)

    print("\nLook at: the slope in the second picture. Where it is 0, training stands still.")
    print("Try next: the logits [[z, 0]] for class 0. Why does nothing go wrong for large z?")


def train(x, y, activation, from_logits, seed):
    """Return the trained network, and its losses by epoch."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((2,)),
            Dense(25, activation="relu"),
            Dense(15, activation="relu"),
            Dense(4, activation=activation),
        ]
    )
    loss = SparseCategoricalCrossentropy(from_logits=from_logits)
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss=loss)
    return model, model.fit(x, y, epochs=30, verbose=0).history["loss"]


def losses_at(z):
    """Return the loss of class 0 at the logits [0, z]: by hand, from probabilities, from logits."""
    logits = np.array([[0.0, z]], dtype=np.float32)
    with np.errstate(all="ignore"):  # that it overflows is what we want to see
        by_hand = np.log(np.exp(logits[0]).sum() / np.exp(logits[0, 0]))
    from_probabilities = SparseCategoricalCrossentropy()([0], softmax(logits))
    from_logits = SparseCategoricalCrossentropy(from_logits=True)([0], logits)
    return float(by_hand), from_probabilities, from_logits


def slope_from_logits(z):
    """Return dL/dz, straight from the loss: a - y."""
    y, logits = np.array([[1.0, 0.0]]), np.array([[0.0, z]])
    return SparseCategoricalCrossentropy(from_logits=True).gradient(y, logits)[0, 1]


def slope_from_probabilities(z):
    """Return dL/dz, through the probabilities: dL/da, then the softmax's derivative."""
    y, a = np.array([[1.0, 0.0]]), softmax([[0.0, z]])
    by_a = SparseCategoricalCrossentropy().gradient(y, a)
    return (a * (by_a - (by_a * a).sum()))[0, 1]


def draw(x, y, with_softmax, with_logits):
    import matplotlib.pyplot as plt

    from tinyneuron import plotting

    regions, axes = plt.subplots(1, 2, figsize=(6.4, 4.2), sharey=True)
    names = ["softmax in the model", "softmax in the loss"]
    for ax, model, name in zip(axes, [with_softmax, with_logits], names, strict=True):
        labels = [f"class {i}" for i in range(4)]
        plotting.plot_decision(model, x, y, ax, colorbar=False, labels=labels)
        ax.get_legend().remove()
        ax.set(title=name)
    axes[1].set(ylabel="")
    regions.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)

    line = np.linspace(-10, 40, 501)
    ways = {
        "from logits": ([losses_at(z)[2] for z in line], [slope_from_logits(z) for z in line]),
        "from probabilities": (
            [losses_at(z)[1] for z in line],
            [slope_from_probabilities(z) for z in line],
        ),
    }
    loss, axes = plt.subplots(2, 1, figsize=(6.4, 6.4), sharex=True)
    for (name, values), style in zip(ways.items(), ["-", "--"], strict=True):
        for ax, value in zip(axes, values, strict=True):
            ax.plot(line, value, style, label=name)
    axes[0].set(title="The loss of an example of class 0", ylabel="loss")
    axes[1].set(title="Its slope, what training goes by", ylabel="d loss / d z")
    axes[1].set(xlabel="z, the logit of the wrong class (the right one's is 0)")
    loss.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)

    return {"softmax_and_logits_1_regions": regions, "softmax_and_logits_2_loss": loss}


if __name__ == "__main__":
    main()
