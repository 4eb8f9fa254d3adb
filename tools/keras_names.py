"""What Keras has: the names in its modules, the methods of its classes, and what became of them.

python tools/keras_names.py --keras    reads the installed Keras into _common/keras_names.py, and
                                       its signatures into tests/data/keras_signatures.json
python tools/keras_names.py            writes the table in docs/keras.md anew; needs no Keras
"""

import importlib
import inspect
import json
import re
import sys
import textwrap
import types
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT / "src" / "tinyneuron" / "_common" / "keras_names.py"
PAGE = ROOT / "docs" / "keras.md"
SIGNATURES = ROOT / "tests" / "data" / "keras_signatures.json"

MODULES = [
    "keras", "keras.activations", "keras.backend", "keras.callbacks", "keras.config",
    "keras.constraints", "keras.datasets", "keras.initializers", "keras.layers", "keras.losses",
    "keras.metrics", "keras.models", "keras.optimizers", "keras.optimizers.schedules",
    "keras.regularizers", "keras.saving", "keras.utils", "keras.wrappers",
]  # fmt: skip

CLASSES = [
    "keras.Initializer", "keras.Layer", "keras.Loss", "keras.Metric", "keras.Model",
    "keras.Optimizer", "keras.Regularizer", "keras.Sequential", "keras.callbacks.Callback",
    "keras.constraints.Constraint", "keras.optimizers.schedules.LearningRateSchedule",
]  # fmt: skip

HEAD = '''\
"""The public names of Keras {version}: of its modules, and of the classes that users derive from.

Written by tools/keras_names.py from an installed Keras.
"""

# ruff: noqa: SIM905 - a list of so many names is read more easily as a text
'''


def public(thing):
    return [name for name in dir(thing) if not name.startswith("_")]


def is_public_of_keras(value):
    """Say whether a name in Keras' modules is not only one of the modules of its own files."""
    return not isinstance(value, types.ModuleType) or "src" not in value.__name__.split(".")


def read_keras():
    """Write the names in the installed Keras as a module of data."""
    keras = importlib.import_module("keras")
    text = HEAD.format(version=keras.__version__)
    text += "\nMODULES = {\n"
    for name in MODULES:
        module = importlib.import_module(name)
        names = [n for n in public(module) if is_public_of_keras(getattr(module, n))]
        text += entry(name, [n for n in names if n not in ("src", "tree", "version")])
    text += "}\n\nCLASSES = {\n"
    for path in CLASSES:
        module, _, name = path.rpartition(".")
        text += entry(name, public(getattr(importlib.import_module(module), name)))
    DATA.write_text(text + "}\n", encoding="utf-8")


def write_signatures():
    """Write the signatures of what the installed Keras has and tinyneuron has too."""
    lines = [
        f"{json.dumps(name)}: {json.dumps(theirs)}"
        for name, theirs in signatures("keras").items()
        if name in (ours := signatures("tinyneuron")) and theirs and ours[name] is not None
    ]
    SIGNATURES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def signatures(library):
    """Return the arguments of functions, of constructors, and of the methods of base classes.

    Each by its name without the library's: a dict of argument to default, shown, None if it has
    none. What a ``**kwargs`` hands on to base classes is among them.
    """
    found = {}
    for module in ["keras.datasets.imdb", *MODULES]:
        home = importlib.import_module(module.replace("keras", library, 1))
        for name in public(home):
            thing = getattr(home, name)
            if inspect.isclass(thing):
                found[f"{module}.{name}"] = arguments(thing, "__init__")
            elif inspect.isfunction(inspect.unwrap(thing)):
                found[f"{module}.{name}"] = arguments_of_one(thing)
    for path in CLASSES:
        module, _, name = path.rpartition(".")
        cls = getattr(importlib.import_module(module.replace("keras", library, 1)), name)
        for method in public(cls):
            if inspect.isfunction(inspect.unwrap(inspect.getattr_static(cls, method))):
                found[f"{path}.{method}"] = arguments(cls, method)
    return found


def arguments(cls, method):
    found = {}
    for owner in cls.__mro__[:-1]:
        if method in vars(owner):
            own = arguments_of_one(vars(owner)[method])
            found |= {name: own[name] for name in own if name not in found}
            if found.pop("**", "none") == "none":
                break
    found.pop("self", None)
    return found


def arguments_of_one(function):
    """Return the arguments of a function; ``"**"`` among them if it takes others too."""
    return {
        "**" if one.kind is one.VAR_KEYWORD else name: (
            None if one.default is one.empty else repr(one.default)
        )
        for name, one in inspect.signature(inspect.unwrap(function)).parameters.items()
        if one.kind is not one.VAR_POSITIONAL
    }


BEGIN, END = "<!-- {}: begin -->", "<!-- {}: end -->"


def table():
    """Return the table of what there is and what is refused: each name of Keras' is in one."""
    lines = ["| module | there | refused |", "| --- | --- | --- |"]
    names_in = importlib.import_module("tinyneuron._common.keras_names").MODULES
    for module, names in names_in.items():
        ours = importlib.import_module(module.replace("keras", "tinyneuron", 1))
        there = [name for name in names if hasattr(ours, name)]
        refused = [name for name in names if name not in there]
        cells = (", ".join(f"`{name}`" for name in some) for some in (there, refused))
        lines.append(f"| `{module}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def page():
    """Return docs/keras.md with the table as it should be."""
    text = PAGE.read_text(encoding="utf-8")
    for name, made in {"names": table(), "arguments": arguments_table()}.items():
        begin, end = BEGIN.format(name), END.format(name)
        text = re.sub(
            f"{begin}.*{end}", lambda _, new=f"{begin}\n\n{made}\n\n{end}": new, text, flags=re.S
        )
    return text


def arguments_table():
    """Return the table of the arguments that are taken as Keras' defaults alone."""
    lines = ["| of | only as | instead |", "| --- | --- | --- |"]
    alone = importlib.import_module("tinyneuron._common.unknown").KERAS_ALONE
    for names, (defaults, instead) in alone.items():
        options = ", ".join(f"`{argument}={value!r}`" for argument, value in defaults.items())
        lines.append(
            f"| {', '.join(f'`{name}`' for name in names.split())} | {options} | {instead} |"
        )
    return "\n".join(lines)


def entry(name, names):
    lines = textwrap.wrap(" ".join(names), 92)
    indented = "\n".join(" " * 8 + line for line in lines)
    return f'    "{name}": """\n{indented}\n    """.split(),\n'


if __name__ == "__main__":
    if "--keras" in sys.argv:
        read_keras()
        write_signatures()
    else:
        PAGE.write_text(page(), encoding="utf-8")
