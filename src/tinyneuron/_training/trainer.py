"""Training: compile, fit and evaluate, the loop of forward, loss, backward, step."""

from __future__ import annotations

import functools
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

import numpy as np

from tinyneuron import losses, optimizers
from tinyneuron._common.arguments import flag, integer, one_of, real_number, shown
from tinyneuron._common.arrays import Array, Shape
from tinyneuron._common.targets import spread
from tinyneuron._training.data import ArrayData, Batch, StreamData, as_data, split, weigh_classes
from tinyneuron._training.step import Chain
from tinyneuron.callbacks import Callback, CallbackList, History, ProgbarLogger
from tinyneuron.layers import Layer
from tinyneuron.layers.base import all_or_nothing
from tinyneuron.metrics import (
    BinaryAccuracy,
    CategoricalAccuracy,
    Mean,
    Metric,
    SparseCategoricalAccuracy,
)
from tinyneuron.metrics import get as get_metric

_VERBOSE = ("auto", 0, 1, 2)

P = ParamSpec("P")
T = TypeVar("T")


def _silently(method: Callable[P, T]) -> Callable[P, T]:
    """Let a diverging loss be inf or NaN, without a warning of NumPy's at each call.

    One `np.errstate` for all calls, as a decorator, would not do: before NumPy 2 it remembers
    only the last call's, so that an `evaluate` within `fit` left all warnings off.
    """

    @functools.wraps(method)
    def silent(*args: P.args, **kwargs: P.kwargs) -> T:
        with np.errstate(all="ignore"):
            return method(*args, **kwargs)

    return silent


class Step:
    """What is done with each batch, its parts found once.

    Parameters
    ----------
    model : Trainer
        Built and compiled.
    """

    def __init__(self, model: Trainer):
        assert model._loss is not None
        self.model, self.loss, self.optimizer = model, model._loss, model.optimizer
        self.chain = Chain(model, model._loss)
        trained = [weight for weight, trainable in model._all_weights() if trainable]
        arrays = [weight.value for weight in trained]
        if not self.optimizer.is_built_for(arrays):
            self.optimizer.build(arrays)
        own = dict(zip(map(id, arrays), self.optimizer.gradients, strict=True))
        free = dict(own)
        self.gradients: list[list[Array]] = []
        self.repeated: list[tuple[Array, Array]] = []
        for layer in self.chain.layers:
            self.gradients.append([])
            for weight in layer._weights_to_train():
                key = id(weight.value)
                # Frozen weights get their gradient too, in an array that nobody reads; those of
                # a layer that comes twice get theirs in one that is added.
                gradient = free.pop(key) if key in free else np.zeros_like(weight.value)
                if key in own and gradient is not own[key]:
                    self.repeated.append((own[key], gradient))
                self.gradients[-1].append(gradient)
        self.penalties = [
            (weight.regularizer, weight.value, own[id(weight.value)])
            for weight in trained
            if weight.regularizer is not None
        ]
        self.constraints = [
            (weight.constraint, weight.value) for weight in trained if weight.constraint is not None
        ]

    def train(self, x: Array, y: Array, sample_weight: Array | None) -> None:
        """Go forward, find the loss, go back, take one step."""
        if not self.chain.trainable:
            self.chain.check_trainable()
        loss = self.loss
        outputs, tape, penalty = self.chain.forward(self.model._as_inputs(x))
        targets = loss.encode(y, outputs)
        losses, gradient, a = self.chain.loss.value_and_gradient(targets, outputs)
        self.chain.backward(loss.output_gradient(gradient, sample_weight), tape, self.gradients)
        for total, share in self.repeated:
            total += share
        for regularizer, weight, weight_gradient in self.penalties:
            penalty += regularizer(weight)
            weight_gradient += regularizer.gradient(weight)
        self.optimizer.step()
        for constraint, weight in self.constraints:
            weight[...] = constraint(weight)
        predictions = self.chain.predictions(outputs, a)
        self._report(loss.reduce(losses, sample_weight) + penalty, y, predictions, sample_weight)

    def test(self, x: Array, y: Array, sample_weight: Array | None) -> None:
        """Go forward as at prediction time, and find the loss."""
        loss = self.loss
        outputs, penalty = self.chain.call(self.model._as_inputs(x))
        losses, a = self.chain.losses(loss.encode(y, outputs), outputs)
        penalty += sum(regularizer(weight) for regularizer, weight, _ in self.penalties)
        predictions = self.chain.predictions(outputs, a)
        self._report(loss.reduce(losses, sample_weight) + penalty, y, predictions, sample_weight)

    def _report(self, loss: float, y: Array, predictions: Array, weights: Array | None) -> None:
        self.model._loss_mean.add(loss, len(y))
        for _, metric, weighted in self.model._metrics or ():
            metric.update_state(y, predictions, weights if weighted else None)


