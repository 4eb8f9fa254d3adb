"""Models: layers in a row that predict, train, are saved and explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tinyneuron._common.arguments import shown
from tinyneuron._common.missing import refuse_other_names
from tinyneuron._common.unknown import says_what_is_taken
from tinyneuron.models.functional import Functional  # noqa: F401  (so that files can name it)
from tinyneuron.models.model import Model
from tinyneuron.models.sequential import Sequential

__all__ = ["Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]


@says_what_is_taken
def load_model(
    filepath: Any, custom_objects: Mapping[str, type] | None = None, compile: bool = True
) -> Model:
    """Read a model from a file; see `saving.load_model`."""
    from tinyneuron import saving  # rarely needed

    return saving.load_model(filepath, custom_objects, compile)


@says_what_is_taken
def save_model(model: Model, filepath: Any, overwrite: bool = True) -> None:
    """Write a model to a file; see `saving.save_model`."""
    _as_model(model).save(filepath, overwrite)


@says_what_is_taken
def clone_model(model: Model) -> Model:
    """Return a model of the same configuration with new weights.

    >>> clone_model(Sequential(name="empty"))
    <Sequential name=empty, built=False>
    """
    return type(_as_model(model)).from_config(model.get_config())


def model_from_json(json_string: str, custom_objects: Mapping[str, type] | None = None) -> Model:
    """Make the model that `Model.to_json` described, or that of any Keras, with new weights.

    >>> model_from_json(Sequential(name="empty").to_json())
    <Sequential name=empty, built=False>
    """
    from tinyneuron import saving

    model: Model = saving.model_from_json(json_string, custom_objects)
    return model


def _as_model(model: Any) -> Model:
    if not isinstance(model, Model):
        raise TypeError(f"model must be a Model, got {shown(model)}.")
    return model


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
