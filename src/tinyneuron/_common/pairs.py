"""Pairs of methods, a formula and its derivative: what trains is what predicts.

A subclass that replaces one and inherits the other would train another function than it computes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def check_pair(
    thing: Any, formulas: Sequence[str], derivatives: Sequence[str], generic: type
) -> None:
    """Raise an error unless the newest of the formulas stands beside all of its derivatives.

    Newest is what `thing` has as an attribute of its own, then what its class defines, then the
    classes that this inherits from.

    Parameters
    ----------
    thing : object
        What is to be trained.
    formulas, derivatives : sequence of str
        Names of methods. The first derivative is the one that a class must define.
    generic : type
        The base class, whose methods (and those of its bases) suit any formula and do not count.

    Raises
    ------
    TypeError
        If a formula is newer than one of its derivatives, or the reverse.
    NotImplementedError
        If there is a formula and no derivative.

    Examples
    --------
    >>> class Base:
    ...     pass
    >>> class Square(Base):
    ...     def apply(self, z):
    ...         return z * z
    ...     def slope(self, z):
    ...         return 2 * z
    >>> class Cube(Square):
    ...     def apply(self, z):
    ...         return z**3
    >>> check_pair(Square(), ["apply"], ["slope"], Base)
    >>> check_pair(Cube(), ["apply"], ["slope"], Base)
    Traceback (most recent call last):
        ...
    TypeError: Cube defines apply and inherits slope, so it would train another function than it
    computes. Define them together; where the inherited one is right, write slope = Square.slope.
    """
    holders = [thing, *(cls for cls in type(thing).__mro__ if not issubclass(generic, cls))]
    ages = {name: age for name in (*formulas, *derivatives) if (age := _age(name, holders)) >= 0}
    known = [name for name in formulas if name in ages]
    slopes = [name for name in derivatives if name in ages]
    cls = type(thing).__name__
    if known and not slopes:
        raise NotImplementedError(
            f"{_shown(thing)} cannot be trained: {cls} must define {derivatives[0]}, as it has "
            f"{known[0]} alone."
        )
    if not known:
        return
    pair = [min(known, key=ages.__getitem__), *slopes]
    newest = min(ages[name] for name in pair)
    own = [name for name in pair if ages[name] == newest]
    inherited = [name for name in pair if ages[name] > newest]
    if inherited:
        where = holders[newest].__name__ if newest else f"An instance of {cls}"
        stay = "; ".join(f"{name} = {holders[ages[name]].__name__}.{name}" for name in inherited)
        raise TypeError(
            f"{where} defines {' and '.join(own)} and inherits {' and '.join(inherited)}, so it "
            "would train another function than it computes. Define them together; where the "
            f"inherited one is right, write {stay}."
        )


def _shown(thing: Any) -> str:
    """Return the class of a thing, and its name if it has one."""
    name = getattr(thing, "name", None)
    return type(thing).__name__ if name is None else f"{type(thing).__name__} {name!r}"


def _age(name: str, holders: Sequence[Any]) -> int:
    """Return how far back the first holder of a method is, 0 for the thing itself; -1 if none."""
    first = int(name.startswith("__"))  # Python looks for special methods on classes alone
    for age in range(first, len(holders)):
        if name in getattr(holders[age], "__dict__", ()):
            return age
    return -1
