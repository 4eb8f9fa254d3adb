"""Callbacks: what happens around epochs and batches while a model trains.

>>> stop = EarlyStopping(monitor="val_loss", patience=3)
>>> stop.patience
3
"""

from __future__ import annotations

import math
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TextIO

from tinyneuron._common.arguments import flag, integer, one_of, path, real_number, shown, text
from tinyneuron._common.names import refuse_other_names
from tinyneuron.optimizers.schedules import LearningRateSchedule

if TYPE_CHECKING:
    from tinyneuron._training.trainer import Trainer

__all__ = [
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "TerminateOnNaN",
]

Logs = dict[str, float]


class Callback:
    """Base of all callbacks: subclass it and define the hooks you need.

    Attributes
    ----------
    model : Trainer
        The model that trains.
    params : dict
        ``epochs``, ``steps`` (in an epoch, ``None`` if that is not known) and ``verbose``.

    Examples
    --------
    >>> class Counter(Callback):
    ...     epochs = 0
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         self.epochs += 1
    """

    model: Trainer
    params: dict[str, Any]

    def set_model(self, model: Trainer) -> None:
        """Say which model trains."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Say how long it trains."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before each epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After each epoch, with its loss and metrics, those of validation included."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before each training step."""

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After each training step, with the epoch's loss and metrics so far."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before an evaluation, those for validation included."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After an evaluation."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before each batch of an evaluation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After each batch of an evaluation."""


_UNKNOWN_HOOKS = [
    f"on_{what}_{when}" for what in ("predict", "predict_batch") for when in ("begin", "end")
]


class CallbackList:
    """All callbacks of one `fit`, called as if they were one."""

    def __init__(self, callbacks: Iterable[Callback], model: Trainer, **params: Any):
        self.callbacks = list(callbacks)
        for callback in self.callbacks:
            if not isinstance(callback, Callback):
                raise TypeError(
                    f"callbacks takes instances of callbacks.Callback, got {shown(callback)}."
                )
            for hook in _UNKNOWN_HOOKS:
                if hasattr(callback, hook):
                    raise ValueError(
                        f"{type(callback).__name__} defines {hook}, which is not called here: "
                        "there are on_train_..., on_epoch_..., on_train_batch_..., on_test_... "
                        "and on_test_batch_..."
                    )
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(params)

    def hooks(self, name: str) -> list[Callable[..., None]]:
        """Return the hooks of that name which do anything, Keras' older names included."""
        names = [name]
        if name.startswith("on_train_batch"):
            names.append(name.replace("on_train_batch", "on_batch"))
        return [
            getattr(callback, hook)
            for callback in self.callbacks
            for hook in names
            if hasattr(callback, hook)
            and (
                hook in vars(callback)
                or getattr(type(callback), hook) is not getattr(Callback, hook, None)
            )
        ]

    def run(self, name: str, *args: Any) -> None:
        """Call the hook of that name of every callback."""
        for hook in self.hooks(name):
            hook(*args)


class History(Callback):
    """What `fit` returns: ``history.history["loss"]`` is the list of the epochs' losses.

    Attributes
    ----------
    history : dict of str to list of float
    epoch : list of int
        The numbers of the epochs, from 0.
    """

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class _Monitor(Callback):
    """Base of the callbacks that watch one of the epoch's numbers get better."""

    def __init__(self, monitor: str, mode: str, min_delta: float):
        who = type(self).__name__
        one_of(f"{who}: mode", mode, ["auto", "min", "max"])
        text(f"{who}: monitor", monitor)
        min_delta = real_number(f"{who}: min_delta", min_delta)
        self.monitor, self.mode, self.min_delta = monitor, mode, abs(min_delta)
        self.best: float | None = None

    def improves(self, value: float, best: float | None) -> bool:
        """Say whether `value` is better than `best` by more than `min_delta`."""
        if self.mode == "auto":
            self.mode = self._mode()
        if best is None:
            return not math.isnan(value)
        if self.mode == "min":
            return value < best - self.min_delta
        return value > best + self.min_delta

    def _mode(self) -> str:
        """Ask the metric that is watched which way is better."""
        name = self.monitor.removeprefix("val_")
        directions = {
            known: metric.direction for known, metric, _ in self.model._scores.metrics or ()
        }
        direction = "down" if name == "loss" else directions.get(name)
        if direction is None:
            raise ValueError(
                f"{type(self).__name__} cannot tell whether {self.monitor!r} is better when it is "
                "larger or smaller: say mode='max' or mode='min'."
            )
        return "max" if direction == "up" else "min"

    def value(self, logs: Logs | None) -> float | None:
        """Return the number that is watched, or warn that there is none."""
        logs = logs or {}
        if self.monitor not in logs:
            warnings.warn(
                f"{type(self).__name__} watches {self.monitor!r}, which this training does not "
                f"compute: there are {', '.join(logs)}. Values of val_... need validation_data or "
                "validation_split.",
                stacklevel=2,
            )
        return logs.get(self.monitor)


