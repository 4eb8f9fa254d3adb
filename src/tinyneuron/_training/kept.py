"""The steps of a model, kept from call to call: `train_on_batch` makes none anew each time."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, TypeVar

from tinyneuron._training.step import TestStep
from tinyneuron.activations import Activation
from tinyneuron.layers import Layer
from tinyneuron.layers.weights import Weight
from tinyneuron.losses import Loss

T = TypeVar("T", bound=TestStep)

_LOOKED_INTO = (Layer, Weight, Activation, Loss, dict, list, tuple, set)
_NEXT = object()  # stands between the contents of one thing and those of the next


class KeptSteps:
    """The steps of a model, kept while all that they were made of is the same.

    All means every attribute of every layer, weight, activation and loss, and what stands in their
    lists and dicts, to any depth: each must still be the very same object. So whatever is set,
    added or removed, there is a new step. A copy of a model, and one from a pickle, has none yet.
    """

    def __init__(self) -> None:
        self._kept: dict[type, tuple[Any, list[Collection[Any]], list[Any]]] = {}

    def __reduce__(self) -> Any:
        return KeptSteps, ()

    def get(self, cls: type[T], make: Callable[[], T], parts: list[Any]) -> T:
        """Return the step of that class, made anew unless all in `parts` is as it was.

        `parts` is a new list each time. A model is not among them, or it would hold itself.
        """
        step, places, contents = self._kept.get(cls, (None, [], []))
        now = itertools.chain(parts, [_NEXT], *places)
        if step is None or not all(map(operator.is_, now, contents)) or not step.is_current():
            step = make()
            places = [*_places(parts, set())]
            self._kept[cls] = step, places, [*itertools.chain(parts, [_NEXT], *places), _NEXT]
        return step


def _places(things: Iterable[Any], seen: set[int]) -> Iterator[Collection[Any]]:
    """Yield the contents of each thing that has any, as they are at any time, to any depth."""
    for thing in things:
        if isinstance(thing, _LOOKED_INTO) and id(thing) not in seen:
            seen.add(id(thing))
            named: Any = thing if isinstance(thing, list | tuple | set | dict) else vars(thing)
            content = named.values() if isinstance(named, dict) else named
            yield content
            yield (_NEXT,)
            yield from _places(content, seen)
