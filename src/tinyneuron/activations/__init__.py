r"""Activations: what a neuron does with its weighted sum, :math:`a = g(z)`.

Each class is one formula. Its two methods are the formula and its derivative:

    apply(z)        overwrites z with a = g(z) and returns it
    slope(z, a)     returns g'(z), written with a where that is shorter

The outputs of the two softmaxes depend on each other, so these have `backward` and no `slope`.

Each has one ready instance under Keras' function name, which is what ``Dense(1, "sigmoid")``
uses: there is one sigmoid in the house, `sigmoid`.

>>> sigmoid([-1.0, 0.0, 1.0])
array([0.2689414, 0.5      , 0.7310586], dtype=float32)
>>> relu([-1.0, 2.0], negative_slope=0.5)
array([-0.5,  2. ], dtype=float32)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tinyneuron._common.arrays import Array
from tinyneuron._common.configuration import is_own
from tinyneuron._common.missing import refuse_other_names
from tinyneuron._common.registry import Registry, deserializing
from tinyneuron.activations.base import Activation, ready_names
from tinyneuron.activations.classics import Linear, ReLU, Sigmoid, Softmax, Tanh
from tinyneuron.activations.gated import GELU, HardSigmoid, HardSiLU, Mish, SiLU
from tinyneuron.activations.rectifiers import CELU, ELU, SELU, LeakyReLU, ReLU6
from tinyneuron.activations.smooth import (
    Exponential,
    LogSigmoid,
    Softplus,
    Softsign,
    Squareplus,
    TanhShrink,
)
from tinyneuron.activations.softmaxes import LogSoftmax, Sparsemax
from tinyneuron.activations.sparse import (
    HardShrink,
    HardTanh,
    SoftShrink,
    SparsePlus,
    SparseSigmoid,
    Threshold,
)

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "SELU",
    "Activation",
    "Exponential",
    "HardShrink",
    "HardSiLU",
    "HardSigmoid",
    "HardTanh",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "SoftShrink",
    "Softmax",
    "Softplus",
    "Softsign",
    "SparsePlus",
    "SparseSigmoid",
    "Sparsemax",
    "Squareplus",
    "Tanh",
    "TanhShrink",
    "Threshold",
    "celu",
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
    "threshold",
]  # fmt: skip

linear = Linear()
sigmoid = Sigmoid()
relu = ReLU()
relu6 = ReLU6()
leaky_relu = LeakyReLU()
elu = ELU()
selu = SELU()
celu = CELU()
tanh = Tanh()
softmax = Softmax()
log_softmax = LogSoftmax()
softplus = Softplus()
softsign = Softsign()
exponential = Exponential()
silu = swish = SiLU()
hard_silu = hard_swish = HardSiLU()
gelu = GELU()
hard_sigmoid = HardSigmoid()
log_sigmoid = LogSigmoid()
mish = Mish()
hard_tanh = HardTanh()
hard_shrink = HardShrink()
soft_shrink = SoftShrink()
tanh_shrink = TanhShrink()
sparse_plus = SparsePlus()
sparse_sigmoid = SparseSigmoid()
sparsemax = Sparsemax()
squareplus = Squareplus()

_READY = {name: value for name, value in list(globals().items()) if isinstance(value, Activation)}
ready_names.update({ready: name for name, ready in reversed(_READY.items())})  # silu, not swish
_REGISTRY = Registry(
    "activation", *map(type, _READY.values()), Threshold, **_READY,
    accepts=callable, expected="a name or a callable",
)  # fmt: skip


def get(identifier: Any) -> Callable[[Array], Array]:
    """Return the activation that a name, a configuration or ``None`` (linear) stands for.

    A callable is returned as it is: any function of an array can be an activation.

    Raises
    ------
    ValueError
        If the name is unknown, with the nearest known one.
    TypeError
        If `identifier` is neither a name nor callable.

    Examples
    --------
    >>> get("sigmoid") is sigmoid
    True
    """
    if identifier is None:
        return linear
    if isinstance(identifier, str) and identifier == "glu":
        raise ValueError(
            "The activation 'glu' is one of Keras' that tinyneuron leaves out: it halves an axis."
        )
    if isinstance(identifier, str) and identifier in ("threshold", "Threshold"):
        raise ValueError("threshold has no defaults: give Threshold(threshold, default_value).")
    found: Callable[[Array], Array] = _REGISTRY.find(identifier)
    return found


def threshold(x: Any, threshold: float, default_value: float) -> Array:
    """Return x where it is above the threshold, else the default value; see `Threshold`.

    Examples
    --------
    >>> threshold([-1.0, 2.0], 0.5, 0.0)
    array([0., 2.], dtype=float32)
    """
    return Threshold(threshold, default_value)(x)


def serialize(activation: Callable[[Array], Array]) -> Any:
    """Return the name of a ready activation, or a configuration with its options.

    Examples
    --------
    >>> serialize(relu)
    'relu'
    >>> serialize(ReLU(max_value=2.0))["config"]
    {'negative_slope': 0.0, 'max_value': 2.0, 'threshold': 0.0}
    """
    if isinstance(activation, Activation):
        if activation in ready_names:
            return ready_names[activation]
        return {"class_name": type(activation).__name__, "config": activation.get_config()}
    return getattr(activation, "__name__", type(activation).__name__)


deserialize = deserializing(get)


# Numbers of which an activation's work on the way fits the cache.
_PART = 2**15


def apply(activation: Callable[[Array], Array], z: Array) -> Array:
    """Compute a = g(z) where `z` is the caller's own to overwrite."""
    if not isinstance(activation, Activation):
        return activation(z)
    parts = z.size // _PART
    if parts < 2 or not is_own(type(activation)) or getattr(activation, "axis", -1) != -1:
        return activation.apply(z)
    rows = math.ceil(len(z) / parts)
    for start in range(0, len(z), rows):
        activation.apply(z[start : start + rows])
    return z


def backward(activation: Callable[[Array], Array], gradient: Array, z: Any, a: Array) -> Array:
    """Turn dL/da into dL/dz, in place."""
    return _with_derivative(activation).backward(gradient, z, a)


def check_trainable(activation: Callable[[Array], Array]) -> None:
    """Raise an error unless the derivative of the activation is known."""
    _with_derivative(activation).check_trainable()


def _with_derivative(activation: Callable[[Array], Array]) -> Activation:
    if not isinstance(activation, Activation):
        name = getattr(activation, "__name__", repr(activation))
        raise TypeError(
            f"The activation {name} is a plain function, whose derivative is not known. To train "
            "with it, subclass activations.Activation with apply and slope."
        )
    return activation


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
