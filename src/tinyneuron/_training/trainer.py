"""Trainer: a layer that learns from examples, with compile, fit and evaluate."""

from __future__ import annotations

import copy
import functools
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any, TypeVar

from tinyneuron import losses, optimizers
from tinyneuron._common import uncalled
from tinyneuron._common.arguments import flag, integer, one_of, real_number, shown
from tinyneuron._common.arrays import Array, Buffers
from tinyneuron._common.targets import spread
from tinyneuron._common.types import LossName, OptimizerName
from tinyneuron._common.unknown import says_what_is_taken
from tinyneuron._training import warnings
from tinyneuron._training.data import ArrayData, Batch, Data, as_data, split, weigh_classes
from tinyneuron._training.given import is_due_after, listed, naming, parts_of, silently
from tinyneuron._training.kept import KeptSteps
from tinyneuron._training.loop import go_through
from tinyneuron._training.scores import Scores, is_accuracy
from tinyneuron._training.step import TestStep, TrainStep
from tinyneuron.callbacks import Callback, CallbackList, History
from tinyneuron.callbacks.progress import is_live, loggers, say
from tinyneuron.layers import Layer
from tinyneuron.layers.building import all_or_nothing
from tinyneuron.metrics import Metric
from tinyneuron.metrics import get as get_metric

Step = TypeVar("Step", bound=TestStep)

_VERBOSE = ("auto", 0, 1, 2)
# Attributes of a model that no step is made of: what is set while it trains.
_NO_PARTS = {"_kept_steps", "_scores", "history", "stop_training"}
# The models whose `fit` is under way in this thread.
_training_now: ContextVar[tuple[Trainer, ...]] = ContextVar("training now", default=())


