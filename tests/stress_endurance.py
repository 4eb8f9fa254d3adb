"""A million predictions, a thousand trainings, and Ctrl-C at random moments: slower than the suite.

python tests/stress_endurance.py
"""

import gc
import time
import tracemalloc

from test_endurance import (
    Interrupts,
    X,
    Y,
    build,
    first_fit,
    interrupted_everywhere,
    interrupted_steps,
    lines_survived,
    network,
)


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
