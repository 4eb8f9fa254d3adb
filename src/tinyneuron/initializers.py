"""Initializers: how weights start. Each is called with a shape and returns an array.

Units of one layer all see the same inputs; only different starting weights let them part ways.
The scale of those weights follows the number of inputs (fan in) and outputs (fan out), so that
a signal neither grows nor fades from layer to layer.

>>> GlorotUniform(seed=0)((2, 3)).shape
(2, 3)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arguments import integer, one_of, real_number
from tinyneuron._common.arrays import Array, as_floats, as_numbers, as_sizes
from tinyneuron._common.configuration import Configurable
from tinyneuron._common.missing import refuse_other_names
from tinyneuron._common.registry import Registry, callable_or_none, deserializing


class Initializer(Configurable):
    """Base of all initializers: subclass it with `__call__` (and `get_config` to save it)."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Array:
        """Return the starting values of a weight of `shape`."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(shape, dtype).")


class Zeros(Initializer):
    """All zeros: how biases start."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Array:
        return np.zeros(as_sizes(shape), settings.number_dtype(dtype))


class Ones(Initializer):
    """All ones: how scales start."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Array:
        return np.ones(as_sizes(shape), settings.number_dtype(dtype))


class Constant(Initializer):
    """One value everywhere, or an array of the weight's own shape.

    >>> Constant(2.0)((3,))
    array([2., 2., 2.], dtype=float32)
    """

    def __init__(self, value: Any = 0.0):
        self.value = np.array(as_numbers(value, "Constant: value"), np.float64)[()]  # a copy

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Array:
        shape, value = as_sizes(shape), as_floats(self.value, settings.float_dtype(dtype), "value")
        if value.ndim and value.shape != shape:
            raise ValueError(
                f"The initial value has shape {value.shape}, but the weight has shape {shape}."
            )
        return np.full(shape, value)


class Identity(Initializer):
    """`gain` on the diagonal, zeros elsewhere: a layer that starts by passing on its inputs.

    >>> Identity(2.0)((2, 3))
    array([[2., 0., 0.],
           [0., 2., 0.]], dtype=float32)
    """

    def __init__(self, gain: float = 1.0):
        self.gain = real_number("Identity: gain", gain)

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Array:
        shape = as_sizes(shape)
        if len(shape) != 2:
            raise ValueError(f"Identity makes matrices, of two axes, got shape {shape}.")
        return self.gain * np.eye(*shape, dtype=settings.float_dtype(dtype))


class RandomInitializer(Initializer):
    """Base of the random ones: the same instance draws the same values at each call, as in Keras.

    With ``seed=None`` a seed is drawn once, when the initializer is made.
    """

    def __init__(self, seed: int | None = None):
        who = type(self).__name__
        self.seed = None if seed is None else integer(f"{who}: seed", seed, least=None)
        self._seed = settings.make_seed() if self.seed is None else self.seed % 2**64

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Array:
        values = self.draw(np.random.default_rng(self._seed), as_sizes(shape))
        with np.errstate(over="ignore"):
            return np.asarray(values, settings.float_dtype(dtype))

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Draw float64 values of `shape` from `rng`."""
        raise NotImplementedError(f"{type(self).__name__} must define draw(rng, shape).")


class RandomNormal(RandomInitializer):
    """Normal distribution with the given mean and standard deviation."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None):
        super().__init__(seed)
        self.mean, self.stddev = _normal(self, mean, stddev)

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return rng.normal(self.mean, self.stddev, shape)


class RandomUniform(RandomInitializer):
    """Uniform distribution between `minval` and `maxval`."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None):
        super().__init__(seed)
        self.minval = real_number("RandomUniform: minval", minval)
        self.maxval = real_number("RandomUniform: maxval", maxval)
        if self.minval > self.maxval:
            raise ValueError(
                f"RandomUniform: minval must not be above maxval, got {self.minval} and "
                f"{self.maxval}."
            )

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return rng.uniform(self.minval, self.maxval, shape)


