"""Callbacks that stop a training, or change its learning rate."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tinyneuron._common.arguments import flag, integer, one_of, real_number, shown
from tinyneuron.callbacks.base import Callback, Logs
from tinyneuron.callbacks.monitor import Monitor
from tinyneuron.callbacks.progress import say


class EarlyStopping(Monitor):
    """Stop training when a number has not improved for `patience` epochs.

    Parameters
    ----------
    monitor : str
        Which number, ``"val_loss"`` by default.
    min_delta : float
        By how much it must improve.
    patience : int
        After how many epochs in a row without improvement to stop; 0 acts like 1.
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
            say(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                say(f"Restoring model weights from the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)


class ReduceLROnPlateau(Monitor):
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
                    say(f"Epoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {rate}.")
                self.cooldown_counter, self.wait = self.cooldown, 0


class TerminateOnNaN(Callback):
    """Stop training when the loss is NaN or infinite, and say since which batch."""

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
            say(f"{message} Training stops.")
            self.model.stop_training = True


class LearningRateScheduler(Callback):
    """Set the learning rate of each epoch.

    Parameters
    ----------
    schedule : callable
        ``schedule(epoch, learning_rate)``, or ``schedule(epoch)``, returns the epoch's learning
        rate; a `LearningRateSchedule` is one of the epoch.
    verbose : int
        Whether to say so.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0):
        if not callable(schedule):
            raise TypeError(
                "LearningRateScheduler: schedule must be a function of the epoch, got "
                f"{shown(schedule)}."
            )
        self.schedule = schedule
        self.verbose = one_of("LearningRateScheduler: verbose", verbose, [0, 1, 2])
        self._takes_rate = _takes(schedule, 0, 0.1)
        if self._takes_rate is False and _takes(schedule, 0) is False:
            raise TypeError(
                "LearningRateScheduler: schedule must be callable as schedule(epoch, "
                f"learning_rate) or schedule(epoch), which {shown(schedule)} is not."
            )

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        optimizer = self.model.optimizer
        given = (epoch, optimizer.learning_rate) if self._takes_rate else (epoch,)
        rate = real_number("LearningRateScheduler: what schedule returns", self.schedule(*given))
        optimizer.learning_rate = rate
        if self.verbose:
            say(f"Epoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = self.model.optimizer.learning_rate


def _takes(function: Callable[..., Any], *args: Any) -> bool | None:
    """Say whether a function can be called with `args`; ``None`` if Python cannot tell."""
    import inspect  # slow to import, and few trainings have a schedule

    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    try:
        signature.bind(*args)
    except TypeError:
        return False
    return True
