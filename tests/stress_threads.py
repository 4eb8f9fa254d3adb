"""A hundred thousand calls of one model from 32 threads, and more: slower than the suite.

python tests/stress_threads.py
"""

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from test_concurrency import at_once, builds_of_first_calls, seeded, trained, unequal_answers


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
