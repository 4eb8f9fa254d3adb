"""Names: those that the library gives, those that users write, and the nearest to a wrong one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from tinyneuron._common.arguments import text
from tinyneuron._common.at_once import new_lock

_WORD_STARTS = re.compile("(?<=.)(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])")


def to_snake_case(name: str) -> str:
    """Turn a class name into the name that Keras derives from it.

    >>> to_snake_case("Dense"), to_snake_case("LeakyReLU")
    ('dense', 'leaky_re_lu')
    """
    return _WORD_STARTS.sub("_", re.sub(r"\W+", "", name)).lower()


def name_or_default(thing: Any, name: Any) -> str:
    """Return the name that a user gave, or the one that Keras derives from the class."""
    given = None if name is None else text("name", name)
    return given or to_snake_case(type(thing).__name__)


# Automatic names ----------------------------------------------------------------------------------

_used: Counter[str] = Counter()  # how many automatic names each class has had
_using = new_lock()
# Those given in this thread since `names_taken_back` began to watch.
_given: ContextVar[list[tuple[str, int]] | None] = ContextVar("given", default=None)


def unique_name(class_name: str) -> str:
    """Name the next layer or metric of a class: dense, dense_1, dense_2 and so on."""
    name = to_snake_case(class_name)
    with _using:
        number = _used[name]
        _used[name] = number + 1
    if (given := _given.get()) is not None:
        given.append((name, number))
    return f"{name}_{number}" if number else name


def clear_session(free_memory: bool = True) -> None:
    """Start the automatic names over: the next Dense is called ``dense`` again.

    Python frees the memory of what nobody holds, whatever `free_memory` is.
    """
    with _using:
        _used.clear()


@contextmanager
def names_taken_back() -> Iterator[None]:
    """Give the automatic names again that are given meanwhile, if it all fails."""
    outer, given = _given.get(), list[tuple[str, int]]()
    token = _given.set(given)
    try:
        yield
    except BaseException:
        with _using:
            for name, number in reversed(given):
                if _used[name] == number + 1:  # no other thread has had the next one
                    _used[name] = number
        raise
    finally:
        _given.reset(token)
        if outer is not None:
            outer += given


# Names that are not there -------------------------------------------------------------------------


def nearest(name: str, names: Iterable[str]) -> str:
    """Say which of `names` was probably meant, or list them all.

    >>> nearest("sigmid", ["relu", "sigmoid"])
    "Did you mean 'sigmoid'?"
    >>> nearest("Cube", [])
    "Give classes of your own as custom_objects={'name': ...}."
    """
    import difflib  # only an error needs it

    # of Dense and dense, the one that starts as the user's name does
    by_case = sorted(names, key=lambda known: (known[:1].isupper() == name[:1].isupper(), known))
    by_lower = {known.lower(): known for known in by_case}
    if not by_lower:
        return "Give classes of your own as custom_objects={'name': ...}."
    given = name.lower()
    close = difflib.get_close_matches(given, by_lower, n=3)
    close = close or [known for known in by_lower if given and known.startswith(given)]
    if close:  # letters in a wrong order before letters that are missing
        best = min(close, key=lambda known: sorted(known) != sorted(given))
        return f"Did you mean {by_lower[best]!r}?"
    return f"Known names: {', '.join(sorted(by_lower.values()))}."