class Trainer(Layer):
    """What a model can do beyond a layer: learn from examples."""

    optimizer: Any = None
    loss: Any = None
    history: History | None = None  # of the last `fit`
    stop_training = False  # a callback sets it to end `fit` after this batch or epoch

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: None = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
    ) -> None:
        """Say how to train: with which optimizer, to lessen which loss, reporting which metrics.

        Parameters
        ----------
        optimizer : str or Optimizer
        loss : str or Loss
        loss_weights
            Must be ``None``: there is one output.
        metrics, weighted_metrics : list of str, Metric or loss, optional
            The weighted ones heed sample weights. ``"accuracy"`` means the binary, categorical
            or sparse one, as fits the outputs.

        Examples
        --------
        >>> from tinyneuron import Sequential
        >>> from tinyneuron.layers import Dense
        >>> model = Sequential([Dense(1, activation="sigmoid")])
        >>> model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        """
        if loss_weights is not None:
            raise ValueError("compile: loss_weights go with several outputs; there is one.")
        found, found_loss = optimizers.get(optimizer), losses.get(loss)
        if found_loss is not None and found_loss.reduction in ("none", None):
            raise ValueError(
                f"compile: a loss to train with is one number, and {found_loss.name} has "
                f"reduction={found_loss.reduction!r}. Leave the reduction out."
            )
        for name, given in {"metrics": metrics, "weighted_metrics": weighted_metrics}.items():
            if isinstance(given, Mapping) and "class_name" not in given:
                raise ValueError(
                    f"compile: {name} by the names of outputs go with several; there is one, so "
                    f"give a list, got {shown(given)}."
                )
        wanted = [
            (identifier, weighted)
            for identifiers, weighted in ((metrics, False), (weighted_metrics, True))
            for identifier in _listed(identifiers)
        ]
        for identifier, _ in wanted:
            if not _is_accuracy(identifier):
                get_metric(identifier)
        self.optimizer, self.loss = found, loss
        self._loss, self._wanted_metrics = found_loss, wanted
        self._metrics: list[tuple[str, Metric, bool]] | None = None  # name, metric, weighted?
        self._loss_mean = Mean("loss")

    @_silently
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Iterable[Callback] | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
    ) -> History:
        """Train by going through the data again and again, with one step for each batch.

        Parameters
        ----------
        x : array_like of shape (rows, ...), or iterable of batches
            Inputs; or batches ``(x, y)`` or ``(x, y, sample_weight)``.
        y : array_like of shape (rows, ...)
            Targets; never broadcast against the outputs.
        batch_size : int, optional
            Rows in a step, 32 by default; the last batch may be smaller.
        epochs : int
            Where to stop: the epochs are numbered from `initial_epoch`, 0 by default, to
            ``epochs - 1``.
        verbose : {"auto", 0, 1, 2}
            1 and 2 print a line for each epoch, at most four in a second, and the last; 0 prints
            nothing; "auto" prints on a terminal.
        callbacks : list of Callback, optional
        validation_split : float
            This share of the rows, taken from the end before shuffling, is not trained on but
            evaluated after each epoch.
        validation_data : tuple or iterable of batches, optional
            ``(x, y)`` or ``(x, y, sample_weight)``, instead of a split.
        shuffle : bool
            Whether to take the rows in another random order in each epoch.
        class_weight : dict of int to float, optional
            What an example of each class counts.
        sample_weight : array_like of shape (rows,), optional
            What each example counts.
        initial_epoch, steps_per_epoch, validation_steps, validation_batch_size, validation_freq
            As in Keras.

        Returns
        -------
        History
            ``history.history["loss"]`` has the loss of each epoch.

        Raises
        ------
        ValueError
            If the model is not compiled, or data and model do not fit; no weight has changed then.
        """
        shuffle = flag("shuffle", shuffle)
        data = as_data(x, y, sample_weight, batch_size, steps_per_epoch, shuffle)
        epochs = integer("epochs", epochs, least=0)
        validation_freq = integer("validation_freq", validation_freq)
        initial_epoch = integer("initial_epoch", initial_epoch, least=0)
        validation = None
        if validation_data is not None:
            x, y, weights = _parts(validation_data)
            with _naming("validation_data"):
                validation = as_data(x, y, weights, validation_batch_size, validation_steps)
        elif real_number("validation_split", validation_split):
            if not isinstance(data, ArrayData):
                raise ValueError("validation_split needs arrays; give validation_data instead.")
            data, validation = split(data, validation_split)
        if class_weight is not None:  # for training alone
            weigh_classes(data, class_weight)
        history = History()
        reporting = self._callbacks(
            [*_listed(callbacks), history], verbose, epochs=epochs, steps=data.steps
        )
        self._check(data)
        if validation is not None:
            with _naming("validation_data"):
                self._check(validation)
        before_batch = reporting.hooks("on_train_batch_begin")
        after_batch = reporting.hooks("on_train_batch_end")

        logs: dict[str, float] = {}
        self.stop_training, self.history = False, history
        reporting.run("on_train_begin", {})
        for epoch in range(initial_epoch, epochs):
            self.reset_metrics()
            reporting.run("on_epoch_begin", epoch, {})
            for number, (step, batch) in enumerate(self._steps(data)):
                for hook in before_batch:
                    hook(number, {})
                step.train(*batch)
                for hook in after_batch:
                    hook(number, self._results())
                if self.stop_training:
                    break
            if not self._loss_mean.count:  # a generator has run out
                break
            logs = self._results()
            if validation is not None and (epoch + 1) % validation_freq == 0:
                results = self._evaluate(validation, reporting)
                logs |= {f"val_{name}": value for name, value in results.items()}
            reporting.run("on_epoch_end", epoch, logs)
            if self.stop_training:
                break
        reporting.run("on_train_end", logs)
        return history

    @_silently
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Iterable[Callback] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Return the loss and the metrics over all rows, as at prediction time.

        Parameters
        ----------
        x, y, batch_size, sample_weight, steps, callbacks
            As for `fit`.
        verbose : {"auto", 0, 1, 2}
            1 and 2 print the results.
        return_dict : bool
            Whether to return them by name instead of in a list (or, without metrics, alone).
        """
        return_dict = flag("return_dict", return_dict)
        verbose = one_of("verbose", verbose, _VERBOSE)
        data = as_data(x, y, sample_weight, batch_size=batch_size, steps=steps)
        self._check(data)
        results = self._evaluate(data, self._callbacks(_listed(callbacks), 0, steps=data.steps))
        if verbose in (1, 2):
            print(" - ".join(f"{name}: {value:.4f}" for name, value in results.items()))
        return self._returned(results, return_dict)

    @_silently
    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Take one step on these rows; return the loss and metrics from before it."""
        return_dict = flag("return_dict", return_dict)
        data = as_data(x, y, sample_weight, batch_size=sys.maxsize)
        if class_weight is not None:
            weigh_classes(data, class_weight)
        self._check(data)
        self.reset_metrics()
        for step, batch in self._steps(data):
            step.train(*batch)
        return self._returned(self._results(), return_dict)

    @_silently
    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Return the loss and metrics of these rows, as at prediction time."""
        return_dict = flag("return_dict", return_dict)
        data = as_data(x, y, sample_weight, batch_size=sys.maxsize)
        self._check(data)
        return self._returned(self._evaluate(data, self._callbacks([], 0)), return_dict)

    def reset_metrics(self) -> None:
        """Start the loss and the metrics over."""
        self._loss_mean.reset_state()
        for _, metric, _ in self._metrics or []:
            metric.reset_state()

    # How ---------------------------------------------------------------------------------------

    def _check(self, data: ArrayData | StreamData) -> None:
        """Check whole arrays before anything changes; a stream's batches as they come."""
        if self.optimizer is None:
            raise ValueError("You must call `compile()` before training or evaluating the model.")
        if self._loss is None:
            raise ValueError("The model was compiled without a loss: compile(loss=...).")
        if isinstance(data, ArrayData):
            x, y, weights = data.arrays
            data.arrays = (*self._fitting(x, y, weights), weights)

    def _steps(self, data: ArrayData | StreamData) -> Iterator[tuple[Step, Batch]]:
        """Yield each batch, and what to do with it."""
        step = None
        for x, y, weights in data:
            if isinstance(data, StreamData):
                x, y = self._fitting(x, y, weights)
            step = step or Step(self)  # not before: a stream's first batch may build the model
            yield step, (x, y, weights)

    def _fitting(self, x: Array, y: Array | None, weights: Array | None) -> tuple[Array, Array]:
        """Return inputs and targets in shapes that fit the model, building it if need be."""
        if y is None:
            raise ValueError("There are no targets: y is None.")
        if not self.built:
            with all_or_nothing(self._family()):
                self.build(x.shape)
                return self._fitting(x, y, weights)
        x = self._checked(x)
        shape = self.compute_output_shape(x.shape)
        assert self._loss is not None
        self._loss.check(y, shape)
        if weights is not None:
            spread(weights, shape[:-1], len(shape) - 1)  # one for each sample?
        if self._metrics is None:
            found: list[tuple[str, Metric, bool]] = []
            for identifier, weighted in self._wanted_metrics:
                metric = _metric(identifier, y.shape, shape)
                metric.update_state(y[:1], np.zeros((1, *shape[1:]), self._output_dtype))  # fits?
                metric.reset_state()
                name = _name_in_logs(metric.name, weighted, [name for name, _, _ in found])
                found.append((name, metric, weighted))
            self._metrics = found
        return x, y

    def _evaluate(self, data: ArrayData | StreamData, callbacks: CallbackList) -> dict[str, float]:
        self.reset_metrics()
        callbacks.run("on_test_begin", {})
        before, after = (callbacks.hooks(f"on_test_batch_{when}") for when in ("begin", "end"))
        for number, (step, batch) in enumerate(self._steps(data)):
            for hook in before:
                hook(number, {})
            step.test(*batch)
            for hook in after:
                hook(number, self._results())
        results = self._results()
        callbacks.run("on_test_end", results)
        return results

    def _results(self) -> dict[str, float]:
        """Return the metrics and the loss so far by name, in Keras' order."""
        results = {name: metric.result() for name, metric, _ in self._metrics or []}
        return dict(sorted({**results, "loss": self._loss_mean.result()}.items()))

    def _returned(self, results: dict[str, float], return_dict: bool) -> Any:
        if return_dict:
            return results
        values = [results["loss"], *(results[name] for name, _, _ in self._metrics or [])]
        return values if len(values) > 1 else values[0]

    def _callbacks(
        self, callbacks: Iterable[Callback], verbose: str | int, **params: Any
    ) -> CallbackList:
        one_of("verbose", verbose, _VERBOSE)
        talks = sys.stdout.isatty() if verbose == "auto" else bool(verbose)
        printing = [ProgbarLogger()] if talks else []
        return CallbackList([*callbacks, *printing], self, verbose=int(talks), **params)