class EarlyStopping(_Monitor):
    """Stop training when a number has not improved for `patience` epochs.

    Parameters
    ----------
    monitor : str
        Which number, ``"val_loss"`` by default.
    min_delta : float
        By how much it must improve.
    patience : int
        After how many epochs in a row without improvement to stop; 0 is as 1.
    verbose : int
        Whether to say so.
    mode : {"auto", "min", "max"}
        Whether smaller or larger is better.
    baseline : float, optional
        What it must be better than to begin with.
    restore_best_weights : bool
        Whether to go back to the weights of the best epoch.
    start_from_epoch : int
        How many epochs to let pass first.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ):
        super().__init__(monitor, mode, min_delta)
        who = type(self).__name__
        self.patience = integer(f"{who}: patience", patience, least=0)
        self.verbose = one_of(f"{who}: verbose", verbose, [0, 1, 2])
        self.baseline = None if baseline is None else real_number(f"{who}: baseline", baseline)
        self.restore_best_weights = flag(f"{who}: restore_best_weights", restore_best_weights)
        self.start_from_epoch = integer(f"{who}: start_from_epoch", start_from_epoch, least=0)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best = None
        self.best_weights: list[Any] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        value = self.value(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.wait += 1
        if self.improves(value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self.improves(value, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                print(f"Restoring model weights from the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)


class ReduceLROnPlateau(_Monitor):
    """Multiply the learning rate by `factor` when a number has not improved for a while.

    Parameters
    ----------
    monitor, verbose, mode, min_delta
        As for `EarlyStopping`.
    factor : float
        Below 1.
    patience : int
        For how many epochs the number may fail to improve.
    cooldown : int
        How many epochs to wait after each time.
    min_lr : float
        The least learning rate.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ):
        super().__init__(monitor, mode, min_delta)
        who = type(self).__name__
        self.factor = real_number(f"{who}: factor", factor, "a number from 0 up and below 1")
        self.patience = integer(f"{who}: patience", patience, least=0)
        self.verbose = one_of(f"{who}: verbose", verbose, [0, 1, 2])
        self.cooldown = integer(f"{who}: cooldown", cooldown, least=0)
        self.min_lr = real_number(f"{who}: min_lr", min_lr, "a finite number from 0 up")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.wait = self.cooldown_counter = 0
        self.best = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        optimizer = self.model.optimizer
        if logs is not None:
            logs["learning_rate"] = optimizer.learning_rate
        value = self.value(logs)
        if value is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.improves(value, self.best):
            self.best, self.wait = value, 0
        elif self.cooldown_counter <= 0:
            self.wait += 1
            if self.wait >= self.patience and optimizer.learning_rate > self.min_lr:
                rate = max(optimizer.learning_rate * self.factor, self.min_lr)
                optimizer.learning_rate = rate
                if self.verbose:
                    print(f"Epoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {rate}.")
                self.cooldown_counter, self.wait = self.cooldown, 0


class ModelCheckpoint(_Monitor):
    """Save the model after each epoch, or only when a number has improved.

    Parameters
    ----------
    filepath : str or path
        May hold ``{epoch}`` and the names of the epoch's numbers, as in
        ``"epoch{epoch:02d}-{val_loss:.2f}.weights.npz"``.
    monitor, verbose, mode
        As for `EarlyStopping`.
    save_best_only : bool
        Whether to save only what is better than all before.
    save_weights_only : bool
        Whether to leave out everything but the weights.
    initial_value_threshold : float, optional
        What the number must be better than to begin with.
    """

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str = "epoch",
        initial_value_threshold: float | None = None,
    ):
        super().__init__(monitor, mode, 0)
        who = type(self).__name__
        self.filepath = str(path(filepath))
        self.verbose = one_of(f"{who}: verbose", verbose, [0, 1, 2])
        self.save_best_only = flag(f"{who}: save_best_only", save_best_only)
        self.save_weights_only = flag(f"{who}: save_weights_only", save_weights_only)
        for_keras = ".weights.h5" if self.save_weights_only else ".keras"
        if not self.filepath.endswith((".npz", for_keras)):
            raise ValueError(
                f"{who}: filepath must end in '.npz' or '{for_keras}', got {self.filepath!r}."
            )
        self.save_freq = one_of(f"{who}: save_freq", save_freq, ["epoch"])
        if initial_value_threshold is not None:
            threshold = real_number(f"{who}: initial_value_threshold", initial_value_threshold)
            self.best = threshold

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_best_only:
            value = self.value(logs)
            if value is None or not self.improves(value, self.best):
                return
            self.best = value
        try:
            filepath = self.filepath.format(epoch=epoch + 1, **(logs or {}))
        except KeyError as error:
            raise ValueError(
                f"ModelCheckpoint: filepath {self.filepath!r} has a place for {error}, and there "
                f"are epoch, {', '.join(logs or {})}."
            ) from None
        path(filepath).parent.mkdir(parents=True, exist_ok=True)
        if self.verbose:
            print(f"Epoch {epoch + 1}: saving to {filepath}")
        if self.save_weights_only:
            self.model.save_weights(filepath)
        else:
            self.model.save(filepath)


