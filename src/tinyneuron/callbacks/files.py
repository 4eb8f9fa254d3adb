"""Callbacks that write files."""

from __future__ import annotations

from typing import Any

from tinyneuron._common.arguments import flag, integer, one_of, path, real_number
from tinyneuron.callbacks.base import Logs
from tinyneuron.callbacks.monitor import Monitor
from tinyneuron.callbacks.progress import say


class ModelCheckpoint(Monitor):
    """Save the model after each epoch or so many batches, or only when a number has improved.

    Parameters
    ----------
    filepath : str or path
        May hold ``{epoch}`` and the names of the epoch's numbers, as in
        ``"epoch{epoch:02d}-{val_loss:.2f}.weights.npz"``; between batches ``{batch}``, too.
    monitor, verbose, mode
        As for `EarlyStopping`.
    save_best_only : bool
        Whether to save only what is better than all before.
    save_weights_only : bool
        Whether to leave out everything but the weights.
    save_freq : "epoch" or int
        After how many batches to save, through all epochs.
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
        save_freq: str | int = "epoch",
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
        self.save_freq = save_freq
        self._batches = 0  # since the last time
        if not (isinstance(save_freq, str) and save_freq == "epoch"):
            self.save_freq = integer(f"{who}: save_freq, if it is not 'epoch',", save_freq)
            self.on_train_batch_end = self._count  # type: ignore[method-assign]  # costs else nothing
        if initial_value_threshold is not None:
            threshold = real_number(f"{who}: initial_value_threshold", initial_value_threshold)
            self.best = threshold

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def _count(self, batch: int, logs: Logs | None = None) -> None:
        self._batches += 1
        if self._batches == self.save_freq:
            self._batches = 0
            self._save(self._epoch, {**(logs or {}), "batch": batch + 1})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch, logs)

    def _save(self, epoch: int, logs: Logs | None) -> None:
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
            say(f"Epoch {epoch + 1}: saving to {filepath}")
        if self.save_weights_only:
            self.model.save_weights(filepath)
        else:
            self.model.save(filepath)
