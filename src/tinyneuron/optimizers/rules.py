"""The update rules: each class is one, written in `update`.

`g` comes as the gradient of the loss, and goes as what is subtracted from the weights.
"""

from __future__ import annotations

import math

import numpy as np

from tinyneuron._common.arguments import flag, real_number
from tinyneuron._common.arrays import Array
from tinyneuron.optimizers.base import LearningRate, Optimizer


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
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
    ):
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name)
        self.momentum = _below_1("momentum", momentum)
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
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
    ):
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name)
        self.rho, self.momentum = _below_1("rho", rho), _below_1("momentum", momentum)
        self.epsilon = real_number("epsilon", epsilon, "a finite number from 0 up")
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
        change = learning_rate * g
        if m is not None:  # rho * m + (1 - rho) * g, in place
            m -= g
            m *= self.rho
            m += g
        g *= g
        g *= 1 - self.rho
        v *= self.rho
        v += g
        np.add(v, self.epsilon, out=g)
        if m is not None:
            g -= np.square(m)
            np.maximum(g, self.epsilon, out=g)  # rounding can make v - m^2 negative
        np.sqrt(g, out=g)
        np.divide(change, g, out=g)
        if b is not None:
            b *= self.momentum
            b += g
            g[...] = b


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
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
    ):
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name)
        self.beta_1, self.beta_2 = _below_1("beta_1", beta_1), _below_1("beta_2", beta_2)
        self.epsilon = real_number("epsilon", epsilon, "a finite number from 0 up")
        self.amsgrad = flag("amsgrad", amsgrad)

    @property
    def slots(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("m", "v", *("v_hat",) * self.amsgrad)

    def update(  # type: ignore[override]
        self, g: Array, learning_rate: float, *, m: Array, v: Array, v_hat: Array | None = None
    ) -> None:
        m -= g  # beta_1 * (m - g) + g is beta_1 * m + (1 - beta_1) * g, without a copy of g
        m *= self.beta_1
        m += g
        g *= g
        g *= 1 - self.beta_2
        v *= self.beta_2
        v += g
        if v_hat is not None:
            v = np.maximum(v, v_hat, out=v_hat)
        np.sqrt(v, out=g)
        g += self.epsilon
        np.divide(m, g, out=g)
        t = self._iterations
        g *= learning_rate * math.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)


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
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
    ):
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay, clipnorm, clipvalue,
            global_clipnorm, name,
        )  # fmt: skip


def _below_1(name: str, value: float) -> float:
    return real_number(name, value, "a number from 0 up and below 1")
