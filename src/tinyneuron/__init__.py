"""Keras' Dense layer, and all that a Dense network needs, in NumPy that reads like the formulas.

>>> import tinyneuron as keras
>>> keras.layers.Dense(1, name="neuron")
<Dense name=neuron, built=False>
"""

from __future__ import annotations

from typing import Any

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
from tinyneuron.constraints import Constraint
from tinyneuron.identifiers import not_offered
from tinyneuron.initializers import Initializer
from tinyneuron.layers import Input, Layer
from tinyneuron.layers.base import KerasTensor
from tinyneuron.losses import Loss
from tinyneuron.metrics import Metric
from tinyneuron.models import Sequential
from tinyneuron.optimizers import Optimizer
from tinyneuron.regularizers import Regularizer

__version__ = "0.1.0"

__all__ = [
    "Constraint",
    "Initializer",
    "Input",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
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


def __getattr__(name: str) -> Any:
    if name in ("plotting", "saving"):  # slow to import, so only when they are asked for
        import importlib

        return importlib.import_module(f"tinyneuron.{name}")
    if name == "explain":
        from tinyneuron.explanation import explain

        return explain
    raise not_offered("tinyneuron", name, __all__)
