"""What Keras has: the names in its modules, the methods of its classes, and what became of them.

python tools/keras_names.py --keras    reads the installed Keras into _common/keras_names.py
python tools/keras_names.py            writes the table in docs/keras.md anew; needs no Keras
"""

import importlib
import re
import sys
import textwrap
import types
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT / "src" / "tinyneuron" / "_common" / "keras_names.py"
PAGE = ROOT / "docs" / "keras.md"

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


BEGIN, END = "<!-- names: begin -->", "<!-- names: end -->"


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
    return re.sub(
        f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n\n{table()}\n\n{END}", text, flags=re.DOTALL
    )


def entry(name, names):
    lines = textwrap.wrap(" ".join(names), 92)
    indented = "\n".join(" " * 8 + line for line in lines)
    return f'    "{name}": """\n{indented}\n    """.split(),\n'


if __name__ == "__main__":
    if "--keras" in sys.argv:
        read_keras()
    else:
        PAGE.write_text(page(), encoding="utf-8")
