"""Names that are not there: what Keras has and tinyneuron has not, and what older Keras said.

Only asked when something has gone wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from tinyneuron._common.names import nearest, to_snake_case

#: Modules of older Keras, and where their names are today.
OLD_MODULES = {
    "layers.core": "layers", "layers.advanced_activations": "layers", "layers.normalization":
    "layers", "layers.noise": "layers", "layers.convolutional": "layers", "layers.recurrent":
    "layers", "layers.embeddings": "layers", "engine": "layers", "engine.topology": "layers",
    "utils.np_utils": "utils", "utils.data_utils": "utils", "utils.generic_utils": "utils",
    "utils.vis_utils": "plotting", "optimizers.legacy": "optimizers", "optimizer_v2": "optimizers",
    "optimizers.experimental": "optimizers", "legacy": "layers", "python": "layers",
}  # fmt: skip

#: Names of older Keras and of what stands around it, and what is written today.
OLD_NAMES = {
    "np_utils": "utils.to_categorical", "core": "layers.Dense",
    "predict_classes": "predict(x).argmax(axis=-1), or (predict(x) > 0.5) of one output",
    "predict_proba": "predict", "fit_generator": "fit", "evaluate_generator": "evaluate",
    "predict_generator": "predict", "Merge": "layers.Dense for networks in a row",
    "Highway": "layers.Dense", "MaxoutDense": "layers.Dense",
    "TimeDistributedDense": "layers.Dense", "categorical_probas_to_classes": "argmax(axis=-1)",
    "plot_model": "plotting.plot_network", "model_to_dot": "plotting.plot_network",
    "plot": "plotting.plot_network", "Sequence": "a generator of batches (x, y)",
    "PyDataset": "a generator of batches (x, y)", "acc": "metrics.BinaryAccuracy",
    "CustomObjectScope": "utils.custom_object_scope", "set_session": "nothing",
    "variable": "np.array", "placeholder": "Input", "function": "a function of NumPy arrays",
    "get_value": "the array itself", "set_value": "array[...] = value", "eval": "the array itself",
    "GradientTape": "model.train_on_batch, or backward in a layer of your own",
    "keras": "the module itself: import tinyneuron as keras",
    "tf": "NumPy", "convert_to_tensor": "np.asarray", "constant": "np.array",
    "ops": "NumPy", "random": "utils.set_random_seed, and numpy.random",
    "normal": "RandomNormal", "uniform": "RandomUniform",
    "l1l2": "L1L2", "activity_l2": "L2", "WeightRegularizer": "L1L2", "maxnorm": "MaxNorm",
    "nonneg": "NonNeg", "unitnorm": "UnitNorm", "numpy": "NumPy",
}  # fmt: skip


def refuse_other_names(module: str, offered: Iterable[str]) -> Callable[[str], Any]:
    """Make a module's ``__getattr__``, which Python asks for each name that is not there.

    >>> refuse_other_names("tinyneuron.layers", ["Dense"])("Dens")
    Traceback (most recent call last):
        ...
    AttributeError: tinyneuron.layers has no 'Dens': it offers what networks of Dense layers need,
    not all of Keras. Did you mean 'Dense'?
    """

    def refuse(name: str) -> Any:
        if name.startswith("__"):  # Python looks for some of these at each import
            raise AttributeError(f"{module} has no {name!r}.")
        message = f"{module} has no {name!r}: {why(module, name, offered)}"
        if is_import():
            raise ImportError(message, name=module)
        raise AttributeError(message)

    return refuse


def why(module: str, name: str, offered: Iterable[str]) -> str:
    """Say why a module has not a name: Keras has it alone, it is an older one, or a slip.

    >>> why("tinyneuron.layers", "Conv2D", ["Dense"])
    'Keras has it, tinyneuron does not: it is for networks of Dense layers, on NumPy arrays.'
    >>> why("tinyneuron.layers", "Denes", ["Dense"])
    "it offers what networks of Dense layers need, not all of Keras. Did you mean 'Dense'?"
    """
    from tinyneuron._common.keras_names import MODULES

    as_keras = module.replace("tinyneuron", "keras", 1)
    path = f"{as_keras}.{name}".removeprefix("keras.")
    if path in OLD_MODULES:
        return f"that is older Keras, and today its names are in tinyneuron.{OLD_MODULES[path]}."
    today = f" Instead: {OLD_NAMES[name]}." if name in OLD_NAMES else ""
    if name in MODULES.get(as_keras, ()):
        return (
            "Keras has it, tinyneuron does not: it is for networks of Dense layers, on NumPy "
            f"arrays.{today}"
        )
    if today:
        return f"that is not today's Keras.{today}"
    if module.endswith(".backend") and hasattr(np, name):
        return f"arrays are NumPy's, and so are the functions: np.{name}."
    homes = [home for home, names in MODULES.items() if name in names and name in _there(home)]
    if homes:
        return f"it is in {homes[0].replace('keras', 'tinyneuron', 1)}."
    return (
        f"it offers what networks of Dense layers need, not all of Keras. {nearest(name, offered)}"
    )


def _there(module: str) -> list[str]:
    """Return the names in one of Keras' modules that the library has too."""
    ours: Any = sys.modules.get(module.replace("keras", "tinyneuron", 1))
    return getattr(ours, "__all__", [])


def why_unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say why a name stands for nothing of that kind, as in ``metrics.get("f1_score")``.

    >>> why_unknown("metric", "f1_score", ["r2_score"])
    'Keras has it, tinyneuron does not.'
    """
    from tinyneuron._common.keras_names import MODULES

    homes = {"loss": "keras.losses", "layer class": "keras.layers"}
    names = MODULES.get(homes.get(kind, f"keras.{kind}s"), ())
    if any(name in (theirs, to_snake_case(theirs)) for theirs in names):
        return "Keras has it, tinyneuron does not."
    return nearest(name, known)


def why_no_attribute(cls: type, name: str) -> str:
    """Say why an object has not an attribute, if Keras has it or had it; else nothing."""
    from tinyneuron._common.keras_names import CLASSES

    if hasattr(cls, name):  # but not yet
        return ""
    today = f" Instead: {OLD_NAMES[name]}." if name in OLD_NAMES else ""
    if any(name in CLASSES.get(owner.__name__, ()) for owner in cls.__mro__):
        return f" Keras has it, tinyneuron does not.{today}"
    return f" That is older Keras.{today}" if today else ""


def is_import() -> bool:
    """Say whether it is ``from ... import ...`` that asks a module's ``__getattr__`` for a name.

    An AttributeError would lose its message there: Python makes an ImportError of its own.
    """
    import dis

    frame = sys._getframe(1)
    while frame.f_back and frame.f_code.co_name in ("refuse", "_late"):
        frame = frame.f_back
    return dis.opname[frame.f_code.co_code[frame.f_lasti]] == "IMPORT_FROM"


# Modules ------------------------------------------------------------------------------------------


class Missing:
    """Asked last of all for a module: says what became of Keras' modules that are not here."""

    @staticmethod
    def find_spec(fullname: str, path: Any = None, target: Any = None) -> None:
        """Raise the error for a module of Keras' that is not here; find none."""
        package, _, name = fullname.rpartition(".")
        if package.partition(".")[0] != "tinyneuron" or name.startswith("_"):
            return
        from tinyneuron._common.keras_names import MODULES

        inside = fullname.removeprefix("tinyneuron.")
        if inside in OLD_MODULES or inside in MODULES["keras"] or inside in OLD_NAMES:
            raise ModuleNotFoundError(
                f"No module named {fullname!r}: {why(package, name, [])}", name=fullname
            )
