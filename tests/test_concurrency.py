"""Many threads and processes at once: the answers are those of one alone."""

import multiprocessing
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

import tinyneuron as keras
from tinyneuron import callbacks, config, layers
from tinyneuron._common import settings

X = np.random.default_rng(0).normal(size=(96, 3)).astype(np.float32)
Y = (X[:, :1] > 0).astype(np.float32)


@pytest.fixture(autouse=True)
def hasty_threads():
    """Let threads take turns 500 times as often as they would."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


def at_once(work, items):
    """Call `work` on each item, in a thread each, all starting at the same moment."""
    start = threading.Barrier(len(items))

    def wait_and_work(item):
        start.wait()
        return work(item)

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(wait_and_work, items))


def classifier():
    return keras.Sequential(
        [layers.Dense(16, "tanh"), layers.Dropout(0.5), layers.Dense(4, "gelu"),
         layers.Dense(2, "softmax")]
    )  # fmt: skip


def unequal_answers(threads, calls):
    """Have threads call one model; return how many answers were off, and the worst by how much."""
    model = classifier()
    batches = [X[: 1 + 7 * i % 96] * (1 + i) for i in range(threads)]
    expected = [(model.predict(batch), model(batch)) for batch in batches]

    def ask(i):
        off = 0
        worst = 0.0
        for _ in range(calls // threads // 2):
            for answer, right in zip(
                (model.predict(batches[i]), model(batches[i])), expected[i], strict=True
            ):
                if not np.array_equal(answer, right):
                    off += 1
                    worst = max(worst, float(abs(answer - right).max()))
        return off, worst

    answers = at_once(ask, range(threads))
    return sum(off for off, _ in answers), max(worst for _, worst in answers)


def test_one_model_answers_many_threads_as_it_answers_one():
    off, worst = unequal_answers(threads=32, calls=2000)
    assert off == 0 or worst < 1e-6  # a BLAS with threads of its own may add in another order


class Counted(keras.initializers.Initializer):
    """Ones; it counts how often it is asked, and takes its time."""

    def __init__(self):
        self.times = 0

    def __call__(self, shape, dtype=None):
        self.times += 1
        threading.Event().wait(0.001)
        return np.ones(shape, dtype)


def builds_of_first_calls(threads):
    """Call an unbuilt model from many threads; return how often each weight was made, and all."""
    made = [Counted(), Counted()]
    model = keras.Sequential([layers.Dense(4, kernel_initializer=each) for each in made])
    answers = at_once(model, [X] * threads)
    return [each.times for each in made], answers, model(X)


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


def trained(seed):
    """Return the weights, as bytes, of a model trained in the order of the rows."""
    model = keras.Sequential(
        [layers.Dense(5, "tanh", kernel_initializer=keras.initializers.GlorotUniform(seed)),
         layers.Dense(1, "sigmoid", kernel_initializer=keras.initializers.GlorotUniform(seed))]
    )  # fmt: skip
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(X, Y, epochs=3, batch_size=16, shuffle=False, verbose=0)
    return b"".join(w.tobytes() for w in model.get_weights()), history.history["loss"]


def seeded(seed):
    """Return the same of a model that takes all its random numbers from the library's seed."""
    config.set_random_seed(seed)
    model = classifier()
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(X, Y, epochs=2, verbose=0)
    return b"".join(w.tobytes() for w in model.get_weights())


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
