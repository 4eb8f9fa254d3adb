"""The training step: forward, loss, backward, update.

forward    x  ->  outputs                through the layers, each leaving a note on the tape
loss       (y, outputs)  ->  dL/d(outputs)
backward   dL/d(outputs)  ->  dL/dW for every weight W, by the chain rule
update     W  ->  W - (what the optimizer makes of dL/dW)

L itself no step needs. People do: it is found from the outputs, of many batches at once.
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable, Sequence
from typing import Any

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


class TestStep:
    """What `evaluate` does with each batch: forward, as at prediction time.

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
        self.penalizes = self.penalizes_activity or bool(self.penalized)
        #: Whether the loss may be found later, from the outputs for several batches in one. A loss
        #: of a user's own may look at its batch as a whole, and a layer may keep its outputs.
        plain = loss.is_mean and is_own(type(loss)) and all(each._keeps_nothing for each in layers)
        self.goes_by_rows = plain and not self.penalizes
        #: Whether batches may have any size, and overwrite the arrays of those before.
        penalties = [layer.activity_regularizer for layer in layers]
        own = all(penalty is None or is_own(type(penalty)) for penalty in penalties)
        self.may_overwrite = plain and own

    def is_current(self) -> bool:
        """Say whether what the step was made with is still so."""
        return True

    def __call__(
        self,
        x: Array,
        y: Array,
        sample_weight: Array | None = None,
        empty: Empty | None = None,
    ) -> tuple[Array, float]:
        """Return the outputs for a batch, and the penalties, which are part of its loss.

        Layers write into arrays that `empty` makes, where it is given.
        """
        tape: Tape | None = [] if self.penalizes_activity else None
        outputs = through(self.layers, x, tape=tape, empty=empty)
        return outputs, self.penalty(tape) if self.penalizes else 0.0

    def penalty(self, tape: Any) -> float:
        """Return the penalties on outputs and weights."""
        penalty = 0.0
        if self.penalizes_activity:
            penalty += activity_penalty(self.layers, tape)
        for weight in self.penalized:
            penalty += weight.regularizer(weight.value)
        return penalty

    # Reporting: the batches' outputs as numbers for people -------------------------------------

    def loss_of(self, outputs: Array, y: Array, sample_weight: Array | None = None) -> float:
        """Return the loss of one batch or of several, penalties aside."""
        losses = self.loss.call(self.loss.encode(y, outputs), outputs)
        loss: float = self.loss.reduce(losses, sample_weight)
        return loss

    def predictions(self, outputs: Array) -> Array:
        """Return what the model predicts, where the outputs may be logits."""
        return self.loss.link(outputs) if self.takes_logits else outputs  # type: ignore[misc]


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
        kept = [layer for layer in self.layers if layer.after_step is not None]
        written = [*weights, *(weight for layer in kept for weight, _ in layer._all_weights())]
        self.written = [weight.value for weight in written]
        if not self._can_write():
            names = {weight.name for weight in written if not weight.value.flags.writeable}
            raise ValueError(
                f"Training would change weights that are read-only: {', '.join(sorted(names))}. "
                "Make them writeable, weight.flags.writeable = True, or freeze their layers."
            )
        if not optimizer.is_built_for(self.arrays):
            optimizer.build(self.arrays, [weight.name for weight in weights])
        self.views = optimizer.gradients  # of its one flat gradient, one for each weight
        #: Where the optimizer looks for the gradient of each weight.
        self.gradient_of = dict(zip(weights, self.views, strict=True))
        #: The layers that keep something of each step, with what they noted on the way there.
        self.follows_up = bool(kept)
        self.to_follow_up: list[tuple[Layer, Any]] = []
        #: Gradients found elsewhere: (how they are put in their place, this place, where they are).
        self.elsewhere: list[tuple[Callable[[Array, Array], Any], Array, Array]] = []
        #: Where each layer's `backward` leaves the gradients of its weights.
        used = set[Weight]()
        self.gradients = [[self._place(weight, used) for weight in some] for some in own]

    def is_current(self) -> bool:
        # An optimizer that is built anew, for whatever reason, has new views of its gradient.
        return self.optimizer.gradients is self.views and self._can_write()

    def _can_write(self) -> bool:
        return all(array.flags.writeable for array in self.written)

    def _place(self, weight: Weight, used: set[Weight]) -> Array:
        """Return the array in which a layer's `backward` leaves the gradient of one weight."""
        place = self.gradient_of.get(weight)
        array = np.zeros_like(weight.value)
        if place is None:  # the weight is frozen: nobody reads its gradient
            return array
        if weight in used:  # by a layer that stands in the row twice: the gradients add up
            self.elsewhere.append((operator.iadd, place, array))
            return array
        used.add(weight)
        if place.dtype != array.dtype:  # where layers of different dtypes meet
            self.elsewhere.append((np.copyto, place, array))
            return array
        return place

    def __call__(  # type: ignore[override]  # no `empty`: its arrays are on the tape
        self, x: Array, y: Array, sample_weight: Array | None = None
    ) -> tuple[Array, float]:
        """Take one step on a batch; return the outputs and penalties from before it."""
        result = self.differentiate(x, y, sample_weight)
        self.update()
        return result

    def differentiate(
        self, x: Array, y: Array, sample_weight: Array | None = None
    ) -> tuple[Array, float]:
        """Find the outputs, the penalties, and the gradients of all weights."""
        tape: Tape = []
        outputs = through(self.layers, x, training=True, tape=tape)
        gradient = self.loss.gradient(self.loss.encode(y, outputs), outputs)
        gradient = self.loss.output_gradient(gradient, sample_weight)
        back(self.layers, gradient, tape, self.gradients, self.first)
        if self.follows_up:
            self.to_follow_up = [
                (layer, entry)
                for layer, (entry, _) in zip(self.layers, tape, strict=True)
                if layer.after_step is not None
            ]
        for put, place, array in self.elsewhere:
            put(place, array)
        for weight in self.penalized:
            self.gradient_of[weight] += weight.regularizer.gradient(weight.value)
        return outputs, self.penalty(tape) if self.penalizes else 0.0

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
