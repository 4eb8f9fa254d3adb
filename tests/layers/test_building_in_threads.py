"""What one thread builds, others see whole or not at all, and nothing they did is taken back."""

import copy
import os
import pickle
import signal
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import tinyneuron as keras
from tinyneuron import Input, Sequential, config, layers
from tinyneuron._common.settings import make_seed

X = np.arange(6.0, dtype=np.float32).reshape(2, 3)


@pytest.fixture
def others():
    with ThreadPoolExecutor(2) as pool:
        yield pool.submit


class Meanwhile(keras.initializers.Initializer):
    """Ones; something happens while they are made."""

    def __init__(self, act):
        self.act = act

    def __call__(self, shape, dtype=None):
        self.act()
        return np.ones(shape, dtype)


class MeanwhileAtTargets(keras.losses.MeanSquaredError):
    """Something happens when the model is built, and its targets are about to be refused."""

    act = None

    def check(self, y, shape):
        self.act()
        super().check(y, shape)


def unbuilt(act=lambda: None):
    return Sequential(
        [
            layers.Dense(2, kernel_initializer="ones", name="first"),
            layers.Dense(1, kernel_initializer=Meanwhile(act), name="last"),
        ]
    )


def failing_fit(model, act):
    """Fit to targets that do not fit, doing something else once the model is built for that."""
    loss = MeanwhileAtTargets()
    loss.act = act
    model.compile("sgd", loss)
    with pytest.raises(ValueError, match="targets of shape"):
        model.fit(X, np.ones((2, 5)), verbose=0)


def state(model):
    return model.built, [layer.built for layer in model.layers], [w.shape for w in model.weights]


NOT_BUILT = (False, [False, False], [])
BUILT = (True, [True, True], [(3, 2), (2,), (2, 1), (1,)])


def test_a_model_is_built_for_the_thread_alone_whose_fit_may_still_fail(others):
    model = unbuilt()
    seen = []

    def look():
        built = others(lambda: (model.built, [layer.built for layer in model.layers])).result()
        seen.append((built, model.built, [layer.built for layer in model.layers]))

    failing_fit(model, look)
    assert seen == [((False, [False, False]), True, [True, True])]
    assert state(model) == NOT_BUILT


def test_a_call_from_another_thread_outlives_a_fit_that_fails(others):
    model = unbuilt()
    wider = np.ones((2, 4))
    calls = []
    failing_fit(model, lambda: calls.append(others(model, wider)))
    np.testing.assert_array_equal(calls[0].result(), [[8.0], [8.0]])
    kernel = model.layers[0].kernel
    np.testing.assert_array_equal(model(wider), [[8.0], [8.0]])
    assert model.layers[0].kernel is kernel
    assert kernel.shape == (4, 2)


def test_what_other_threads_set_is_not_undone_with_a_failed_fit(others):
    model = unbuilt()

    def set_all():
        model.note = "mine"
        model.layers[0].note = "mine, too"
        model.layers[1].trainable = False
        model.compile("adam", "mae")

    failing_fit(model, lambda: others(set_all).result())
    assert (model.note, model.layers[0].note) == ("mine", "mine, too")
    assert (model.layers[1].trainable, model.loss) == (False, "mae")
    assert state(model) == NOT_BUILT


def test_random_numbers_that_another_thread_took_do_not_come_again(others):
    model = unbuilt()
    taken = []
    config.set_random_seed(3)
    failing_fit(model, lambda: taken.append(others(make_seed).result()))
    assert make_seed() != taken[0]


def test_of_two_first_calls_with_different_widths_one_is_refused(others):
    later = []
    model = unbuilt(lambda: later.append(others(model, np.ones((2, 4)))))
    np.testing.assert_array_equal(model(X), 2 * X.sum(1, keepdims=True))
    with pytest.raises(ValueError, match="built for inputs of shape"):
        later[0].result()
    assert state(model) == BUILT


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("act", ["set_weights", "get_weights", "copy"])
def test_others_wait_for_what_is_being_built(others, act, fails):
    new = [np.full((3, 2), 2.0), np.ones(2), np.full((2, 1), 3.0), np.ones(1)]
    model = unbuilt()
    work = {
        "set_weights": lambda: model.set_weights(new),
        "get_weights": lambda: len(model.get_weights()),
        "copy": lambda: state(copy.deepcopy(model)),
    }[act]
    later = []
    model.layers[1].kernel_initializer = Meanwhile(lambda: later.append(others(work)))
    if fails:
        failing_fit(model, lambda: None)
    else:
        model.build((None, 3))
    if act == "set_weights" and fails:
        with pytest.raises(ValueError, match="built"):
            later[0].result()
    elif act == "set_weights":
        later[0].result()
        for weight, value in zip(model.weights, new, strict=True):
            np.testing.assert_array_equal(weight, value)
    else:
        whole = (0, NOT_BUILT) if fails else (4, BUILT)
        assert later[0].result() == whole[act != "get_weights"]
    assert state(model) == (NOT_BUILT if fails else BUILT)


