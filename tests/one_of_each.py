"""One layer of each kind, and the smallest that a user may write."""

import numpy as np
import pytest

from tinyneuron import Sequential, activations, layers


class Scale(layers.Layer):
    """A user's layer, as small as can be."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="scale")

    def call(self, inputs):
        return inputs * self.scale


def normalization(**options):
    layer = layers.Normalization(**options)
    layer.adapt([[1.0, 2.0, 3.0, 9.0], [3.0, 2.0, 5.0, 0.0]])
    return layer


# One of each, for inputs with a last axis of 4.
MAKERS = {
    "Activation": lambda: layers.Activation("tanh"),
    "Activation_relu6": lambda: layers.Activation(activations.ReLU(max_value=6.0)),
    "Dense": lambda: layers.Dense(3, "sigmoid", dtype="float64"),
    "Dropout": lambda: layers.Dropout(0.25, seed=4),
    "ELU": lambda: layers.ELU(0.5),
    "Flatten": lambda: layers.Flatten(),
    "Identity": lambda: layers.Identity(name="same"),
    "LeakyReLU": lambda: layers.LeakyReLU(0.1),
    "Normalization": lambda: layers.Normalization(mean=[1, 2, 3, 4.0], variance=[1, 1, 4, 4]),
    "Normalization_none": lambda: layers.Normalization(axis=None, mean=1.0, variance=4.0),
    "Normalization_invert": lambda: normalization(invert=True),
    "ReLU": lambda: layers.ReLU(2.0, 0.1, 0.5),
    "Rescaling": lambda: layers.Rescaling(2.0, np.array([1.0, 2.0, 3.0, 4.0])),
    "Reshape": lambda: layers.Reshape((2, -1)),
    "Sequential": lambda: Sequential([layers.Dense(2), layers.ReLU()]),
    "Softmax": lambda: layers.Softmax(),
}
one_of_each = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS.keys())
ROWS = np.array([[-1.0, 0.5, 2.0, 3.0], [4.0, -2.0, 0.0, 1.0], [0.1, 0.2, 0.3, 0.4]], np.float32)


class Block(layers.Layer):
    """Layers in an attribute and in a list."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.first = layers.Dense(2)
        self.rest = [layers.Dense(3), layers.Dense(1)]

    def call(self, inputs):
        outputs = self.first(inputs)
        for layer in self.rest:
            outputs = layer(outputs)
        return outputs
