"""The data set that everybody starts with: MNIST, 70,000 handwritten digits of 28 x 28 pixels.

A layer of 128 units between the 784 pixels and the 10 digits, with dropout behind it, reads about
98 of 100 digits that it has not seen. The first run downloads the data, 11 MB, to where Keras
keeps them. Where there is no network, it says which file to get and where to put it.

    python examples/mnist.py --save pictures
"""

import numpy as np

import tinyneuron as keras
from _pictures import make_pictures, parse_arguments
from tinyneuron.layers import Dense, Dropout


def main():
    options = parse_arguments(__doc__, epochs=5)
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

    make_pictures(options, draw, history, test, probabilities)

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


def draw(history, test, probabilities):
    import matplotlib.pyplot as plt

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

    return {"mnist_1_curves": curves, "mnist_2_mistakes": mistakes}


if __name__ == "__main__":
    main()
