"""Gradient checking: is `backward` the derivative of `forward`?"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from tinyneuron import losses, optimizers
from tinyneuron._common.arguments import real_number, shown
from tinyneuron._common.arrays import Array, as_dtype, as_numbers
from tinyneuron._training.step import TrainStep
from tinyneuron.layers import Identity, Layer, RandomLayer

_STEP = 1e-5  # of the differences: their error is about its square, and rounding over it
_FLOOR = 1e-4  # gradients smaller than this are compared absolutely
_MOST = 40  # entries of each array that are checked


class Probe(Identity):
    """Notes the values on the way there, and dL/d(values) on the way back.

    It may stand anywhere between the layers of a step.
    """

    def __init__(self, dtype: str):
        super().__init__(dtype=dtype, name="probe")

    values: Array
    slopes: Array

    def call(self, inputs: Array) -> Array:
        self.values = inputs
        return inputs

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        self.slopes = gradient.copy()
        return gradient


def check_gradients(model: Layer, x: Any, y: Any, tolerance: float = 1e-6) -> dict[str, float]:
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
    tolerance = real_number("tolerance", tolerance, "a number from 0 up")
    inputs = np.array(as_dtype(model._enter(x, cast=False), np.float64))
    loss = getattr(model, "_loss", None) or losses.MeanSquaredError()
    twin = copy.deepcopy(model)
    for layer in twin._family():
        _to_float64(layer)
    y = as_numbers(y, "y")
    loss.check(y, twin.compute_output_shape(inputs.shape))

    layers = [layer for _, layer in twin._in_a_row()]
    start = Probe("float64")
    weights = dict.fromkeys(w for layer in layers for w in layer._weights_with_gradient())
    step = TrainStep([start, *layers], loss, list(weights), optimizers.SGD(), to_inputs=True)

    def total() -> float:
        for layer in twin._family():
            if isinstance(layer, RandomLayer):
                layer._random = np.random.default_rng(0)  # the same units each time
        outputs, penalty = step.differentiate(inputs, y)
        return step.loss_of(outputs, y) + penalty

    total()
    to_check = [
        (f"{layer.name}/{weight.name}", weight.value, step.gradient_of[weight].copy())
        for layer in reversed(layers)
        for weight in layer._weights_with_gradient()
    ]
    errors = {}
    for name, array, gradient in [*to_check, ("inputs", inputs, start.slopes)]:
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
    for weight in layer._weights:
        wide = weight.value.astype(np.float64)
        for name, value in list(vars(layer).items()):
            if value is weight.value:
                vars(layer)[name] = wide
        weight.value = wide


def _largest_error(array: Array, gradient: Array, total: Callable[[], float]) -> float:
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
        worst = np.maximum(worst, abs(difference - slopes[i]))  # NaN if either is
    return float(worst / scale)
