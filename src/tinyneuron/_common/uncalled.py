"""What Keras would call and nothing here calls: where a class of yours overrides it, it is refused.

A `train_step` that is not heeded would be another training than the one that was written. So each
is refused by its name, when Keras would have called it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tinyneuron._common.configuration import is_own


class Uncalled(NamedTuple):
    """When Keras calls some methods, and what does their work here."""

    when: str  # some of "fit", "evaluate", "predict", "save", "load"
    instead: str


_STEP = (
    "Training is compile and fit, and train_on_batch for a loop of your own; the way back through "
    "a layer of your own is its backward."
)
_LOSS = "A loss of your own subclasses losses.Loss, with call and gradient."
_METRICS = "Metrics of your own subclass metrics.Metric and go to compile(metrics=[...])."
_PENALTY = "Penalties are a weight's regularizer and a layer's activity_regularizer."
_FILES = "Files hold what get_config returns, and the weights that add_weight has made."
_WEIGHTS = "trainable=False freezes a layer, add_weight(..., trainable=False) one weight."
_RULE = "The rule of an optimizer of your own is update(g, learning_rate, *slots)."
_STATE = "A metric keeps plain numbers as attributes: reset_state, update_state, result."

_LAYER = {
    "losses": Uncalled("fit evaluate", _PENALTY),
    "metrics": Uncalled("fit evaluate", _METRICS),
    "compute_mask": Uncalled("fit evaluate", "There are no masks; there is sample_weight."),
    "trainable_variables trainable_weights": Uncalled("fit", _WEIGHTS),
    "get_build_config save_own_variables": Uncalled("save", _FILES),
    "build_from_config load_own_variables": Uncalled("load", _FILES),
}

#: For each base class, by the names of methods.
UNCALLED: dict[str, dict[str, Uncalled]] = {
    "Layer": _LAYER,
    "Model": {
        **_LAYER,
        "train_step make_train_function compute_loss_and_updates": Uncalled("fit", _STEP),
        "test_step make_test_function": Uncalled("evaluate", f"{_LOSS} {_METRICS}"),
        "predict_step make_predict_function": Uncalled("predict", "predict uses call(inputs)."),
        "compute_loss stateless_compute_loss": Uncalled("fit evaluate", _LOSS),
        "compute_metrics get_metrics_result": Uncalled("fit evaluate", _METRICS),
        "stateless_call": Uncalled("fit evaluate predict", "A model computes by call(inputs)."),
        "get_compile_config": Uncalled("save", "Files hold optimizer, loss and metrics."),
        "compile_from_config": Uncalled("load", "Files hold optimizer, loss and metrics."),
    },
    "Metric": {
        "stateless_reset_state stateless_result stateless_update_state variables": Uncalled(
            "fit evaluate", _STATE
        ),
    },
    "Optimizer": {
        "update_step apply stateless_apply assign assign_add assign_sub": Uncalled("fit", _RULE),
        "finalize_variable_values scale_loss iterations variables": Uncalled("fit", _RULE),
        "save_own_variables": Uncalled("save", "Files hold the vectors that slots names."),
        "load_own_variables": Uncalled("load", "Files hold the vectors that slots names."),
    },
    "Callback": {
        "on_predict_begin on_predict_end on_predict_batch_begin on_predict_batch_end": Uncalled(
            "fit evaluate", "There are on_train_..., on_epoch_..., on_train_batch_..., on_test_... "
            "and on_test_batch_..."
        ),
    },
}  # fmt: skip

_BY_NAME = {
    kind: {name: uncalled for names, uncalled in table.items() for name in names.split()}
    for kind, table in UNCALLED.items()
}


def names_of(kind: str, when: str | None = None) -> list[str]:
    """Return the names in the table of one kind of class, or those that Keras calls then.

    >>> names_of("Model", "predict")
    ['predict_step', 'make_predict_function', 'stateless_call']
    """
    table = _BY_NAME[kind].items()
    return [name for name, uncalled in table if when is None or when in uncalled.when.split()]


def is_overridden(kind: str, cls: type) -> bool:
    """Say whether a user's class overrides anything in the table."""
    return any(_defines(cls, name) for name in _BY_NAME[kind])


def refuse(kind: str, thing: Any, when: str) -> None:
    """Raise a TypeError if the class of `thing` overrides what Keras would call now.

    >>> class Mine:
    ...     __module__ = "mine"
    ...     def compute_loss(self): ...
    >>> refuse("Model", Mine(), "predict")
    >>> refuse("Model", Mine(), "fit")
    Traceback (most recent call last):
        ...
    TypeError: Mine defines compute_loss, which is not called here, as it is in Keras by fit. A loss
    of your own subclasses losses.Loss, with call and gradient.
    """
    cls, own = type(thing), getattr(thing, "__dict__", {})
    if is_own(cls) and _BY_NAME[kind].keys().isdisjoint(own):
        return
    for name in names_of(kind, when):
        if name in own or _defines(cls, name):
            raise TypeError(
                f"{cls.__name__} defines {name}, which is not called here, as it is in Keras by "
                f"{when}. {_BY_NAME[kind][name].instead}"
            )


def _defines(cls: type, name: str) -> bool:
    """Say whether it is a user's class that has the attribute, and not one of the library's."""
    return any(name in vars(owner) and not is_own(owner) for owner in cls.__mro__)
