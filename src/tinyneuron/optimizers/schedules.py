"""Learning rates that change from step to step: each is called with the number of steps taken.

>>> schedule = ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)
>>> schedule(0), schedule(10), schedule(20)
(0.1, 0.05, 0.025)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tinyneuron._common.arguments import as_list, flag, real_number, text
from tinyneuron._common.configuration import Configurable, serialize
from tinyneuron._common.missing import refuse_other_names
from tinyneuron._common.registry import Registry, deserializing

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]

_LARGEST = 3.4e38  # that float32 holds


class LearningRateSchedule(Configurable):
    """Base of all schedules: subclass it with `__call__`."""

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(step).")


class _InPeriods(LearningRateSchedule):
    """Base of the two that count periods of `decay_steps`, with fractions or in stairs."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = None,
    ):
        who, kind = type(self).__name__, "a finite number from 0 up"
        self.initial_learning_rate = real_number(
            f"{who}: initial_learning_rate", initial_learning_rate, kind
        )
        above = "a finite number above 0"
        self.decay_steps = real_number(f"{who}: decay_steps", decay_steps, above)
        self.decay_rate = real_number(f"{who}: decay_rate", decay_rate, kind)
        self.staircase = flag(f"{who}: staircase", staircase)
        self.name = text("name", who if name is None else name)

    def periods(self, step: float) -> float:
        """Return how many periods are over."""
        periods = min(step / self.decay_steps, sys.float_info.max)  # infinity has no floor
        return math.floor(periods) if self.staircase else periods


class ExponentialDecay(_InPeriods):
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
        name: str | None = None,
    ):
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)
        first = max(1.0, self.decay_steps)
        if self(first) > _LARGEST:
            raise ValueError(
                f"ExponentialDecay: a learning rate of {self.initial_learning_rate:g} becomes "
                f"{self(first):g} after {first:g} steps, which is too large for float32: "
                "decay_rate is the factor of every decay_steps, such as 0.5."
            )

    def __call__(self, step: float) -> float:
        return self.initial_learning_rate and (
            self.initial_learning_rate * _power(self.decay_rate, self.periods(step))
        )


class InverseTimeDecay(_InPeriods):
    """initial_learning_rate / (1 + decay_rate * step / decay_steps), in stairs if asked for.

    >>> InverseTimeDecay(0.5, decay_steps=10, decay_rate=1.0)(10)
    0.25
    """

    def __call__(self, step: float) -> float:
        return self.initial_learning_rate / (1 + self.decay_rate * float(self.periods(step)))


class PolynomialDecay(LearningRateSchedule):
    """From the initial rate to the end rate along (1 - step / decay_steps) ^ power.

    After `decay_steps` it stays there. With `cycle` it takes longer instead, the next multiple of
    `decay_steps`, whenever it has arrived: so it jumps up again, each time less far.

    >>> schedule = PolynomialDecay(1.0, decay_steps=10, end_learning_rate=0.0, power=2.0)
    >>> schedule(5), schedule(20)
    (0.25, 0.0)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ):
        kind, above = "a finite number from 0 up", "a finite number above 0"
        self.initial_learning_rate = real_number(
            "PolynomialDecay: initial_learning_rate", initial_learning_rate, kind
        )
        self.decay_steps = real_number("PolynomialDecay: decay_steps", decay_steps, above)
        self.end_learning_rate = real_number(
            "PolynomialDecay: end_learning_rate", end_learning_rate, kind
        )
        self.power = real_number("PolynomialDecay: power", power, kind)
        self.cycle = flag("PolynomialDecay: cycle", cycle)
        self.name = text("name", name)

    def __call__(self, step: int) -> float:
        share = step / self.decay_steps
        if self.cycle and share > 1:
            share /= math.ceil(share) if math.isfinite(share) else share
        left = (1 - min(share, 1)) ** self.power
        return (self.initial_learning_rate - self.end_learning_rate) * left + self.end_learning_rate


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


class CosineDecayRestarts(LearningRateSchedule):
    """`CosineDecay` over and over: down half a cosine, and up again in one step, a warm restart.

    Each period is `t_mul` times as long as the one before, and starts `m_mul` times as high.
    Loshchilov and Hutter, "SGDR" (2016).

    >>> schedule = CosineDecayRestarts(1.0, first_decay_steps=10, m_mul=0.5)
    >>> schedule(0), schedule(5), schedule(10)
    (1.0, 0.5, 0.5)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ):
        kind, from_1 = "a finite number from 0 up", "a finite number from 1 up"
        self.initial_learning_rate = real_number(
            "CosineDecayRestarts: initial_learning_rate", initial_learning_rate, kind
        )
        self.first_decay_steps = real_number(
            "CosineDecayRestarts: first_decay_steps", first_decay_steps, from_1
        )
        self.t_mul = real_number("CosineDecayRestarts: t_mul", t_mul, from_1)
        self.m_mul = real_number("CosineDecayRestarts: m_mul", m_mul, kind)
        self.alpha = real_number("CosineDecayRestarts: alpha", alpha, kind)
        self.name = text("name", name)

    def __call__(self, step: int) -> float:
        periods, share = self._period(step / self.first_decay_steps)
        cosine = 0.5 * _power(self.m_mul, periods) * (1 + math.cos(math.pi * share))
        return self.initial_learning_rate * ((1 - self.alpha) * cosine + self.alpha)

    def _period(self, time: float) -> tuple[int, float]:
        """Return how many periods are over, and the share of the present one that is.

        Time is counted in first periods: n of them take 1 + t_mul + ... + t_mul^(n - 1).
        """
        if self.t_mul == 1:
            return math.floor(time), time % 1
        periods = math.floor(math.log1p(time * (self.t_mul - 1)) / math.log(self.t_mul))
        # The logarithm may be off by its rounding, where a period ends.
        while self._start(periods + 1) <= time:
            periods += 1
        while self._start(periods) > time:
            periods -= 1
        return periods, (time - self._start(periods)) / self.t_mul**periods

    def _start(self, period: int) -> float:
        return (_power(self.t_mul, period) - 1) / (self.t_mul - 1)


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


def _power(base: float, exponent: float) -> float:
    """Return base ^ exponent, infinity where Python has an OverflowError."""
    try:
        return float(base**exponent)
    except OverflowError:
        return math.inf


def _numbers(name: str, values: Any) -> list[float]:
    who, kind = f"PiecewiseConstantDecay: {name}", "a finite number from 0 up"
    return [real_number(f"{who}[{i}]", v, kind) for i, v in enumerate(as_list(who, values))]


_REGISTRY = Registry(
    "learning-rate schedule", ExponentialDecay, InverseTimeDecay, PolynomialDecay, CosineDecay,
    CosineDecayRestarts, PiecewiseConstantDecay,
    accepts=callable, expected="an object of its class, or a function",
)  # fmt: skip


deserialize: Callable[..., LearningRateSchedule] = deserializing(_REGISTRY.find)


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
