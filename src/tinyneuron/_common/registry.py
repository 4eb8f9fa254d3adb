"""What a name stands for: "relu", "adam", a class of the user's, a configuration from a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any, TypeVar

from tinyneuron._common.arguments import shown
from tinyneuron._common.missing import why_unknown
from tinyneuron._common.names import to_snake_case

T = TypeVar("T")

_registered: dict[str, Any] = {}  # users' classes, by the name that files have for them
_names_of: dict[Any, str] = {}  # and these names, by class
_in_scope: ContextVar[Mapping[str, Any]] = ContextVar("in_scope", default=_registered)

# By kind, what finds the classes that stand higher in the house than the kind's registry. The
# package itself, which is above all, says so before there is any registry.
higher: dict[str, Callable[[], dict[str, Any]]] = {}


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
    >>> type(Registry("thing").find("mine>Cube")).__name__
    'Cube'
    """

    def register(cls: type) -> type:
        if not hasattr(cls, "__name__"):
            raise TypeError(f"A class or a function can be registered, got {shown(cls)}.")
        full = f"{package}>{name or cls.__name__}"
        _registered[full] = cls
        _names_of.setdefault(cls, full)
        return cls

    return register


def deserializing(get: Callable[[Any], T]) -> Callable[..., T]:
    """Make Keras' ``deserialize`` of a module's ``get``: classes of yours may be given by name."""

    def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> T:
        """Return what a name or a configuration stands for."""
        with custom_object_scope(custom_objects):
            return get(config)

    return deserialize


def registered_name(cls: Any) -> str:
    """Return the name that files have for a user's class or function."""
    own = getattr(cls, "__name__", type(cls).__name__)
    return _names_of.get(cls, own) if callable(cls) else own


def callable_or_none(found: Any) -> bool:
    """Say whether something may be given where a function, or nothing, is wanted."""
    return found is None or callable(found)


def is_registered(cls: Any) -> bool:
    """Say whether files can name a user's class or function."""
    return cls in _names_of


class Registry:
    """The names of one kind of thing, and the class or ready object that each stands for.

    A class goes by its own name and by that in snake case. Classes that the user has registered,
    or that are in a `custom_object_scope`, are found too, and first.

    Examples
    --------
    >>> class Square:
    ...     def __init__(self, side=1):
    ...         self.side = side
    >>> shapes = Registry("shape", Square, quad=Square)
    >>> shapes.find("quad").side, shapes.find({"class_name": "Square", "config": {"side": 3}}).side
    (1, 3)
    >>> shapes.find("sqare")
    Traceback (most recent call last):
        ...
    ValueError: Unknown shape 'sqare'. Did you mean 'square'?
    """

    def __init__(
        self,
        kind: str,
        *classes: type,
        accepts: Callable[[Any], bool] = lambda found: True,
        expected: str = "a name or an object",
        **aliases: Any,
    ):
        self.kind, self._accepts, self._expected = kind, accepts, expected
        self._own = {cls.__name__: cls for cls in classes}
        self._own |= {to_snake_case(name): cls for name, cls in self._own.items()} | aliases

    @cached_property
    def table(self) -> dict[str, Any]:
        """What each name stands for; complete, whatever has been imported before."""
        return self._own | higher.get(self.kind, dict)()

    def find(self, identifier: Any) -> Any:
        """Return what a name, a class or a configuration stands for: an object, never a class.

        Anything else is taken for such an object, and comes back as it is.

        Raises
        ------
        ValueError
            If the name is unknown; the message has the nearest one.
        TypeError
            If what it stands for is not accepted as such a thing.
        """
        found = self._found(identifier)
        if not self._accepts(found):
            a = "an" if self.kind[0] in "aeiou" else "a"
            raise TypeError(
                f"{a.capitalize()} {self.kind} is {self._expected}, got {shown(identifier)}."
            )
        return found

    def _found(self, identifier: Any) -> Any:
        options: Mapping[str, Any] = {}
        found = identifier
        if isinstance(identifier, Mapping):
            name, options = self.described(identifier)
            found = self.named(name, identifier.get("registered_name") is not None)
        elif isinstance(identifier, str):
            found = self.named(identifier)
        if isinstance(found, type):
            return _made(found, options)
        # a ready object such as `activations.relu`, but with options of its own
        return _made(type(found), options) if options else found

    def named(self, name: str, of_a_user: bool = False) -> Any:
        """Return the class or ready object of that name."""
        known = {**self.table, **_in_scope.get()}
        if name in known:
            return known[name]
        hint = f"If it is your own, give it in custom_objects={{{name!r}: ...}}. " * of_a_user
        why = why_unknown(self.kind, name, known)
        raise ValueError(f"Unknown {self.kind} {name!r}. {hint}{why}")

    def described(self, configuration: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """Return the name and the arguments that a configuration holds."""
        name, options = configuration.get("class_name"), configuration.get("config") or {}
        registered = configuration.get("registered_name")
        if isinstance(registered, str) and registered in _in_scope.get():
            name = registered
        if isinstance(options, str):  # Keras writes a function as {"config": its name}
            name, options = options, {}
        if not isinstance(name, str) or not isinstance(options, Mapping):
            raise ValueError(
                f"A configuration ({self.kind}) has a 'class_name', and a 'config' of its "
                f"arguments, got {shown(configuration)}."
            )
        return name, options


def _made(cls: type, options: Mapping[str, Any]) -> Any:
    from_config = getattr(cls, "from_config", None)
    return from_config(dict(options)) if from_config else cls(**options)
