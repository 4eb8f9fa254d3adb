"""The data set that everybody starts with: MNIST, 70,000 handwritten digits of 28 x 28 pixels.

A layer of 128 units between the 784 pixels and the 10 digits, with dropout behind it, reads about
98 of 100 digits that it has not seen. The first run downloads the data, 11 MB, to where Keras
keeps them. Where there is no network, it says which file to get and where to put it.

    python examples/mnist.py --save pictures
"""

import argparse
from pathlib import Path

import numpy as np

import tinyneuron as keras
from tinyneuron.layers import Dense, Dropout


def main():
    options = parse_arguments()
    keras.utils.set_random_seed(options.seed)

    print("== The data: pictures of 28 x 28 pixels, and which digit each shows ==\n")
    try:
        train, test = keras.datasets.mnist.load_data()
    except ConnectionError as error:
        print(f"No MNIST, so nothing to learn from: {error}")
        return
    for name, (images, labels) in [("train", train), ("test", test)]:
        print(f"{name:5} {images.shape}, of each digit {np.bincount(labels, minlength=10)}")
    (x_train, y_train), (x_test, y_test) = [
        (as_rows(images), labels) for images, labels in (train, test)
    ]

    print("\n== The network ==\n")
    model = keras.Sequential(
        [
            keras.Input((784,)),
            Dense(128, activation="relu"),
            Dropout(0.2),
            Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.summary()

    print("\n== Training, with a tenth of the pictures kept to validate ==\n")
    history = model.fit(
        x_train,
        y_train,
        epochs=options.epochs,
        verbose=0,
        validation_split=0.1,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=print_epoch)],
    )

    print("\n== The test ==\n")
    probabilities = model.predict(x_test)
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != y_test)
    print(
        f"{1 - len(wrong) / len(y_test):.2%} of {len(y_test)} are read right, {len(wrong)} are not."
    )

    if options.save or options.show:
        draw(options, history, test, probabilities)
    else:
        print("\nTo see the pictures: --save DIR saves them, --show opens windows.")

    print("\nLook at: the mistakes it was surest of. Which would you have read right?")
    print("Try next: without Dropout. What becomes of the two losses, and of the test?")
    print("          fashion_mnist.load_data() instead: the same shapes, but clothes.")


def as_rows(images):
    return images.reshape(len(images), 784).astype("float32") / 255


def print_epoch(epoch, logs):
    print(
        f"epoch {epoch + 1}: loss {logs['loss']:.4f}, accuracy {logs['accuracy']:.2%}, "
        f"on validation {logs['val_loss']:.4f}, {logs['val_accuracy']:.2%}"
    )


def pyplot(options):
    """Return matplotlib's pyplot in the library's style, or say what is missing."""
    try:
        import matplotlib as mpl
    except ImportError:
        raise SystemExit('The pictures need matplotlib: pip install -e ".[plot]"') from None
    if not options.show:
        mpl.use("Agg")
    import matplotlib.pyplot as plt

    import tinyneuron.plotting  # noqa: F401 registers the style

    if options.show and plt.get_backend().lower() == "agg":
        raise SystemExit("There is no display to show pictures on: --save DIR saves them.")
    plt.style.use("tinyneuron")
    return plt


def draw(options, history, test, probabilities):
    plt = pyplot(options)
    from tinyneuron import plotting

    curves, axes = plt.subplots(2, 1, figsize=(6.4, 7))
    plotting.plot_history(history, axes[0], names=["loss"])
    plotting.plot_history(history, axes[1], names=["accuracy"])
    axes[0].set(title="The loss falls on both")
    axes[1].set(title="In training it is harder: units are dropped")

    images, labels = test
    predicted, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    surest_first = np.lexsort([-sure, predicted == labels])[:18]  # the mistakes come first
    mistakes, axes = plt.subplots(3, 6, figsize=(6.4, 6))
    for ax, i in zip(axes.flat, surest_first, strict=True):
        ax.imshow(images[i], cmap="gray_r", vmin=0, vmax=255)
        ax.set(xticks=[], yticks=[])
        title = f"true {labels[i]}\nread as {predicted[i]}\nP = {sure[i]:.2f}"
        ax.set_title(title, fontsize=10)
    mistakes.suptitle("The mistakes, the surest first\n", fontsize="medium")

    save_and_show(options, {"1_curves": curves, "2_mistakes": mistakes})


def save_and_show(options, figures):
    import matplotlib.pyplot as plt

    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
        for name, figure in figures.items():
            path = options.save / f"mnist_{name}.png"
            figure.savefig(path)
            print(f"saved {path}")
    if options.show:
        plt.show()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--save", type=Path, metavar="DIR", help="save the pictures there")
    parser.add_argument("--show", action="store_true", help="show the pictures in windows")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers (default 1)")
    parser.add_argument("--epochs", type=int, default=8, help="of the training (default 8)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
