"""Models to and from files: the library's own, and Keras'.

Nothing in a file is ever executed: layers come from the library's own classes and from those that
the caller names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyneuron._common.missing import refuse_other_names
from tinyneuron._common.registry import custom_object_scope, register_keras_serializable
from tinyneuron.saving.files import (
    load_model,
    load_weights,
    model_from_json,
    save_model,
    save_weights,
)

__all__ = [
    "custom_object_scope",
    "load_model",
    "load_weights",
    "model_from_json",
    "register_keras_serializable",
    "save_model",
    "save_weights",
]


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
