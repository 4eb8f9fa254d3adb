"""The loop over batches: a step on each, its loss and metrics, and whoever listens."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tinyneuron._common.arrays import Array, Empty
from tinyneuron._training.data import ArrayData, Batch, Data, in_batches
from tinyneuron._training.scores import Scores
from tinyneuron._training.step import TestStep
from tinyneuron.callbacks import base


def go_through(
    data: Data,
    make_step: Callable[[], TestStep],
    scores: Scores,
    around: tuple[base.Hooks, base.Hooks] = ([], []),
    is_over: Callable[[], bool] = lambda: False,
    if_not_finite: Callable[[int, Batch, float], None] | None = None,
    empty: Empty | None = None,
) -> dict[str, float]:
    """Take a step on each batch; return the loss and the metrics, or nothing of no batches.

    Where nobody listens after each batch, the numbers of many are found at once; not where the
    layers write into arrays that `empty` makes, as the next batch overwrites them. `if_not_finite`
    is told of the first batch whose loss is NaN or infinite.
    """
    scores.reset()
    before, after = around
    # Not before a stream's first batch, which may build the model.
    step = make_step() if isinstance(data, ArrayData) else None
    can_wait = step is not None and step.goes_by_rows and scores.go_by_rows
    arrays = {} if empty is None else {"empty": empty}
    number = 0
    for piece in data.pieces(together=can_wait and not after and empty is None):
        step = step or make_step()
        outputs = []
        for x, y, sample_weight in in_batches(piece, data.batch_size):
            for hook in before:
                hook(number, {})
            batch_outputs, penalty = step(x, y, sample_weight, **arrays)
            outputs.append(batch_outputs)
            number += 1
            if before and is_over():
                break
        # of several batches, where they come in one, nothing is penalized
        loss = _report(step, scores, outputs, piece, penalty)
        if if_not_finite and not math.isfinite(loss):
            batches = zip(outputs, in_batches(piece, data.batch_size), strict=False)
            losses = [step.loss_of(a, y, w) for a, (_, y, w) in batches]
            first = int(np.argmin(np.isfinite(losses)))
            if_not_finite(number - len(outputs) + first, piece, loss)
            if_not_finite = None  # once is enough
        for hook in after:
            hook(number - 1, scores.results())
        if is_over():
            break
    return scores.results() if number else {}


def _report(
    step: TestStep, scores: Scores, outputs: list[Array], piece: Batch, penalty: float
) -> float:
    """Take what the step made of one or several batches into the scores; return the loss."""
    whole = outputs[0] if len(outputs) == 1 else np.concatenate(outputs)
    _, y, sample_weight = piece
    if len(whole) < len(y):  # the rest was not gone through
        y = y[: len(whole)]
        sample_weight = None if sample_weight is None else sample_weight[: len(whole)]
    loss = step.loss_of(whole, y, sample_weight) + penalty
    scores.update(loss, y, step.predictions(whole) if scores.metrics else whole, sample_weight)
    return loss
