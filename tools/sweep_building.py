"""Ctrl-C before each line of what builds or changes a model: every layer is whole, and works.

python tools/sweep_building.py [every so many lines, 1 by default]
"""

import contextlib
import itertools
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

import tinyneuron as keras
from stress_interrupts import interrupted
from tinyneuron import layers

X = np.linspace(-1, 1, 24, dtype=np.float32).reshape(8, 3)
Y = X[:, :1] ** 2
PLAIN = {"kernel_initializer": "ones"}


class Parts(layers.Layer):
    """A user's layer that fills a list when it is built."""

    def __init__(self, **options):
        super().__init__(**options)
        self.parts = []

    def build(self, input_shape):
        for _ in range(2):
            self.parts.append(layers.Dense(3, **PLAIN))
            self.parts[-1].build(input_shape)
        self.scale = self.add_weight((1,), "ones")

    def call(self, inputs):
        return self.scale * (self.parts[0](inputs) + self.parts[1](inputs))

    def backward(self, gradient, entry, gradients):
        for place in gradients:
            place[...] = 0
        return gradient


def unbuilt():
    model = keras.Sequential([layers.Normalization(), Parts(), layers.Dense(1, **PLAIN)])
    model.compile("sgd", "mse")
    return model


def built():
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(2, **PLAIN), layers.Dense(1, **PLAIN)]
    )
    model.compile("sgd", "mse")
    return model


def empty():
    model = keras.Sequential([keras.Input((3,))])
    model.compile("sgd", "mse")
    return model


class Refusing(layers.Layer):
    """A user's layer that cannot be built."""

    def build(self, input_shape):
        raise RuntimeError("no luck")


def refused(call):
    with contextlib.suppress(RuntimeError, ValueError):
        call()


def with_refusing():
    model = unbuilt()
    model.add(Refusing())
    return model


def complaint_without_last(model):
    """Say what is wrong with a model whose last layer cannot be built, and is taken away."""
    if model.built or model.weights:
        return f"built: {model.built}, weights: {len(model.weights)}"
    model.pop()
    return complaint(model)


def fit(model):
    model.fit(X, Y, batch_size=4, verbose=0)


def complaint(model):
    """Say what is wrong with a model, if anything is, by using it."""
    row = list(model.layers)
    states = {model.built, *(layer.built for layer in row)}
    if row and len(states) != 1:
        return f"built: {model.built}, its layers {[layer.built for layer in row]}"
    if not model.built and model.weights:
        return f"not built, and has {len(model.weights)} weights"
    if len({model.trainable, *(layer.trainable for layer in row)}) != 1:
        return "some layers are trainable, some not"
    if not row:
        model.add(layers.Dense(1))
    outputs = model.predict(X)
    by_hand = X
    for layer in model.layers:
        by_hand = layer(by_hand)
    np.testing.assert_allclose(outputs, by_hand, rtol=1e-5)
    if outputs.shape[1:] != model.output_shape[1:]:
        return f"outputs of shape {outputs.shape}, told {model.output_shape}"
    expected = copy_of(model).weights
    if [w.shape for w in model.weights] != [w.shape for w in expected]:
        return f"weights of shapes {[w.shape for w in model.weights]}"
    model.fit(X, np.zeros_like(outputs), verbose=0)
    return None


def copy_of(model):
    """Make the model again, from its configuration."""
    again = keras.Sequential.from_config(model.get_config(), custom_objects={"Parts": Parts})
    again.build(model.input_shape)
    return again


def weights(model):
    return [weight.tolist() for weight in model.get_weights()]


def is_one_of(*ends, state=weights):
    """Judge a model by what it must be before or after, too."""
    known = [state(end) for end in ends]

    def judge(model):
        if state(model) not in known:
            return f"neither as before nor as after: {state(model)}"
        return complaint(model)

    return judge


def after(make, change):
    thing = make()
    change(thing)
    return thing


def sweeps(folder):
    """Yield a name, what makes the model, what changes it, and who judges it."""
    path = Path(folder) / "other.npz"
    other = [weight + 1 for weight in built().get_weights()]
    after(built, lambda model: model.set_weights(other)).save_weights(path)
    wrong = np.zeros((8, 2))

    def in_turn(model):
        model.pop()
        model.pop()

    def norm_first():
        return keras.Sequential([layers.Normalization(), layers.Dense(1, **PLAIN)])

    yield "first call", unbuilt, lambda model: model(X), complaint
    yield "first predict", unbuilt, lambda model: model.predict(X), complaint
    yield "first fit", unbuilt, fit, complaint
    yield "first fit, refused", unbuilt, lambda m: refused(lambda: m.fit(X, wrong)), complaint
    yield "build", unbuilt, lambda model: model.build((None, 3)), complaint
    yield "failing", with_refusing, lambda m: refused(lambda: m(X)), complaint_without_last
    yield "a later fit", built, fit, complaint
    yield "add", built, lambda model: model.add(layers.Dense(2, **PLAIN)), complaint
    yield "add, the first", empty, lambda model: model.add(layers.Dense(2)), complaint
    yield "pop", built, lambda model: model.pop(), complaint
    yield "pop all", built, in_turn, complaint
    yield "trainable", built, lambda model: setattr(model, "trainable", False), complaint
    for name, change in {
        "set_weights": lambda model: model.set_weights(other),
        "load_weights": lambda model: model.load_weights(path),
    }.items():
        yield name, built, change, is_one_of(built(), after(built, change))

    def compiled(model):
        wanted = [metric for metric, _ in model._scores.wanted]
        return type(model.optimizer), model.loss, type(model._loss), wanted

    def compile_(model):
        model.compile(optimizer="adam", loss="huber", metrics=["mae"])

    yield "compile", built, compile_, is_one_of(built(), after(built, compile_), state=compiled)

    def adapt(model):
        model.layers[0].adapt(X)

    def norm():
        return after(norm_first, lambda model: (model(X), model.compile("sgd", "mse")))

    yield "adapt", norm, adapt, is_one_of(norm(), after(norm, adapt))
    yield (
        "adapt first",
        (lambda: after(norm_first, lambda model: model.compile("sgd", "mse"))),
        adapt,
        lambda model: complaint_of_layer(model.layers[0]) or complaint_once_built(model),
    )


def complaint_of_layer(norm):
    if not norm.built:
        return f"not built, and has {norm.weights}" if norm.weights else None
    adapted = np.allclose(norm.mean, X.mean(0), atol=1e-6) and np.allclose(norm.variance, X.var(0))
    fresh = not norm.mean.any() and (norm.variance == 1).all()
    return None if adapted or fresh else f"mean {norm.mean}, variance {norm.variance}"


def complaint_once_built(model):
    model(X)
    return complaint(model)


def complaints(make, change, judge, every=1):
    """Interrupt a change before every so many of its lines; return the complaints, and how many."""
    found = []
    for number in itertools.count(0, every):
        thing = make()
        again = interrupted(lambda thing=thing: change(thing), number)
        try:
            said = judge(thing)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        if said is not None:
            found.append((number, said))
        if not again:
            return found, number // every


def main():
    wrong, every = 0, int((*sys.argv, 1)[1])
    warnings.simplefilter("ignore")  # of a Normalization that is not adapted
    with tempfile.TemporaryDirectory() as folder:
        for name, *sweep in sweeps(folder):
            found, number = complaints(*sweep, every=every)
            print(
                f"{name}: interrupted before {number} lines, not whole after {len(found)}",
                flush=True,
            )
            for line, said in found[:5]:
                print(f"    {line}: {said}")
            wrong += len(found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