def _listed(identifiers: Any) -> list[Any]:
    if identifiers is None:
        return []
    return list(identifiers) if isinstance(identifiers, list | tuple) else [identifiers]


@contextmanager
def _naming(argument: str) -> Iterator[None]:
    """Put the argument's name before an error that speaks of x and y."""
    try:
        yield
    except TypeError as error:
        raise TypeError(f"{argument}: {error}") from None
    except ValueError as error:
        raise ValueError(f"{argument}: {error}") from None


def _parts(validation_data: Any) -> tuple[Any, Any, Any]:
    """Return x, y and weights, the latter two ``None`` where an iterable yields whole batches."""
    if not isinstance(validation_data, tuple | list):
        return validation_data, None, None
    if len(validation_data) not in (2, 3):
        raise ValueError(
            "validation_data must be (x, y) or (x, y, sample_weight), or an iterable of batches, "
            f"got a {type(validation_data).__name__} of {len(validation_data)}."
        )
    x, y, weights = (*validation_data, None)[:3]
    return x, y, weights


def _is_accuracy(identifier: Any) -> bool:
    return isinstance(identifier, str) and identifier in ("accuracy", "acc")


def _metric(identifier: Any, target_shape: Shape, output_shape: Shape) -> Metric:
    """Return the metric that `identifier` stands for, under the name that the user gave it."""
    if not _is_accuracy(identifier):
        metric = get_metric(identifier)
    elif output_shape[-1] == 1:
        metric = BinaryAccuracy()
    elif len(target_shape) < len(output_shape) or target_shape[-1] == 1:
        metric = SparseCategoricalAccuracy()
    else:
        metric = CategoricalAccuracy()
    if isinstance(identifier, str):
        metric.name = identifier
    return metric


def _name_in_logs(name: str, weighted: bool, taken: list[str]) -> str:
    """Return what a metric is called among the results, where each needs a name of its own."""
    if weighted and name in taken:
        name = f"weighted_{name}"
    names = itertools.chain([name], (f"{name}_{i}" for i in itertools.count(1)))
    return next(free for free in names if free not in taken)
