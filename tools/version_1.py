"""The models of the files in tests/data/v1, which the first version of the format was written for.

`tools/record_v1_files.py` trained and saved them; `test_saving.py` opens them and trains on.
"""

import numpy as np

import tinyneuron as keras
from tinyneuron import layers, optimizers
from tinyneuron.optimizers import schedules

RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 3)).astype(np.float32)
Y = (X[:, :1] > 0).astype(np.float32)


class Shifted(keras.Layer):
    """scale * inputs + shift, where the weight that is not trainable is added first."""

    def build(self, input_shape):
        size = input_shape[-1]
        self.shift = self.add_weight((size,), keras.initializers.RandomNormal(seed=1),
                                     trainable=False, name="shift")  # fmt: skip
        self.scale = self.add_weight((size,), keras.initializers.RandomNormal(1.0, seed=2),
                                     name="scale")  # fmt: skip

    def call(self, inputs):
        return self.scale * inputs + self.shift

    def backward(self, gradient, entry, gradients):
        inputs, _ = entry
        gradients[0][...] = (gradient * inputs).sum(axis=0)
        return gradient * self.scale


CUSTOM_OBJECTS = {"Shifted": Shifted}


def dense(units, activation="linear", seed=3, **options):
    kernel = keras.initializers.GlorotUniform(seed=seed)
    return layers.Dense(units, activation, kernel_initializer=kernel, **options)


def plain():
    return [dense(4, "tanh"), dense(1, "sigmoid", 4)]


def nested():
    inner = keras.Sequential([dense(3, "relu"), Shifted(), dense(2, use_bias=False)], name="inner")
    return [Shifted(), keras.Sequential([inner, dense(3, "tanh")], name="outer"), dense(1, seed=4)]


def normalized():
    normalization = layers.Normalization()
    normalization.adapt(X)
    return [normalization, *plain()]


def frozen():
    return [dense(4, "tanh", trainable=False), dense(1, "sigmoid", 4)]


# name -> layers, optimizer
CASES = {
    "sgd": (plain, optimizers.SGD(0.1)),
    "momentum": (plain, optimizers.SGD(0.1, momentum=0.9)),
    "nesterov": (plain, optimizers.SGD(0.1, momentum=0.9, nesterov=True)),
    "clipped": (plain, optimizers.SGD(0.1, weight_decay=0.01, clipnorm=0.1)),
    "rmsprop": (plain, optimizers.RMSprop(0.01)),
    "rmsprop_momentum": (plain, optimizers.RMSprop(0.01, momentum=0.9)),
    "rmsprop_centered": (plain, optimizers.RMSprop(0.01, momentum=0.5, centered=True)),
    "adam": (plain, optimizers.Adam(0.01)),
    "adam_betas": (plain, optimizers.Adam(0.01, beta_1=0.5, beta_2=0.7, global_clipnorm=1.0)),
    "amsgrad": (plain, optimizers.Adam(0.01, beta_2=0.9, amsgrad=True)),
    "adamw": (plain, optimizers.AdamW(0.01)),
    "exponential": (plain, optimizers.SGD(schedules.ExponentialDecay(0.1, 4, 0.5))),
    "cosine": (
        plain,
        optimizers.Adam(schedules.CosineDecay(0.01, 8, warmup_target=0.1, warmup_steps=4)),
    ),
    "piecewise": (plain, optimizers.SGD(schedules.PiecewiseConstantDecay([5], [0.1, 0.2]))),
    "nested": (nested, optimizers.Adam(0.01)),
    "normalized": (normalized, optimizers.RMSprop(0.01)),
    "dropout": (lambda: [layers.Dropout(0.3, seed=5), *plain()], optimizers.SGD(0.1)),
    "frozen": (frozen, optimizers.Adam(0.01)),
    "float64": (
        lambda: [dense(4, "tanh", dtype="float64"), dense(1, "sigmoid", 4, dtype="float64")],
        optimizers.Adam(0.01, amsgrad=True),
    ),
}


def next_losses(model, steps=5):
    return [model.train_on_batch(X, Y, return_dict=True)["loss"] for _ in range(steps)]
