"""More update rules: RMSprop, its relatives and Adam's, and Lion, which looks at signs alone.

As in `rules`, `g` comes as the gradient of the loss, and goes as what is subtracted from the
weights.
"""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np

from tinyneuron._common.arguments import flag, real_number
from tinyneuron._common.arrays import Array
from tinyneuron.optimizers.base import LearningRate, Optimizer, Shared
from tinyneuron.optimizers.rules import below_1, from_zero


class RMSprop(Optimizer):
    """w -= learning_rate * g / sqrt(v + epsilon), where v = rho * v + (1 - rho) * g^2.

    Each weight's step is divided by the recent size of its gradient. Centered, it is divided by
    sqrt(v - m^2 + epsilon), the recent standard deviation, where m = rho * m + (1 - rho) * g.
    With momentum the changes add up: b = momentum * b + change, and w -= b. Hinton's lecture 6e
    (2012).
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        *shared: Any,
        **named: Unpack[Shared],
    ):
        super().__init__(learning_rate, *shared, **named)
        self.rho, self.momentum = below_1("rho", rho), below_1("momentum", momentum)
        self.epsilon = from_zero("epsilon", epsilon)
        self.centered = flag("centered", centered)

    @property
    def slots(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("v", *("b",) * (self.momentum > 0), *("m",) * self.centered)

    def update(  # type: ignore[override]
        self,
        g: Array,
        learning_rate: float,
        *,
        v: Array,
        m: Array | None = None,
        b: Array | None = None,
    ) -> None:
        move_mean(v, np.square(g), self.rho)
        size = v + self.epsilon
        if m is not None:
            move_mean(m, g, self.rho)
            size -= np.square(m)
            np.maximum(size, self.epsilon, out=size)  # rounding can make v - m^2 negative
        g *= learning_rate
        g /= np.sqrt(size, out=size)
        if b is not None:
            b *= self.momentum
            b += g
            g[...] = b


class Adagrad(Optimizer):
    """w -= learning_rate * g / sqrt(s + epsilon), where s = s + g^2.

    s starts at `initial_accumulator_value` and only grows: each weight's step shrinks, the faster
    the larger its gradients have been. Duchi et al., "Adaptive Subgradient Methods" (2011).
    """

    slots = ("s",)

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        *shared: Any,
        **named: Unpack[Shared],
    ):
        super().__init__(learning_rate, *shared, **named)
        self.initial_accumulator_value = from_zero(
            "initial_accumulator_value", initial_accumulator_value
        )
        self.epsilon = from_zero("epsilon", epsilon)

    @property
    def slots_start(self) -> float:  # type: ignore[override]
        return self.initial_accumulator_value

    def update(self, g: Array, learning_rate: float, *, s: Array) -> None:  # type: ignore[override]
        s += np.square(g)
        g *= learning_rate
        g /= np.sqrt(s + self.epsilon)


class Adadelta(Optimizer):
    """w -= learning_rate * change, where change = g * sqrt(d + epsilon) / sqrt(v + epsilon).

    v = rho * v + (1 - rho) * g^2 is the recent size of the gradient, and then
    d = rho * d + (1 - rho) * change^2 that of the changes: their ratio gives the step its unit.
    Zeiler, "ADADELTA" (2012), whose learning rate is 1.
    """

    slots = ("v", "d")

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        *shared: Any,
        **named: Unpack[Shared],
    ):
        super().__init__(learning_rate, *shared, **named)
        self.rho = below_1("rho", rho)
        self.epsilon = from_zero("epsilon", epsilon)

    def update(  # type: ignore[override]
        self, g: Array, learning_rate: float, *, v: Array, d: Array
    ) -> None:
        move_mean(v, np.square(g), self.rho)
        g *= np.sqrt(d + self.epsilon)
        g /= np.sqrt(v + self.epsilon)
        move_mean(d, np.square(g), self.rho)
        g *= learning_rate


class Adamax(Optimizer):
    """w -= rate * m / (u + epsilon), where m is a running mean of g and u the largest |g| lately.

    m = beta_1 * m + (1 - beta_1) * g starts at zero and is too small at first, which
    rate = learning_rate / (1 - beta_1^t) corrects; u = max(beta_2 * u, |g|) is not. Kingma and Ba,
    "Adam" (2014), section 7.1.
    """

    slots = ("m", "u")

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        *shared: Any,
        **named: Unpack[Shared],
    ):
        super().__init__(learning_rate, *shared, **named)
        self.beta_1, self.beta_2 = below_1("beta_1", beta_1), below_1("beta_2", beta_2)
        self.epsilon = from_zero("epsilon", epsilon)

    def update(  # type: ignore[override]
        self, g: Array, learning_rate: float, *, m: Array, u: Array
    ) -> None:
        move_mean(m, g, self.beta_1)
        u *= self.beta_2
        np.maximum(u, np.abs(g, out=g), out=u)
        np.divide(m, u + self.epsilon, out=g)
        g *= learning_rate / (1 - self.beta_1**self._iterations)


class Nadam(Optimizer):
    r"""`Adam` that looks one step ahead, as Nesterov's momentum does.

    w -= learning_rate * m_hat / (sqrt(v_hat) + epsilon), where v_hat = v / (1 - beta_2^t) and

        m_hat = u_{t+1} m / (1 - u_1 ... u_{t+1}) + (1 - u_t) g / (1 - u_1 ... u_t)

    with m and v the running means of g and g^2, and u_t = beta_1 (1 - 0.96^t / 2), a momentum that
    grows to beta_1. Dozat, "Incorporating Nesterov Momentum into Adam" (2016).
    """

    slots = ("m", "v")

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        *shared: Any,
        **named: Unpack[Shared],
    ):
        super().__init__(learning_rate, *shared, **named)
        self.beta_1, self.beta_2 = below_1("beta_1", beta_1), below_1("beta_2", beta_2)
        self.epsilon = from_zero("epsilon", epsilon)

    def update(  # type: ignore[override]
        self, g: Array, learning_rate: float, *, m: Array, v: Array
    ) -> None:
        move_mean(m, g, self.beta_1)
        move_mean(v, np.square(g), self.beta_2)
        t = self._iterations
        now, ahead = self.momentum(t), self.momentum(t + 1)
        g *= (1 - now) / (1 - self.momentum_product(t))
        g += m * (ahead / (1 - self.momentum_product(t + 1)))
        g *= learning_rate
        g /= np.sqrt(v / (1 - self.beta_2**t)) + self.epsilon

    def momentum(self, t: int) -> float:
        """Return u_t."""
        return self.beta_1 * (1 - 0.5 * 0.96**t)

    def momentum_product(self, t: int) -> float:
        """Return u_1 u_2 ... u_t."""
        return float(self.beta_1**t * _GROWTH[min(t, len(_GROWTH) - 1)])


# The products of the factors 1 - 0.96^t / 2, which are 1 in every float from t = 1000 on.
_GROWTH = np.cumprod([1.0, *(1 - 0.5 * 0.96 ** np.arange(1, 1001))])


class Lion(Optimizer):
    """w -= learning_rate * sign(beta_1 * m + (1 - beta_1) * g): steps of one size, up or down.

    Then m = beta_2 * m + (1 - beta_2) * g. Chen et al., "Symbolic Discovery of Optimization
    Algorithms" (2023), who advise a learning rate 3 to 10 times smaller than Adam's.
    """

    slots = ("m",)

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        *shared: Any,
        **named: Unpack[Shared],
    ):
        super().__init__(learning_rate, *shared, **named)
        self.beta_1 = real_number("beta_1", beta_1, "a number above 0 and up to 1")
        self.beta_2 = below_1("beta_2", beta_2)

    def update(self, g: Array, learning_rate: float, *, m: Array) -> None:  # type: ignore[override]
        change = m.copy()
        move_mean(change, g, self.beta_1)
        move_mean(m, g, self.beta_2)
        np.sign(change, out=g)
        g *= learning_rate


def move_mean(mean: Array, value: Array, beta: float) -> None:
    """Make `mean` beta * mean + (1 - beta) * value, in place."""
    mean *= beta
    mean += (1 - beta) * value