class Trainer(Layer):
    """What a model can do beyond a layer: learn from examples."""

    def __init__(self, trainable: bool = True, name: str | None = None):
        super().__init__(trainable=trainable, name=name)
        self._kept_steps = KeptSteps()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._overrides_uncalled = uncalled.is_overridden("Model", cls)

    _overrides_uncalled = False
    optimizer: Any = None
    loss: Any = None
    history: History | None = None  # of the last `fit`
    _loss: Any = None  # the Loss that `loss` stands for
    _rows_in_block: Any  # a model's method: how many rows `predict` takes at once
    _scores = Scores([])  # of the last epoch or evaluation
    stop_training = False  # a callback sets it to end `fit` after this batch or epoch

    @says_what_is_taken
    def compile(
        self,
        optimizer: OptimizerName | optimizers.Optimizer | dict[str, Any] = "rmsprop",
        loss: LossName | losses.Loss | Callable[..., Any] | dict[str, Any] | None = None,
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
        self._refuse_while_training("compile")
        if loss_weights is not None:
            raise ValueError(
                "compile: loss_weights, the third argument, go with several outputs; there is one. "
                "Metrics are named: metrics=[...]."
            )
        if isinstance(loss, list | tuple) and len(loss) == 1:  # a list by outputs
            (loss,) = loss
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
            for identifier in listed(identifiers)
        ]
        for identifier, _ in wanted:
            if not is_accuracy(identifier):
                get_metric(identifier)
        vars(self).update(  # all at once, whatever interrupts
            optimizer=found, loss=loss, _loss=found_loss, _scores=Scores(wanted)
        )

    @silently
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
        validation_freq: Any = 1,
    ) -> History:
        """Train by going through the data again and again, with one step for each batch.

        Parameters
        ----------
        x : array_like of shape (rows, ...), or iterable of batches
            Inputs; or batches ``(x, y)`` or ``(x, y, sample_weight)`` from a generator, a list or
            a `utils.PyDataset`.
        y : array_like of shape (rows, ...)
            Targets; never broadcast against the outputs.
        batch_size : int, optional
            Rows in a step, 32 by default; the last batch may be smaller.
        epochs : int
            Where to stop: the epochs are numbered from `initial_epoch`, 0 by default, to
            ``epochs - 1``.
        verbose : {"auto", 0, 1, 2}
            1 prints a line for each epoch, on a terminal and in a notebook also while it runs; 2
            prints the finished lines alone, 0 nothing; "auto" is 1 on a terminal and in a
            notebook, and 0 elsewhere.
        callbacks : list of Callback, optional
        validation_split : float
            This share of the rows, taken from the end before shuffling, is not trained on but
            evaluated after each epoch.
        validation_data : tuple, list or iterable of batches, optional
            ``(x, y)`` or ``(x, y, sample_weight)``, instead of a split.
        shuffle : bool
            Whether to take the rows in another random order in each epoch.
        class_weight : dict of int to float, optional
            What an example of each class counts; multiplied with its `sample_weight`, if it has
            one, where Keras refuses to take both.
        sample_weight : array_like of shape (rows,), optional
            What each example counts.
        initial_epoch, validation_batch_size
            As in Keras.
        steps_per_epoch, validation_steps : int, optional
            How many batches make an epoch, and a validation; all there are by default. An epoch
            goes on where the last one ended, a validation starts with the first batch.
        validation_freq : int or list of int
            After every how many epochs to validate, or after which, counted from 1.

        Returns
        -------
        History
            ``history.history["loss"]`` has the loss of each epoch.

        Raises
        ------
        ValueError
            If the model is not compiled, or data and model do not fit; no weight has changed then.
        """
        self._refuse_while_training("fit")
        # 1. What to train on, and what to evaluate after each epoch.
        shuffle = flag("shuffle", shuffle)
        data = as_data(x, y, sample_weight, batch_size, steps_per_epoch, shuffle)
        epochs = integer("epochs", epochs, least=0)
        initial_epoch = integer("initial_epoch", initial_epoch, least=0)
        is_due = is_due_after(validation_freq)
        validation = None
        if validation_data is not None:
            with naming("validation_data"):
                parts = parts_of(validation_data)
                if validation_batch_size is None and parts[1] is not None:
                    validation_batch_size = batch_size
                validation = as_data(*parts, validation_batch_size, validation_steps)
        elif real_number("validation_split", validation_split):
            if not isinstance(data, ArrayData):
                raise ValueError("validation_split needs arrays; give validation_data instead.")
            data, validation = split(
                data, validation_split, validation_batch_size, validation_steps
            )
        if class_weight is not None:  # for training alone
            weigh_classes(data, class_weight, self._takes_class_numbers())

        # 2. Who listens, and whether model and data fit. Nothing has changed until here.
        history = History()
        listening = self._callbacks(
            [*listed(callbacks), history], verbose, epochs=epochs, steps=data.steps
        )
        self._check_compiled("fit")
        data.enter(self._entering)
        if validation is not None:
            self._check_compiled("evaluate")
            with naming("validation_data"):
                validation.enter(self._entering)

        for message in warnings.of_model([layer for _, layer in self._in_a_row()], self._loss):
            warnings.warn(message)

        # 3. Epoch after epoch: a step on each batch, then the evaluation.
        logs: dict[str, float] = {}
        is_told = False
        self.stop_training, self.history = False, history
        token = _training_now.set((*_training_now.get(), self))
        try:
            listening.run("on_train_begin", {})
            around_batches = listening.around("train_batch")
            for epoch in range(initial_epoch, epochs):
                listening.run("on_epoch_begin", epoch, {})
                watch = None if is_told else functools.partial(self._warn_of_loss, data, epoch)
                logs = go_through(
                    data,
                    self._train_step,
                    self._scores,
                    around_batches,
                    lambda: self.stop_training,
                    watch,
                )
                is_told = is_told or not math.isfinite(logs.get("loss", 0.0))
                if not logs:  # a generator has run out
                    break
                if validation is not None and is_due(epoch + 1):
                    results = self._evaluate(validation, self._scores, listening)
                    logs |= {f"val_{name}": value for name, value in results.items()}
                listening.run("on_epoch_end", epoch, logs)
                if self.stop_training:
                    break
            listening.run("on_train_end", logs)
        finally:
            _training_now.reset(token)
        return history

    @silently
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
        data = as_data(x, y, sample_weight, batch_size, steps)
        self._check_compiled("evaluate")
        listening = self._callbacks(listed(callbacks), 0, steps=data.steps)
        data.enter(self._entering)
        results = self._evaluate(data, self._scores_to_fill(), listening)
        if not results:
            raise ValueError("There is no data: x has yielded no batch.")
        if verbose in (1, 2):
            say(" - ".join(f"{name}: {value:.4f}" for name, value in results.items()))
        return self._returned(results, return_dict)

    @silently
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
            weigh_classes(data, class_weight, self._takes_class_numbers())
        self._check_compiled("fit")
        data.enter(self._entering)
        results = go_through(data, self._train_step, self._scores_to_fill())
        return self._returned(results, return_dict)

    @silently
    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Return the loss and metrics of these rows, as at prediction time."""
        return_dict = flag("return_dict", return_dict)
        data = as_data(x, y, sample_weight, batch_size=sys.maxsize)
        self._check_compiled("evaluate")
        data.enter(self._entering)
        results = go_through(data, self._test_step, self._scores_to_fill())
        return self._returned(results, return_dict)

    @property
    def metrics(self) -> list[Metric]:
        """The mean of the loss, and the metrics once data have been seen; none before `compile`."""
        made = [metric for _, metric, _ in self._scores.metrics or ()]
        return [] if self.optimizer is None else [self._scores.loss, *made]

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, in that order; none before `compile`."""
        return [] if self.optimizer is None else ["loss", *self._scores.names()]

    def reset_metrics(self) -> None:
        """Start the loss and the metrics over."""
        self._scores.reset()

    # How ---------------------------------------------------------------------------------------

    def _check_compiled(self, when: str) -> None:
        """Raise an error unless it is known how to train, and all that Keras would call is."""
        if self.optimizer is None:
            raise ValueError("You must call `compile()` before training or evaluating the model.")
        if self._loss is None:
            raise ValueError("The model was compiled without a loss: compile(loss=...).")
        uncalled.refuse("Model", self, when)
        uncalled.refuse("Optimizer", self.optimizer, when)

    def _takes_class_numbers(self) -> bool:
        return isinstance(self._loss, losses.SparseCategoricalCrossentropy)

    def _refuse_while_training(self, what: str) -> None:
        if self in _training_now.get():
            raise RuntimeError(
                f"{what} of {self.name!r} was called by a callback of its fit. To end a training, "
                "a callback sets model.stop_training = True."
            )

    def _scores_to_fill(self) -> Scores:
        """Return the scores, or a copy if `fit` is under way, whose epoch has these numbers."""
        return copy.deepcopy(self._scores) if self in _training_now.get() else self._scores

    def _entering(self, x: Array, y: Array | None, sample_weight: Array | None) -> Batch:
        """Return a batch, or all rows, as a step takes them, if they fit the model.

        Builds the model if it is not built yet. If they do not fit, all is as it was.
        """
        if y is None:
            raise ValueError("There are no targets: y is None. They go beside x: x, y.")

        def enter() -> Batch:
            inputs = self._enter(x, cast=False)
            shape = self.compute_output_shape(inputs.shape)
            self._loss.check(y, shape)
            if sample_weight is not None:
                spread(sample_weight, shape[:-1], len(shape) - 1)  # one for each sample?
            self._scores.make_for(y, shape, self._output_dtype)
            return inputs, y, sample_weight

        return enter() if self.built else all_or_nothing(self, enter)

    def _train_step(self) -> TrainStep:
        return self._step(TrainStep, functools.partial(TrainStep, optimizer=self.optimizer))

    def _test_step(self) -> TestStep:
        return self._step(TestStep, TestStep)

    def _step(self, cls: type[Step], make: Callable[..., Step]) -> Step:
        """Return a step of these layers in a row, this loss, and the weights that train."""
        layers = [layer for _, layer in self._in_a_row()]
        own = [value for name, value in vars(self).items() if name not in _NO_PARTS]
        return self._kept_steps.get(
            cls,
            lambda: make(layers, self._loss, [w for w, trains in self._all_weights() if trains]),
            layers + own,
        )

    def _warn_of_loss(self, data: Data, epoch: int, number: int, batch: Batch, loss: float) -> None:
        """Warn of a NaN or infinite loss, having looked through the data for the cause."""
        is_all = isinstance(data, ArrayData)
        x, y, sample_weight = data.arrays if isinstance(data, ArrayData) else batch
        named = {"x": x, "y": y, "sample_weight": sample_weight}
        warnings.warn(warnings.of_loss(loss, epoch, number, named, is_all))

    def _evaluate(self, data: Data, scores: Scores, callbacks: CallbackList) -> dict[str, float]:
        callbacks.run("on_test_begin", {})
        data.start_over()
        around = callbacks.around("test_batch")
        empty = None
        if (
            isinstance(data, ArrayData)
            and data.any_size
            and around == ([], [])
            and scores.go_by_rows
            and self._test_step().may_overwrite
        ):
            data.batch_size = self._rows_in_block(data.arrays[0].shape)
            empty = Buffers()
        results = go_through(data, self._test_step, scores, around, empty=empty)
        callbacks.run("on_test_end", results)
        return results

    def _returned(self, results: dict[str, float], return_dict: bool) -> Any:
        if return_dict:
            return results
        values = [results["loss"], *(results[name] for name, _, _ in self._scores.metrics or ())]
        return values if len(values) > 1 else values[0]

    def _callbacks(
        self, callbacks: Iterable[Callback], verbose: str | int, **params: Any
    ) -> CallbackList:
        one_of("verbose", verbose, _VERBOSE)
        level = int(is_live() if verbose == "auto" else verbose)
        return CallbackList([*callbacks, *loggers(level)], self, verbose=level, **params)
