"""Changes that happen at once: a Ctrl-C comes before all of them or after."""

from __future__ import annotations

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
