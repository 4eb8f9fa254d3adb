"""What a step or a prediction must cost: flops and bytes, and how near tinyneuron comes to that.

    python -m benchmarks.costs

A matrix product of m x n and n x u numbers is 2 m n u flops. Everything else is passes over arrays,
whose cost is the bytes that they read and write.
"""

from __future__ import annotations

from itertools import pairwise
from time import perf_counter

import numpy as np

from benchmarks.peers import tiny
from benchmarks.workloads import DEEP, DIGITS, NEURONS, WIDE

FLOAT = 4  # bytes
# Reads and writes of Adam's ten passes: m *= b1 (2), m += g (3), g *= g (2), v *= b2 (2),
# v += g (3), g = sqrt(v) (2), g += e (2), g = m / g (3), g *= rate (2), w -= g (3).
ADAM = 24
FORWARD = 7  # bias (read, write), a = g(z) (two passes), the next layer's or the result's copy
BACKWARD = 8  # g'(z) (read, write), dL/da * g'(z) (3), the sum for the bias (1), dL/da (2)

WORKS = [
    ("10,000 rows, 784-128-10, predict", DIGITS, 10_000, False),
    ("2,048 rows, 1024-2048-2048-1024, predict", WIDE, 2048, False),
    ("200,000 rows, 2-3-1, predict", NEURONS, 200_000, False),
    ("step 784-128-10, batch 32", DIGITS, 32, True),
    ("step 784-128-10, batch 128", DIGITS, 128, True),
    ("step 784-512-512-10, batch 128", DEEP, 128, True),
    ("step 2-3-1, batch 32", NEURONS, 32, True),
]


def flops(sizes, rows, trains):
    """Return the flops of the matrix products; training has two more each, the first layer one."""
    products = [2 * rows * inputs * units for inputs, units in pairwise(sizes)]
    return 3 * sum(products) - products[0] if trains else sum(products)


def passed_bytes(sizes, rows, trains):
    """Return the bytes that are read and written by all that is no matrix product."""
    outputs = rows * sum(sizes[1:])
    weights = sum((inputs + 1) * units for inputs, units in pairwise(sizes))
    passes = FORWARD * outputs
    if trains:
        passes += BACKWARD * outputs + ADAM * weights + 2 * rows * sizes[0]  # the batch, gathered
    return FLOAT * passes


def best(work, seconds=0.3):
    """Return the least time that `work` took."""
    times, end = [], perf_counter() + seconds
    while perf_counter() < end or len(times) < 3:
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def limits():
    """Return flops and bytes per second: of a large product, and of passes over arrays in cache."""
    a, b = np.random.default_rng(0).random((2, 2048, 2048), dtype=np.float32)
    v, w = np.ones((2, 2**17), np.float32)
    product = best(lambda: a @ b)
    passing = best(lambda: [np.add(v, w, out=v) for _ in range(100)]) / 100
    return 2 * 2048**3 / product, 3 * v.nbytes / passing


def measured(network, rows, trains):
    """Return the seconds of one prediction, or of one step of Adam, at best."""
    weights = network.weights()
    if not trains:
        return best(tiny.predictors(network, weights, network.data(rows)[0])["predict"])
    steps = 64
    x, y = network.data(steps * rows)
    fit = tiny.trainers(network, weights, rows)["fit"]
    return best(lambda: fit(x, y, 1)) / steps


def main():
    """Print the table."""
    by_flops, by_bytes = limits()
    print(f"Limits: {by_flops / 1e9:.0f} Gflop/s, {by_bytes / 1e9:.0f} GB/s in cache.\n")
    print("| work | Mflop | MB | least | measured | reached |")
    print("| --- | --- | --- | --- | --- | --- |")
    for title, network, rows, trains in WORKS:
        operations = flops(network.sizes, rows, trains)
        moved = passed_bytes(network.sizes, rows, trains)
        least, took = operations / by_flops + moved / by_bytes, measured(network, rows, trains)
        print(
            f"| {title} | {operations / 1e6:,.3g} | {moved / 1e6:,.3g} | {least * 1e6:,.0f} µs "
            f"| {took * 1e6:,.0f} µs | {least / took:.0%} |"
        )


if __name__ == "__main__":
    main()
