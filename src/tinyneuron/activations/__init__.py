r"""Activations: what a neuron does with its weighted sum, :math:`a = g(z)`.

Each class is one formula. Its two methods are the formula and its derivative:

    apply(z)        overwrites z with a = g(z) and returns it
    slope(z, a)     g'(z), written with a where that is shorter; not for the two softmaxes, whose
                    outputs depend on each other: those have `backward` alone

Each has one ready instance under Keras' function name, which is what ``Dense(1, "sigmoid")``
uses: there is one sigmoid in the house, `sigmoid`.

>>> sigmoid([-1.0, 0.0, 1.0])
array([0.2689414, 0.5      , 0.7310586], dtype=float32)
>>> relu([-1.0, 2.0], negative_slope=0.5)
array([-0.5,  2. ], dtype=float32)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tinyneuron._common.arguments import flag, integer, real_number
from tinyneuron._common.arrays import Array, as_floats
from tinyneuron._common.configuration import Configurable
from tinyneuron._common.names import name_or_default, refuse_other_names
from tinyneuron._common.normal import normal_cdf, normal_pdf
from tinyneuron._common.registry import Registry

# NumPy converts a Python number at each call; an array of no dimension it takes as it is.
# float32 holds these exactly and never widens or narrows what it meets.
_ZERO = np.array(0, np.float32)
_ONE = np.array(1, np.float32)
_SATURATED = np.array(64, np.float32)  # from here on sigmoid(z) is 1 in every float we use


class Activation(Configurable):
    """Base of all activations: subclass it with `apply` and `slope`.

    Calling one leaves its argument alone and returns a new array; float32 and float64 arrays
    keep their dtype, everything else (lists, scalars, integers) is computed in `floatx`.

    Examples
    --------
    >>> class Square(Activation):
    ...     def apply(self, z):
    ...         return np.square(z, out=z)
    ...     def slope(self, z, a):
    ...         return 2 * z
    ...     needs_z = True
    >>> Square()([1.0, 3.0])
    array([1., 9.], dtype=float32)
    >>> Square().derivative([1.0, 3.0])
    array([2., 6.], dtype=float32)
    """

    needs_z = False  # whether `slope` reads z; if not, training need not keep it

    def __call__(self, x: Any, *args: Any, **options: Any) -> Array:
        if args or options:  # relu(x, negative_slope=0.1), as with Keras' functions
            return type(self)(*args, **options)(x)
        x = as_floats(x, name="x")
        return self.apply(np.array(x, ndmin=1)).reshape(x.shape)

    def apply(self, z: Array) -> Array:
        """Overwrite the float array `z` with g(z) and return it."""
        raise NotImplementedError(f"{type(self).__name__} must define apply(z).")

    def slope(self, z: Any, a: Array) -> Array:
        """Return g'(z), given z (``None`` unless `needs_z`) and a = g(z)."""
        raise NotImplementedError(f"{type(self).__name__} must define slope(z, a) to be trained.")

    def backward(self, gradient: Array, z: Any, a: Array) -> Array:
        """Turn dL/da into dL/dz = dL/da * g'(z), in place."""
        gradient *= self.slope(z, a)
        return gradient

    def derivative(self, x: Any) -> Array:
        """Return g'(x) for any numbers x, in a new array."""
        x = as_floats(x, name="x")
        z = np.array(x, ndmin=1)
        return np.asarray(self.slope(z, self.apply(z.copy())), z.dtype).reshape(x.shape)

    @property
    def __name__(self) -> str:
        """The name of Keras' function, as in ``layer.activation.__name__``."""
        return _NAMES.get(self) or name_or_default(self, None)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))


class Linear(Activation):
    """a = z, g'(z) = 1: the neuron of linear regression."""

    def apply(self, z: Array) -> Array:
        return z

    def slope(self, z: Any, a: Array) -> Array:
        return np.ones_like(a)

    def backward(self, gradient: Array, z: Any, a: Array) -> Array:
        return gradient  # times one


