"""Memory does not grow, and Ctrl-C at any moment leaves a model that goes on."""

import gc
import sys
import threading
import tracemalloc

import numpy as np

import tinyneuron as keras
from tinyneuron import layers
from tinyneuron.layers import base

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
