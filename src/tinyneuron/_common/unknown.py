"""Arguments that are not there: what Keras alone takes, what older Keras took, and slips.

What Keras alone takes may be given as Keras has it by default: that is what happens here too.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, ParamSpec, TypeVar

from tinyneuron._common.arguments import shown
from tinyneuron._common.names import nearest

P = ParamSpec("P")
T = TypeVar("T")

#: Of which classes and functions, Keras' defaults, and what to do instead of giving anything else.
KERAS_ALONE: dict[str, tuple[dict[str, Any], str]] = {
    "Layer": ({"autocast": True}, "Inputs become the layer's dtype, which dtype= chooses."),
    "Dense": (
        {"lora_rank": None, "lora_alpha": None, "quantization_config": None},
        "A kernel has all of its weights, as floats.",
    ),
    "BatchNormalization": (
        {"renorm": False, "renorm_clipping": None, "renorm_momentum": 0.99, "synchronized": False},
        "A batch is normalized by its own mean and variance.",
    ),
    "LayerNormalization": ({"rms_scaling": False}, "What is normalized has the mean 0, too."),
    "Input InputLayer": (
        {"sparse": None, "ragged": None, "optional": False, "tensor": None, "input_tensor": None},
        "Inputs are arrays: x.toarray() makes one of a sparse matrix.",
    ),
    "InputLayer": ({"activity_regularizer": None, "trainable": True}, "It has no weights."),
    "VarianceScaling": (
        {"input_axes": None, "output_axes": None},
        "A kernel has its inputs in the last axis but one, its outputs in the last.",
    ),
    "Optimizer": (
        {
            "use_ema": False, "ema_momentum": 0.99, "ema_overwrite_frequency": None,
            "loss_scale_factor": None, "gradient_accumulation_steps": None,
        },
        "A larger batch_size takes more rows together; a callback can average the weights.",
    ),
    "ReduceLROnPlateau": ({"baseline": None}, "The first epoch has the best value so far."),
    "add_weight": (
        {"autocast": True, "aggregation": "none", "overwrite_with_gradient": False},
        "A weight is a NumPy array.",
    ),
    "compile": (
        {
            "run_eagerly": False, "steps_per_execution": 1, "jit_compile": "auto",
            "auto_scale_loss": True,
        },
        "Each step is NumPy's calls, one after the other, and there is nothing to choose.",
    ),
    "summary": (
        {"positions": None, "expand_nested": False, "show_trainable": False, "layer_range": None},
        "model.layers has the layers, and a model among them its own summary().",
    ),
    "add pop": ({"rebuild": True}, "A model is built as soon as its inputs are known."),
    "save save_model": ({"zipped": None}, "The ending says it: '.keras' is a zip."),
    "save_weights": ({"max_shard_size": None}, "Weights are one file."),
    "load_weights": (
        {"skip_mismatch": False},
        "Layer by layer, set_weights takes what fits of another model's get_weights.",
    ),
    "load_model": ({"safe_mode": True}, "Nothing in a file is executed: leave it out."),
    "clone_model": (
        {"input_tensors": None, "clone_function": None, "call_function": None, "recursive": False},
        "Sequential([...]) takes the layers that you make.",
    ),
}  # fmt: skip

#: Other values of these that say what happens here.
TRUE_ANYWAY = {("run_eagerly", "True"), ("jit_compile", "False")}

#: Arguments of older Keras, and what they are called today.
OLD_ARGUMENTS = {
    "lr": "learning_rate",
    "decay": "learning_rate=schedules.InverseTimeDecay(learning_rate, 1, decay)",
    "nb_epoch": "epochs", "samples_per_epoch": "steps_per_epoch",
    "nb_val_samples": "validation_steps", "show_accuracy": "metrics=['accuracy'] in compile",
    "class_mode": "loss", "init": "kernel_initializer", "weights_init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer", "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint", "b_constraint": "bias_constraint", "bias": "use_bias",
    "output_dim": "units", "objective": "loss", "p": "rate", "alpha": "negative_slope",
    "weights": "set_weights, after it is built", "batch_input_shape": "input_shape",
    "nb_words": "num_words", "nb_classes": "num_classes",
    "epsilon": "min_delta", "period": "save_freq, in batches",
    "workers": "PyDataset(workers=...)", "max_queue_size": "PyDataset(max_queue_size=...)",
    "use_multiprocessing": "PyDataset(use_multiprocessing=...)",
}  # fmt: skip


def says_what_is_taken(method: Callable[P, T]) -> Callable[P, T]:
    """Let what is called with an unknown argument heed or refuse it, as this file says.

    >>> @says_what_is_taken
    ... def save_weights(filepath): return filepath
    >>> save_weights("w.npz", max_shard_size=None)
    'w.npz'
    >>> save_weights("w.npz", max_shard_size=1)
    Traceback (most recent call last):
        ...
    ValueError: save_weights() takes max_shard_size only as Keras' default, None, got 1. Weights are
    one file.
    >>> save_weights(file_path="w.npz")
    Traceback (most recent call last):
        ...
    tinyneuron._common.unknown.UnknownArgumentError: save_weights() has no argument 'file_path'. Did
    you mean 'filepath'?
    """

    @functools.wraps(method)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except TypeError as error:
            if error.__traceback__ and error.__traceback__.tb_next:  # from inside
                raise
            heeded = _heeded(method, args, kwargs)
            if len(heeded) == len(kwargs):
                raise
        return method(*args, **heeded)

    return called


class UnknownArgumentError(TypeError, ValueError):
    """An argument that is not there: for Python a TypeError, of Keras' layers a ValueError."""


