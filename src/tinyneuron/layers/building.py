"""Building: a layer makes its weights once, whoever calls it first, or stays as it was."""

from __future__ import annotations

import contextlib
import functools
import os
from _thread import RLock  # as threading.RLock, without an import that NumPy does not need
from collections.abc import Callable, Iterator
from typing import Any

from tinyneuron._common import settings
from tinyneuron._common.arrays import as_shape
from tinyneuron._common.names import names_taken_back

_building = RLock()  # one thread builds at a time


def _after_fork() -> None:
    """Give a child process a lock of its own: another thread may have held the parent's."""
    global _building
    _building = RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def built_once(build: Callable[..., None]) -> Callable[..., None]:
    """Make a class' `build` run once for each layer, from any thread, and wholly or not at all."""

    @functools.wraps(build)
    def build_once(self: Any, input_shape: Any) -> None:
        with _building:
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
            with unchanged_if_it_fails(self):
                self._being_built = True
                build(self, shape)
                self._input_shape = (None, *shape[1:])
                self._being_built = False
                self.built = True

    return build_once


@contextlib.contextmanager
def unchanged_if_it_fails(layer: Any) -> Iterator[None]:
    """Put a layer, and the layers in it, back as they were if what is done meanwhile fails.

    So it does with the automatic names and the random numbers that were drawn. Layers that are
    built already are not touched, for other threads may be calling them.
    """
    parts = [part for part in layer._family() if not part.built]
    before = [(holder, holder.copy()) for part in parts for holder in _holders(vars(part))]
    random = settings.random_state()
    with names_taken_back():
        try:
            yield
        except BaseException:
            for holder, items in before:
                _put_back(holder, items)
            settings.set_random_state(random)
            raise


def _holders(value: Any) -> Iterator[Any]:
    """Yield the dicts, lists and sets in `value`, itself included."""
    if isinstance(value, dict | list | set):
        yield value
    if isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _holders(item)


def _put_back(holder: Any, items: Any) -> None:
    """Give a dict, list or set its former items; it is never empty in between."""
    if isinstance(holder, list):
        holder[:] = items
    elif isinstance(holder, set):
        holder |= items
        holder &= items
    else:
        holder |= items
        for name in holder.keys() - items.keys():
            del holder[name]
