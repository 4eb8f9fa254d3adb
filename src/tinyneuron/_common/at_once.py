"""Changes that happen at once: a Ctrl-C, another thread or a fork comes before them or after."""

from __future__ import annotations

import os
from _thread import RLock  # threading's, without an import that NumPy does not need
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any


def at_once(function: Callable[..., Any], *arguments: Iterable[Any]) -> None:
    """Call `function`, which is not written in Python, on each of the arguments in turn.

    Python looks for a Ctrl-C between two of its own instructions; here it executes one.

    >>> numbers = [1, 2, 3]
    >>> at_once(numbers.append, [4, 5])
    >>> numbers
    [1, 2, 3, 4, 5]
    """
    deque(map(function, *arguments), maxlen=0)


def new_lock() -> RLock:
    """Return a lock for which signal handlers need not wait, and forks do.

    A child process does not have the thread that would have released it.
    """
    lock = RLock()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release
        )
    return lock
