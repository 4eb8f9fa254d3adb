"""JAX without Keras: the formulas in jax.numpy, compiled; a step at a time, or a whole epoch."""

from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

CHECKED = True
COMPILES = True

ACTIVATIONS = {
    "relu": jax.nn.relu,
    "sigmoid": jax.nn.sigmoid,
    "softmax": jax.nn.softmax,
    "linear": lambda z: z,
}


def logits(network, weights, x):
    """Return z = x W + b of the last layer."""
    hidden = ACTIVATIONS[network.hidden]
    for i in range(0, len(weights) - 2, 2):
        x = hidden(x @ weights[i] + weights[i + 1])
    return x @ weights[-2] + weights[-1]


def _forward(network, weights):
    weights = [jnp.asarray(weight) for weight in weights]
    last = ACTIVATIONS[network.last]
    return partial(jax.jit(lambda weights, x: last(logits(network, weights, x))), weights)


def predictors(network, weights, x):
    forward = _forward(network, weights)
    return {"jit": lambda: np.asarray(forward(x))}


def callers(network, weights, x):
    forward, x = _forward(network, weights), jnp.asarray(x)
    return {"jit": lambda: forward(x).block_until_ready()}


def mean_loss(network, weights, x, y):
    """Return the mean loss."""
    z = logits(network, weights, x)
    if network.last == "linear":
        return jnp.square(z - y).mean()
    if network.last == "sigmoid":
        return (jax.nn.softplus(z) - y * z).mean()
    return (jax.nn.logsumexp(z, axis=1) - jnp.take_along_axis(z, y[:, None], 1)[:, 0]).mean()


def adam_step(network, state, x, y):
    """Return (weights, m, v, t) after one step of Adam, and the loss before it."""
    weights, means, squares, t = state
    loss, gradients = jax.value_and_grad(partial(mean_loss, network))(weights, x, y)
    t = t + 1
    means = [0.9 * m + 0.1 * g for m, g in zip(means, gradients, strict=True)]
    squares = [0.999 * v + 0.001 * g * g for v, g in zip(squares, gradients, strict=True)]
    rate = 0.001 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    weights = [
        w - rate * m / (jnp.sqrt(v) + 1e-7) for w, m, v in zip(weights, means, squares, strict=True)
    ]
    return (weights, means, squares, t), loss


def evaluators(network, weights, x, y):
    weights = [jnp.asarray(weight) for weight in weights]
    loss = jax.jit(partial(mean_loss, network))
    return {"jit": lambda: float(loss(weights, x, y))}


def steppers(network, weights, x, y):
    state, take = start(weights), jax.jit(partial(adam_step, network), donate_argnums=0)

    def step():
        nonlocal state
        state, loss = take(state, x, y)
        return float(loss)

    return {"jit of a step": step}


def start(weights):
    """Return what `adam_step` goes on with, before the first step."""
    zeros = [[jnp.zeros_like(weight) for weight in weights] for _ in range(2)]
    return [jnp.array(weight) for weight in weights], *zeros, jnp.zeros(())


def trainers(network, weights, batch_size):
    @partial(jax.jit, donate_argnums=0)
    def step(state, x, y, rows):
        return adam_step(network, state, x[rows], y[rows])

    def steps_one_by_one(state, x, y, key):
        order = jax.random.permutation(key, len(x)).reshape(-1, batch_size)
        total = 0.0
        for rows in order:
            state, loss = step(state, x, y, rows)
            total += loss
        return state, total / len(order)

    @partial(jax.jit, donate_argnums=0)
    def epoch_at_once(state, x, y, key):
        order = jax.random.permutation(key, len(x)).reshape(-1, batch_size)
        state, losses = jax.lax.scan(
            lambda state, rows: adam_step(network, state, x[rows], y[rows]), state, order
        )
        return state, losses.mean()

    return {
        "jit of an epoch": _loop(weights, epoch_at_once),
        "jit of a step": _loop(weights, steps_one_by_one),
    }


def _loop(weights, epoch):
    state, key = start(weights), jax.random.key(0)

    def train(x, y, epochs):
        nonlocal state, key
        x, y, losses = jnp.asarray(x), jnp.asarray(y), []
        for _ in range(epochs):
            key, own = jax.random.split(key)
            state, loss = epoch(state, x, y, own)
            losses.append(float(loss))
        return losses

    return train


def save(network, weights, folder):
    path = Path(folder) / "jax.npz"
    np.savez(path, *weights)
    return path
