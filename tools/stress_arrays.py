"""Predict and train with 17 kinds of array, and with rows of NaN: nobody else's numbers change.

python tools/stress_arrays.py

Predictions from each kind are those from a plain array, to the last bit, training takes the same
steps, and the caller's array is as it was. A row of NaN, infinities or huge numbers leaves the
predictions of the other rows as they were.
"""

import array
import itertools
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

import tinyneuron as keras
from tinyneuron import layers

X = np.random.default_rng(0).integers(-3, 4, size=(12, 4)).astype(np.float32)
Y = (X[:, :1] > 0).astype(np.float32)
POISONS = [np.nan, np.inf, -np.inf, np.float32(3e38)]


class Holding:
    """No array, but it gives one away."""

    def __init__(self, held):
        self.held = held

    def __array__(self, dtype=None, copy=None):
        return np.array(self.held, dtype)


def in_memory_map(x, folder):
    path = Path(folder) / f"rows of {x.shape[1]}"
    np.save(path, x)
    return np.load(f"{path}.npy", mmap_mode="r")


def unaligned(x):
    start = np.zeros(x.nbytes + 1, np.uint8)[1:]
    rows = start.view(x.dtype).reshape(x.shape)
    rows[...] = x
    return rows


def read_only(x):
    x = x.copy()
    x.flags.writeable = False
    return x


def kinds(x, folder):
    """Yield a name and the same numbers in each kind of array."""
    yield "plain", x.copy()
    yield "in Fortran's order", np.asfortranarray(x)
    yield "every second row", np.repeat(x, 2, axis=0)[::2]
    yield "every second column", np.repeat(x, 2, axis=1)[:, ::2]
    yield "backwards", x[::-1].copy()[::-1]
    yield "transposed", x.T.copy().T
    yield "read-only", read_only(x)
    yield "unaligned", unaligned(x)
    yield "big-endian", x.astype(">f4")
    yield "float64", x.astype(np.float64)
    yield "float16", x.astype(np.float16)
    yield "int8", x.astype(np.int8)
    yield "int64", x.astype(np.int64)
    yield "memory map", in_memory_map(x, folder)
    yield "lists", x.tolist()
    yield "tuple of arrays", tuple(array.array("f", row) for row in x.tolist())
    yield "object with __array__", Holding(x)


def models():
    """Yield models for four inputs: an activation or another layer between two Dense."""
    between = [layers.Activation(name) for name in ACTIVATIONS]
    between += [layers.BatchNormalization(), layers.LayerNormalization(), layers.PReLU()]
    between += [
        layers.Rescaling(0.5),
        layers.Dropout(0.5, seed=1),
        layers.GaussianNoise(0.1, seed=1),
    ]
    for layer in between:
        start = keras.initializers.GlorotUniform(1)
        own = [
            layers.Dense(5, kernel_initializer=start),
            layer,
            layers.Dense(1, kernel_initializer=start),
        ]
        yield keras.Sequential([keras.Input((4,)), *own])


ACTIVATIONS = [
    "relu",
    "sigmoid",
    "tanh",
    "softmax",
    "gelu",
    "elu",
    "selu",
    "softplus",
    "swish",
    "mish",
]


def same(one, other):
    return np.asarray(one).tobytes() == np.asarray(other).tobytes()


def of_all_kinds(folder):
    """Return how many predictions and trainings were made, and how many were off."""
    predictions = trainings = off = 0
    for make, size in itertools.product(range(len(list(models()))), (1, 5, 32)):
        expected = None
        for (name, x), (_, y) in zip(kinds(X, folder), kinds(Y, folder), strict=True):
            model = list(models())[make]
            model.compile("sgd", "mse")
            before = np.array(x, np.float32)
            answers = [
                model.predict(x, batch_size=size, verbose=0),
                model.evaluate(x, y, verbose=0),
            ]
            answers.append(np.array(model(x)))
            history = model.fit(x, y, batch_size=size, shuffle=False, verbose=0).history["loss"]
            found = [*answers, history, *model.get_weights()]
            expected = expected or found
            wrong = not all(map(same, found, expected)) or not same(np.array(x, np.float32), before)
            if wrong:
                print(f"off: {name}, batches of {size}, model {make}")
            predictions, trainings, off = predictions + 3, trainings + 1, off + wrong
    return predictions, trainings, off


def poisoned():
    """Return in how many batches a row was poisoned, and in how many another row changed."""
    batches = off = 0
    for model in models():
        for rows in (1, 2, 3, 7, 12):
            clean = model.predict(X[:rows], verbose=0)
            for poison, place, column in itertools.product(POISONS, range(rows), range(4)):
                x = X[:rows].copy()
                x[place, column] = poison
                answers = model.predict(x, verbose=0)
                others = np.arange(rows) != place
                off += not same(answers[others], clean[others])
                batches += 1
    return batches, off


def main():
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder, np.errstate(all="ignore"):
        predictions, trainings, off = of_all_kinds(folder)
        print(f"{predictions:,} predictions and {trainings:,} trainings from 17 kinds: {off} off")
        batches, changed = poisoned()
        print(f"{batches:,} batches with a poisoned row: another row changed in {changed}")
    sys.exit(bool(off or changed))


if __name__ == "__main__":
    main()
