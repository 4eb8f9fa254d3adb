"""The update rules: each class is one, written in `update`.

`g` comes as the gradient of the loss, and goes as what is subtracted from the weights.
"""

from __future__ import annotations

import math
from typing import Any, Unpack

import numpy as np

from tinyneuron._common.arguments import flag, real_number
from tinyneuron._common.arrays import Array, number
from tinyneuron.optimizers.base import LearningRate, Optimizer, Shared


class SGD(Optimizer):
    """Gradient descent: w -= learning_rate * g.

    With momentum, the change carries on: v = momentum * v + learning_rate * g, and w -= v. With
    Nesterov's, w -= momentum * v + learning_rate * g, the change one step further on.
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        *shared: Any,
        **named: Unpack[Shared],
    ):
        super().__init__(learning_rate, *shared, **named)
        self.momentum = below_1("momentum", momentum)
        self.nesterov = flag("nesterov", nesterov)

    @property
    def slots(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("v",) if self.momentum else ()

    def update(  # type: ignore[override]
        self, g: Array, learning_rate: float, *, v: Array | None = None
    ) -> None:
        g *= learning_rate
        if v is not None:
            v *= self.momentum
            v += g
            if self.nesterov:
                g += self.momentum * v
            else:
                g[...] = v


class Adam(Optimizer):
    """w -= rate * m / (sqrt(v) + epsilon), where m and v are running means of g and g^2.

    m = beta_1 * m + (1 - beta_1) * g and v = beta_2 * v + (1 - beta_2) * g^2 start at zero, so at
    step t they are too small by the factors 1 - beta_1^t and 1 - beta_2^t. The rate corrects for
    both: rate = learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t). With AMSGrad the largest v
    so far, v_hat, stands for v. Kingma and Ba, "Adam" (2014), section 2, whose epsilon-hat is
    epsilon here, as in Keras; Reddi et al. (2018).
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        *shared: Any,
        **named: Unpack[Shared],
    ):
        super().__init__(learning_rate, *shared, **named)
        self.beta_1, self.beta_2 = below_1("beta_1", beta_1), below_1("beta_2", beta_2)
        self.epsilon = from_zero("epsilon", epsilon)
        self.amsgrad = flag("amsgrad", amsgrad)

    @property
    def slots(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("m", "v", "v_hat") if self.amsgrad else ("m", "v")

    def update(  # type: ignore[override]
        self, g: Array, learning_rate: float, *, m: Array, v: Array, v_hat: Array | None = None
    ) -> None:
        beta_1, beta_2, dtype = self.beta_1, self.beta_2, g.dtype
        g *= number(1 - beta_1, dtype)
        m *= number(beta_1, dtype)
        m += g
        g *= g
        g *= number((1 - beta_2) / (1 - beta_1) ** 2, dtype)  # is (1 - beta_2) g^2
        v *= number(beta_2, dtype)
        v += g
        if v_hat is not None:
            v = np.maximum(v, v_hat, out=v_hat)
        np.sqrt(v, g)
        g += number(self.epsilon, dtype)
        np.divide(m, g, g)
        t = self._iterations
        g *= learning_rate * math.sqrt(1 - beta_2**t) / (1 - beta_1**t)


class AdamW(Adam):
    """`Adam` with weight decay of its own, 0.004. Loshchilov and Hutter (2017)."""

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        *shared: Any,
        **named: Any,
    ):
        rule = beta_1, beta_2, epsilon, amsgrad
        super().__init__(learning_rate, *rule, weight_decay, *shared, **named)


def below_1(name: str, value: float) -> float:
    """Return how much of a running mean is kept at each step, if it is one."""
    return real_number(name, value, "a number from 0 up and below 1")


def from_zero(name: str, value: float) -> float:
    """Return `value` if it is a finite number from 0 up."""
    return real_number(name, value, "a finite number from 0 up")
