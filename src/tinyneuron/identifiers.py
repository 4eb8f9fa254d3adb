"""Names that users write ("relu", "adam", "mse"), and the objects they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self


class Configurable:
    """What initializers, regularizers, constraints, losses and the like share: a configuration.

    It is the object's own public attributes, which are the arguments of its class.
    """

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this object again."""
        return {name: value for name, value in vars(self).items() if name[0] != "_"}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make an object from what `get_config` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items())
        return f"{type(self).__name__}({options})"


def to_snake_case(name: str) -> str:
    """Turn a class name into the name that Keras derives from it.

    >>> to_snake_case("Dense"), to_snake_case("LeakyReLU")
    ('dense', 'leaky_re_lu')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def nearest(name: str, names: Iterable[str]) -> str:
    """Say which of `names` was probably meant, or list them all.

    >>> nearest("sigmid", ["relu", "sigmoid"])
    "Did you mean 'sigmoid'?"
    """
    import difflib  # only an error needs it

    by_lower = {known.lower(): known for known in sorted(names)}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1)
    if close:
        return f"Did you mean {by_lower[close[0]]!r}?"
    return f"Known names: {', '.join(by_lower.values())}."


def not_offered(module: str, name: str, offered: Iterable[str]) -> AttributeError:
    """Say that `module` has no `name`, as Keras may have, and what it has instead."""
    return AttributeError(
        f"{module} has no {name!r}: it offers Sequential models of Dense-type layers on NumPy "
        f"arrays, not all of Keras. {nearest(name, offered)}"
    )


_registered: dict[str, Any] = {}  # users' classes, by the name that files have for them
_in_scope: ContextVar[Mapping[str, Any]] = ContextVar("in_scope", default=_registered)


@contextmanager
def custom_object_scope(custom_objects: Mapping[str, Any] | None) -> Iterator[None]:
    """Let configurations name these classes and functions of yours meanwhile."""
    token = _in_scope.set({**_registered, **_in_scope.get(), **(custom_objects or {})})
    try:
        yield
    finally:
        _in_scope.reset(token)


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[type], type]:
    """Decorate a class of your own so that files and configurations can name it.

    >>> @register_keras_serializable(package="mine")
    ... class Cube:
    ...     pass
    >>> type(resolve("mine>Cube", {}, "thing")).__name__
    'Cube'
    """

    def register(cls: type) -> type:
        _registered[f"{package}>{name or cls.__name__}"] = cls
        return cls

    return register


def registered_name(cls: type) -> str:
    """Return the name that files have for a user's class."""
    names = [name for name, known in _registered.items() if known is cls]
    return names[0] if names else cls.__name__


def resolve(identifier: Any, table: Mapping[str, Any], kind: str) -> Any:
    """Find what `identifier` names in `table`: a name, a class or a serialized configuration.

    Anything that already is an object comes back as it is; a class comes back as an instance.

    Raises
    ------
    ValueError
        If the name is unknown; the message has the nearest one.
    """
    options: Mapping[str, Any] = {}
    if isinstance(identifier, Mapping):
        options = identifier.get("config") or {}
        # a user's class goes by its registered name
        name = identifier.get("registered_name")
        known = name in _in_scope.get()
        identifier = name if known else identifier.get("class_name", identifier)
        if isinstance(options, str):  # Keras writes a function as {"config": its name}
            identifier, options = options, {}
    if isinstance(identifier, str):
        table = {**table, **_in_scope.get()}
        if identifier not in table:
            raise ValueError(f"Unknown {kind} {identifier!r}. {nearest(identifier, table)}")
        identifier = table[identifier]
    if options and not isinstance(identifier, type):  # a ready instance, but with other options
        identifier = type(identifier)
    if isinstance(identifier, type):
        from_config = getattr(identifier, "from_config", None)
        return from_config(dict(options)) if from_config else identifier(**options)
    return identifier


def table_of(*classes: type, **aliases: Any) -> dict[str, Any]:
    """Map every class' name and snake-case name to it, and then the `aliases`."""
    table: dict[str, Any] = {}
    for cls in classes:
        table[cls.__name__] = table[to_snake_case(cls.__name__)] = cls
    return table | aliases


def serialize(thing: Any) -> dict[str, Any]:
    """Describe an object as Keras 3 does: where it lives, its class, its configuration."""
    package, _, rest = type(thing).__module__.partition(".")
    own = package == "tinyneuron"
    module = type(thing).__module__
    if own:  # layers.dense is keras.layers to the user, and models is keras itself
        module = "keras" if rest == "models" else f"keras.{rest}"
        module = "keras.layers" if rest.startswith("layers.") else module
    return {
        "module": module,
        "class_name": type(thing).__name__,
        "config": thing.get_config(),
        "registered_name": None if own else registered_name(type(thing)),
    }
