"""Keras' Dense layer, and all that a Dense network needs, in NumPy that reads like the formulas.

>>> import tinyneuron as keras
>>> keras.layers.Dense(1, name="neuron")
<Dense name=neuron, built=False>
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tinyneuron import (
    activations,
    backend,
    callbacks,
    config,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    regularizers,
    utils,
)
from tinyneuron._common import VERSION
from tinyneuron._common.missing import Missing, refuse_other_names
from tinyneuron.constraints import Constraint
from tinyneuron.initializers import Initializer
from tinyneuron.layers import Input, Layer
from tinyneuron.layers.symbolic import KerasTensor
from tinyneuron.losses import Loss
from tinyneuron.metrics import Metric
from tinyneuron.models import Model, Sequential
from tinyneuron.optimizers import Optimizer
from tinyneuron.regularizers import Regularizer

__version__ = VERSION

__all__ = [
    "Constraint",
    "Initializer",
    "Input",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "activations",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "utils",
]


_refuse = refuse_other_names(__name__, __all__)


def _late(name: str) -> Any:
    """Import what is slow to import only when it is asked for."""
    import importlib

    if name in ("datasets", "plotting", "saving", "wrappers"):
        return importlib.import_module(f"tinyneuron.{name}")
    if name == "explain":
        return importlib.import_module("tinyneuron.explanation").explain
    return _refuse(name)


if TYPE_CHECKING:
    from tinyneuron import datasets as datasets
    from tinyneuron import plotting as plotting
    from tinyneuron import saving as saving
    from tinyneuron import wrappers as wrappers
    from tinyneuron.explanation import explain as explain
else:
    __getattr__ = _late
    sys.meta_path.append(Missing)  # asked last: says what became of Keras' other modules
