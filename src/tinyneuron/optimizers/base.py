"""What all optimizers share: one flat gradient, the state beside it, and the step.

The gradients of all weights lie in one vector, and so does each part of the state: however many
layers there are, a rule is a handful of NumPy calls.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypedDict

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arguments import as_list, real_number, shown, text
from tinyneuron._common.arrays import Array, as_numbers
from tinyneuron._common.configuration import Configurable, described, described_function
from tinyneuron._common.names import name_or_default
from tinyneuron.optimizers import schedules
from tinyneuron.optimizers.schedules import LearningRateSchedule

# A block of the flat vectors: few enough numbers that a rule's passes over the gradient and its
# state find them in a core's caches, many enough that NumPy's calls cost little beside the passes.
_BLOCK = 2**17

_RATE = "a finite number from 0 up"

#: A number, a function of the number of steps, or a function of nothing.
LearningRate: TypeAlias = float | LearningRateSchedule | Callable[[], float]


class Shared(TypedDict, total=False):
    """What every optimizer takes after the options of its rule, in this order."""

    weight_decay: float | None
    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    name: str | None


class Optimizer(Configurable):
    """Base of all optimizers: a subclass has the rule, `update`, and names the `slots` it keeps.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
        How far to go. A callable without arguments is asked before each step.
    weight_decay : float, optional
        Before each step every weight shrinks by this share times the learning rate.
    clipnorm, clipvalue, global_clipnorm : float, optional
        At most one: the largest length of each weight's gradient, the largest size of each of its
        entries, the largest length of all gradients together.
    name : str, optional
        The class name in snake case by default.

    Examples
    --------
    >>> class Adagrad(Optimizer):
    ...     "s = s + g^2, w -= learning_rate * g / sqrt(s)."
    ...     slots = ("s",)
    ...     def update(self, g, learning_rate, *, s):
    ...         s += g * g
    ...         g *= learning_rate / np.sqrt(s)
    >>> w = np.array([1.0, 2.0])
    >>> Adagrad(0.5).apply([np.array([10.0, -3.0])], [w])
    >>> w
    array([0.5, 2.5])
    """

    slots: tuple[str, ...] = ()  # names of the vectors that the rule keeps, as long as g
    slots_start: float = 0.0  # what stands in them before the first step

    def __init__(
        self,
        learning_rate: LearningRate = 0.01,
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
        self._names: list[str] = []
        self._not_decayed: list[Array] = []
        self._names_not_decayed: list[str] = []
        vars(self).update(_laid_out([], (), np.zeros((0, 0))))

    def _from_zero(self, name: str, value: Any) -> float | None:
        if value is None:
            return None
        return real_number(f"{self.name}: {name}", value, "a number from 0 up")

    # The rule, in a subclass -------------------------------------------------------------------

    def update(self, g: Array, learning_rate: float, **slots: Any) -> None:
        """Turn the gradient `g` into what is subtracted from the weights, in place.

        Parameters
        ----------
        g : ndarray
            The flat gradient, or one block of it.
        learning_rate : float
            At this step.
        **slots : ndarray
            Each of the `slots` by name, or the same block of it, to be kept up to date in place.
        """
        raise NotImplementedError(f"{type(self).__name__} must define update(g, learning_rate).")

    # The flat vectors --------------------------------------------------------------------------

    _weights: list[Array]
    _built_slots: tuple[str, ...]
    _slots: Array  # a row for each slot
    _gradient: Array
    gradients: list[Array]  #: One view of the flat gradient for each weight, in its shape.
    _changes: list[tuple[Array, Array]]  # each weight, and where its gradient stands
    _blocks: list[tuple[Array, dict[str, Array]]]  # of the gradient, and of the slots by name

    def build(self, weights: Iterable[Array], names: Iterable[str] = ()) -> None:
        """Make the flat vectors for these weights, keeping the state of those known already.

        The weights' `names` are what `exclude_from_weight_decay` goes by.

        Raises
        ------
        ValueError
            If none of them is known, and the optimizer has taken steps with others.
        """
        weights, names, slot_names = list(weights), list(names), self.slots
        place = {id(weight): i for i, weight in enumerate(self._weights)}
        if self.belongs_elsewhere(weights):
            raise ValueError(
                f"{self.name} has taken {self._iterations} steps with other weights, and none of "
                "them is to be trained now: give each model an optimizer of its own."
            )
        dtype = np.result_type(*weights) if weights else settings.floatx()
        size = sum(weight.size for weight in weights)
        slots = np.full((len(slot_names), size), self.slots_start, dtype)
        before = self.state()
        for name, vector in zip(slot_names, slots, strict=True):
            for view, weight in zip(_views(vector, weights), weights, strict=True):
                if name in before and id(weight) in place:
                    view[...] = before[name][place[id(weight)]]
        known = self._has(weights)
        gradient, names = (self._gradient, names or self._names) if known else (None, names)
        flat = _laid_out(weights, slot_names, slots, gradient)
        vars(self).update(flat | {"_names": names})  # all of it, or none

    def belongs_elsewhere(self, weights: Sequence[Array]) -> bool:
        """Say whether steps were taken with weights of which none is among these."""
        others = self._iterations > 0 and bool(weights) and bool(self._weights)
        return others and not any(own is weight for own in self._weights for weight in weights)

    def state(self) -> dict[str, list[Array]]:
        """Return the vectors kept so far by name, each as one view for each weight."""
        return {
            name: _views(vector, self._weights)
            for name, vector in zip(self._built_slots, self._slots, strict=True)
        }

    def is_built_for(self, weights: Sequence[Array]) -> bool:
        """Say whether these very arrays, in this order, are the ones the state belongs to."""
        # The slots follow from options, which can be set at any time.
        return self._built_slots == self.slots and self._has(weights)

    def _has(self, weights: Sequence[Array]) -> bool:
        return len(weights) == len(self._weights) and all(
            mine is theirs for mine, theirs in zip(self._weights, weights, strict=True)
        )

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the views: a copy of a view is an array that shares no memory any more."""
        views = ("_gradient", "gradients", "_changes", "_blocks")
        return {name: value for name, value in vars(self).items() if name not in views}

    def __setstate__(self, state: dict[str, Any]) -> None:
        flat = _laid_out(state["_weights"], state["_built_slots"], state["_slots"])
        vars(self).update(state | flat)

    # A step ------------------------------------------------------------------------------------

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
        if self._built_slots != self.slots:  # an option was set in mid-training
            self.build(self._weights)
        rate = self.learning_rate  # of a schedule, before `iterations` moves on
        if self.weight_decay:
            for weight in self._decayed():
                weight -= weight * (rate * self.weight_decay)
        self._clip()
        self._iterations += 1
        for g, slots in self._blocks:
            self.update(g, rate, **slots)
        for weight, change in self._changes:
            weight -= change

    def exclude_from_weight_decay(
        self,
        var_list: Iterable[Array] | None = None,
        var_names: Iterable[str] | None = None,
    ) -> None:
        """Let some weights be as they are: biases, say, whose size is no sign of complexity.

        To be called before the first step. A configuration does not tell of it, as in Keras.

        Parameters
        ----------
        var_list : list of ndarray, optional
            The weights.
        var_names : list of str, optional
            Words in the names of the weights, such as ``["bias"]``.

        Examples
        --------
        >>> optimizer = Optimizer(0.5, weight_decay=0.5)
        >>> optimizer.update = lambda g, learning_rate: None
        >>> w, b = np.ones(1), np.ones(1)
        >>> optimizer.exclude_from_weight_decay([b])
        >>> optimizer.apply([[0.0], [0.0]], [w, b])
        >>> w, b
        (array([0.75]), array([1.]))
        """
        if self._weights:
            raise ValueError(
                f"{self.name} has begun to train: exclude_from_weight_decay goes before that."
            )
        names = as_list("var_names", var_names or [])
        self._not_decayed = as_list("var_list", [] if var_list is None else var_list)
        self._names_not_decayed = [text("var_names", name) for name in names]

    def _decayed(self) -> list[Array]:
        """Return the weights that shrink."""
        words = self._names_not_decayed
        if words and len(self._names) != len(self._weights):
            raise ValueError(
                f"{self.name}: the names of these weights are not known, so none can be excluded "
                "by name from weight decay: give var_list, or build(weights, names)."
            )
        names = self._names or [""] * len(self._weights)
        return [
            weight
            for name, weight in zip(names, self._weights, strict=True)
            if not any(word in name for word in words)
            and not any(weight is other for other in self._not_decayed)
        ]

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
        if type(rate) is float:
            return rate
        if isinstance(rate, LearningRateSchedule):
            what = f"{self.name}: the learning rate that {rate!r} has for step {self._iterations}"
            return real_number(what, rate(self._iterations), _RATE)
        if callable(rate):
            return real_number(f"{self.name}: what learning_rate() returns", rate(), _RATE)
        return rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if isinstance(value, type) or not callable(value):
            if isinstance(getattr(self, "_learning_rate", None), LearningRateSchedule):
                raise TypeError(
                    f"{self.name} has a learning-rate schedule, so its learning rate cannot be "
                    "set. Make it with a number instead."
                )
            value = real_number(f"{self.name}: learning_rate", value, _RATE)
        self._learning_rate = value

    def get_config(self) -> dict[str, Any]:
        if self._not_decayed or self._names_not_decayed:
            warnings.warn(
                f"The configuration of {self.name} does not tell which weights are excluded from "
                "weight decay: whoever makes it again calls exclude_from_weight_decay again.",
                stacklevel=2,
            )
        rate = self._learning_rate
        own = callable(rate) and not isinstance(rate, LearningRateSchedule)
        return super().get_config() | {
            "learning_rate": described_function(rate) if own else described(rate)
        }


def _laid_out(
    weights: list[Array], names: tuple[str, ...], slots: Array, gradient: Array | None = None
) -> dict[str, Any]:
    """Return an optimizer's attributes for these weights: the flat vectors, and views of them."""
    size = slots.shape[1]
    if gradient is None:
        gradient = np.zeros(size, slots.dtype)
    views = _views(gradient, weights)
    cuts = [slice(start, start + _BLOCK) for start in range(0, size, _BLOCK)]
    return {
        "_weights": weights,
        "_built_slots": names,
        "_slots": slots,
        "_gradient": gradient,
        "gradients": views,
        "_changes": list(zip(weights, views, strict=True)),
        "_blocks": [(gradient[cut], dict(zip(names, slots[:, cut], strict=True))) for cut in cuts],
    }


def _views(vector: Array, weights: list[Array]) -> list[Array]:
    """Cut a flat vector into one view for each weight, in its shape."""
    views, start = [], 0
    for weight in weights:
        views.append(vector[start : start + weight.size].reshape(weight.shape))
        start += weight.size
    return views


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