class SaysWhatIsTaken:
    """Base of what has public constructors: all of the library's own say what they take."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls) and cls.__module__.startswith("tinyneuron."):
            cls.__init__ = says_what_is_taken(cls.__init__)  # type: ignore[method-assign]


def _heeded(method: Any, args: tuple[Any, ...], given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that a method has, if all others are as Keras has them by default."""
    code = method.__code__
    taken: Iterable[str] = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    own = set(taken)
    place, owners = f"{code.co_name}()", [code.co_name]
    if code.co_name == "__init__":
        cls = type(args[0])
        place, owners = cls.__name__, [owner.__name__ for owner in cls.__mro__]
        taken = [name for name, _ in parameters(cls)]
    for name, value in given.items():
        if name not in own:
            default, instead = keras_default(owners, name) or (..., "")
            if default is ...:
                meant = _meant(name, taken)
                raise UnknownArgumentError(f"{place} has no argument {name!r}. {meant}") from None
            is_off = value is False and default is None
            is_default = type(value) is type(default) and value == default
            if not is_off and not is_default and (name, shown(value)) not in TRUE_ANYWAY:
                raise ValueError(
                    f"{place} takes {name} only as Keras' default, {default!r}, got "
                    f"{shown(value)}. {instead}"
                ) from None
    return {name: value for name, value in given.items() if name in own}


def keras_default(owners: Collection[str], name: str) -> tuple[Any, str] | None:
    """Return what Keras alone takes by default, and what there is instead; None if it is unknown.

    >>> keras_default(["Adam", "Optimizer"], "ema_momentum")[0]
    0.99
    """
    for those, (defaults, instead) in KERAS_ALONE.items():
        if name in defaults and not set(owners).isdisjoint(those.split()):
            return defaults[name], instead
    return None


def _meant(name: str, taken: Iterable[str]) -> str:
    """Say which of the arguments that are taken an unknown one may stand for."""
    known = [other for other in taken if other not in ("self", "cls")]
    today = OLD_ARGUMENTS.get(name, "")
    if today and (today in known or not today.isidentifier()):
        return f"Older Keras had it; today it is {today}."
    hint = nearest(name, known)
    return f"Known arguments: {', '.join(known)}." if hint.startswith("Known names") else hint


def parameters(cls: type) -> Iterator[tuple[str, type]]:
    """Yield the parameters of a class' constructor, and whose each is: a ``**kwargs`` hands on."""
    seen = {"self"}
    for owner in cls.__mro__:
        init = vars(owner).get("__init__")
        if init is None or owner is object:
            continue
        code = getattr(init, "__wrapped__", init).__code__
        for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]:
            if name not in seen:
                seen.add(name)
                yield name, owner
        if not code.co_flags & 0x08:  # it takes no **kwargs: no other constructor's arguments
            return
