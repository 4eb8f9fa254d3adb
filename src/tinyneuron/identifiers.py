"""Names that users write ("relu", "adam", "mse"), and the objects they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

from tinyneuron.arguments import shown, text


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
        return cls(**arguments_of(cls, config))

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


def own_name(thing: Any, name: Any) -> str:
    """Return the name that a user gave, or the one that Keras derives from the class."""
    given = None if name is None else text("name", name)
    return given or to_snake_case(type(thing).__name__)


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
    >>> nearest("sigmid", [])
    "Your own go with custom_objects={'name': ...}."
    """
    import difflib  # only an error needs it

    by_lower = {known.lower(): known for known in sorted(names)}
    if not by_lower:
        return "Your own go with custom_objects={'name': ...}."
    close = difflib.get_close_matches(name.lower(), by_lower, n=1)
    if close:
        return f"Did you mean {by_lower[close[0]]!r}?"
    return f"Known names: {', '.join(by_lower.values())}."


def not_offered(module: str, name: str, offered: Iterable[str]) -> AttributeError:
    """Say that `module` has no `name`, as Keras may have, and what it has instead."""
    if name.startswith("__"):  # Python looks for some of these at each import
        return AttributeError(f"{module} has no {name!r}.")
    return AttributeError(
        f"{module} has no {name!r}: it offers Sequential models of Dense-type layers on NumPy "
        f"arrays, not all of Keras. {nearest(name, offered)}"
    )


_registered: dict[str, Any] = {}  # users' classes, by the name that files have for them
_in_scope: ContextVar[Mapping[str, Any]] = ContextVar("in_scope", default=_registered)


@contextmanager
def custom_object_scope(custom_objects: Mapping[str, Any] | None) -> Iterator[None]:
    """Let configurations name these classes and functions of yours meanwhile."""
    if not isinstance(custom_objects, Mapping | None):
        raise TypeError(
            f"custom_objects must be a dict of your classes by name, got {shown(custom_objects)}."
        )
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
        if not hasattr(cls, "__name__"):
            raise TypeError(f"A class or a function can be registered, got {shown(cls)}.")
        _registered[f"{package}>{name or cls.__name__}"] = cls
        return cls

    return register


def registered_name(cls: Any) -> str:
    """Return the name that files have for a user's class or function."""
    names = [name for name, known in _registered.items() if known is cls]
    return names[0] if names else getattr(cls, "__name__", type(cls).__name__)


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
        described, options = identifier, identifier.get("config") or {}
        # a user's class goes by its registered name
        name = described.get("registered_name")
        known = isinstance(name, str) and name in _in_scope.get()
        identifier = name if known else described.get("class_name")
        if isinstance(options, str):  # Keras writes a function as {"config": its name}
            identifier, options = options, {}
        if not isinstance(identifier, str) or not isinstance(options, Mapping):
            raise ValueError(
                f"A configuration ({kind}) has a 'class_name', and a 'config' of its arguments, "
                f"got {shown(described)}."
            )
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
    if isinstance(thing, type) or not hasattr(thing, "get_config"):
        raise TypeError(
            f"{shown(thing)} cannot be described in a configuration: it is not an object with "
            "get_config, such as one of a class of your own can be."
        )
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
