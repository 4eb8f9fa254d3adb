"""An optimizer's state in Keras' files: a list of arrays, whose order each generation chose.

    Keras 3             iterations, learning rate unless it is a schedule, then for Adam m, v of the
                        first weight, m, v of the second ..., then the other vectors, last the
                        product of Nadam's momenta
    TensorFlow 2.11 on  the same without the learning rate
    before              iterations, then one vector after the other: all m, all v
    Keras 1             the same, and in each vector the weights sorted by name: dense_10_W is
                        before dense_9_W, beta before gamma

Keras' v of SGD is what is added to the weights, ours what is subtracted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyneuron._common.arrays import Array
from tinyneuron.optimizers import SGD, Adadelta, Adam, Adamax, Nadam, Optimizer
from tinyneuron.saving.compile_config import number_of_steps
from tinyneuron.saving.generations import NotOffered, Writer
from tinyneuron.saving.hdf5 import Member, member, numbers


def state_arrays(optimizer: Optimizer) -> list[tuple[str, Any]]:
    """Return the arrays as Keras 3 has them, with their names in an ``.h5`` file."""
    arrays: list[tuple[str, Any]] = [("iteration", np.int64(optimizer.iterations))]
    if _has_rate(optimizer):
        arrays.append(("learning_rate", np.float32(optimizer.learning_rate)))
    order = range(len(optimizer.gradients))
    views = _views(optimizer, in_keras_3=True, paired=True, order=order)
    return arrays + [(f"state_{i}", sign * view) for i, (view, sign) in enumerate(views)]


def restore_state(
    optimizer: Optimizer,
    written: Any,
    writer: Writer,
    group: Member,
    names: Sequence[str],
    weights: Sequence[str],
) -> None:
    """Read the state of an optimizer, as whoever wrote its description has written it.

    Raises
    ------
    NotOffered
        If it is the state of another optimizer, or nobody knows which array is which weight's.
    """
    by_name = isinstance(written, str)  # "adam": in ``.keras`` files of TensorFlow
    since_2_11 = by_name or "use_ema" in written["config"]
    in_keras_3 = since_2_11 and not writer.before_3
    left = list(names)
    if not left:  # never trained
        return
    iterations = 0
    if since_2_11 or _is_one_number(group, left[0]):  # RMSprop had none, once
        iterations = number_of_steps(numbers(group, left.pop(0), ()).item())
    if in_keras_3 and left and _has_rate(optimizer):
        optimizer.learning_rate = numbers(group, left.pop(0), ()).item()
    if not left:  # never trained either, or Keras had lost it when it loaded the model
        optimizer._iterations = iterations
        return
    order = _by_name(weights) if writer.first else range(len(optimizer.gradients))
    places = _views(optimizer, in_keras_3, paired=since_2_11, order=order)
    # SGD without momentum, and Adam without v_hat, had a vector that they did not use.
    unused = 0 if in_keras_3 else len(optimizer.gradients)
    if len(left) not in (len(places), len(places) + unused):
        raise NotOffered(f"it needs {len(places)} arrays, and the file has {len(left)}")
    read = [numbers(group, name) for name in left[: len(places)]]
    for (view, _), array, name in zip(places, read, left, strict=False):
        if array.shape != view.shape:
            raise NotOffered(f"{name!r} has shape {array.shape}, where {view.shape} is needed")
    optimizer._iterations = iterations
    for (view, sign), array in zip(places, read, strict=True):
        view[...] = sign * array


def _by_name(weights: Sequence[str]) -> list[int]:
    """Return the places of the weights as Keras 1 sorted them, which knew some by no name."""
    if len(set(weights)) < len(weights) or any(name.startswith("param_") for name in weights):
        raise NotOffered("Keras 1 sorted it by names that are not in the file")
    return sorted(range(len(weights)), key=weights.__getitem__)


def _views(
    optimizer: Optimizer, in_keras_3: bool, paired: bool, order: Sequence[int]
) -> list[tuple[Array, int]]:
    """Return views of the state in Keras' order, and the sign that Keras keeps each with."""
    sign = -1 if isinstance(optimizer, SGD) else 1
    state = {slot: [views[i] for i in order] for slot, views in optimizer.state().items()}
    views: list[Array] = []
    if paired and isinstance(optimizer, Adadelta | Adam | Adamax | Nadam):
        first, second = optimizer.slots[:2]
        pairs = zip(state.pop(first), state.pop(second), strict=True)
        views += [view for pair in pairs for view in pair]
    views += [view for slot in state.values() for view in slot]
    if in_keras_3 and isinstance(optimizer, Nadam):  # follows from the number of steps here
        views.append(np.array(optimizer.momentum_product(optimizer.iterations)))
    return [(view, sign) for view in views]


def _has_rate(optimizer: Optimizer) -> bool:
    """Say whether the learning rate is one number, which stands in the file, and no schedule."""
    return isinstance(optimizer._learning_rate, float)


def _is_one_number(group: Member, name: str) -> bool:
    return getattr(member(group, name), "shape", None) == ()
