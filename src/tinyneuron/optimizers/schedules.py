"""Learning rates that change from step to step: each is called with the number of steps taken.

>>> schedule = ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)
>>> schedule(0), schedule(10), schedule(20)
(0.1, 0.05, 0.025)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tinyneuron._common.arguments import as_list, flag, real_number, text
from tinyneuron._common.configuration import Configurable, serialize
from tinyneuron._common.names import refuse_other_names
from tinyneuron._common.registry import Registry

__all__ = [
    "CosineDecay",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "deserialize",
    "serialize",
]

_LARGEST = 3.4e38  # that float32 holds


class LearningRateSchedule(Configurable):
    """Base of all schedules: subclass it with `__call__`."""

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(step).")


class ExponentialDecay(LearningRateSchedule):
    """initial_learning_rate * decay_rate ^ (step / decay_steps), in stairs if asked for.

    A decay_rate above 1 lets the rate grow, as in a search for the largest one that works. One
    that leaves the range of float32 in the first `decay_steps` is refused.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ):
        kind, above = "a finite number from 0 up", "a finite number above 0"
        self.initial_learning_rate = real_number(
            "ExponentialDecay: initial_learning_rate", initial_learning_rate, kind
        )
        self.decay_steps = real_number("ExponentialDecay: decay_steps", decay_steps, above)
        self.decay_rate = real_number("ExponentialDecay: decay_rate", decay_rate, kind)
        self.staircase = flag("ExponentialDecay: staircase", staircase)
        self.name = text("name", name)
        first = max(1.0, self.decay_steps)
        if self(first) > _LARGEST:
            raise ValueError(
                f"ExponentialDecay: a learning rate of {self.initial_learning_rate:g} becomes "
                f"{self(first):g} after {first:g} steps, which is too large for float32: "
                "decay_rate is the factor of every decay_steps, such as 0.5."
            )

    def __call__(self, step: float) -> float:
        periods = min(step / self.decay_steps, sys.float_info.max)  # infinity has no floor
        if self.staircase:
            periods = math.floor(periods)
        try:
            return self.initial_learning_rate * self.decay_rate**periods
        except OverflowError:
            return math.inf if self.initial_learning_rate else 0.0


class InverseTimeDecay(LearningRateSchedule):
    """initial_learning_rate / (1 + decay_rate * step / decay_steps), in stairs if asked for.

    With decay_steps of 1 it is what optimizers before Keras 3 called ``decay``.

    >>> InverseTimeDecay(0.1, decay_steps=10, decay_rate=1.0)(10)
    0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ):
        kind, above = "a finite number from 0 up", "a finite number above 0"
        self.initial_learning_rate = real_number(
            "InverseTimeDecay: initial_learning_rate", initial_learning_rate, kind
        )
        self.decay_steps = real_number("InverseTimeDecay: decay_steps", decay_steps, above)
        self.decay_rate = real_number("InverseTimeDecay: decay_rate", decay_rate, kind)
        self.staircase = flag("InverseTimeDecay: staircase", staircase)
        self.name = text("name", name)

    def __call__(self, step: float) -> float:
        periods = min(step / self.decay_steps, sys.float_info.max)  # infinity has no floor
        if self.staircase:
            periods = math.floor(periods)
        return self.initial_learning_rate / (1 + self.decay_rate * periods)


class CosineDecay(LearningRateSchedule):
    """From the initial rate down half a cosine to alpha times it, after a linear warm-up if any.

    Loshchilov and Hutter, "SGDR" (2016). With a `warmup_target`, the rate rises to it in
    `warmup_steps` and decays from there.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ):
        kind, above = "a finite number from 0 up", "a finite number above 0"
        self.initial_learning_rate = real_number(
            "CosineDecay: initial_learning_rate", initial_learning_rate, kind
        )
        self.decay_steps = real_number("CosineDecay: decay_steps", decay_steps, above)
        self.alpha = real_number("CosineDecay: alpha", alpha, kind)
        self.name = text("name", name)
        self.warmup_target = None
        if warmup_target is not None:
            self.warmup_target = real_number("CosineDecay: warmup_target", warmup_target, kind)
        self.warmup_steps = real_number("CosineDecay: warmup_steps", warmup_steps, kind)

    def __call__(self, step: int) -> float:
        start, peak = self.initial_learning_rate, self.initial_learning_rate
        if self.warmup_target is not None:
            peak = self.warmup_target
            if step < self.warmup_steps:
                return start + (peak - start) * step / self.warmup_steps
        since = step if self.warmup_target is None else step - self.warmup_steps
        share = min(since, self.decay_steps) / self.decay_steps
        cosine = 0.5 * (1 + math.cos(math.pi * share))
        return peak * ((1 - self.alpha) * cosine + self.alpha)


class PiecewiseConstantDecay(LearningRateSchedule):
    """values[0] up to and including step boundaries[0], then values[1], and so on.

    >>> PiecewiseConstantDecay([100], [0.1, 0.01])(101)
    0.01
    """

    def __init__(
        self,
        boundaries: Sequence[float],
        values: Sequence[float],
        name: str = "PiecewiseConstant",
    ):
        self.boundaries = _numbers("boundaries", boundaries)
        self.values = _numbers("values", values)
        if len(self.boundaries) != len(self.values) - 1:
            raise ValueError(
                "PiecewiseConstantDecay needs one value more than boundaries, got "
                f"{len(self.values)} values and {len(self.boundaries)} boundaries."
            )
        self.name = text("name", name)

    def __call__(self, step: int) -> float:
        passed = sum(step > boundary for boundary in self.boundaries)
        return self.values[passed]


def _numbers(name: str, values: Any) -> list[float]:
    who, kind = f"PiecewiseConstantDecay: {name}", "a finite number from 0 up"
    return [real_number(f"{who}[{i}]", v, kind) for i, v in enumerate(as_list(who, values))]


_REGISTRY = Registry(
    "learning-rate schedule", ExponentialDecay, InverseTimeDecay, CosineDecay,
    PiecewiseConstantDecay,
    accepts=lambda found: isinstance(found, LearningRateSchedule),
    expected="an object of its class",
)  # fmt: skip


def deserialize(config: Any) -> LearningRateSchedule:
    """Make the schedule that `serialize` described."""
    schedule: LearningRateSchedule = _REGISTRY.find(config)
    return schedule


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
