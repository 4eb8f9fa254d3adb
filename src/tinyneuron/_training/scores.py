"""Scores: the loss and the metrics of the batches so far, under the names of the results."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np

from tinyneuron._common import uncalled
from tinyneuron._common.arrays import Array, Shape
from tinyneuron.metrics import (
    BinaryAccuracy,
    CategoricalAccuracy,
    Mean,
    Metric,
    SparseCategoricalAccuracy,
    get,
)
from tinyneuron.metrics.variables import by_value


class Reported(NamedTuple):
    """A metric among the results: under which name, and whether it heeds sample weights."""

    name: str
    metric: Metric
    weighted: bool


class Scores:
    """The loss and the metrics of the batches so far.

    Parameters
    ----------
    wanted : list of (identifier, bool)
        What `compile` was given, and whether it heeds sample weights.
    """

    def __init__(self, wanted: list[tuple[Any, bool]]):
        self.wanted = wanted
        self.metrics: list[Reported] | None = None  # until `make_for` is told of the targets
        self.loss = Mean("loss")

    def make_for(self, y: Array, output_shape: Shape, dtype: Any) -> None:
        """Make the metrics for such targets and outputs, the first time, and try them on a row."""
        if self.metrics is not None:
            return
        made: list[Reported] = []
        for identifier, weighted in self.wanted:
            metric = _metric(identifier, y.shape, output_shape)
            uncalled.refuse("Metric", metric, "fit")
            metric.update_state(y[:1], np.zeros((1, *output_shape[1:]), dtype))
            metric.reset_state()
            made.append(Reported("", metric, weighted))
        self.metrics = [
            reported._replace(name=name) for reported, name in zip(made, self.names(), strict=True)
        ]

    @property
    def go_by_rows(self) -> bool:
        """Whether the metrics of several batches in one are those of one after the other."""
        return all(metric._goes_by_rows for _, metric, _ in self.metrics or ())

    def names(self) -> list[str]:
        """Return the metrics' names among the results, in the order of `compile`."""
        names: list[str] = []
        for identifier, weighted in self.wanted:
            name = identifier if isinstance(identifier, str) else get(identifier).name
            names.append(_name_in_results(name, weighted, names))
        return names

    def reset(self) -> None:
        """Start over."""
        self.loss.reset_state()
        for _, metric, _ in self.metrics or ():
            metric.reset_state()

    def update(
        self, loss: float, y: Array, predictions: Array, sample_weight: Array | None
    ) -> None:
        """Take one batch in."""
        self.loss.add(loss, len(y))
        for _, metric, weighted in self.metrics or ():
            metric.update_state(y, predictions, sample_weight if weighted else None)

    def results(self) -> dict[str, float]:
        """Return them by name, in Keras' order."""
        results = {name: by_value(metric.result()) for name, metric, _ in self.metrics or ()}
        return dict(sorted({**results, "loss": self.loss.result()}.items()))


def is_accuracy(identifier: Any) -> bool:
    """Say whether which metric is meant depends on the targets and outputs.

    >>> is_accuracy("acc"), is_accuracy("binary_accuracy")
    (True, False)
    """
    return isinstance(identifier, str) and identifier in ("accuracy", "acc")


def _metric(identifier: Any, target_shape: Shape, output_shape: Shape) -> Metric:
    """Return the metric that `identifier` stands for, under the name that the user gave it."""
    if not is_accuracy(identifier):
        metric = get(identifier)
    elif output_shape[-1] == 1:
        metric = BinaryAccuracy()
    elif len(target_shape) < len(output_shape) or target_shape[-1] == 1:
        metric = SparseCategoricalAccuracy()
    else:
        metric = CategoricalAccuracy()
    if isinstance(identifier, str):
        metric.name = identifier
    return metric


def _name_in_results(name: str, weighted: bool, taken: list[str]) -> str:
    """Return what a metric is called among the results, where each needs a name of its own."""
    if weighted and name in taken:
        name = f"weighted_{name}"
    names = itertools.chain([name], (f"{name}_{i}" for i in itertools.count(1)))
    return next(free for free in names if free not in taken)
