"""How far a training or a prediction is, on a terminal, in a notebook or in a file.

A stream that is missing, closed or full never stops the work: what cannot be written is left out.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from tinyneuron.callbacks.base import Callback, Logs

Clock = Callable[[], float]


class Screen:
    """A stream to write to, `sys.stdout` by default, whatever state it is in.

    Attributes
    ----------
    is_live : bool
        Whether a line can be written over: on a terminal, and in a notebook.
    """

    def __init__(self, stream: Any = None):
        self._stream = sys.stdout if stream is None else stream
        self._is_terminal = False
        with suppress(Exception):  # it may be None, closed, or have no isatty
            self._is_terminal = bool(self._stream.isatty())
        self.is_live = self._is_terminal or (self._stream is sys.stdout and _in_notebook())
        self._length = 0  # of the line that is there to be written over

    def print(self, text: str) -> None:
        """Write a line that stays."""
        self._write(f"{self._wipe()}{text}\n")

    def write_over(self, line: str) -> None:
        """Write a line that the next one replaces."""
        self._write(f"{self._wipe()}{line}")
        self._length = _columns(line)

    def wipe(self) -> None:
        """Empty the line that was written over."""
        if self._length:
            self._write(self._wipe())

    def width(self) -> int:
        """Return how many characters a line has now: 80 where nobody knows."""
        columns = 0
        with suppress(Exception):  # no terminal, no number of a file
            columns = os.get_terminal_size(self._stream.fileno()).columns
        return columns or 80

    def _wipe(self) -> str:
        """Return what empties the line, and remember that it is empty."""
        length, self._length = self._length, 0
        if self._is_terminal:
            return "\r\x1b[K"
        return f"\r{' ' * length}\r" if length else ""  # a notebook cannot erase

    def _write(self, text: str) -> None:
        with suppress(Exception):  # a full disk or a broken pipe is no reason to stop training
            self._stream.write(text)
            self._stream.flush()


def say(text: str) -> None:
    """Print a line, as `print` does, but where it cannot be printed go on without."""
    Screen().print(text)


def is_live() -> bool:
    """Say whether somebody looks on: at a terminal, or at a notebook."""
    return Screen().is_live


def _in_notebook() -> bool:
    """Say whether this is the kernel of a notebook, without importing IPython."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython is not None and getattr(get_ipython(), "kernel", None) is not None


class LiveLine:
    """A line that is written over, at most five times a second, from half a second on."""

    def __init__(self, screen: Screen | None = None, clock: Clock = time.perf_counter):
        self._screen = screen or Screen()
        self._clock = clock
        self._next = clock() + 0.5

    def is_due(self) -> bool:
        """Say whether it is time to write the line again."""
        return self._screen.is_live and self._clock() >= self._next

    def write(self, *parts: str) -> None:
        """Show as many of the parts as the screen is wide now, from the first one on."""
        self._next = self._clock() + 0.2
        line, *_ = _folded(parts, width := self._screen.width() - 1)
        self._screen.write_over(line[:width])

    def close(self) -> None:
        """Empty the line, if there is one."""
        self._screen.wipe()


class EpochLogger(Callback):
    """Prints two lines for each epoch, in Keras' words: its number; time, loss and metrics."""

    def __init__(self, stream: Any = None, clock: Clock = time.perf_counter):
        self._screen, self._clock = Screen(stream), clock

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch, self._start, self._done = epoch, self._clock(), 0

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self._done = batch + 1

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.params["verbose"]:
            self._screen.print(f"{self._title()}\n{' - '.join(self._finished(logs or {}))}")

    def _title(self) -> str:
        return f"Epoch {self._epoch + 1}/{self.params['epochs']}"

    def _finished(self, logs: Logs) -> list[str]:
        """Return what is told of an epoch that is over."""
        seconds, steps = self._clock() - self._start, self.params["steps"] or self._done
        per_step = seconds / max(1, self._done)
        return [f"{self._done}/{steps}", f"{seconds:.0f}s", f"{_span(per_step)}/step",
                *_numbers(logs)]  # fmt: skip


class ProgbarLogger(EpochLogger):
    """Prints the progress of `fit`, in Keras' words, unless its `verbose` is 0.

    On a terminal and in a notebook, a live line shows how far each epoch is, with the time left.
    Of more than 100 epochs, those that follow others within a quarter of a second leave no line.
    Elsewhere, and with a `verbose` of 2, each epoch has its finished line alone.
    """

    def __init__(self, stream: Any = None, clock: Clock = time.perf_counter):
        super().__init__(stream, clock)
        self._live = LiveLine(self._screen, clock)
        self._next_line = 0.0

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self.params["verbose"] == 1 and self._live.is_due():
            self._live.write(*self._running(logs or {}))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.params["verbose"] != 1 or not self._screen.is_live:
            super().on_epoch_end(epoch, logs)
            return
        epochs, now = self.params["epochs"], self._clock()
        last = epoch + 1 == epochs or self.model.stop_training
        if epochs <= 100 or now >= self._next_line or last:
            self._next_line = now + 0.25
            lines = _folded(self._finished(logs or {}), self._screen.width() - 1)
            self._screen.print("\n".join([self._title(), *lines]))

    def _running(self, logs: Logs) -> list[str]:
        """Return what is told while an epoch runs, the most important first."""
        seconds, steps = self._clock() - self._start, self.params["steps"]
        per_step = seconds / max(1, self._done)
        step = f"{_span(per_step)}/step"
        if not steps:
            return [f"{self._title()} {self._done}/?", f"{seconds:.0f}s", *_numbers(logs), step]
        left = f"{per_step * (steps - self._done):.0f}s left"
        bar = _bar(self._done / steps)
        return [f"{self._title()} {bar} {self._done}/{steps}", left, *_numbers(logs), step]


def loggers(verbose: int) -> list[Callback]:
    """Return the callbacks that print for a `verbose` of `fit`.

    Where nobody looks on, none of them asks for the numbers after each batch.
    """
    if not verbose:
        return []
    return [ProgbarLogger() if verbose == 1 and is_live() else EpochLogger()]


def _folded(parts: Iterable[str], width: int) -> list[str]:
    """Join parts by dashes, in as many lines as it takes for each to fit the width.

    >>> _folded(["4/4", "1s", "loss: 0.5000"], 10)
    ['4/4 - 1s', 'loss: 0.5000']
    """
    first, *others = parts
    lines = [first]
    for part in others:
        if _columns(f"{lines[-1]} - {part}") <= width:
            lines[-1] += f" - {part}"
        else:
            lines.append(part)
    return lines


def _columns(text: str) -> int:
    """Return how many columns of a screen a text takes: two for a Chinese character.

    >>> _columns("loss"), _columns("損失")
    (4, 4)
    """
    if text.isascii():
        return len(text)
    from unicodedata import east_asian_width  # for those who write other letters

    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _bar(done: float) -> str:
    """Draw which part is done.

    >>> _bar(0.5)
    '[=====>....]'
    """
    number = min(10, int(10 * done))
    return f"[{'=' * number}{'>' if number < 10 else ''}{'.' * (9 - number)}]"


def _numbers(logs: Logs) -> list[str]:
    return [f"{_printable(name)}: {_short(value)}" for name, value in logs.items()]


def _printable(name: str) -> str:
    """Return a name, which may come from a file, without line ends and escapes of terminals."""
    return name if name.isprintable() else repr(name)[1:-1]


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
