"""Optimizers: how the gradient becomes the change of the weights.

>>> import numpy as np
>>> w = np.array([1.0, 2.0])
>>> SGD(learning_rate=0.1).apply([np.array([10.0, 0.0])], [w])
>>> w
array([0., 2.])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tinyneuron._common.configuration import serialize
from tinyneuron._common.missing import refuse_other_names
from tinyneuron._common.registry import Registry, deserializing
from tinyneuron.optimizers import schedules
from tinyneuron.optimizers.base import Optimizer
from tinyneuron.optimizers.more_rules import Adadelta, Adagrad, Adamax, Lion, Nadam, RMSprop
from tinyneuron.optimizers.rules import SGD, Adam, AdamW

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Lion",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

REGISTRY = Registry(
    "optimizer", SGD, RMSprop, Adam, AdamW, Adagrad, Adadelta, Adamax, Nadam, Lion,
    adamw=AdamW, rmsprop=RMSprop, RMSProp=RMSprop,
    accepts=lambda found: isinstance(found, Optimizer), expected="a name or an Optimizer",
)  # fmt: skip


def get(identifier: Any) -> Optimizer:
    """Return the optimizer that a name, a class or a configuration stands for.

    Examples
    --------
    >>> get("adam").learning_rate
    0.001
    """
    found: Optimizer = REGISTRY.find(identifier)
    return found


deserialize = deserializing(get)


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
