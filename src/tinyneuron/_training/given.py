"""What `fit` and its like are given: errors that name the argument, and no warnings of NumPy's."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

import numpy as np

from tinyneuron._common.arguments import integer
from tinyneuron._common.unknown import says_what_is_taken

P = ParamSpec("P")
T = TypeVar("T")


def silently(method: Callable[P, T]) -> Callable[P, T]:
    """Let a diverging loss be inf or NaN, without a warning of NumPy's at each call.

    One `np.errstate` for all calls, as a decorator, would not do: before NumPy 2 it remembers
    only the last call's, so that an `evaluate` within `fit` left all warnings off.
    """

    @functools.wraps(method)
    def silent(*args: P.args, **kwargs: P.kwargs) -> T:
        with np.errstate(all="ignore"):
            return told(*args, **kwargs)

    told = says_what_is_taken(method)
    return silent


def is_due_after(validation_freq: Any) -> Callable[[int], bool]:
    """Return what says whether there is a validation after an epoch, counted from 1."""
    if isinstance(validation_freq, list | tuple | set | range):
        chosen = {integer("an epoch in validation_freq", epoch) for epoch in validation_freq}
        return chosen.__contains__
    every = integer("validation_freq", validation_freq)
    return lambda epoch: epoch % every == 0


def listed(identifiers: Any) -> list[Any]:
    """Return a list of what is given in a list, alone, or not at all."""
    if identifiers is None:
        return []
    return list(identifiers) if isinstance(identifiers, list | tuple) else [identifiers]


@contextmanager
def naming(argument: str) -> Iterator[None]:
    """Put the argument's name before an error that speaks of x and y."""
    try:
        yield
    except TypeError as error:
        raise TypeError(f"{argument}: {error}") from None
    except ValueError as error:
        raise ValueError(f"{argument}: {error}") from None


def parts_of(validation_data: Any) -> tuple[Any, Any, Any]:
    """Return x, y and weights, the latter two ``None`` where an iterable yields whole batches."""
    if not isinstance(validation_data, tuple | list):
        return validation_data, None, None
    if len(validation_data) not in (2, 3):
        raise ValueError(
            "validation_data must be (x, y) or (x, y, sample_weight), or an iterable of batches, "
            f"got a {type(validation_data).__name__} of {len(validation_data)}."
        )
    x, y, weights = (*validation_data, None)[:3]
    return x, y, weights
