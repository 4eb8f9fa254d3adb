"""What the callbacks share that watch one of the epoch's numbers get better."""

from __future__ import annotations

import math
import warnings

from tinyneuron._common.arguments import one_of, real_number, text
from tinyneuron.callbacks.base import Callback, Logs


class Monitor(Callback):
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