class TruncatedNormal(RandomInitializer):
    """Normal distribution whose values beyond two standard deviations are drawn again."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None):
        super().__init__(seed)
        self.mean, self.stddev = _normal(self, mean, stddev)

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return self.mean + self.stddev * _truncated_standard_normal(rng, shape)


class Orthogonal(RandomInitializer):
    """`gain` times a random matrix Q with Q^T Q = 1, or Q Q^T = 1: it keeps lengths.

    Of the QR decomposition of a normal matrix, with signs that make R's diagonal positive, so
    that all such Q are equally likely. Axes before the last count as one. Saxe et al., "Exact
    Solutions to the Nonlinear Dynamics of Learning in Deep Linear Networks" (2013).
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None):
        super().__init__(seed)
        self.gain = real_number("Orthogonal: gain", gain)

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        if len(shape) < 2:
            raise ValueError(f"Orthogonal makes matrices, of at least two axes, got shape {shape}.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        q *= np.sign(r.diagonal())
        return self.gain * (q if rows >= columns else q.T).reshape(shape)


class VarianceScaling(RandomInitializer):
    """Mean 0 and variance scale / n, where `mode` makes n the fan in, fan out or their average.

    He et al. (2015), Glorot and Bengio (2010) and LeCun et al. (1998) are its special cases.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ):
        super().__init__(seed)
        self.scale = real_number("VarianceScaling: scale", scale, "a finite number above 0")
        self.mode = one_of("VarianceScaling: mode", mode, ["fan_in", "fan_out", "fan_avg"])
        known = ["truncated_normal", "untruncated_normal", "uniform", "normal"]
        one_of("VarianceScaling: distribution", distribution, known)
        # "normal" is Keras' older name
        self.distribution = "truncated_normal" if distribution == "normal" else distribution

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        fan_in, fan_out = _fans(shape)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)  # a uniform distribution's variance is limit^2 / 3
            return rng.uniform(-limit, limit, shape)
        stddev = math.sqrt(variance)
        if self.distribution == "untruncated_normal":
            return rng.normal(0, stddev, shape)
        return stddev / _TRUNCATED_STDDEV * _truncated_standard_normal(rng, shape)


class _FixedScaling(VarianceScaling):
    """One of the six classical choices of scale, mode and distribution."""

    choice: tuple[float, str, str]

    def __init__(self, seed: int | None = None):
        super().__init__(*self.choice, seed=seed)


class GlorotUniform(_FixedScaling):
    """Uniform between -+sqrt(6 / (fan_in + fan_out)): how kernels start."""

    choice = (1.0, "fan_avg", "uniform")


class GlorotNormal(_FixedScaling):
    """Truncated normal of variance 2 / (fan_in + fan_out)."""

    choice = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_FixedScaling):
    """Uniform between -+sqrt(6 / fan_in): made for ReLU."""

    choice = (2.0, "fan_in", "uniform")


class HeNormal(_FixedScaling):
    """Truncated normal of variance 2 / fan_in: made for ReLU."""

    choice = (2.0, "fan_in", "truncated_normal")


class LecunUniform(_FixedScaling):
    """Uniform between -+sqrt(3 / fan_in)."""

    choice = (1.0, "fan_in", "uniform")


class LecunNormal(_FixedScaling):
    """Truncated normal of variance 1 / fan_in: made for SELU."""

    choice = (1.0, "fan_in", "truncated_normal")


# Standard deviation of the standard normal distribution cut at -2 and 2.
_TRUNCATED_STDDEV = 0.8796256610342398


def _normal(who: RandomInitializer, mean: Any, stddev: Any) -> tuple[float, float]:
    name, kind = type(who).__name__, "a finite number from 0 up"
    return real_number(f"{name}: mean", mean), real_number(f"{name}: stddev", stddev, kind)


def _truncated_standard_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    values = np.asarray(rng.standard_normal(shape))
    while (outside := np.abs(values) > 2).any():
        values[outside] = rng.standard_normal(outside.sum())
    return values


def _fans(shape: tuple[int, ...]) -> tuple[float, float]:
    """Number of inputs and outputs of one unit: (in, units) for a Dense kernel."""
    if len(shape) < 2:
        n = shape[0] if shape else 1
        return n, n
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


zeros, ones, constant = Zeros, Ones, Constant
random_normal, random_uniform = RandomNormal, RandomUniform
truncated_normal, variance_scaling = TruncatedNormal, VarianceScaling
glorot_uniform, glorot_normal = GlorotUniform, GlorotNormal
he_uniform, he_normal = HeUniform, HeNormal
lecun_uniform, lecun_normal = LecunUniform, LecunNormal
orthogonal, identity = Orthogonal, Identity

_NAMES = Registry(
    "initializer",
    Zeros, Ones, Constant, RandomNormal, RandomUniform, TruncatedNormal, VarianceScaling,
    GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal, Orthogonal,
    Identity, zero=Zeros, one=Ones, normal=RandomNormal, uniform=RandomUniform,
    accepts=callable_or_none, expected="a name, an array or a callable",
)  # fmt: skip


def get(identifier: Any) -> Callable[..., Array] | None:
    """Return the initializer that a name, a class, a configuration or an array stands for.

    Examples
    --------
    >>> get("he_normal")
    HeNormal(seed=None)
    """
    if isinstance(identifier, np.ndarray):
        return Constant(identifier)
    found: Callable[..., Array] | None = _NAMES.find(identifier)
    return found


deserialize = deserializing(get)

__all__ = [
    "Initializer", "RandomInitializer", "deserialize", "get",
    *sorted(_NAMES.table.keys() & globals().keys()),
]  # fmt: skip

if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
