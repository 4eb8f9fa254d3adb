"""Ctrl-C before each line of what changes a model: all of it has happened, or nothing.

python tools/stress_interrupts.py
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

import tinyneuron as keras
from tinyneuron import layers
from tinyneuron._common import names
from tinyneuron.layers import building


def interrupted(call, number):
    """Call, interrupting before the line of the library with that number; say whether it was.

    Not between an error and the first line of its handler: there Python looks for no Ctrl-C.
    """
    count, failed = 0, None

    def trace(frame, event, _):
        nonlocal count, failed
        if "tinyneuron" not in frame.f_code.co_filename:
            return None
        if event == "line" and frame is not failed:
            count += 1
        failed = frame if event == "exception" else None
        if count > number:
            count = -sys.maxsize  # once
            raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
        # A tracer comes where Ctrl-C cannot: after the last line under a lock, before its release.
        for lock in (building.lock, names._using):
            while lock._is_owned():
                lock.release()
    return False


def half_done(make, change, state):
    """Interrupt a change before each of its lines; return the states that are neither end's."""
    changed = make()
    change(changed)
    ends = [state(make()), state(changed)]
    found, number = [], 0
    while True:
        thing = make()
        again = interrupted(lambda thing=thing: change(thing), number)
        if state(thing) not in ends:
            found.append(state(thing))
        if not again:
            return found, number
        number += 1


def model():
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, "tanh", kernel_initializer="ones"),
            layers.Dense(1, kernel_initializer="ones"),
        ]
    )
    model.compile("sgd", "mse")
    return model


def weights(layer):
    return [weight.tolist() for weight in layer.get_weights()]


def compiled(model):
    wanted = [metric for metric, _ in model._scores.wanted]
    return type(model.optimizer), model.loss, type(model._loss), wanted


class Place:
    """A folder of its own, where a model is saved over an older one."""

    def __init__(self, path):
        self.path = path.parent / path.name.replace(".", " ") / path.name
        self.path.parent.mkdir()

    def with_old(self):
        for left in self.path.parent.iterdir():
            left.unlink()
        model().save(self.path)
        return self


def found(place):
    """Return what a file holds, and which files are beside it."""
    beside = sorted(file.name for file in place.path.parent.iterdir())
    return weights(keras.saving.load_model(place.path)), beside


def adapted():
    layer = layers.Normalization()
    layer.adapt(np.zeros((4, 3)) + 5)
    return layer


def sweeps(folder):
    """Yield a name, what makes the thing, what changes it, and what its state is."""
    other = [weight + 1 for weight in model().get_weights()]
    path = Path(folder) / "other.npz"
    source = model()
    source.set_weights(other)
    source.save_weights(path)
    rows = np.array([[3.0] * 3, [-1.0] * 3])
    yield "set_weights", model, lambda model: model.set_weights(other), weights
    yield "load_weights", model, lambda model: model.load_weights(path), weights
    for ending in (".weights.h5", ".keras", ".h5"):
        there = Path(folder) / f"other{ending}"
        (source.save_weights if ending == ".weights.h5" else source.save)(there)
        name = f"load_weights of {ending}"
        yield name, model, lambda model, there=there: model.load_weights(there), weights
    for ending in (".npz", ".keras", ".h5"):
        place = Place(Path(folder) / f"saves{ending}")
        yield (
            f"save {ending}",
            place.with_old,
            lambda _, place=place: source.save(place.path),
            found,
        )
    again = {"optimizer": "adam", "loss": "huber", "metrics": ["mae"]}
    yield "compile", model, lambda model: model.compile(**again), compiled
    yield "adapt", adapted, lambda layer: layer.adapt(rows), weights


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name, *sweep in sweeps(folder):
            found, number = half_done(*sweep)
            print(f"{name}: interrupted before {number} lines, half done after {len(found)}")


if __name__ == "__main__":
    main()
