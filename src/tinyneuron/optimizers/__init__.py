"""Optimizers: how the gradient becomes the change of the weights.

Each class is one update rule, written in `update` for one flat vector g that holds the gradients
of all weights: however many layers there are, a step is a handful of NumPy calls.

>>> import numpy as np
>>> w = np.array([1.0, 2.0])
>>> SGD(learning_rate=0.1).apply([np.array([10.0, 0.0])], [w])
>>> w
array([0., 2.])
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arguments import as_list, flag, real_number, shown
from tinyneuron._common.arrays import Array, as_numbers
from tinyneuron._common.configuration import Configurable, described, serialize
from tinyneuron._common.names import name_or_default, refuse_other_names
from tinyneuron._common.registry import Registry
from tinyneuron.optimizers import schedules
from tinyneuron.optimizers.schedules import LearningRateSchedule

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Optimizer",
    "RMSprop",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

# A block of the flat vectors: few enough numbers that a rule's passes over the gradient and its
# state find them in a core's caches, many enough that NumPy's calls cost little beside the passes.
_BLOCK = 2**17


class Optimizer(Configurable):
    """Base of all optimizers: subclass it with `update`, and `slots`, the vectors it keeps.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        How far to go.
    weight_decay : float, optional
        Before each step every weight shrinks by this share times the learning rate.
    clipnorm, clipvalue, global_clipnorm : float, optional
        At most one: the most that each weight's gradient is long, that each of its entries is
        large, that all gradients together are long.
    name : str, optional
        The class name in snake case by default.

    Examples
    --------
    >>> class Signs(Optimizer):
    ...     "w -= learning_rate * sign(g)"
    ...     def update(self, g, learning_rate):
    ...         np.sign(g, out=g)
    ...         g *= learning_rate
    >>> w = np.array([1.0, 2.0])
    >>> Signs(0.5).apply([np.array([10.0, -3.0])], [w])
    >>> w
    array([0.5, 2.5])
    """

    slots: tuple[str, ...] = ()  # names of the vectors that the rule keeps, of the length of g

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.01,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
    ):
        if isinstance(learning_rate, dict):
            learning_rate = schedules.deserialize(learning_rate)
        self.name = name_or_default(self, name)
        self.learning_rate = learning_rate
        clips = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        given = {option: value for option, value in clips.items() if value is not None}
        if len(given) > 1:
            raise ValueError(
                f"{self.name}: give at most one of {', '.join(clips)}, got {' and '.join(given)}."
            )
        self.weight_decay = self._from_zero("weight_decay", weight_decay)
        self.clipnorm = self._from_zero("clipnorm", clipnorm)
        self.clipvalue = self._from_zero("clipvalue", clipvalue)
        self.global_clipnorm = self._from_zero("global_clipnorm", global_clipnorm)
        self._iterations = 0
        self._weights: list[Array] = []
        self._ends: list[int] = []
        self._built_slots: tuple[str, ...] = ()
        self._slots: Array = np.zeros((0, 0))
        self._make_gradient()

    def _from_zero(self, name: str, value: Any) -> float | None:
        if value is None:
            return None
        return real_number(f"{self.name}: {name}", value, "a number from 0 up")

    # The rule, in a subclass -------------------------------------------------------------------

    def update(self, g: Array, learning_rate: float, *slots: Array) -> None:
        """Turn the gradient `g` into what is subtracted from the weights, in place.

        Parameters
        ----------
        g : ndarray
            The flat gradient, or one block of it.
        learning_rate : float
            At this step.
        *slots : ndarray
            The same block of each of the `slots`, to be kept up to date.
        """
        raise NotImplementedError(f"{type(self).__name__} must define update(g, learning_rate).")

    # What they share ---------------------------------------------------------------------------

    def build(self, weights: Iterable[Array]) -> None:
        """Make the flat vectors for these weights, keeping the state of those known already."""
        weights = list(weights)
        before = vars(self).copy()
        try:
            self._build(weights)
        except BaseException:  # Ctrl-C among them: all is new, or all as it was
            vars(self).update(before)
            raise

    def _build(self, weights: list[Array]) -> None:
        known, before = self._weights, self.state()
        sizes = [weight.size for weight in weights]
        dtype = np.result_type(*weights) if weights else settings.floatx()
        self._weights = weights
        self._ends = np.cumsum(sizes, dtype=int).tolist()
        self._built_slots = self.slots
        self._slots = np.zeros((len(self.slots), sum(sizes)), dtype)
        for name, views in self.state().items():
            for old, weight in zip(before.get(name, ()), known, strict=False):
                for view, same in zip(views, weights, strict=True):
                    if same is weight:
                        view[...] = old
        self._make_gradient()

    def _make_gradient(self) -> None:
        size = self._slots.shape[1]
        self._gradient = np.zeros(size, self._slots.dtype)
        #: One view of the flat gradient for each weight, in its shape.
        self.gradients = self._views(self._gradient[np.newaxis])[0]
        self._blocks = [
            (self._gradient[start : start + _BLOCK], *self._slots[:, start : start + _BLOCK])
            for start in range(0, size, _BLOCK)
        ]

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what a copy or a pickle would tear from the arrays it is a view of."""
        views = ("_gradient", "gradients", "_blocks")
        return {name: value for name, value in vars(self).items() if name not in views}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._make_gradient()

    def _views(self, vectors: Array) -> list[list[Array]]:
        """Cut each flat vector into one view for each weight, in its shape."""
        return [
            [
                vector[end - weight.size : end].reshape(weight.shape)
                for end, weight in zip(self._ends, self._weights, strict=True)
            ]
            for vector in vectors
        ]

    def state(self) -> dict[str, list[Array]]:
        """Return the vectors kept so far by name, each as one view for each weight."""
        return dict(zip(self._built_slots, self._views(self._slots), strict=True))

    def is_built_for(self, weights: Sequence[Array]) -> bool:
        """Say whether these very arrays, in this order, are the ones the state belongs to."""
        return (
            self._built_slots == self.slots  # which follow from options that can be set
            and len(weights) == len(self._weights)
            and all(mine is theirs for mine, theirs in zip(self._weights, weights, strict=True))
        )

    def apply(
        self, grads: Iterable[Any], trainable_variables: Iterable[Array] | None = None
    ) -> None:
        """Change each weight by one step along its gradient.

        Parameters
        ----------
        grads : list of array_like
            One gradient for each weight.
        trainable_variables : list of ndarray, optional
            The weights, changed in place; by default those of the last time.

        Raises
        ------
        ValueError
            If there are not as many gradients as weights, or one has another shape; then no
            weight is changed.
        """
        weights = self._weights
        if trainable_variables is not None:
            weights = as_list("trainable_variables", trainable_variables)
        for weight in weights:
            if not isinstance(weight, np.ndarray) or weight.dtype.kind != "f":
                raise TypeError(
                    f"{self.name} changes the weights in place, so they must be NumPy arrays of "
                    f"floats, got {shown(weight)}."
                )
            if not weight.flags.writeable:
                raise ValueError(f"{self.name} cannot write into a weight: it is read-only.")
        gradients = [as_numbers(gradient, "a gradient") for gradient in as_list("grads", grads)]
        shapes = [[array.shape for array in arrays] for arrays in (weights, gradients)]
        if shapes[0] != shapes[1]:
            raise ValueError(
                f"{self.name}: gradients of shapes {shapes[1]} do not fit weights of shapes "
                f"{shapes[0]}."
            )
        if not self.is_built_for(weights):
            self.build(weights)
        for view, gradient in zip(self.gradients, gradients, strict=True):
            view[...] = gradient
        self.step()

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Array]]) -> None:
        """Change each weight by one step, given pairs of gradient and weight."""
        pairs = as_list("grads_and_vars", grads_and_vars)
        if not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
            raise ValueError(
                f"grads_and_vars must be pairs of a gradient and a weight, got {shown(pairs)}."
            )
        self.apply([gradient for gradient, _ in pairs], [weight for _, weight in pairs])

    def step(self) -> None:
        """Change the weights by one step along the gradients that stand in `gradients`."""
        rate = self.learning_rate  # of a schedule, before `iterations` moves on
        self._clip()
        if self.weight_decay:
            for weight in self._weights:
                weight -= weight * (self.weight_decay * rate)
        self._iterations += 1
        for g, *slots in self._blocks:
            self.update(g, rate, *slots)
        for weight, change in zip(self._weights, self.gradients, strict=True):
            weight -= change

    def state_factors(self) -> dict[str, float]:
        """Return what each slot is to be multiplied by to be what Keras keeps."""
        return dict.fromkeys(self.slots, 1.0)

    def _clip(self) -> None:
        if self.clipvalue is not None:
            np.clip(self._gradient, -self.clipvalue, self.clipvalue, out=self._gradient)
        elif self.clipnorm is not None:
            for gradient in self.gradients:
                _shorten(gradient, self.clipnorm)
        elif self.global_clipnorm is not None:
            _shorten(self._gradient, self.global_clipnorm)

    @property
    def iterations(self) -> int:
        """The number of steps taken."""
        return self._iterations

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step; it can be set, unless there is a schedule."""
        rate = self._learning_rate
        return rate(self._iterations) if isinstance(rate, LearningRateSchedule) else rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if not isinstance(value, LearningRateSchedule):
            if isinstance(getattr(self, "_learning_rate", None), LearningRateSchedule):
                raise TypeError(
                    f"{self.name} has a learning-rate schedule, so its learning rate cannot be "
                    "set. Make it with a number instead."
                )
            value = real_number(f"{self.name}: learning_rate", value, "a number from 0 up")
        self._learning_rate = value

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"learning_rate": described(self._learning_rate)}


class SGD(Optimizer):
    """Gradient descent: w -= learning_rate * g.

    With momentum, the change carries on: v = momentum * v + learning_rate * g, and w -= v. With
    Nesterov's, w -= momentum * v + learning_rate * g, the change one step further on.
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
    ):
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name)
        self.momentum = _share("momentum", momentum)
        self.nesterov = flag("nesterov", nesterov)

    @property
    def slots(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("momentum",) if self.momentum else ()

    def state_factors(self) -> dict[str, float]:
        return {"momentum": -1.0}

    def update(self, g: Array, learning_rate: float, *slots: Array) -> None:
        g *= learning_rate
        for v in slots:  # one with momentum, none without
            v *= self.momentum
            v += g
            if self.nesterov:
                g += self.momentum * v
            else:
                g[...] = v


class RMSprop(Optimizer):
    """w -= learning_rate * g / sqrt(v + epsilon), where v = rho * v + (1 - rho) * g^2.

    Each weight's step is divided by the recent size of its gradient. Centered, v is that size's
    variance, v - (mean gradient)^2. With momentum the steps add up. Hinton's lecture 6e (2012).
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
    ):
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name)
        self.rho, self.momentum = _share("rho", rho), _share("momentum", momentum)
        self.epsilon = real_number("epsilon", epsilon, "a finite number from 0 up")
        self.centered = flag("centered", centered)

    @property
    def slots(self) -> tuple[str, ...]:  # type: ignore[override]
        kept = {"velocity": True, "momentum": self.momentum > 0, "average_gradient": self.centered}
        return tuple(name for name, needed in kept.items() if needed)

    def update(self, g: Array, learning_rate: float, *slots: Array) -> None:
        state = dict(zip(self.slots, slots, strict=True))
        v = state["velocity"]
        v *= self.rho
        v += (1 - self.rho) * np.square(g)
        denominator = v + self.epsilon
        if self.centered:
            mean = state["average_gradient"]
            mean *= self.rho
            mean += (1 - self.rho) * g
            denominator -= np.square(mean)
        g *= learning_rate
        g /= np.sqrt(denominator, out=denominator)
        if self.momentum:
            carried = state["momentum"]
            carried *= self.momentum
            carried += g
            g[...] = carried


class Adam(Optimizer):
    """w -= learning_rate * m' / (sqrt(v') + epsilon), with running means m of g and v of g^2.

    m = beta_1 m + (1 - beta_1) g and v = beta_2 v + (1 - beta_2) g^2 start at zero; m' and v' are
    corrected for it: m' = m / (1 - beta_1^t), v' = v / (1 - beta_2^t) at step t. As in Keras,
    epsilon is added before the correction, to sqrt(v). With AMSGrad, v never falls. Kingma and
    Ba, "Adam" (2014); Reddi et al. (2018).
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
    ):
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name)
        self.beta_1, self.beta_2 = _share("beta_1", beta_1), _share("beta_2", beta_2)
        self.epsilon = real_number("epsilon", epsilon, "a finite number from 0 up")
        self.amsgrad = flag("amsgrad", amsgrad)

    @property
    def slots(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("momentum", "velocity") + ("velocity_hat",) * self.amsgrad

    def state_factors(self) -> dict[str, float]:
        v = 1 - self.beta_2
        return {"momentum": 1 - self.beta_1, "velocity": v, "velocity_hat": v}

    def update(self, g: Array, learning_rate: float, *slots: Array) -> None:
        # m and v are kept without their factors (1 - beta), which saves two passes over g: those,
        # and the corrections for the start at zero, meet in `scale` and `rate`.
        t = self._iterations
        scale = math.sqrt(1 - self.beta_2)
        rate = learning_rate * (1 - self.beta_1) / (1 - self.beta_1**t) / scale
        rate *= math.sqrt(1 - self.beta_2**t)
        m, v = slots[:2]
        m *= self.beta_1
        m += g
        np.square(g, out=g)
        v *= self.beta_2
        v += g
        if self.amsgrad:
            v = np.maximum(v, slots[2], out=slots[2])
        np.sqrt(v, out=g)
        g += self.epsilon / scale
        np.divide(m, g, out=g)
        g *= rate


class AdamW(Adam):
    """`Adam` with weight decay of its own, 0.004. Loshchilov and Hutter (2017)."""

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
    ):
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay, clipnorm, clipvalue,
            global_clipnorm, name,
        )  # fmt: skip


def _shorten(gradient: Array, longest: float) -> None:
    """Scale `gradient` down to a length of at most `longest`, in place."""
    length = _length(gradient)
    if length > longest:
        gradient *= longest / length


def _length(vector: Array) -> float:
    length = math.sqrt(float(np.vdot(vector, vector)))
    if math.isinf(length):  # the squares overflow, as those of the scaled vector cannot
        largest = np.abs(vector).max()
        scaled = vector / largest
        length = float(largest) * math.sqrt(float(np.vdot(scaled, scaled)))
    return length


def _share(name: str, value: float) -> float:
    return real_number(name, value, "a number from 0 up and below 1")


_REGISTRY = Registry(
    "optimizer", SGD, RMSprop, Adam, AdamW, adamw=AdamW, rmsprop=RMSprop, RMSProp=RMSprop,
    accepts=lambda found: isinstance(found, Optimizer), expected="a name or an Optimizer",
)  # fmt: skip


def get(identifier: Any) -> Optimizer:
    """Return the optimizer that a name, a class or a configuration stands for.

    Examples
    --------
    >>> get("adam").learning_rate
    0.001
    """
    found: Optimizer = _REGISTRY.find(identifier)
    return found


deserialize = get


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
