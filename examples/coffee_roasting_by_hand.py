"""The coffee network without any library: what Dense and Sequential do, in plain NumPy.

First a loop over the units, as the course writes it; then one matrix product for all rows and
units. With the course's trained weights both give the numbers that tinyneuron gives.

    python examples/coffee_roasting_by_hand.py --save pictures
"""

import numpy as np

import tinyneuron as keras
from _pictures import make_pictures, parse_arguments
from tinyneuron.layers import Dense, Normalization

# What the course's network had learned: one column of W, and one number of b, for each unit.
W1 = np.array([[-8.93, 0.29, 12.9], [-0.1, -7.32, 10.81]])
b1 = np.array([-9.82, -9.28, 0.96])
W2 = np.array([[-31.18], [-27.59], [-32.56]])
b2 = np.array([15.41])


def main():
    options = parse_arguments(__doc__, seed=2)
    roasts = make_roasts(options.seed)
    asked = np.array([[200, 13.9], [200, 17]])  # the course's two: good, and far too long

    print("== The inputs, brought to mean 0 and deviation 1 ==\n")
    mean, deviation = roasts.mean(axis=0), roasts.std(axis=0)
    x = (asked - mean) / deviation
    print(f"the mean roast: {mean[0]:.2f} C, {mean[1]:.2f} min")
    print(f"the deviation:  {deviation[0]:.2f} C, {deviation[1]:.2f} min")
    for row, scaled in zip(asked, x, strict=True):
        print(f"{row[0]:g} C, {row[1]:g} min becomes {scaled.round(4)}")

    print("\n== One roast, unit by unit ==\n")
    for row, scaled in zip(asked, x, strict=True):
        a1 = dense_by_loop(scaled, W1, b1)
        a2 = dense_by_loop(a1, W2, b2)
        hidden = "  ".join(f"{a:.4f}" for a in a1)
        print(f"{row[0]:g} C, {row[1]:g} min: hidden units {hidden}, P(good) = {a2[0]:.4g}")

    print("\n== All roasts, all units, with one matrix product in each layer ==\n")
    by_loop = predict_by_loop(x)
    by_matmul = predict_by_matmul(x)
    print("shapes: x", x.shape, "@ W1", W1.shape, "@ W2", W2.shape, "gives", by_matmul.shape)
    print(by_matmul)
    assert np.allclose(by_matmul, by_loop, rtol=1e-12)
    for row, good in zip(asked, by_matmul[:, 0] >= 0.5, strict=True):
        print(f"{row[0]:g} C, {row[1]:g} min: the decision is {'good' if good else 'bad'}")

    print("\n== The same with tinyneuron ==\n")
    model = make_model(roasts)
    model.summary()
    print("\nBy loop, by matmul, and by model.predict, which normalizes by itself:")
    for row in zip(by_loop[:, 0], by_matmul[:, 0], model.predict(asked)[:, 0], strict=True):
        print("  ".join(f"{p:.10g}" for p in row))
    assert np.allclose(model.predict(asked), by_matmul, rtol=1e-12)
    scaled = (roasts - mean) / deviation
    assert np.allclose(model.predict(roasts), predict_by_loop(scaled), rtol=1e-10)
    print(f"They agree on all {len(roasts)} roasts as well.")

    print("\n== The good roast, as the model explains it ==\n")
    print(keras.explain(model, asked[:1], precision=4))

    make_pictures(options, draw, roasts, asked, lambda rows: (rows - mean) / deviation)

    print("\nLook at: the hidden units of the good roast. Which of them is not near 0, and why?")
    print("Try next: a fourth unit, a column of W1, a number of b1 and a row of W2, all zeros.")
    print("It changes nothing. Why? And what becomes of it with a 1 in that row of W2?")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def dense_by_loop(a_in, W, b):
    """Return the outputs of a layer for one row: each unit takes its own column of W."""
    units = W.shape[1]
    a_out = np.zeros(units)
    for j in range(units):
        z = np.dot(W[:, j], a_in) + b[j]
        a_out[j] = sigmoid(z)
    return a_out


def dense_by_matmul(A_in, W, b):
    """Return the outputs of a layer for all rows."""
    return sigmoid(np.matmul(A_in, W) + b)


def predict_by_loop(x):
    return np.array([dense_by_loop(dense_by_loop(row, W1, b1), W2, b2) for row in x])


def predict_by_matmul(x):
    return dense_by_matmul(dense_by_matmul(x, W1, b1), W2, b2)


def make_model(roasts):
    """Return the network in tinyneuron, in float64 as NumPy computes."""
    normalization = Normalization(axis=-1, dtype="float64")
    normalization.adapt(roasts)
    hidden = Dense(3, activation="sigmoid", name="hidden", dtype="float64")
    output = Dense(1, activation="sigmoid", name="output", dtype="float64")
    model = keras.Sequential([keras.Input((2,), dtype="float64"), normalization, hidden, output])
    hidden.set_weights([W1, b1])
    output.set_weights([W2, b2])
    return model


def make_roasts(seed):
    """Return 200 roasts, rows of temperature (C) and duration (minutes)."""
    return np.random.default_rng(seed).uniform([150, 11.5], [285, 15.5], size=(200, 2))


def draw(roasts, asked, scale):
    import matplotlib.pyplot as plt

    from tinyneuron import plotting

    def all_units(rows):
        a1 = dense_by_matmul(scale(rows), W1, b1)
        return np.hstack([a1, dense_by_matmul(a1, W2, b2)])

    figure, axes = plt.subplots(2, 2, figsize=(6.4, 6), sharex=True, sharey=True)
    names = [*(f"hidden unit {j}" for j in range(3)), "output: P(good)"]
    plotting.plot_units(all_units, np.vstack([roasts, asked]), axes=axes, names=names)
    answers = ["17 minutes: bad", "13.9 minutes: good"]
    for ax in axes.flat:
        plotting.plot_classes(asked, [1, 0], ax, labels=answers)
        ax.get_legend().remove()
        ax.set(xlabel="", ylabel="")
    for ax in axes[1]:
        ax.set(xlabel="temperature (°C)")
    for ax in axes[:, 0]:
        ax.set(ylabel="duration (minutes)")
    handles = axes[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=2)
    return {"coffee_roasting_by_hand_1_units": figure}


if __name__ == "__main__":
    main()
