"""Rounds: in each, every peer does the work once, one after the other.

A slow spell of the machine then hits all peers alike, and the ratios within a round stay true.
Of the processes, one works at a time; the others wait for their turn.
"""

from __future__ import annotations

import multiprocessing
import random
import time

from benchmarks import worker

# The threads of a matrix product spin for a moment after it, in case another follows. The next
# peer's turn starts when they sleep.
PAUSE = 0.1


class Processes:
    """A process for each peer, from the start to the end of a `with` block."""

    def __init__(self, peers):
        context = multiprocessing.get_context("spawn")
        self.pipes, self.processes = {}, {}
        for peer in peers:
            self.pipes[peer.name], theirs = context.Pipe()
            self.processes[peer.name] = context.Process(
                target=worker.serve, args=(peer, theirs), daemon=True
            )

    def __enter__(self):
        for process in self.processes.values():
            process.start()
        return self

    def __exit__(self, *exception):
        for process in self.processes.values():
            process.terminate()
            process.join()

    def tell(self, name, method, *arguments):
        """Send a command; do not wait for the answer."""
        self.pipes[name].send((method, arguments))

    def answer(self, name):
        """Wait for the answer to the last command."""
        how, result = self.pipes[name].recv()
        if how == "failed":
            raise RuntimeError(result)
        return result

    def ask(self, name, method, *arguments):
        """Send a command and wait for the answer."""
        self.tell(name, method, *arguments)
        return self.answer(name)

    def ask_all(self, names, method, *arguments):
        """Have all do it at the same time, untimed; return {name: answer} and {name: failure}."""
        for name in names:
            self.tell(name, method, *arguments)
        answers, failures = {}, {}
        for name in names:
            try:
                answers[name] = self.answer(name)
            except RuntimeError as failure:
                failures[name] = str(failure)
        return answers, failures


def measure(processes, names, workload, rounds, seconds):
    """Return {name: {"seconds": one for each round, "ways": {way: seconds}}}, and the failures."""
    ways, failures = processes.ask_all(names, "prepare", workload)
    order = [name for name in names if ways.get(name)]
    results = {}
    for name in order:
        time.sleep(PAUSE)
        results[name] = {"ways": processes.ask(name, "choose", seconds), "seconds": []}
    shuffled = random.Random(0)
    for _ in range(rounds):
        shuffled.shuffle(order)  # so that nobody always follows the same neighbour
        for name in order:
            time.sleep(PAUSE)
            results[name]["seconds"].append(processes.ask(name, "turn"))
    return {name: results[name] for name in names if name in results}, failures
