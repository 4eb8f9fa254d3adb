"""Every item of the catalogue, from the registries: a new one is here without a line."""

from tinyneuron import (
    activations,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
)
from tinyneuron.optimizers import schedules

REGISTRIES = {
    activations: activations._REGISTRY,
    constraints: constraints._NAMES,
    initializers: initializers._NAMES,
    layers: layers.REGISTRY,
    losses: losses.REGISTRY,
    metrics: metrics.REGISTRY,
    optimizers: optimizers.REGISTRY,
    regularizers: regularizers._NAMES,
    schedules: schedules._REGISTRY,
}
_DECAY = {"initial_learning_rate": 0.1, "decay_steps": 10}
#: What an item cannot be made without.
NEEDED = {
    "Threshold": {"threshold": 0.5, "default_value": 0.25},
    "MeanMetricWrapper": {"fn": metrics.mean_squared_error},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "ExponentialDecay": {**_DECAY, "decay_rate": 0.5},
    "InverseTimeDecay": {**_DECAY, "decay_rate": 0.5},
    "PolynomialDecay": _DECAY,
    "CosineDecay": _DECAY,
    "CosineDecayRestarts": {"initial_learning_rate": 0.1, "first_decay_steps": 10},
    "PiecewiseConstantDecay": {"boundaries": [3], "values": [0.1, 0.2]},
    "Activation": {"activation": "relu"},
    "Dense": {"units": 2},
    "Dropout": {"rate": 0.25},
    "GaussianDropout": {"rate": 0.25},
    "GaussianNoise": {"stddev": 0.25},
    "InputLayer": {"batch_shape": (None, 2)},
    "Rescaling": {"scale": 0.5},
    "Reshape": {"target_shape": (2, 1)},
}


def items(*modules):
    """Return the classes of these modules' registries, or of all, each once."""
    found = {}
    for module in modules or REGISTRIES:
        for value in REGISTRIES[module].table.values():
            cls = value if isinstance(value, type) else type(value)
            if cls.__module__.split(".")[1] != "models":  # their own tests have many of each
                found[f"{module.__name__.rpartition('.')[2]}.{cls.__name__}"] = cls
    return found


def made(cls):
    """Return one, with nothing given but what it needs."""
    return cls(**NEEDED.get(cls.__name__, {}))
