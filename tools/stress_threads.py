"""A hundred thousand calls of one model from 32 threads, and more: slower than the suite.

python tools/stress_threads.py
"""

import multiprocessing
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np

import tinyneuron as keras
from tinyneuron import config, layers

X = np.random.default_rng(0).normal(size=(96, 3)).astype(np.float32)
Y = (X[:, :1] > 0).astype(np.float32)


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


def main():
    sys.setswitchinterval(1e-5)
    free = not getattr(sys, "_is_gil_enabled", lambda: True)()
    print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}, free-threaded: {free}")

    start = time.perf_counter()
    off, worst = unequal_answers(threads=32, calls=100_000)
    seconds = time.perf_counter() - start
    print(f"100,000 calls from 32 threads: {off} answers off, by {worst} at most, {seconds:.0f} s")

    twice = 0
    for _ in range(200):
        times, answers, expected = builds_of_first_calls(32)
        twice += times != [1, 1] or any(not np.array_equal(a, expected) for a in answers)
    print(f"200 models called first from 32 threads: {twice} were built more than once")

    alone = [trained(seed) for seed in range(16)]
    wrong = sum(at_once(trained, range(16)) != alone for _ in range(50))
    print(f"50 times 16 models trained in threads: {wrong} times not as alone")

    alone = [seeded(seed) for seed in range(100)]
    for method in ("spawn", "fork"):
        with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
            same = list(pool.map(seeded, range(100))) == alone
        print(f"100 models trained in two processes ({method}): as alone: {same}")


if __name__ == "__main__":
    main()
