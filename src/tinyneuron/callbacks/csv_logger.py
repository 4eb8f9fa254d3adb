"""CSVLogger: the numbers of each epoch as a row of a table that other programs read."""

from __future__ import annotations

from typing import Any

from tinyneuron._common.arguments import flag, path, shown
from tinyneuron.callbacks.base import Callback, Logs


class CSVLogger(Callback):
    """Write a row for each epoch: its number, from 0, and what the history has of it.

    Parameters
    ----------
    filename : str or path
    separator : str
        One character.
    append : bool
        Whether to go on at the end of a file that is there, or to start it over.

    Notes
    -----
    The first epoch makes the columns, as in Keras: if it has not been validated, each number has
    one more, for its ``val_``. A number that an epoch lacks is ``NA``.
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False):
        self.filename = str(path(filename))
        if not isinstance(separator, str) or len(separator) != 1 or separator in '\r\n"':
            raise ValueError(f"CSVLogger: separator must be one character, got {shown(separator)}.")
        self.sep = separator
        self.append = flag("CSVLogger: append", append)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.keys: list[str] | None = None
        file = path(self.filename)
        if not self.append:
            file.write_text("", "utf-8")
        self._has_header = file.exists() and file.stat().st_size > 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        rows: list[list[Any]] = []
        if self.keys is None:
            self.keys = sorted(logs)
            if not any(key.startswith("val_") for key in logs):
                self.keys += [f"val_{key}" for key in self.keys]
            if not self._has_header:
                rows.append(["epoch", *self.keys])
        rows.append([epoch, *(logs.get(key, "NA") for key in self.keys)])
        import csv  # rarely needed

        with path(self.filename).open("a", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=self.sep).writerows(rows)
