"""The training step: forward, loss, backward, update.

forward    x  ->  outputs                through the layers, each leaving a note on the tape
loss       (y, outputs)  ->  L, dL/d(outputs)
backward   dL/d(outputs)  ->  dL/dW for every weight W, by the chain rule
update     W  ->  W - (what the optimizer makes of dL/dW)
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from tinyneuron import activations
from tinyneuron._common import uncalled
from tinyneuron._common.arrays import Array, Empty
from tinyneuron._common.configuration import is_own
from tinyneuron.layers import Activation, Dense, Layer
from tinyneuron.layers.chain import Tape, activity_penalty, back, through
from tinyneuron.layers.weights import Weight
from tinyneuron.losses import CrossEntropy, Loss
from tinyneuron.optimizers import Optimizer

T = TypeVar("T", bound="TestStep")


class TestStep:
    """What `evaluate` does with each batch: forward, as at prediction time, and the loss.

    Parameters
    ----------
    layers : list of Layer
        In a row, built.
    loss : Loss
        L.
    weights : list of Weight
        Those whose penalties belong to the loss.
    """

    __test__ = False  # pytest takes it for a test otherwise
    _when = "evaluate"  # what takes such steps

    def __init__(self, layers: Sequence[Layer], loss: Loss, weights: Sequence[Weight]):
        for layer in layers:
            for part in layer._family():
                uncalled.refuse("Layer", part, self._when)
        self.layers, self.loss, self.takes_logits = without_last_activation(layers, loss)
        self.penalized = [weight for weight in weights if weight.regularizer is not None]
        self.penalizes_activity = any(layer.activity_regularizer is not None for layer in layers)

    def is_current(self) -> bool:
        """Say whether what the step was made with is still so."""
        return True

    def __call__(
        self,
        x: Array,
        y: Array,
        sample_weight: Array | None = None,
        empty: Empty | None = None,
    ) -> tuple[float, Array]:
        """Return the loss of a batch, and the predictions, in arrays that `empty` makes."""
        tape: Tape | None = [] if self.penalizes_activity else None
        outputs = through(self.layers, x, tape=tape, empty=empty)
        y = self.loss.encode(y, outputs)
        if self.takes_logits:
            losses, _, predictions = self.loss.value_and_gradient(y, outputs)
        else:
            losses, predictions = self.loss.call(y, outputs), outputs
        loss = self.loss.reduce(losses, sample_weight)
        if tape is not None:
            loss += activity_penalty(self.layers, tape)
        for weight in self.penalized:
            loss += weight.regularizer(weight.value)
        return loss, predictions


class TrainStep(TestStep):
    """What `fit` does with each batch: forward, loss, backward, update.

    Parameters
    ----------
    layers, loss
        As for `TestStep`.
    weights : list of Weight
        Those to train.
    optimizer : Optimizer
    to_inputs : bool
        Whether to go back all the way, not only to the first layer that has anything to train.
    """

    _when = "fit"

    def __init__(
        self,
        layers: Sequence[Layer],
        loss: Loss,
        weights: Sequence[Weight],
        optimizer: Optimizer,
        to_inputs: bool = False,
    ):
        super().__init__(layers, loss, weights)
        self.optimizer = optimizer
        self.constrained = [weight for weight in weights if weight.constraint is not None]
        own = [layer._weights_with_gradient() for layer in self.layers]
        trained = (i for i, some in enumerate(own) if {*some} & {*weights})
        self.first = 0 if to_inputs else next(trained, len(own))  # where the way back ends
        loss.check_trainable()
        for layer in layers[self.first :]:
            layer.check_trainable()
        self.arrays = [weight.value for weight in weights]
        if not optimizer.is_built_for(self.arrays):
            optimizer.build(self.arrays, [weight.name for weight in weights])
        self.views = optimizer.gradients  # of its one flat gradient, one for each weight
        #: Where the optimizer looks for the gradient of each weight.
        self.gradient_of = dict(zip(weights, self.views, strict=True))
        #: The layers that keep something of each step, with what they noted on the way there.
        self.to_follow_up: list[tuple[Layer, Any]] = []
        #: Gradients of layers that are used twice: (where they add up, that of the second use).
        self.to_add: list[tuple[Array, Array]] = []
        #: Where each layer's `backward` leaves the gradients of its weights.
        used = set[Weight]()
        self.gradients = [[self._place(weight, used) for weight in some] for some in own]

    def is_current(self) -> bool:
        built = self.optimizer.is_built_for(self.arrays)
        return built and self.optimizer.gradients is self.views

    def _place(self, weight: Weight, used: set[Weight]) -> Array:
        """Return the array in which a layer's `backward` leaves the gradient of one weight."""
        place = self.gradient_of.get(weight)
        if place is None:  # the weight is frozen: nobody reads its gradient
            return np.zeros_like(weight.value)
        if weight in used:
            self.to_add.append((place, np.zeros_like(place)))
            return self.to_add[-1][1]
        used.add(weight)
        return place

    def __call__(  # type: ignore[override]  # its arrays are on the tape
        self, x: Array, y: Array, sample_weight: Array | None = None
    ) -> tuple[float, Array]:
        """Take one step on a batch; return the loss and the predictions from before it."""
        result = self.differentiate(x, y, sample_weight)
        self.update()
        return result

    def differentiate(
        self, x: Array, y: Array, sample_weight: Array | None = None
    ) -> tuple[float, Array]:
        """Find the loss, the predictions, and the gradients of all weights."""
        tape: Tape = []
        outputs = through(self.layers, x, training=True, tape=tape)
        y = self.loss.encode(y, outputs)
        losses, gradient, a = self.loss.value_and_gradient(y, outputs)
        gradient = self.loss.output_gradient(gradient, sample_weight)
        back(self.layers, gradient, tape, self.gradients, self.first)
        self.to_follow_up = [
            (layer, entry)
            for layer, (entry, _) in zip(self.layers, tape, strict=True)
            if layer.after_step is not None
        ]
        for total, another in self.to_add:
            total += another
        loss = self.loss.reduce(losses, sample_weight)
        if self.penalizes_activity:
            loss += activity_penalty(self.layers, tape)
        for weight in self.penalized:
            loss += weight.regularizer(weight.value)
            self.gradient_of[weight] += weight.regularizer.gradient(weight.value)
        return loss, a if self.takes_logits else outputs

    def update(self) -> None:
        """Take a step of the optimizer, hold the weights to their constraints, and follow up."""
        self.optimizer.step()
        for weight in self.constrained:
            weight.value[...] = weight.constraint(weight.value)
        for layer, entry in self.to_follow_up:
            layer.after_step(entry)


