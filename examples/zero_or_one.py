"""Zero or one? A network of sigmoids tells two handwritten digits apart, from 60 examples.

The course's network for two digits: layers of 25, 15 and 1 units. Its one output is the
probability that the picture shows a 1; from 0.5 on, the decision is 1.

    python examples/zero_or_one.py --save pictures
"""

from pathlib import Path

import numpy as np

import tinyneuron as keras
from _pictures import make_pictures, parse_arguments
from tinyneuron.layers import Dense

DATA = Path(__file__).parent / "data" / "digits.npz"
TRAINED_ON = 60


def main():
    options = parse_arguments(__doc__)
    keras.utils.set_random_seed(options.seed)

    print("== The data: the zeros and ones of the digits, 8 x 8 pixels each ==\n")
    x, y = load_zeros_and_ones(np.random.default_rng(options.seed))
    x_new, y_new = x[TRAINED_ON:], y[TRAINED_ON:]
    x, y = x[:TRAINED_ON], y[:TRAINED_ON]
    print(f"to train: x {x.shape}, y {y.shape}, {y.sum():.0f} of them ones")
    print(f"to test:  x {x_new.shape}, y {y_new.shape}, {y_new.sum():.0f} of them ones")

    print("\n== The network ==\n")
    model = keras.Sequential(
        [
            keras.Input((64,)),
            Dense(25, activation="sigmoid"),
            Dense(15, activation="sigmoid"),
            Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.01),
        loss=keras.losses.BinaryCrossentropy(),
        metrics=["accuracy"],
    )
    model.summary()

    print("\n== Training ==\n")
    model.fit(
        x,
        y,
        epochs=40,
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=print_epoch)],
    )

    print("\n== Predictions ==\n")
    for digit in (0, 1):
        row = x_new[y_new[:, 0] == digit][:1]
        print(f"P(it is a 1) of a {digit}: {model.predict(row)}")
    probabilities = model.predict(x_new)
    predicted = (probabilities >= 0.5).astype(int)
    accuracy = np.mean(predicted == y_new)
    print(f"{accuracy:.1%} of the {len(y_new)} digits that it has not seen are read right.")
    for i in np.flatnonzero(predicted != y_new):
        print(f"a {y_new[i, 0]:.0f} is read as {predicted[i, 0]}: P = {probabilities[i, 0]:.3f}")
    assert accuracy > 0.95  # over 20 seeds it was 99.3 to 100 %

    make_pictures(options, draw, x_new, y_new[:, 0], probabilities[:, 0])

    print("\nLook at: the digits that it is least sure of. Are they hard for you too?")
    print("Try next: TRAINED_ON = 20, and then 240. How many are misread?")


def load_zeros_and_ones(rng):
    """Return rows of 64 pixels from 0 to 1, and their digits of shape (m, 1), shuffled."""
    with np.load(DATA) as file:
        images, labels = file["images"], file["labels"]
    rows = rng.permutation(np.flatnonzero(labels <= 1))
    return images[rows].reshape(-1, 64) / 16, labels[rows].reshape(-1, 1).astype(float)


def print_epoch(epoch, logs):
    if (epoch + 1) % 10 == 0:
        print(f"epoch {epoch + 1:2}: loss {logs['loss']:.4f}, accuracy {logs['accuracy']:.1%}")


def draw(x, y, probabilities):

    some = draw_digits(x, y, probabilities, range(16))
    some.suptitle("Digits that it had not seen, and the probability that each is a 1")
    least_sure = draw_digits(x, y, probabilities, np.argsort(abs(probabilities - 0.5))[:16])
    least_sure.suptitle("Those that it is least sure of, with what it misread in brown")

    return {
        "zero_or_one_1_predictions": some,
        "zero_or_one_2_least_sure": least_sure,
    }


def draw_digits(x, y, probabilities, rows):
    import matplotlib.pyplot as plt

    from tinyneuron.plotting import NEGATIVE

    figure, axes = plt.subplots(2, 8, figsize=(6.4, 2.7))
    for ax, i in zip(axes.flat, rows, strict=True):
        color = "black" if (probabilities[i] >= 0.5) == y[i] else NEGATIVE
        ax.imshow(x[i].reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
        weight = "normal" if color == "black" else "bold"
        ax.set_title(f"P = {probabilities[i]:.2f}", color=color, weight=weight, fontsize=9)
        ax.spines[:].set(visible=True, color="0.7" if color == "black" else color)
    return figure


if __name__ == "__main__":
    main()
