"""What all of Keras' files have: how a model is trained, to them and from any generation's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tinyneuron import activations, losses, metrics, optimizers
from tinyneuron._common.configuration import is_own, serialize
from tinyneuron._common.unknown import KERAS_ALONE, parameters
from tinyneuron._training.trainer import Trainer
from tinyneuron.layers import Activation, Dense
from tinyneuron.optimizers import Optimizer
from tinyneuron.saving.compile_config import compile_again, loss_and_metrics
from tinyneuron.saving.generations import NotOffered, Writer, training_as_today
from tinyneuron.saving.hdf5 import Member
from tinyneuron.saving.optimizer_state import restore_state

KERAS_VERSION = "3.15.0"  # whose form of files is written

_RESOLVED_LATER = ["accuracy", "crossentropy", "ce"]  # by `compile`, which knows the outputs


def check_storable(model: Trainer) -> None:
    """Refuse a model with an activation that no Keras could make again."""
    for layer in model._family():
        if type(layer) in (Dense, Activation) and not isinstance(
            activations.serialize(layer.activation), str
        ):
            raise ValueError(
                f"Layer {layer.name!r} has the activation {layer.activation!r}, whose options "
                f"Keras cannot store in a {type(layer).__name__}: use a layer for it, such as "
                "LeakyReLU(0.1), or save to '.npz'."
            )


def written_training(model: Trainer) -> dict[str, Any]:
    """Return what `compile` was given, as Keras 3 writes it."""
    optimizer = serialize(model.optimizer)
    optimizer["config"] |= KERAS_ALONE["Optimizer"][0]
    settings = {name: value or None for name, value in loss_and_metrics(model).items()}
    return {"optimizer": optimizer, **settings, "loss_weights": None}


def resume(
    model: Trainer,
    written: Mapping[str, Any],
    writer: Writer,
    state: Member | None,
    arrays: Sequence[str],
    weights: Sequence[str],
) -> list[str]:
    """Bring a model to where its training was, and return what had to be left out.

    `arrays` are the names of the arrays in `state`; `weights`, of a file of Keras 1, those of the
    weights that are trained.
    """
    optimizer, left_out = _compile_as_written(model, written, writer)
    if optimizer is not None and state is not None and written.get("optimizer"):
        try:
            restore_state(optimizer, written["optimizer"], writer, state, arrays, weights)
        except NotOffered as error:
            left_out.append(f"the optimizer's state ({error})")
    return left_out


def _compile_as_written(
    model: Trainer, written: Mapping[str, Any], writer: Writer
) -> tuple[Optimizer | None, list[str]]:
    """Compile a model as a file says, and return the optimizer and what had to be left out.

    A metric that is not offered is left out; without the optimizer or the loss, all training is.
    """
    left_out: list[str] = []
    try:
        today = training_as_today(written, writer)
        today["optimizer"] = _offered(optimizers, today["optimizer"])
        today["loss"] = _offered(losses, today["loss"])
    except NotOffered as error:
        return None, [f"how it was trained ({_what(error)})"]
    for kind in ("metrics", "weighted_metrics"):
        offered = []
        for metric in today[kind]:
            try:
                offered.append(_offered(metrics, metric))
            except NotOffered as error:
                left_out.append(f"a metric ({_what(error)})")
        today[kind] = offered
    return compile_again(model, today), left_out


def _what(error: NotOffered) -> str:
    """Return what is not offered, without the names that are."""
    return re.split(r"\. (?:Did you mean|Known names|Keras has it)", str(error))[0]


def _offered(module: Any, description: Any) -> Any:
    """Return a description without unused options, if the library has its class and the others."""
    if isinstance(description, str) and description not in _RESOLVED_LATER:
        try:
            module.get(description)
        except ValueError as error:
            raise NotOffered(str(error)) from None
    if not isinstance(description, Mapping):
        return description
    if description.get("module") == "keras.losses":  # of a metric
        module = losses
    name, options = module.REGISTRY.described(description)
    try:
        found = module.REGISTRY.named(name, description.get("registered_name") is not None)
    except ValueError as error:
        raise NotOffered(str(error)) from None
    cls = found if isinstance(found, type) else type(found)
    if not is_own(cls):
        return description
    known = {option for option, _ in parameters(cls)}
    for option, value in options.items():
        if option not in known and value is not None:
            raise NotOffered(f"{name}'s {option}={value!r}")
    return {**description, "config": {o: value for o, value in options.items() if o in known}}
