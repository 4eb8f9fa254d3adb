"""How a model is trained, as a file has it: what `compile` was given, and where training stands."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from tinyneuron import losses, metrics
from tinyneuron._common.arguments import shown
from tinyneuron._common.configuration import Configurable, serialize
from tinyneuron._training.trainer import Trainer
from tinyneuron.optimizers import Optimizer


def loss_and_metrics(model: Trainer) -> dict[str, Any]:
    """Return what `compile` was given, the optimizer aside."""
    wanted = model._scores.wanted
    return {
        "loss": _described(model.loss),
        "metrics": [_described(metric) for metric, weighted in wanted if not weighted],
        "weighted_metrics": [_described(metric) for metric, weighted in wanted if weighted],
    }


def current_optimizer(model: Trainer) -> Optimizer:
    """Return the optimizer as it goes into the next step, whatever was frozen or set since."""
    optimizer: Optimizer = copy.copy(model.optimizer)
    if optimizer.belongs_elsewhere(model.trainable_weights):  # its state is another model's
        optimizer = type(optimizer).from_config(optimizer.get_config())
    optimizer.build(model.trainable_weights)
    return optimizer


def compile_again(model: Trainer, settings: Mapping[str, Any]) -> Optimizer:
    """Compile the model as a file says, and return the optimizer, built for its state."""
    model.compile(
        optimizer=settings["optimizer"],
        loss=_restored(losses.get, settings["loss"]),
        metrics=[_restored(metrics.get, m) for m in settings.get("metrics") or []],
        weighted_metrics=[
            _restored(metrics.get, m) for m in settings.get("weighted_metrics") or []
        ],
    )
    optimizer: Optimizer = model.optimizer
    optimizer.build(model.trainable_weights)
    return optimizer


def number_of_steps(value: Any) -> int:
    """Return a file's number of iterations, if it is one."""
    if isinstance(value, float) and value.is_integer():  # in Keras 1
        value = int(value)
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError(f"the number of iterations is {shown(value)}")
    return value


def _described(identifier: Any) -> Any:
    """Return a name as it is, and an object as class and configuration."""
    if isinstance(identifier, type):
        identifier = identifier()
    loss_class = getattr(identifier, "loss_class", None)
    if loss_class is not None and not isinstance(identifier, metrics.Metric):
        return loss_class.__name__
    if callable(identifier) and not isinstance(identifier, Configurable):
        identifier = metrics.get(identifier)
    return serialize(identifier) if isinstance(identifier, Configurable) else identifier


def _restored(get: Callable[[Any], Any], description: Any) -> Any:
    """Return a name as it is, and make an object from class and configuration."""
    return get(description) if isinstance(description, dict) else description
