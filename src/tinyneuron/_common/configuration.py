"""Configurations: an object as a dict of the arguments that make it again.

One rule for all classes of the library: an argument of the constructor is read back from the
attribute of the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tinyneuron._common import missing
from tinyneuron._common.arguments import shown
from tinyneuron._common.registry import custom_object_scope, is_registered, registered_name
from tinyneuron._common.unknown import SaysWhatIsTaken, parameters


class Configurable(SaysWhatIsTaken):
    """Base of all that can be described in a file: activations, losses, optimizers and the like.

    A subclass whose constructor keeps each argument under its own name needs no more:

    >>> class Scale(Configurable):
    ...     def __init__(self, factor=1.0):
    ...         self.factor = factor
    >>> Scale(2.0).get_config()
    {'factor': 2.0}
    >>> Scale.from_config({"factor": 2.0})
    Scale(factor=2.0)
    """

    if not TYPE_CHECKING:  # type checkers would take it that all attributes are there

        def __getattr__(self, name: str) -> Any:  # only asked for what is not there
            hint = "" if name.startswith("_") else missing.why_no_attribute(type(self), name)
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}.{hint}",
                name=name,
                obj=self,
            )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this object again."""
        return {name: described(self._argument(name)) for name, _ in parameters(type(self))}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Self:
        """Make an object from what `get_config` returned."""
        with custom_object_scope(custom_objects):
            return cls(**arguments_of(cls, config))

    def _argument(self, name: str) -> Any:
        """Return an argument that the object was made with."""
        try:
            return getattr(self, name)
        except AttributeError:
            cls = type(self).__name__
            raise TypeError(
                f"{cls} takes an argument {name!r} and has no attribute of that name, so it cannot "
                f"be described: keep it, self.{name} = {name}, or define get_config."
            ) from None

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items())
        return f"{type(self).__name__}({options})"


def arguments_of(cls: type, config: Any) -> dict[str, Any]:
    """Return a copy of a configuration: the arguments of `cls`, by name."""
    if not isinstance(config, Mapping) or not all(isinstance(name, str) for name in config):
        raise TypeError(
            f"The configuration of a {cls.__name__} is a dict of its arguments, got "
            f"{shown(config)}."
        )
    return dict(config)


def described(value: Any) -> Any:
    """Return an argument's value as a configuration has it: objects described, arrays as lists."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if hasattr(value, "get_config") and not isinstance(value, type):
        return serialize(value)
    if isinstance(value, list | tuple):
        return type(value)(map(described, value))
    if callable(value) and not isinstance(value, type):  # a function goes by its registered name
        return registered_name(value) if is_registered(value) else serialize(value)
    return value


def described_function(function: Any) -> dict[str, Any]:
    """Return a function of a user's as a configuration has it: by the name it is found under."""
    name = registered_name(function)
    return {
        "module": "builtins", "class_name": "function", "config": name, "registered_name": name
    }  # fmt: skip


# In a file, what stands in several places and is one thing has a number, as in Keras: of each such
# object while it is written, by its id; and the objects that were made so far while it is read.
numbers_of_shared: ContextVar[Mapping[int, int] | None] = ContextVar("numbers", default=None)
made_by_number: ContextVar[dict[int, Any] | None] = ContextVar("made", default=None)


def serialize(thing: Any) -> dict[str, Any]:
    """Describe an object as Keras 3 does: where it lives, its class, its configuration."""
    if isinstance(thing, type) or not hasattr(thing, "get_config"):
        raise TypeError(
            f"{shown(thing)} cannot be described in a configuration: it is not an object with "
            "get_config, such as one of a class of your own can be."
        )
    module, own = type(thing).__module__, is_own(type(thing))
    number = (numbers_of_shared.get() or {}).get(id(thing))
    return ({} if number is None else {"shared_object_id": number}) | {
        "module": _keras_module(module) if own else module,
        "class_name": type(thing).__name__,
        "config": thing.get_config(),
        "registered_name": None if own else registered_name(type(thing)),
    }


def is_own(cls: type) -> bool:
    """Say whether a class is one of the library's own."""
    return cls.__module__.partition(".")[0] == "tinyneuron"


def _keras_module(module: str) -> str:
    """Return where Keras has a class: in which file of a folder, is nobody's business."""
    if module.endswith(".schedules"):
        return "keras.optimizers.schedules"
    if module.endswith(".models.functional"):
        return "keras.src.models.functional"  # which has no public name
    folder = module.split(".")[1]
    return "keras" if folder == "models" else f"keras.{folder}"