def test_adapting_while_another_thread_makes_the_first_call(others):
    later = []
    norm = layers.Normalization()
    act = Meanwhile(lambda: later.append(others(norm.adapt, X)))
    model = Sequential([norm, layers.Dense(1, kernel_initializer=act)])
    model(X)
    later[0].result()
    np.testing.assert_allclose(norm.mean, X.mean(0, keepdims=True))
    np.testing.assert_allclose(norm.variance, X.var(0, keepdims=True))


def test_a_layer_that_says_in_its_build_that_it_is_built_is_so_at_the_end(others):
    seen = []

    class Early(layers.Layer):
        def build(self, input_shape):
            self.built = True
            seen.append(others(lambda: self.built).result())
            self.scale = self.add_weight((1,), "ones")

        def call(self, inputs):
            return inputs * self.scale

    layer = Early()
    layer(X)
    assert (seen, layer.built) == ([False], True)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_forked_while_another_thread_builds_has_whole_layers(others):
    children = []

    def fork():
        child = os.fork()
        if not child:
            os._exit(state(model) != BUILT or model(X).shape != (2, 1))
        return child

    model = unbuilt(lambda: children.append(others(fork)))
    model(X)
    _, status = os.waitpid(children[0].result(), 0)
    assert status == 0


@pytest.fixture
def signals():
    """Have functions called by a signal handler."""
    before = signal.getsignal(signal.SIGINT)

    def call(act):
        signal.signal(signal.SIGINT, lambda *_: act())
        signal.raise_signal(signal.SIGINT)

    yield call
    signal.signal(signal.SIGINT, before)


def test_a_signal_handler_that_calls_the_model_being_built_is_refused(signals):
    model = unbuilt(lambda: signals(lambda: model(X)))
    with pytest.raises(RuntimeError, match="while it is being built"):
        model(X)
    assert state(model) == NOT_BUILT
    model.layers[1].kernel_initializer = Meanwhile(lambda: None)
    np.testing.assert_array_equal(model(X), 2 * X.sum(1, keepdims=True))


def test_a_layer_that_a_signal_handler_builds_stays_though_what_it_interrupts_fails(signals):
    other, outputs = layers.Dense(2), []
    failing_fit(unbuilt(), lambda: signals(lambda: outputs.append(other(X))))
    np.testing.assert_array_equal(other(X), outputs[0])


class Waiting(layers.Layer):
    """Hands on its inputs, once something has happened."""

    act = None

    def call(self, inputs):
        if self.act is not None:
            self.act()
        return inputs

    def compute_output_shape(self, input_shape):
        return input_shape


@pytest.mark.parametrize(
    "change",
    [lambda model: model.add(layers.Dense(4)), lambda model: [model.pop() for _ in range(2)]],
    ids=["add", "pop"],
)
def test_a_call_goes_through_the_layers_that_were_there_when_it_began(others, change):
    waiting = Waiting()
    model = Sequential([Input((3,)), waiting, layers.Dense(2), layers.Dense(1)])
    before = model(X)
    waiting.act = lambda: others(change, model).result()
    np.testing.assert_array_equal(model(X), before)
    waiting.act = None
    assert model(X).shape != before.shape


def test_a_copy_made_while_building_is_built_for_every_thread(others):
    class Twin(layers.Layer):
        def build(self, input_shape):
            self.one = layers.Dense(2)
            self.one.build(input_shape)
            self.two = copy.deepcopy(self.one)

        def call(self, inputs):
            return self.one(inputs) + self.two(inputs)

    twin = Twin()
    expected = twin(X)
    np.testing.assert_array_equal(others(twin, X).result(), expected)
    assert pickle.loads(pickle.dumps(twin.two)).built