def without_last_activation(layers: Sequence[Layer], loss: Loss) -> tuple[list[Layer], Loss, bool]:
    """Return the layers and the loss so that the loss takes logits, where the two fit.

    Sigmoid and binary cross-entropy, softmax and categorical cross-entropy, are together one
    formula of the logits z, exact at any z and with the gradient a - y. So a last activation that
    the loss is made for is taken off, and the loss takes its form from logits. Also returns
    whether that was done.
    """
    row, last = list(layers), layers[-1]
    activation: Any = getattr(last, "activation", None)
    if (
        isinstance(loss, CrossEntropy)
        and not loss.from_logits
        and isinstance(activation, activations.Activation)
        and activation == loss.link  # of the very class: one derived from it may differ
        and last.activity_regularizer is None
    ):
        if _computes_as(Dense, last):
            row[-1] = copy.copy(last)  # with the same weights
            row[-1].activation = activations.linear
            return row, loss.on_logits(), True
        if _computes_as(Activation, last) and len(row) > 1:
            return row[:-1], loss.on_logits(), True
    return row, loss, False


def _computes_as(cls: type[Layer], layer: Layer) -> bool:
    """Say whether a layer is of the class, or of one that changes nothing of how it computes."""
    return isinstance(layer, cls) and all(
        getattr(type(layer), name) is getattr(cls, name) for name in ("call", "forward", "backward")
    )


def may_overwrite(layers: Sequence[Layer], loss: Loss, metrics: Any) -> bool:
    """Say whether a test step may overwrite the arrays of the last one, and be of any size.

    A user's layer, loss, metric or penalty may keep what it is given, or mean the batch as a whole.
    """
    if metrics is None:  # nobody knows yet which they will be
        return False
    penalties = [layer.activity_regularizer for layer in layers]
    parts = [loss, *(metric for _, metric, _ in metrics), *filter(None, penalties)]
    own = all(is_own(type(part)) and "fn" not in vars(part) for part in parts)
    by_rows = loss.reduction in ("sum_over_batch_size", "mean")
    return own and by_rows and all(layer._keeps_nothing for layer in layers)


class KeptSteps:
    """The steps of a model, kept from call to call while they would be made of the same parts.

    A copy of a model, and one from a pickle, has none yet: their arrays are others.
    """

    def __init__(self) -> None:
        self._kept: dict[type, tuple[Sequence[Any], Any]] = {}  # the parts, and the step

    def __reduce__(self) -> Any:
        return KeptSteps, ()

    def get(self, cls: type[T], layers: Any, loss: Any, weights: Any, *more: Any) -> T:
        """Return a step of that class, made of these parts; see `TrainStep`."""
        activations = [vars(layer).get("activation") for layer in layers]
        penalties = [layer.activity_regularizer for layer in layers]
        parts = [*layers, *activations, *penalties, loss, *vars(loss).values(), *weights, *more]
        known, step = self._kept.get(cls, ((), None))
        same = len(known) == len(parts) and all(map(operator.is_, known, parts))
        if step is None or not same or not step.is_current():
            step = cls(layers, loss, weights, *more)
            self._kept[cls] = parts, step
        return step
