"""All units of a layer see the same inputs. Why do they end up different?

Because they start different. Units that start equal compute the same, get the same gradient and
take the same step: they stay equal for ever, and four of them can do no more than one.

    python examples/breaking_symmetry.py --save pictures
"""

import numpy as np

import tinyneuron as keras
from _pictures import make_pictures, parse_arguments
from tinyneuron.initializers import Constant
from tinyneuron.layers import Dense

UNITS = 4


def main():
    options = parse_arguments(__doc__)
    # In 64 bits: where rounding differs from unit to unit, it too can part them in the end.
    keras.backend.set_floatx("float64")

    print("== The data: class 1 inside a circle, class 0 around it ==\n")
    x, y = make_ring(np.random.default_rng(options.seed), 300)
    print("x", x.shape, " y", y.shape)

    print(f"\n== {UNITS} hidden units, all weights starting at 0.5 ==\n")
    equal, equal_path = train(x, y, Constant(0.5), options.seed)
    equal_accuracy = report(equal, x, y)
    w, b, v, c = equal.get_weights()
    assert np.ptp(w, axis=1).max() < 1e-6
    assert np.ptp(v) < 1e-6
    print("The columns of W are equal: each unit computes what the others do.")

    print("\nSo a network of one unit, with the sum of their outgoing weights, predicts the same:")
    one = keras.Sequential([keras.Input((2,)), Dense(1, "tanh"), Dense(1, "sigmoid")])
    one.set_weights([w[:, :1], b[:1], v.sum(axis=0, keepdims=True), c])
    print(f"{UNITS} units:", equal.predict(x[:4]).ravel().round(4))
    print("1 unit: ", one.predict(x[:4]).ravel().round(4))
    assert np.allclose(equal.predict(x), one.predict(x), atol=1e-5)

    print(f"\n== {UNITS} hidden units, starting random ==\n")
    mixed, mixed_path = train(x, y, "glorot_uniform", options.seed)
    mixed_accuracy = report(mixed, x, y)
    assert np.ptp(mixed.get_weights()[0], axis=1).min() > 0.1
    assert mixed_accuracy > 0.95 > 0.8 > equal_accuracy
    print("The columns differ: each unit took over another side of the circle.")

    make_pictures(options, draw, x, y, (equal, mixed), (equal_path, mixed_path))

    print("\nLook at: the paths of the weights, four in the right picture and one in the left.")
    print("Try next: Constant(0.5) for the hidden layer alone, and a random output layer. Does")
    print("that part the units? Which gradient differs then from unit to unit?")


def make_ring(rng, number):
    """Return points within 0.9 of the middle, class 1, and as many around them, class 0."""
    y = np.arange(number) % 2
    inner, outer = 0.9 * np.sqrt(rng.random(number)), rng.uniform(1.2, 2, number)
    radius, angle = np.where(y, inner, outer), rng.uniform(0, 2 * np.pi, number)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), y.reshape(-1, 1)


def train(x, y, initializer, seed):
    """Return the trained network, and the hidden kernel after each epoch: (epochs, 2, units)."""
    keras.utils.set_random_seed(seed)
    hidden = Dense(UNITS, activation="tanh", kernel_initializer=initializer)
    output = Dense(1, activation="sigmoid", kernel_initializer=initializer)
    model = keras.Sequential([keras.Input((2,)), hidden, output])
    model.compile(
        optimizer=keras.optimizers.Adam(0.03), loss="binary_crossentropy", metrics=["accuracy"]
    )
    path = [hidden.kernel.copy()]
    keep = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: path.append(hidden.kernel.copy())
    )
    model.fit(x, y, epochs=80, verbose=0, callbacks=[keep])
    return model, np.array(path)


def report(model, x, y):
    loss, accuracy = model.evaluate(x, y, verbose=0)
    print("W of the hidden layer, one column for each unit:")
    print(model.get_weights()[0].round(3))
    print(f"loss {loss:.3f}, accuracy {accuracy:.1%}")
    return accuracy


def draw(x, y, models, paths):
    import matplotlib.pyplot as plt

    from tinyneuron import plotting

    names = ["all start equal", "all start random"]

    weights, axes = plt.subplots(1, 2, figsize=(6.4, 4.2), sharex=True, sharey=True)
    styles = ["-", "--", "-.", ":"]
    for ax, path, name in zip(axes, paths, names, strict=True):
        for unit in range(UNITS):
            w0, w1 = path[:, :, unit].T
            width = 7 - 1.8 * unit if ax is axes[0] else 2  # so that equal ones show as layers
            ax.plot(w0, w1, styles[unit], linewidth=width, label=f"unit {unit}")
            ax.plot(*path[0, :, unit], "o", color="black", markersize=5, zorder=3)
            ax.plot(*path[-1, :, unit], "s", color="black", markersize=7, zorder=3)
        ax.plot([], [], "o", color="black", markersize=5, label="start")
        ax.plot([], [], "s", color="black", markersize=7, label="end")
        ax.set(title=name, xlabel="weight of $x_0$")
    axes[0].set(ylabel="weight of $x_1$")
    weights.legend(*axes[1].get_legend_handles_labels(), loc="outside lower center", ncols=3)

    decisions, axes = plt.subplots(1, 2, figsize=(6.4, 4.2), sharey=True)
    for ax, model, name in zip(axes, models, names, strict=True):
        plotting.plot_decision(model, x, y, ax, colorbar=ax is axes[1])
        ax.get_legend().remove()
        ax.set(title=name, xlabel="$x_0$")
    axes[1].set(ylabel="")
    decisions.legend(*axes[1].get_legend_handles_labels(), loc="outside lower center", ncols=3)

    units, axes = plt.subplots(2, UNITS // 2, figsize=(6.4, 6.4), sharex=True, sharey=True)
    plotting.plot_units(models[1].layers[0], x, y, axes)
    units.suptitle("The four units that started random")
    for ax in axes[:, 0]:
        ax.set(ylabel="$x_1$")
    for ax in axes[1]:
        ax.set(xlabel="$x_0$")
    handles = axes[0, 0].get_legend_handles_labels()
    units.legend(*handles, loc="outside lower center", ncols=2)

    return {
        "breaking_symmetry_1_paths": weights,
        "breaking_symmetry_2_decisions": decisions,
        "breaking_symmetry_3_units": units,
    }


if __name__ == "__main__":
    main()
