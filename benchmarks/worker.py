"""A process that holds one peer, and does what it is told over a pipe, one thing at a time."""

from __future__ import annotations

import importlib
import math
import os
import time
import warnings
from contextlib import suppress
from functools import partial

import numpy as np

from benchmarks import reference

#: For each kind of work what makes it, in the modules of the peers.
MAKERS = {
    "predict": "predictors",
    "call": "callers",
    "evaluate": "evaluators",
    "on batch": "steppers",
    "fit": "trainers",
    "fit with metrics": "metric_trainers",
    "fit anew": "trainers",  # a fit of one epoch, again and again
}
CHECKED_ROWS = 64
CHECKED_STEPS = 5


class Worker:
    """What the peer can do, and the work that it is at."""

    def __init__(self, peer):
        self.module = importlib.import_module(f"benchmarks.peers.{peer.module}")

    def prepare(self, workload):
        """Make each way of doing the work, check its numbers, and run it once, to compile it."""
        make = getattr(self.module, MAKERS[workload.kind], None)
        prepare = {"evaluate": self._evaluations, "on batch": self._steps}.get(workload.kind)
        prepare = prepare or (self._fits if workload.batch_size else self._predictions)
        self.ways = prepare(make, workload) if make else {}
        self.steps = workload.steps
        return list(self.ways)

    def _predictions(self, make, workload):
        network, weights = workload.network, workload.network.weights()
        x, _ = network.data(workload.rows)
        ways = {}
        for way, function in make(network, weights, x).items():
            outputs = function()
            if self.module.CHECKED:
                check_outputs(network, weights, x, np.asarray(outputs))
            ways[way] = partial(repeat, function)
        return ways

    def _fits(self, make, workload):
        network, weights = workload.network, workload.network.weights()
        x, y = network.data(workload.rows)
        ways = {}
        for way, train in make(network, weights, workload.batch_size).items():
            if self.module.CHECKED:
                check_training(network, weights, x, y, workload.batch_size, train)
            train(x, y, 1)
            anew = partial(repeat, partial(train, x, y, 1))
            ways[way] = anew if workload.kind == "fit anew" else partial(train, x, y)
        return ways

    def _evaluations(self, make, workload):
        network, weights = workload.network, workload.network.weights()
        x, y = network.data(workload.rows)
        expected, _ = reference.loss_of(
            network, reference.outputs_of_layers(network, weights, x), y
        )
        ways = {}
        for way, evaluate in make(network, weights, x, y).items():
            np.testing.assert_allclose(evaluate(), expected, rtol=1e-4)
            ways[way] = partial(repeat, evaluate)
        return ways

    def _steps(self, make, workload):
        network, weights = workload.network, workload.network.weights()
        x, y = network.data(workload.rows)
        ways = {}
        for way, step in make(network, weights, x, y).items():
            check_losses(network, weights, x, y, [step() for _ in range(CHECKED_STEPS)])
            ways[way] = partial(repeat, step)
        return ways

    def choose(self, seconds):
        """Keep the fastest way, and find how often it goes into a turn of that many seconds."""
        found = {way: self._repeats_and_time(run, seconds) for way, run in self.ways.items()}
        fastest = min(found, key=lambda way: found[way][1])
        self.run, self.repeats = self.ways[fastest], found[fastest][0]
        return {way: per_step for way, (_, per_step) in found.items()}

    def _repeats_and_time(self, run, seconds):
        repeats = 1
        while (taken := stopwatch(run, repeats)) < seconds:
            repeats = math.ceil(repeats * min(10, max(1.1, 1.1 * seconds / taken)))
        return repeats, taken / repeats / self.steps

    def turn(self):
        """Return the seconds that the work took, of a fit those of one step."""
        return stopwatch(self.run, self.repeats) / self.repeats / self.steps

    def save(self, network, folder):
        """Save the network in the peer's own form; return the path."""
        return self.module.save(network, network.weights(), folder)


def repeat(function, times):
    """Call it that many times."""
    for _ in range(times):
        function()


def stopwatch(run, repeats):
    """Return the seconds that so many repeats take."""
    start = time.perf_counter()
    run(repeats)
    return time.perf_counter() - start


def check_outputs(network, weights, x, outputs):
    """Raise an AssertionError unless these are the network's outputs, to 1e-4."""
    rows = np.linspace(0, len(x) - 1, CHECKED_ROWS).astype(int)
    expected = reference.outputs_of_layers(network, weights, x[rows])[-1]
    assert outputs.shape == (len(x), network.sizes[-1]), f"outputs of shape {outputs.shape}"
    np.testing.assert_allclose(outputs[rows], expected, rtol=1e-4, atol=1e-4)


def check_training(network, weights, x, y, batch_size, train):
    """Raise an AssertionError unless Adam takes the loss where the formulas take it.

    As many rows as a batch make one step an epoch, and then shuffling changes nothing.
    """
    x, y = x[:batch_size], y[:batch_size]
    check_losses(network, weights, x, y, train(x, y, CHECKED_STEPS))


def check_losses(network, weights, x, y, losses):
    """Raise an AssertionError unless these are the losses before the first steps of Adam.

    The tolerance, 5 % of the way, is for Adam's epsilon, which not all add at the same place.
    """
    expected = reference.losses_of_adam(network, weights, x, y, CHECKED_STEPS)
    way = expected[0] - expected[-1]
    assert way > 0, f"the loss should fall: {expected}"
    np.testing.assert_allclose(losses, expected, rtol=1e-6, atol=0.05 * way)


def serve(peer, pipe):
    """Answer each command (method, arguments) with ("done", result) or ("failed", why)."""
    os.environ.update(peer.environment)  # before the peer is imported
    warnings.simplefilter("ignore")
    worker = None
    with suppress(EOFError, ConnectionError):  # the end of the program
        while True:
            method, arguments = pipe.recv()
            try:
                if method == "start":
                    worker, result = Worker(peer), None
                else:
                    result = getattr(worker, method)(*arguments)
                pipe.send(("done", result))
            except Exception as error:  # whatever a peer raises, the others go on
                why = " ".join(str(error).split())[:200]
                pipe.send(("failed", f"{type(error).__name__}: {why}"))
