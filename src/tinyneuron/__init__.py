"""Keras' Dense layer, and all that a Dense network needs, in NumPy that reads like the formulas.

>>> import tinyneuron as keras
>>> keras.layers.Dense(1, name="neuron")
<Dense name=neuron, built=False>
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tinyneuron._common import VERSION, registry
from tinyneuron._common.missing import Missing, refuse_other_names

if TYPE_CHECKING:  # what type checkers see, Python imports when it is asked for
    from tinyneuron import (
        activations,
        backend,
        callbacks,
        config,
        constraints,
        datasets,
        explanation,
        initializers,
        layers,
        losses,
        metrics,
        models,
        optimizers,
        regularizers,
        saving,
        utils,
    )
    from tinyneuron import plotting as plotting
    from tinyneuron import wrappers as wrappers
    from tinyneuron.constraints import Constraint
    from tinyneuron.explanation import explain
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
    "datasets",
    "explain",
    "explanation",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "saving",
    "utils",
]

_HOME = {  # of the names that are not modules
    "Constraint": "constraints", "Initializer": "initializers", "Input": "layers",
    "KerasTensor": "layers", "Layer": "layers", "Loss": "losses", "Metric": "metrics",
    "Model": "models", "Optimizer": "optimizers", "Regularizer": "regularizers",
    "Sequential": "models", "explain": "explanation",
}  # fmt: skip
_BUILT_ON = {"plotting": "matplotlib", "wrappers": "sklearn"}  # modules that `import *` leaves out

_refuse = refuse_other_names(__name__, [*__all__, *_BUILT_ON])


def _late(name: str) -> Any:
    """Import a public name, the first time that it is asked for."""
    if name in _HOME:
        found = getattr(import_module(f"tinyneuron.{_HOME[name]}"), name)
    elif name in __all__ or name in _BUILT_ON:
        found = import_module(f"tinyneuron.{name}")
    else:
        return _refuse(name)
    globals()[name] = found  # so that Python does not ask again
    return found


if not TYPE_CHECKING:
    __getattr__ = _late


def __dir__() -> list[str]:
    from importlib.util import find_spec

    installed = {name for name, library in _BUILT_ON.items() if find_spec(library)}
    return sorted({*globals(), *__all__} | installed)


def _models() -> dict[str, Any]:
    """Return the models by their names in files, where a model can be a layer of another."""
    from tinyneuron.models import functional, sequential

    return {
        "Functional": functional.Functional,
        "Model": functional.Functional,  # as Keras 2 wrote it
        "Sequential": sequential.Sequential,
    }


registry.higher["layer class"] = _models
if Missing not in sys.meta_path:  # asked last: says what became of Keras' other modules
    sys.meta_path.append(Missing)