class Sigmoid(Activation):
    """a = 1 / (1 + e^-z), g'(z) = a (1 - a): the neuron of logistic regression.

    Computed as e^z / (1 + e^z), which keeps its relative precision down to the smallest float,
    where 1 / (1 + e^-z) overflows and (1 + tanh(z/2)) / 2 rounds to nothing.
    """

    def apply(self, z: Array) -> Array:
        # Keeps e^z finite, changes no result; NumPy's minimum with one number is not vectorized.
        np.copyto(z, _SATURATED, where=z > _SATURATED)
        np.exp(z, out=z)
        return np.divide(z, _ONE + z, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        slope = _ONE - a
        slope *= a
        return slope


class ReLU(Activation):
    """a = max(0, z), g'(z) = 1 where z > 0, else 0; with Keras' three options

    a = z where z >= threshold, else negative_slope * (z - threshold); then at most max_value.
    """

    def __init__(
        self, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
    ):
        self.negative_slope = _from_zero(self, "negative_slope", negative_slope)
        self.max_value = None if max_value is None else _from_zero(self, "max_value", max_value)
        self.threshold = _from_zero(self, "threshold", threshold)

    def apply(self, z: Array) -> Array:
        if self.negative_slope:
            with np.errstate(over="ignore"):
                below = z < self.threshold
                np.multiply(z - self.threshold, self.negative_slope, out=z, where=below)
        elif self.threshold:
            z[z < self.threshold] = 0
        else:  # a row of zeros: NumPy takes several numbers at once only from two arrays
            np.maximum(z, np.zeros(z.shape[-1:], z.dtype), out=z)
        if self.max_value is not None:
            np.minimum(z, self.max_value, out=z)
        return z

    def slope(self, z: Any, a: Array) -> Array:
        slope = (a > 0).astype(a.dtype)
        if self.negative_slope:
            slope[a < 0] = self.negative_slope
        if self.max_value is not None:
            slope[a >= self.max_value] = 0
        return slope


class ReLU6(ReLU):
    """a = min(max(0, z), 6)."""

    def __init__(self) -> None:
        super().__init__(max_value=6.0)

    def get_config(self) -> dict[str, Any]:
        return {}


class LeakyReLU(ReLU):
    """a = z where z > 0, else negative_slope * z."""

    def __init__(self, negative_slope: float = 0.2):
        super().__init__(negative_slope=negative_slope)

    def get_config(self) -> dict[str, Any]:
        return {"negative_slope": self.negative_slope}


class ELU(Activation):
    """a = z where z > 0, else alpha (e^z - 1); g'(z) = 1 or a + alpha."""

    def __init__(self, alpha: float = 1.0):
        self.alpha = _from_zero(self, "alpha", alpha)

    def apply(self, z: Array) -> Array:
        negative = np.expm1(np.minimum(z, _ZERO))
        negative *= self.alpha
        np.maximum(z, _ZERO, out=z)
        z += negative
        return z

    def slope(self, z: Any, a: Array) -> Array:
        return np.where(a > 0, _ONE, a + self.alpha)


class SELU(Activation):
    """a = scale * elu(z, alpha), with the two constants that keep mean 0 and variance 1.

    Klambauer et al., "Self-Normalizing Neural Networks" (2017).
    """

    alpha = 1.6732632423543772
    scale = 1.0507009873554805

    def apply(self, z: Array) -> Array:
        ELU(self.alpha).apply(z)
        with np.errstate(over="ignore"):
            return np.multiply(z, self.scale, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        return np.where(a > 0, self.scale, a + self.scale * self.alpha)


class CELU(Activation):
    """a = z where z > 0, else alpha (e^(z / alpha) - 1); g'(z) = 1 or a / alpha + 1."""

    def __init__(self, alpha: float = 1.0):
        self.alpha = real_number("CELU: alpha", alpha, "a finite number above 0")

    def apply(self, z: Array) -> Array:
        negative = np.minimum(z, _ZERO)
        with np.errstate(over="ignore"):
            negative /= self.alpha
        np.expm1(negative, out=negative)
        negative *= self.alpha
        np.maximum(z, _ZERO, out=z)
        z += negative
        return z

    def slope(self, z: Any, a: Array) -> Array:
        return np.minimum(a, _ZERO) / self.alpha + _ONE


class Tanh(Activation):
    """a = tanh(z), g'(z) = 1 - a^2."""

    def apply(self, z: Array) -> Array:
        return np.tanh(z, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        slope = a * a
        return np.subtract(_ONE, slope, out=slope)


class Softmax(Activation):
    r"""a_i = e^{z_i} / sum_j e^{z_j}: probabilities that sum to one along `axis`.

    Each output depends on every logit of its row, so dL/dz is not a slope but
    dL/dz_i = a_i (dL/da_i - sum_j a_j dL/da_j).
    """

    def __init__(self, axis: int | tuple[int, ...] = -1):
        who = f"{type(self).__name__}: axis"
        axes = axis if isinstance(axis, list | tuple) else [axis]
        whole = tuple(integer(who, each, least=None) for each in axes)
        self.axis: int | tuple[int, ...] = whole if axes is axis else whole[0]
        self._least_rank = max((a + 1 if a >= 0 else -a for a in whole), default=0)

    def apply(self, z: Array) -> Array:
        self._check(z)
        if not z.size:
            return z
        _shift_to_zero(z, self.axis)
        np.exp(z, out=z)
        z /= z.sum(axis=self.axis, keepdims=True)
        return z

    def _check(self, z: Array) -> None:
        if z.ndim < self._least_rank:
            raise ValueError(
                f"{type(self).__name__}: axis {self.axis} is not among those of inputs of shape "
                f"{z.shape}."
            )

    def slope(self, z: Any, a: Array) -> Array:
        raise TypeError(
            f"{type(self).__name__} has no slope per element, as each output depends on every "
            "logit; backward(gradient, z, a) gives dL/dz."
        )

    def backward(self, gradient: Array, z: Any, a: Array) -> Array:
        gradient -= (gradient * a).sum(axis=self.axis, keepdims=True)
        gradient *= a
        return gradient


class LogSoftmax(Softmax):
    """a_i = z_i - log sum_j e^{z_j}: the logarithm of `Softmax`, exact where that rounds to 0."""

    def apply(self, z: Array) -> Array:
        self._check(z)
        if not z.size:
            return z
        impossible = np.isneginf(z)
        _shift_to_zero(z, self.axis)
        z -= np.log(np.exp(z).sum(axis=self.axis, keepdims=True))
        z[impossible] = -np.inf
        return z

    def backward(self, gradient: Array, z: Any, a: Array) -> Array:
        gradient -= np.exp(a) * gradient.sum(axis=self.axis, keepdims=True)
        return gradient


class Softplus(Activation):
    """a = log(1 + e^z), g'(z) = sigmoid(z) = 1 - e^-a."""

    def apply(self, z: Array) -> Array:
        with np.errstate(invalid="ignore"):  # no number in, no number out, and no warning
            return np.logaddexp(z, _ZERO, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        return -np.expm1(-a)


class Softsign(Activation):
    """a = z / (1 + |z|), g'(z) = (1 - |a|)^2."""

    def apply(self, z: Array) -> Array:
        _make_finite(z)
        z /= _ONE + np.abs(z)
        return z

    def slope(self, z: Any, a: Array) -> Array:
        return np.square(_ONE - np.abs(a))


class Exponential(Activation):
    """a = e^z = g'(z)."""

    def apply(self, z: Array) -> Array:
        with np.errstate(over="ignore"):  # infinity is the right answer
            return np.exp(z, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        return a


class SiLU(Activation):
    """a = z s with s = sigmoid(z), g'(z) = s (1 + z (1 - s)); also called swish."""

    needs_z = True

    def apply(self, z: Array) -> Array:
        gate = sigmoid(z)
        return np.multiply(_make_finite(z, upper=False), gate, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        z = _make_finite(z.copy())
        s = sigmoid(z)
        return s * (_ONE + z * (_ONE - s))


class HardSigmoid(Activation):
    """a = (z + 3) / 6 between 0 and 1: `Sigmoid` drawn with a ruler."""

    def apply(self, z: Array) -> Array:
        z += 3  # exact near -3, where z / 6 + 1/2 would cancel
        z /= 6
        return np.clip(z, 0, 1, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        return np.where((a > 0) & (a < 1), a.dtype.type(1 / 6), _ZERO)


class HardSiLU(Activation):
    """a = z * hard_sigmoid(z); also called hard swish."""

    needs_z = True

    def apply(self, z: Array) -> Array:
        gate = hard_sigmoid(z)
        return np.multiply(_make_finite(z, upper=False), gate, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        inner = np.where(np.abs(z) < 3, (z + 1.5) / 3, _ZERO)
        return np.where(z >= 3, _ONE, inner)


class GELU(Activation):
    """a = z Phi(z), with Phi the normal distribution's area; approximately
    z sigmoid(2 sqrt(2 / pi) (z + 0.044715 z^3)).

    Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016).
    """

    needs_z = True

    def __init__(self, approximate: bool = False):
        self.approximate = flag("GELU: approximate", approximate)

    def apply(self, z: Array) -> Array:
        gate = self._gate(z)
        return np.multiply(_make_finite(z, upper=False), gate, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        gate, z = self._gate(z), np.clip(z, -40, 40)
        if self.approximate:
            inner = math.sqrt(8 / math.pi) * (1 + 3 * 0.044715 * z * z)
            return gate + z * gate * (1 - gate) * inner
        return gate + z * normal_pdf(z)

    def _gate(self, z: Array) -> Array:
        if not self.approximate:
            return normal_cdf(z)
        z = np.clip(z, -40, 40)  # past which the gate is 0 or 1
        return sigmoid(math.sqrt(8 / math.pi) * (z + 0.044715 * z**3))


class LogSigmoid(Activation):
    """a = log sigmoid(z) = -softplus(-z), g'(z) = 1 - e^a."""

    def apply(self, z: Array) -> Array:
        softplus.apply(np.negative(z, out=z))
        return np.negative(z, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        return -np.expm1(a)


class Mish(Activation):
    """a = z tanh(softplus(z)). Misra, "Mish" (2019)."""

    needs_z = True

    def apply(self, z: Array) -> Array:
        gate = np.tanh(softplus(z))
        return np.multiply(_make_finite(z, upper=False), gate, out=z)

    def slope(self, z: Any, a: Array) -> Array:
        z = _make_finite(z.copy())
        gate = np.tanh(softplus(z))
        return gate + z * (_ONE - gate * gate) * sigmoid(z)


def _shift_to_zero(z: Array, axis: int | tuple[int, ...]) -> None:
    """Subtract from each row its largest logit: softmax does not change, e^z cannot overflow."""
    top = z.max(axis=axis, keepdims=True)
    if not np.isfinite(top).all():  # inf - inf is no number
        top = _make_finite(z).max(axis=axis, keepdims=True)
    with np.errstate(over="ignore"):  # the two ends of the range are infinitely far apart
        z -= top


def _make_finite(z: Array, upper: bool = True) -> Array:
    """Replace the infinities in `z` by the largest floats, in place."""
    largest = np.finfo(z.dtype).max
    np.maximum(z, -largest, out=z)
    return np.minimum(z, largest, out=z) if upper else z


def _from_zero(activation: Activation, name: str, value: Any) -> float:
    return real_number(f"{type(activation).__name__}: {name}", value, "a number from 0 up")


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

_READY = {name: value for name, value in list(globals().items()) if isinstance(value, Activation)}
_NAMES = {ready: name for name, ready in reversed(_READY.items())}  # silu before its alias swish
_REGISTRY = Registry(
    "activation", *map(type, _READY.values()), **_READY,
    accepts=callable, expected="a name or a callable",
)  # fmt: skip
_LEFT_OUT = [
    "glu",
    "hard_shrink",
    "hard_tanh",
    "soft_shrink",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "tanh_shrink",
    "threshold",
]


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
    if isinstance(identifier, str) and identifier in _LEFT_OUT:
        raise ValueError(
            f"The activation {identifier!r} is one of Keras' that tinyneuron leaves out; "
            "pass a function of an array, or subclass activations.Activation."
        )
    found: Callable[[Array], Array] = _REGISTRY.find(identifier)
    return found


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
        if activation in _NAMES:
            return _NAMES[activation]
        return {"class_name": type(activation).__name__, "config": activation.get_config()}
    return getattr(activation, "__name__", type(activation).__name__)


def deserialize(config: str | Mapping[str, Any]) -> Callable[[Array], Array]:
    """Return the activation that `serialize` described."""
    return get(config)


def apply(activation: Callable[[Array], Array], z: Array) -> Array:
    """Compute a = g(z) where `z` is the caller's own to overwrite."""
    return activation.apply(z) if isinstance(activation, Activation) else activation(z)


def backward(activation: Callable[[Array], Array], gradient: Array, z: Any, a: Array) -> Array:
    """Turn dL/da into dL/dz, in place."""
    if not isinstance(activation, Activation):
        name = getattr(activation, "__name__", repr(activation))
        raise TypeError(
            f"The activation {name} is a plain function, whose derivative is not known. To train "
            "with it, subclass activations.Activation with apply and slope."
        )
    return activation.backward(gradient, z, a)


__all__ = [
    "Activation",
    "deserialize",
    "get",
    "serialize",
    *sorted(_REGISTRY.table.keys() & globals().keys()),
]

if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
