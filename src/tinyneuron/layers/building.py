"""Building: layers make their weights once, whoever calls first, all of them together or none.

Until all that is built together is ready, it is built for the thread that builds it alone; others
see layers that are not built, and wait. Then it is published at once. So where building fails,
nobody has used what is taken back.
"""

from __future__ import annotations

import functools
from _thread import _local, get_ident  # threading's, which NumPy does not import
from collections import deque
from collections.abc import Callable, Iterator
from operator import call, delitem, setitem
from typing import Any, TypeVar

from tinyneuron._common.arrays import as_shape
from tinyneuron._common.at_once import at_once, new_lock
from tinyneuron._common.names import names_taken_back
from tinyneuron._common.settings import random_numbers_taken_back

T = TypeVar("T")

lock = new_lock()  # one thread builds at a time


class _Construction:
    """What is to be published when all of a layer is built, and taken back if that fails."""

    def __init__(self, layer: Any):
        self.parts = {id(part): part for part in layer._family() if not part.built}
        self.built: list[dict[str, Any]] = []  # the attributes of the layers to publish
        #: Calls of functions that are not written in Python; what was done last comes first.
        self.undo: list[Callable[[], Any]] = []
        attributes = (tuple(vars(part).values()) for part in self.parts.values())
        for holder in _holders(tuple(attributes)):
            refill = holder.extend if isinstance(holder, list) else holder.update
            self.undo += [holder.clear, functools.partial(refill, holder.copy())]

    def note(self, attributes: dict[str, Any], name: str) -> None:
        """Remember what an attribute is that is about to change."""
        back: Callable[[], Any] = functools.partial(attributes.pop, name, None)
        if name in attributes:
            back = functools.partial(setitem, attributes, name, attributes[name])
        self.undo.insert(0, back)

    def ending(self, outer: _Construction | None) -> Iterator[Callable[[], Any]]:
        """Yield what makes it count: for everybody, or for the construction that it belongs to."""
        if outer is None:
            for attributes in self.built:
                yield functools.partial(setitem, attributes, "_built", True)
        else:
            yield functools.partial(setitem, outer.undo, slice(0, 0), self.undo[:-1])
            yield functools.partial(outer.built.extend, self.built)
        yield self.undo.clear


class _UnderWay(_local):
    """The constructions of one thread, the innermost last."""

    def __init__(self) -> None:
        self.stack: list[_Construction] = []


_under_way = _UnderWay()


def _construction_of(layer: Any) -> _Construction | None:
    """Return what a layer is being built in, by this thread, if it is."""
    stack = reversed(_under_way.stack)
    return next((one for one in stack if id(layer) in one.parts), None)


def note_change(layer: Any, name: str) -> None:
    """Have an attribute taken back if the layer is being built, and that fails."""
    construction = _construction_of(layer)
    if construction is not None:
        construction.note(vars(layer), name)


def all_or_nothing(layer: Any, work: Callable[[], T]) -> T:
    """Do what builds a layer and the layers in it; if it fails, they are left as they were.

    So are the automatic names and the random numbers that were drawn meanwhile. Not touched are
    layers that were built before, and what other threads have set.
    """
    with lock:
        stack, outer = _under_way.stack, _construction_of(layer)
        this = _Construction(layer)
        leave = functools.partial(delitem, stack, slice(len(stack), None))
        this.undo.append(leave)
        undo = map(call, this.undo)
        try:
            stack.append(this)
            with names_taken_back(), random_numbers_taken_back():
                result = work()
            at_once(call, [*this.ending(outer), leave])
            return result
        except BaseException:
            deque(undo, 0)  # at once, and before Python looks for a Ctrl-C
            raise


def built_once(build: Callable[..., None]) -> Callable[..., None]:
    """Make a class' `build` run once for each layer, from any thread, and wholly or not at all."""

    @functools.wraps(build)
    def build_once(self: Any, input_shape: Any) -> None:
        with lock:
            if self._being_built and type(self).build is build_once:
                raise RuntimeError(
                    f"Layer {self.name!r} is called while it is being built, by its own build or "
                    "by a signal handler that has interrupted it."
                )
            if self._being_built:  # super().build(...)
                return build(self, input_shape)
            shape = as_shape(input_shape)
            if self.built:
                return self._check_built_for(shape)
            return all_or_nothing(self, lambda: build_now(self, shape))

    def build_now(self: Any, shape: Any) -> None:
        self._being_built = True
        build(self, shape)
        self._input_shape = (None, *shape[1:])
        self._being_built = False
        self._built = get_ident()
        _under_way.stack[-1].built.append(vars(self))

    return build_once


def _holders(value: Any) -> Iterator[Any]:
    """Yield the dicts, lists and sets in `value`, itself included."""
    if isinstance(value, dict | list | set):
        yield value
    if isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _holders(item)
