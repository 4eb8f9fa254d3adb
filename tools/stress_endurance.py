"""A million predictions, a thousand trainings, and Ctrl-C at random moments: slower than the suite.

python tools/stress_endurance.py
"""

import functools
import gc
import random
import signal
import time
import tracemalloc
from collections import Counter

import numpy as np

import tinyneuron as keras
from stress_interrupts import interrupted
from tinyneuron import layers

X = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
Y = (X[:, :1] > 0).astype(np.float32)


def network(optimizer=None, units=(6, 4, 1)):
    """Return a model that starts from the same weights each time."""
    start = keras.initializers.GlorotUniform(1)
    model = keras.Sequential([layers.Dense(n, "tanh", kernel_initializer=start) for n in units])
    if optimizer is not None:
        model.compile(optimizer, "mse", metrics=["mae"])
    return model


def by_hand(model, x):
    for layer in model.layers:
        x = np.tanh(x @ layer.kernel + layer.bias)
    return x


def lines_survived(call, every=1):
    """Interrupt `call` of a new model before each line of it; the model must go on each time."""
    alone = network("adam", units=(2, 1)).fit(X, Y, shuffle=False, verbose=0).history
    line = 0
    while True:
        model = network("adam", units=(2, 1))
        if not interrupted(lambda model=model: call(model), line):
            return line // every
        untouched = not model.optimizer.iterations
        history = model.fit(X, Y, shuffle=False, verbose=0).history
        assert history == alone or not untouched
        assert np.isfinite(history["loss"]).all()
        assert [w.shape for w in model.weights] == [(3, 2), (2,), (2, 1), (1,)]
        np.testing.assert_allclose(model.predict(X), by_hand(model, X), rtol=1e-5, atol=1e-6)
        line += every


def build(model):
    """Make the weights, and the optimizer's vectors for them."""
    model.build(X.shape)
    model.optimizer.build(model.weights)


def first_fit(model):
    model.fit(X, Y, batch_size=64, shuffle=False, verbose=0)


def main():
    model = network("adam")
    model.fit(X, Y, verbose=0)
    start = time.perf_counter()
    report("1,000,000 calls of predict", lambda: model.predict(X[:4]), 1_000_000)
    report("1,000 calls of fit", lambda: model.fit(X, Y, epochs=2, verbose=0), 1_000)
    report("1,000 new models trained", lambda: network("adam").fit(X, Y, verbose=0), 1_000)
    print(f"{time.perf_counter() - start:.0f} s")
    interrupts = Interrupts(seed=1, longest=0.02)
    for optimizer in ("sgd", "adam", "rmsprop"):
        between, within = interrupted_steps(optimizer, interrupts, trials=300)
        print(f"{optimizer}: Ctrl-C between steps {between} times, within one {within} times")
    for call in (build, first_fit):
        print(f"Ctrl-C before each of {lines_survived(call)} lines of {call.__name__}: all went on")
    done = interrupted_everywhere(interrupts, trials=1000)
    print(f"Ctrl-C while building, training, evaluating, predicting: {dict(done)}; all went on")
    print(f"{interrupts.left_silent} of all these left NumPy's warnings off")


class Interrupts:
    """Ctrl-C at a random moment of a call.

    One that comes while NumPy enters an `errstate` leaves that in force: no `with` can undo what
    it has not entered. `left_silent` counts them.
    """

    def __init__(self, seed, longest):
        self.dice = random.Random(seed)
        self.longest = longest
        self.left_silent = 0

    def during(self, call):
        """Call it; say whether it was interrupted."""
        handler = signal.signal(signal.SIGALRM, signal.default_int_handler)
        warned = np.geterr()
        try:
            try:
                signal.setitimer(signal.ITIMER_REAL, self.dice.uniform(1e-5, self.longest))
                call()
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except KeyboardInterrupt:
            self.left_silent += np.geterr() != warned
            return True
        finally:
            np.seterr(**warned)
            signal.signal(signal.SIGALRM, handler)
        return False


def state(model):
    """Return the weights and the optimizer's slots, an array for each weight."""
    slots = [array.copy() for arrays in model.optimizer.state().values() for array in arrays]
    return model.get_weights(), slots


def interrupted_steps(optimizer, interrupts, trials, steps=400):
    """Interrupt training whose every step is known; return how often between and within steps.

    Whatever the moment, each weight is whole: as before or as after the step that was under way.
    """
    model = network(optimizer)
    model.build(X.shape)
    first = model.get_weights()
    known = []
    for _ in range(steps):
        model.train_on_batch(X, Y)
        known.append(state(model))
    between = within = 0
    for _ in range(trials):
        model.set_weights(first)
        model.compile(optimizer, "mse", metrics=["mae"])

        def train():
            model.fit(X, Y, batch_size=64, epochs=steps, shuffle=False, verbose=0)

        if not interrupts.during(train):
            continue
        step = model.optimizer.iterations
        weights, slots = state(model)
        after = known[step - 1] if step else (first, [0 * slot for slot in known[0][1]])
        before = known[step - 2] if step > 1 else (first, [0 * slot for slot in known[0][1]])
        if same(weights, after[0]) and same(slots, after[1]):
            between += 1
            continue
        within += 1
        for now, *either in zip(weights, before[0], after[0], strict=True):
            assert any(np.array_equal(now, one) for one in either)
    return between, within


def same(arrays, others):
    if not arrays:
        return True
    return all(np.array_equal(a, b) for a, b in zip(arrays, others, strict=True))


def first_build(model):
    for _ in range(99):
        network("adam").build(X.shape)
    model.build(X.shape)


def long_fit(model):
    model.fit(X, Y, epochs=500, validation_split=0.2, verbose=0)


def long_evaluation(model):
    for _ in range(500):
        model.evaluate(X, Y, batch_size=4, verbose=0)


def long_prediction(model):
    for _ in range(500):
        model.predict(X.tolist(), batch_size=4)


def interrupted_everywhere(interrupts, trials):
    """Interrupt what a model does, from its making on; it must go on each time."""
    done = Counter()
    for trial in range(trials):
        model = network("adam", units=(4,) * (trial % 4) + (1,))
        for work in (first_build, long_fit, long_evaluation, long_prediction):
            done[work.__name__] += interrupts.during(functools.partial(work, model))
        model.build(X.shape)
        assert [w.shape for w in model.weights] == [
            shape for layer in model.layers for shape in (layer.kernel.shape, layer.bias.shape)
        ]
        assert all(np.isfinite(weight).all() for weight in model.weights)
        history = model.fit(X, Y, epochs=2, verbose=0).history
        assert np.isfinite(history["loss"]).all()
        np.testing.assert_allclose(model.predict(X), by_hand(model, X), rtol=1e-5, atol=1e-6)
        assert model.optimizer.iterations >= 4
    return done


def report(what, call, times):
    """Print how much more memory there is after `times` calls than after a tenth as many."""
    for _ in range(times // 10):
        call()
    before = resident()
    for _ in range(times):
        call()
    grown = resident() - before
    few = min(times, 10_000)
    tracemalloc.start()
    for _ in range(few // 10):
        call()
    gc.collect()
    traced = tracemalloc.get_traced_memory()[0]
    for _ in range(few):
        call()
    gc.collect()
    traced = tracemalloc.get_traced_memory()[0] - traced
    tracemalloc.stop()
    print(f"{what}: {grown / 1024:.0f} KiB more resident, {traced} bytes more traced by {few:,}")


def resident():
    """Return the bytes of this process that are in memory, on Linux."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


if __name__ == "__main__":
    main()
