"""The way back, in numbers: one training step on a copy of the model, watched.

The copy is trained by the library's own `Step`. Between its layers, and between each weighted sum
and its activation, stands a probe that does nothing but note what comes by.
"""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from tinyneuron import activations, losses, optimizers
from tinyneuron._common.arrays import Array
from tinyneuron._training.trainer import Step
from tinyneuron.explanation.forward import is_dense
from tinyneuron.layers import Activation, Dropout, Identity, Layer
from tinyneuron.models import Sequential


class Probe(Identity):
    """Notes the values on the way there, and dL/d(values) on the way back."""

    values: Array
    slopes: Array

    def call(self, inputs: Array) -> Array:
        self.values = inputs
        return inputs

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        self.slopes = gradient.copy()
        return gradient


class Watch:
    """Stands before the optimizer, which overwrites the gradients, and copies them."""

    def __init__(self, optimizer: Any):
        self.optimizer = optimizer
        self.gradients: dict[int, Array] = {}  # by the id of the weight

    def step(self) -> None:
        self.copies = {key: gradient.copy() for key, gradient in self.gradients.items()}
        self.optimizer.step()


class Watched(NamedTuple):
    """A layer on the way back, between its probes."""

    name: str
    layer: Layer  # the model's own, as before the step
    after: Layer  # the copy's, as after it
    x: Probe
    z: Probe
    a: Probe
    fused: bool  # whether the loss has taken its activation in


class WayBack(NamedTuple):
    """What one training step has shown."""

    layers: list[Watched]
    loss: losses.Loss
    from_logits: bool  # whether the loss is computed from logits, so that its gradient is a - y
    optimizer: optimizers.Optimizer
    rate: float
    y: Array  # as the loss takes it
    outputs: Array  # the last layer's: perhaps logits
    predictions: Array
    row_losses: Array
    total: float
    copies: dict[int, Array]
    without_dropout: bool

    def gradients(self, watched: Watched) -> dict[str, Array]:
        """Return dL/d(weight) of each trainable weight of a layer."""
        weights = watched.after._weights_to_train()
        return {weight.name: self.copies[id(weight.value)] for weight in weights}

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
    twin: Any = copy.deepcopy(model)
    if not isinstance(twin, Sequential):
        twin = Sequential([twin], name=twin.name)
    twin.compile(twin.optimizer or optimizers.SGD(), loss)
    rate = twin.optimizer.learning_rate
    x, y = twin._fitting(x, y, None)
    step = Step(twin)
    watch = step.optimizer = Watch(twin.optimizer)
    layers, last = _with_probes(step, model, twin, watch)
    step.train(x, y, None)

    outputs = last.values
    targets = loss.encode(y, outputs)
    row_losses, a = step.chain.losses(targets, outputs)
    predictions = step.chain.predictions(outputs, a)
    from_logits = getattr(step.chain.loss, "from_logits", False)
    return WayBack(
        layers, loss, from_logits, twin.optimizer, rate, targets, outputs, predictions,
        row_losses, twin._loss_mean.result(), watch.copies,
        any(isinstance(layer, Dropout) for _, layer in model._in_a_row()),
    )  # fmt: skip


def _with_probes(
    step: Step, model: Layer, twin: Layer, watch: Watch
) -> tuple[list[Watched], Probe]:
    """Put probes between the layers of a step; return the layers with theirs, and the last."""
    a = Probe(name="probe")
    row: list[tuple[Layer, list[Array]]] = [(a, [])]
    watched = []
    own = zip(model._in_a_row(), twin._in_a_row(), strict=True)
    inner = zip(step.chain.layers, step.gradients, strict=True)
    # the model's last layer may be an activation that the chain has left to the loss
    link: Any
    after: Any
    for ((name, layer), (_, after)), (link, gradients) in zip(own, inner, strict=False):
        if isinstance(link, Dropout):  # random; the explanation does without it
            continue
        x, z, a = a, Probe(name="probe"), Probe(name="probe")
        if is_dense(link):
            row += [(_linear(link), gradients), (z, []), (_its_activation(link), []), (a, [])]
        else:
            row += [(link, gradients), (a, [])]
        fused = is_dense(link) and link.activation != after.activation
        watched.append(Watched(name, layer, after, x, z, a, fused))
        for weight, gradient in zip(link._weights_to_train(), gradients, strict=True):
            # of a layer that comes twice, the first gradient is where both are added
            watch.gradients.setdefault(id(weight.value), gradient)
    step.chain.layers, step.gradients = (list(column) for column in zip(*row, strict=True))
    return watched, a


def _linear(layer: Any) -> Layer:
    """Return a Dense layer of the same weights that stops at z."""
    linear = copy.copy(layer)
    linear.activation, linear.activity_regularizer = activations.linear, None
    return linear


def _its_activation(layer: Any) -> Layer:
    return Activation(
        layer.activation,
        activity_regularizer=layer.activity_regularizer,
        dtype=layer.dtype,
        name="activation",
    )
