"""The way back, in numbers: one training step on a copy of the model, watched.

The copy is trained by the library's own `TrainStep`. Between its layers, and between each weighted
sum and its activation, stands a probe that does nothing but note what comes by.
"""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from tinyneuron import activations, losses, optimizers
from tinyneuron._common.arrays import Array
from tinyneuron._training.gradient_check import Probe
from tinyneuron._training.step import TrainStep
from tinyneuron.explanation.forward import is_dense
from tinyneuron.layers import Activation, Dropout, Layer
from tinyneuron.layers.weights import Weight


class Watched(NamedTuple):
    """A layer on the way back, between its probes."""

    name: str
    layer: Layer  # the model's own, as before the step
    after: Layer  # the copy's, as after it
    gradients: list[Array]  # where its `backward` leaves the gradients of its weights
    x: Probe
    z: Probe
    a: Probe
    fused: bool  # whether the loss has taken its activation in


class WayBack(NamedTuple):
    """What one training step has shown."""

    layers: list[Watched]
    loss: losses.Loss
    takes_logits: bool  # whether the loss is computed from logits, so that its gradient is a - y
    optimizer: optimizers.Optimizer
    rate: float
    y: Array  # as the loss takes it
    outputs: Array  # the last layer's: perhaps logits
    predictions: Array
    row_losses: Array
    total: float
    copies: dict[Weight, Array]  # the gradient of each weight that the step changed
    without_dropout: bool

    def gradients(self, watched: Watched) -> dict[str, Array]:
        """Return dL/d(weight) of each trainable weight of a layer."""
        weights = watched.after._weights_with_gradient()
        return {weight.name: self.copies[weight] for weight in weights}

    def trains(self, weight: Array) -> bool:
        """Say whether the step changed this weight of the copy."""
        return any(weight is trained for trained in self.optimizer._weights)

    def is_plain(self, watched: Watched) -> bool:
        """Say whether dL/dW is x^T dL/dz and nothing else."""
        layer: Any = watched.after
        penalties = any(weight.regularizer is not None for weight in layer._weights)
        uses = sum(layer is other.after for other in self.layers)
        return not penalties and uses == 1 and watched.z.values.ndim == 2

    @property
    def is_descent(self) -> bool:
        """Say whether the optimizer does nothing but w - learning_rate * g."""
        sgd: Any = self.optimizer
        options = ("momentum", "weight_decay", "clipnorm", "clipvalue", "global_clipnorm")
        return type(sgd) is optimizers.SGD and not any(getattr(sgd, name) for name in options)


def way_back(model: Layer, x: Array, y: Array, loss: losses.Loss) -> WayBack:
    """Take one training step on a copy of `model`, and return what was seen of it."""
    twin = copy.deepcopy(model)
    loss.check(y, twin.compute_output_shape(x.shape))
    optimizer = getattr(twin, "optimizer", None) or optimizers.SGD()
    rate = optimizer.learning_rate
    row = list(zip(model._in_a_row(), twin._in_a_row(), strict=True))
    weights = [weight for weight, trains in twin._all_weights() if trains]
    step = TrainStep([after for _, (_, after) in row], loss, weights, optimizer, True)
    layers, last = _with_probes(step, row)

    outputs, penalty = step.differentiate(x, y)
    total, predictions = step.loss_of(outputs, y) + penalty, step.predictions(outputs)
    copies: dict[Weight, Array] = {}
    for watched in layers:
        own = watched.after._weights_with_gradient()
        for weight, gradient in zip(own, watched.gradients, strict=True):
            # of a layer that is used twice, the first is where both are added
            copies.setdefault(weight, gradient.copy())
    step.update()

    targets = loss.encode(y, last.values)
    row_losses = step.loss.call(targets, last.values)
    return WayBack(
        layers, loss, step.loss.from_logits, optimizer, rate, targets,
        last.values, predictions, row_losses, total, copies,
        any(isinstance(layer, Dropout) for _, layer in model._in_a_row()),
    )  # fmt: skip


def _with_probes(
    step: TrainStep, row: list[tuple[tuple[str, Layer], tuple[str, Layer]]]
) -> tuple[list[Watched], Probe]:
    """Put probes between the layers of a step; return the layers with theirs, and the last."""
    a = Probe(step.layers[0].dtype)
    with_probes: list[tuple[Layer, list[Array]]] = [(a, [])]
    watched = []
    # the model's last layer may be an activation that the step has left to the loss
    inner: Any = zip(row, step.layers, step.gradients, strict=False)
    for ((name, layer), (_, after)), link, gradients in inner:
        if isinstance(link, Dropout):  # random; the explanation does without it
            continue
        x, z, a = a, Probe(link.dtype), Probe(dtype=link.dtype)
        if is_dense(link):
            with_probes += [(_linear(link), gradients), (z, []), (_activation_of(link), [])]
        else:
            with_probes.append((link, gradients))
        with_probes.append((a, []))
        fused = is_dense(link) and link.activation != after.activation
        watched.append(Watched(name, layer, after, gradients, x, z, a, fused))
    step.layers, step.gradients = (list(column) for column in zip(*with_probes, strict=True))
    return watched, a


def _linear(layer: Any) -> Layer:
    """Return a Dense layer of the same weights that stops at z."""
    linear = copy.copy(layer)
    linear.activation, linear.activity_regularizer = activations.linear, None
    return linear


def _activation_of(layer: Any) -> Layer:
    return Activation(
        layer.activation,
        activity_regularizer=layer.activity_regularizer,
        dtype=layer.dtype,
        name="activation",
    )
