"""What is drawn: data, models for them, and what can be read in a picture."""

import numpy as np
from hypothesis import settings
from matplotlib.figure import Figure

import tinyneuron as keras
from tinyneuron.layers import Dense, Input

X = np.array([[0.0], [1], [2], [3], [4], [5]])
Y = np.array([0, 0, 0, 1, 1, 1])
PLANE = np.array([[0.0, 0], [1, 1], [0, 1], [1, 0], [2, 0.5], [0.5, 2]])
THREE = np.array([0, 1, 2, 0, 1, 2])


few = settings(max_examples=settings().max_examples // 2)


def new_axes():
    return Figure().add_subplot()


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def logistic(x):
    return sigmoid(2 * x[:, :1] - 4.5)


W3 = np.array([[-1.0, 2.0, 0.5], [0.3, -1.0, 2.0]])
B3 = np.array([0.5, -0.5, 0.1])


def three_classes(x):
    return softmax(x @ W3 + B3)


def network(*units, features=2, activation="tanh"):
    hidden = [Dense(n, activation=activation, bias_initializer="normal") for n in units]
    return keras.Sequential([Input((features,)), *hidden])


def neuron(activation="sigmoid", loss="binary_crossentropy", w=2.0, b=-4.5):
    model = keras.Sequential([Input((1,)), Dense(1, activation=activation)])
    model.compile("sgd", loss)
    model.set_weights([[[w]], [b]])
    return model


def names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def labels_below(ax):
    return [label.get_text() for label in ax.get_xticklabels()]


HISTORY = {
    "loss": [0.9, 0.4, 0.2],
    "accuracy": [0.5, 0.7, 0.8],
    "val_loss": [1.0, 0.5, 0.4],
    "val_accuracy": [0.4, 0.6, 0.7],
}


def grid_of(ax):
    """The grid under an image: the pixels' middles, of shape (rows, columns, 2)."""
    image = ax.images[0]
    rows, columns = image.get_array().shape[:2]
    left, right, bottom, top = image.get_extent()
    x = left + (np.arange(columns) + 0.5) * (right - left) / columns
    y = bottom + (np.arange(rows) + 0.5) * (top - bottom) / rows
    return np.stack(np.meshgrid(x, y), axis=-1)
