"""Many threads and processes at once: the answers are those of one alone."""

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

import tinyneuron as keras
from stress_threads import (
    X,
    Y,
    at_once,
    builds_of_first_calls,
    classifier,
    seeded,
    trained,
    unequal_answers,
)
from tinyneuron import callbacks, config, layers
from tinyneuron._common import settings


@pytest.fixture(autouse=True)
def hasty_threads():
    """Let threads take turns 500 times as often as they would."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


def test_one_model_answers_many_threads_as_it_answers_one():
    off, worst = unequal_answers(threads=32, calls=640)
    assert off == 0 or worst < 1e-6  # a BLAS with threads of its own may add in another order


@pytest.mark.parametrize("_", range(5))
def test_first_calls_at_the_same_time_build_once(_):
    times, answers, expected = builds_of_first_calls(32)
    assert times == [1, 1]
    for answer in answers:
        np.testing.assert_array_equal(answer, expected)


def test_layers_made_at_the_same_time_have_different_names():
    for _ in range(100):
        keras.utils.clear_session()
        names = at_once(lambda _: layers.Dense(1).name, range(8))
        assert len(set(names)) == 8


def test_models_train_in_threads_as_alone():
    alone = [trained(seed) for seed in range(8)]
    assert at_once(trained, range(8)) == alone


def test_training_in_threads_leaves_numpy_s_warnings_as_they_were():
    model = classifier()
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = np.geterr()

    def evaluate(epoch, logs):
        model.evaluate(X, Y, verbose=0)

    def train(_):
        model.fit(X, Y, verbose=0, callbacks=[callbacks.LambdaCallback(on_epoch_end=evaluate)])
        return np.geterr()

    assert train(None) == before
    assert at_once(train, range(4)) == [before] * 4
    assert np.geterr() == before


def test_threads_share_the_random_numbers_and_none_comes_twice():
    config.set_random_seed(1)
    alone = sorted(settings.make_seed() for _ in range(2000))
    config.set_random_seed(1)
    shared = at_once(lambda _: [settings.make_seed() for _ in range(250)], range(8))
    assert sorted(seed for seeds in shared for seed in seeds) == alone


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_models_train_in_processes_as_alone(method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} here")
    alone = [seeded(seed) for seed in range(3)]
    with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
        assert list(pool.map(seeded, range(3))) == alone
