"""Names that are not there: what Keras has and tinyneuron has not, and what older Keras said.

Only asked when something has gone wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

import numpy as np

from tinyneuron._common.names import nearest, to_snake_case

#: Modules of older Keras, by where their names are today; nowhere, if all of them are missing.
OLD_MODULES = {
    module: home
    for home, modules in {
        "layers": """
            engine engine.topology engine.base_layer engine.input_layer legacy python layers.core
            layers.advanced_activations layers.normalization layers.noise layers.experimental
            layers.experimental.preprocessing""",
        "models": "engine.training engine.sequential engine.functional",
        "utils": "utils.np_utils utils.data_utils utils.generic_utils",
        "optimizers": "optimizers.legacy optimizers.experimental optimizer_v2",
        "losses": "objectives", "initializers": "initializations", "plotting": "utils.vis_utils",
        "wrappers": "wrappers.scikit_learn", "backend": "backend.tensorflow_backend",
        "": """
            layers.convolutional layers.recurrent layers.embeddings layers.pooling layers.merge
            layers.local layers.wrappers experimental""",
    }.items()
    for module in modules.split()
}  # fmt: skip

#: Names of Keras, older Keras and what stands around it, and what is written instead.
OLD_NAMES = {
    "np_utils": "utils.to_categorical", "core": "layers.Dense",
    "predict_classes": "predict(x).argmax(axis=-1), or (predict(x) > 0.5) of one output",
    "predict_proba": "predict", "fit_generator": "fit", "evaluate_generator": "evaluate",
    "predict_generator": "predict", "Merge": "layers.Dense for networks in a row",
    "Highway": "layers.Dense", "MaxoutDense": "layers.Dense", "Graph": "Model(inputs, outputs)",
    "TimeDistributedDense": "layers.Dense", "TimeDistributed": "Dense, for the last axis alone",
    "categorical_probas_to_classes": "argmax(axis=-1)", "CategoryEncoding": "utils.to_categorical",
    "Embedding": "utils.to_categorical, and Dense", "StringLookup": "np.unique with return_inverse",
    "Discretization": "np.digitize", "Lambda": "a layer of your own, with call and backward",
    "plot_model": "plotting.plot_network", "model_to_dot": "plotting.plot_network",
    "plot": "plotting.plot_network", "TensorBoard": "CSVLogger, and plotting.plot_history",
    "BaseLogger": "History", "BackupAndRestore": "ModelCheckpoint, and fit(initial_epoch=...)",
    "CustomObjectScope": "utils.custom_object_scope", "set_session": "nothing",
    "get_session": "nothing", "set_learning_phase": "model(x, training=True)",
    "learning_phase": "model(x, training=True)", "disable_interactive_logging": "verbose=0",
    "variable": "np.array", "placeholder": "Input", "function": "a function of NumPy arrays",
    "get_value": "the array itself", "set_value": "array[...] = value", "eval": "the array itself",
    "GradientTape": "model.train_on_batch, or backward in a layer of your own",
    "train_step": "model.train_on_batch in a loop of your own, and backward in a layer of your own",
    "compute_loss": "a Loss of your own, with call and gradient",
    "add_loss": "a weight's regularizer, or a layer's activity_regularizer",
    "add_metric": "compile(metrics=[...])", "lr": "learning_rate", "W": "kernel", "b": "bias",
    "get_updates": "apply", "minimize": "model.fit, or apply(gradients, weights)",
    "output_shape": "output.shape", "input_shape": "input.shape",
    "KerasClassifier": "SKLearnClassifier", "KerasRegressor": "SKLearnRegressor",
    "keras": "the module itself: import tinyneuron as keras",
    "tf": "NumPy", "convert_to_tensor": "np.asarray", "constant": "np.array",
    "ops": "NumPy", "random": "utils.set_random_seed, and numpy.random",
    "normal": "RandomNormal", "uniform": "RandomUniform", "activity_l1": "L1", "activity_l2": "L2",
    "activity_l1l2": "L1L2", "l1l2": "L1L2", "WeightRegularizer": "L1L2", "maxnorm": "MaxNorm",
    "nonneg": "NonNeg", "unitnorm": "UnitNorm", "numpy": "NumPy",
}  # fmt: skip

#: What others call something, by what it is a name of, and what Keras calls it.
OTHER_WORDS = {
    "loss": dict.fromkeys(
        ["log_loss", "logloss", "nll", "cross_entropy", "crossentropy", "logistic", "softmax"],
        "'binary_crossentropy', 'categorical_crossentropy' or 'sparse_categorical_crossentropy'",
    ) | {"rmse": "'mse', which is least where its root is"},
    "activation": {
        "logistic": "'sigmoid'", "identity": "'linear'", "None": "None", "lrelu": "'leaky_relu'",
    },
    "initializer": {
        "xavier": "'glorot_uniform'", "glorot": "'glorot_uniform'", "kaiming": "'he_uniform'",
        "he": "'he_uniform'", "lecun": "'lecun_uniform'",
    },
    "metric": {"acc": "'accuracy'", "f1": "metrics.F1Score()"},
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
        home = OLD_MODULES[path]
        where = (
            f"today its names are in tinyneuron.{home}" if home else "has no names of these here"
        )
        return f"that is older Keras, and {where}."
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
    homes = [home for home, names in MODULES.items() if name in names and _is_there(home, name)]
    if homes:
        return f"it is in {homes[0].replace('keras', 'tinyneuron', 1)}."
    return (
        f"it offers what networks of Dense layers need, not all of Keras. {nearest(name, offered)}"
    )


def _is_there(module: str, name: str) -> bool:
    """Say whether the library too has a name that one of Keras' modules has."""
    ours = import_module(module.replace("keras", "tinyneuron", 1))  # asked for so far or not
    return name in getattr(ours, "__all__", [])


def why_unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say why a name stands for nothing of that kind, as in ``metrics.get("f1_score")``.

    >>> why_unknown("metric", "f1_score", ["r2_score"])
    'Keras has it, tinyneuron does not.'
    """
    from tinyneuron._common.keras_names import MODULES

    if name in (words := OTHER_WORDS.get(kind, {})):
        return f"In Keras that is {words[name]}."
    homes = {"loss": "keras.losses", "layer class": "keras.layers"}
    names = MODULES.get(homes.get(kind, f"keras.{kind}s"), ())
    if any(name in (theirs, to_snake_case(theirs)) for theirs in names):
        return "Keras has it, tinyneuron does not."
    return nearest(name, known)


def why_no_attribute(cls: type, name: str) -> str:
    """Say why an object has not an attribute: Keras has it, had it, or it is a slip; if one can."""
    from tinyneuron._common.keras_names import CLASSES

    if hasattr(cls, name):  # but not yet
        return ""
    today = f" Instead: {OLD_NAMES[name]}." if name in OLD_NAMES else ""
    if any(name in CLASSES.get(owner.__name__, ()) for owner in cls.__mro__):
        return f" Keras has it, tinyneuron does not.{today}"
    if today:
        return f" That is not today's Keras.{today}"
    import difflib

    close = difflib.get_close_matches(name, dir(cls), 1, cutoff=0.8)
    return f" Did you mean {close[0]!r}?" if close else ""


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
