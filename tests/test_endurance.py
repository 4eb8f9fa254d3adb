"""Memory does not grow, and Ctrl-C at any moment leaves a model that goes on."""

import functools
import gc
import random
import signal
import sys
import threading
import tracemalloc
from collections import Counter

import numpy as np
import pytest

import tinyneuron as keras
from tinyneuron import layers
from tinyneuron.layers import base

X = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
Y = (X[:, :1] > 0).astype(np.float32)

needs_timer = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timer")


def network(optimizer=None, units=(6, 4, 1)):
    """Return a model that starts from the same weights each time."""
    start = keras.initializers.GlorotUniform(1)
    model = keras.Sequential([layers.Dense(n, "tanh", kernel_initializer=start) for n in units])
    if optimizer is not None:
        model.compile(optimizer, "mse", metrics=["mae"])
    return model


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
        warned, tracer = np.geterr(), sys.gettrace()
        sys.settrace(None)  # coverage would keep a lock that it holds when Ctrl-C comes
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
            sys.settrace(tracer)
            np.seterr(**warned)
            signal.signal(signal.SIGALRM, handler)
        return False


def state(model):
    """Return the weights and the optimizer's slots, an array for each weight."""
    optimizer = model.optimizer
    slots = [array.copy() for arrays in optimizer._views(optimizer._slots) for array in arrays]
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


def by_hand(model, x):
    for layer in model.layers:
        x = np.tanh(x @ layer.kernel + layer.bias)
    return x


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


@needs_timer
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_ctrl_c_leaves_every_weight_whole(optimizer):
    between, within = interrupted_steps(optimizer, Interrupts(0, 0.01), trials=15)
    assert between + within > 0


@needs_timer
def test_a_model_goes_on_after_ctrl_c_at_any_moment():
    done = interrupted_everywhere(Interrupts(0, 0.003), trials=15)
    assert done["long_fit"] > 0


def interrupted_at_line(number, call):
    """Call it, with Ctrl-C before that line of the library's; say whether it came so far."""
    lines = 0

    def trace(frame, event, _):
        nonlocal lines
        if "tinyneuron" not in frame.f_code.co_filename:
            return None
        lines += event == "line"
        if lines > number:
            raise KeyboardInterrupt
        return trace

    tracing = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(tracing)
        # A tracer comes where Ctrl-C cannot: after the last line under a lock, before its release.
        base._building = threading.RLock()
    return False


def lines_survived(call, every=1):
    """Interrupt `call` of a new model before each line of it; the model must go on each time."""
    alone = network("adam", units=(2, 1)).fit(X, Y, shuffle=False, verbose=0).history
    line = 0
    while True:
        model = network("adam", units=(2, 1))
        if not interrupted_at_line(line, lambda model=model: call(model)):
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


def test_a_model_goes_on_after_ctrl_c_before_any_line_of_its_building():
    assert lines_survived(build, every=7) > 30


def test_a_model_goes_on_after_ctrl_c_here_and_there_in_its_first_fit():
    assert lines_survived(first_fit, every=83) > 10


def grown(call, times):
    """Return the bytes that are held after `times` calls, and were not before them."""
    tracemalloc.start()
    try:
        for _ in range(times):
            call()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(times):
            call()
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow():
    model = network("adam")
    model.fit(X, Y, verbose=0)
    assert grown(lambda: model.predict(X), 200) < 4000
    assert grown(lambda: model.fit(X, Y, verbose=0), 10) < 4000