class LearningRateScheduler(Callback):
    """Set the learning rate of each epoch with ``schedule(epoch, learning_rate)``."""

    def __init__(self, schedule: Callable[..., float], verbose: int = 0):
        if not callable(schedule):
            raise TypeError(
                "LearningRateScheduler: schedule must be a function of the epoch, got "
                f"{shown(schedule)}."
            )
        self.schedule = schedule
        self.verbose = one_of("LearningRateScheduler: verbose", verbose, [0, 1, 2])

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if isinstance(self.schedule, LearningRateSchedule):
            rate = self.schedule(epoch)
        else:
            try:
                rate = self.schedule(epoch, self.model.optimizer.learning_rate)
            except TypeError:  # as in Keras, a schedule of the epoch alone
                rate = self.schedule(epoch)
        rate = real_number("LearningRateScheduler: what schedule returns", rate)
        self.model.optimizer.learning_rate = rate
        if self.verbose:
            print(f"Epoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = self.model.optimizer.learning_rate


class TerminateOnNaN(Callback):
    """Stop training when the loss is no longer a number, and say since which batch."""

    def __init__(self, raise_error: bool = False):
        self.raise_error = flag("TerminateOnNaN: raise_error", raise_error)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            message = f"Epoch {self._epoch + 1}, batch {batch}: the loss is {loss}."
            if self.raise_error:
                raise RuntimeError(message)
            print(f"{message} Training stops.")
            self.model.stop_training = True


class LambdaCallback(Callback):
    """A callback made of functions, each given under its hook's name.

    >>> say = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs))
    >>> say.on_epoch_end(0, {"loss": 0.5})
    0 {'loss': 0.5}
    """

    def __init__(self, **hooks: Callable[..., Any] | None):
        for name, function in hooks.items():
            if not name.startswith("on_") or not hasattr(Callback, name):
                raise ValueError(f"LambdaCallback: there is no hook {name!r}.")
            if function is not None:
                if not callable(function):
                    raise TypeError(
                        f"LambdaCallback: {name} must be a function, got {shown(function)}."
                    )
                setattr(self, name, function)


class LiveLine:
    """A line on a terminal that is written over, at most five times a second, from 0.5 s on."""

    def __init__(self, stream: TextIO, shown: bool = True):
        self._stream = stream if shown and stream.isatty() else None
        self._next = time.perf_counter() + 0.5

    def write(self, text: str) -> None:
        """Show `text`, if it is time to."""
        if self._stream is not None and (now := time.perf_counter()) >= self._next:
            self._next = now + 0.2
            self._stream.write(f"\r\x1b[K{text}")
            self._stream.flush()

    def close(self) -> None:
        """Wipe the line."""
        if self._stream is not None:
            self._stream.write("\r\x1b[K")


class ProgbarLogger(Callback):
    """Prints the progress of `fit`, in Keras' words, unless its `verbose` is 0.

    On a terminal, one live line for each epoch, with the time left; elsewhere the finished line
    alone. However short the epochs are, a few lines a second.
    """

    def __init__(self, stream: TextIO | None = None):
        self._stream = stream or sys.stdout
        self._live = LiveLine(self._stream)
        self._next_line = 0.0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch, self._start, self._done = epoch, time.perf_counter(), 0

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._done = batch + 1
        if self.params["verbose"]:
            self._live.write(self._line(logs or {}, finished=False))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if not self.params["verbose"]:
            return
        now = time.perf_counter()
        last = epoch + 1 == self.params["epochs"] or self.model.stop_training
        if now < self._next_line and not last:
            return
        self._next_line = now + 0.25
        self._live.close()
        line = self._line(logs or {}, finished=True)
        self._stream.write(f"Epoch {epoch + 1}/{self.params['epochs']}\n{line}\n")
        self._stream.flush()

    def _line(self, logs: Logs, finished: bool) -> str:
        seconds, steps = time.perf_counter() - self._start, self.params["steps"]
        per_step = seconds / max(1, self._done)
        shown = round(seconds)
        if not finished and steps:
            shown = round(per_step * (steps - self._done))  # the time left
        numbers = " - ".join(f"{name}: {_short(value)}" for name, value in logs.items())
        clock = f"{shown}s" if finished else f"{shown}s left"
        return f"{self._done}/{steps or self._done} - {clock} - {_span(per_step)}/step - {numbers}"


def _short(value: float) -> str:
    return f"{value:.4f}" if abs(value) > 1e-3 or value == 0 else f"{value:.4e}"


def _span(seconds: float) -> str:
    """Write a span of time with its unit.

    >>> _span(0.003)
    '3ms'
    """
    if seconds >= 1:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
