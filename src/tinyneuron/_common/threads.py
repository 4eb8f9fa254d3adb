"""Work shared among threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextvars import copy_context
from threading import Lock, Thread
from typing import TypeVar

T = TypeVar("T")


def number_of_cores() -> int:
    """Return how many threads may work: as many as cores, or as OpenBLAS is told to take."""
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        if (given := os.environ.get(variable, "")).isdecimal():
            return int(given)
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def share(items: Iterable[T], work: Callable[[Iterator[T]], None], threads: int) -> None:
    """Call `work` on an iterator in each of so many threads, this one among them.

    Each item comes out of one of the iterators. What one thread raises ends the others after
    their items, and is raised here.

    >>> sums = []
    >>> share(range(100), lambda mine: sums.append(sum(mine)), threads=3)
    >>> len(sums), sum(sums)
    (3, 4950)
    """
    rest, lock, errors = iter(items), Lock(), list[BaseException]()

    def mine() -> Iterator[T]:
        while not errors:
            with lock:
                try:
                    item = next(rest)
                except StopIteration:
                    return
            yield item

    def run() -> None:
        try:
            work(mine())
        except BaseException as error:  # an interrupt, too
            errors.append(error)

    # Each in a copy of this context, which has NumPy's errstate and whether layers train.
    others = [Thread(target=copy_context().run, args=[run]) for _ in range(threads - 1)]
    for thread in others:
        thread.start()
    run()
    for thread in others:
        thread.join()
    if errors:
        raise errors[0]
