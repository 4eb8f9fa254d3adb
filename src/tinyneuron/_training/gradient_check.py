"""Gradient checking: is `backward` the derivative of `forward`?"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from tinyneuron import losses
from tinyneuron._common.arguments import real_number, shown
from tinyneuron._common.arrays import Array, as_numbers
from tinyneuron._training.step import Chain
from tinyneuron.layers import Dropout, Layer

if TYPE_CHECKING:
    from tinyneuron.models import Sequential

_STEP = 1e-5  # of the differences: their error is about its square, and rounding over it
_FLOOR = 1e-4  # gradients smaller than this are compared absolutely
_MOST = 40  # entries of each array that are checked


def check_gradients(model: Sequential, x: Any, y: Any, tolerance: float = 1e-6) -> dict[str, float]:
    """Compare the gradients of a model with central differences of its loss, in float64.

    (L(w + h) - L(w - h)) / 2h needs no derivative, only the loss, so it finds what is wrong in a
    `backward`. Of each weight up to 40 entries are compared. The loss is the compiled one, or
    squared error; the model is built if it is not yet, and otherwise left alone.

    Parameters
    ----------
    model : Sequential
        Of any layers, your own too.
    x, y : array_like
        A few rows of data and targets.
    tolerance : float
        The largest relative error that is taken for rounding.

    Returns
    -------
    dict of str to float
        The relative error for each weight, named ``layer/weight``, and for the inputs.

    Raises
    ------
    ValueError
        If a gradient disagrees. The message names the first weight, in the order of the way back.

    Examples
    --------
    >>> from tinyneuron import Sequential
    >>> from tinyneuron.layers import Dense
    >>> model = Sequential([Dense(2, "tanh", name="hidden"), Dense(1, name="out")])
    >>> errors = check_gradients(model, [[0.5], [1.0]], [[1.0], [2.0]])
    >>> list(errors)
    ['out/kernel', 'out/bias', 'hidden/kernel', 'hidden/bias', 'inputs']
    >>> max(errors.values()) < 1e-6
    True
    """
    if not isinstance(model, Layer):
        raise TypeError(f"model must be a Sequential, got {shown(model)}.")
    x = as_numbers(x, "x")
    tolerance = real_number("tolerance", tolerance, "a number from 0 up")
    if not model.built:
        model.build(x.shape)
    twin = copy.deepcopy(model)
    for layer in twin._family():
        _to_float64(layer)
    loss = getattr(model, "_loss", None) or losses.MeanSquaredError()
    chain = Chain(twin, loss)
    inputs = np.array(twin._checked(x), np.float64)
    outputs, _, _ = _forward(chain, inputs)
    targets = loss.targets(y, outputs)

    def total() -> float:
        outputs, _, penalty = _forward(chain, inputs)
        return float(loss.reduce(chain.loss.call(targets, outputs))) + penalty

    errors = {}
    for name, array, gradient in _back(chain, inputs, targets):
        errors[name] = _largest_error(array, gradient, total)
        if not errors[name] <= tolerance:
            raise ValueError(
                f"The gradient of {name!r} is wrong: its relative error against central "
                f"differences is {errors[name]:.1e}. Look at the backward of that layer, or of "
                "the one behind it."
            )
    return errors


def _to_float64(layer: Layer) -> None:
    """Replace the layer's weights, and its attributes that are these weights, by float64 ones."""
    layer._dtype = np.dtype(np.float64)
    for i, weight in enumerate(layer._weights):
        wide = weight.value.astype(np.float64)
        for name, value in list(vars(layer).items()):
            if value is weight.value:
                vars(layer)[name] = wide
        layer._weights[i] = weight._replace(value=wide)


def _forward(chain: Chain, inputs: Array) -> tuple[Array, list[Any], float]:
    for layer in chain.layers:
        if isinstance(layer, Dropout):
            layer._random = np.random.default_rng(0)  # the same units each time
    return chain.forward(inputs)


def _back(chain: Chain, inputs: Array, targets: Array) -> list[tuple[str, Array, Array]]:
    """Return name, array and gradient of every trainable weight, the last layer first."""
    outputs, tape, _ = _forward(chain, inputs)
    gradient = chain.loss.output_gradient(chain.loss.gradient(targets, outputs))
    weights = [layer._weights_to_train() for layer in chain.layers]
    gradients = [[np.zeros_like(weight.value) for weight in own] for own in weights]
    gradient = chain.backward(gradient, tape, gradients, to_inputs=True)
    found = [
        (f"{layer.name}/{weight.name}", weight.value, array)
        for layer, own, arrays in reversed(list(zip(chain.layers, weights, gradients, strict=True)))
        for weight, array in zip(own, arrays, strict=True)
    ]
    return [*found, ("inputs", inputs, gradient)]


def _largest_error(array: Array, gradient: Array, total: Any) -> float:
    """Return the largest difference between `gradient` and the slopes of `total`, relative."""
    flat, slopes = array.reshape(-1), gradient.reshape(-1)
    chosen = np.linspace(0, len(flat) - 1, min(_MOST, len(flat))).astype(int)
    worst, scale = 0.0, max(_FLOOR, float(np.abs(slopes[chosen]).max(initial=0)))
    for i in chosen:
        value, step = flat[i], _STEP * max(1.0, abs(flat[i]))
        flat[i] = value + step
        above = total()
        flat[i] = value - step
        below = total()
        flat[i] = value
        difference = (above - below) / (2 * step)
        worst = np.maximum(worst, abs(difference - slopes[i]))  # no number if either is none
    return float(worst / scale)
