"""The hooks of a training, those who are called by them, and what `fit` returns."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from tinyneuron._common.arguments import shown
from tinyneuron._common.unknown import SaysWhatIsTaken

Logs = dict[str, float]
Hooks: TypeAlias = list[Callable[..., None]]


class Callback(SaysWhatIsTaken):
    """Base of all callbacks: subclass it and define the hooks you need.

    Attributes
    ----------
    model : Sequential
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

    model: Any  # callbacks stand below the models in the house, and know nothing of them
    params: dict[str, Any]

    def set_model(self, model: Any) -> None:
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

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before a prediction that was given callbacks."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After it."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before each of its batches."""

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """After each of its batches, with its ``"outputs"``."""


class CallbackList:
    """All callbacks of one `fit`, called as if they were one."""

    def __init__(self, callbacks: Iterable[Callback], model: Any, **params: Any):
        self.callbacks = list(callbacks)
        for callback in self.callbacks:
            if not isinstance(callback, Callback):
                raise TypeError(
                    "callbacks takes instances of callbacks.Callback, such as EarlyStopping(), "
                    f"with parentheses; got {shown(callback)}."
                )
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(params)

    def hooks(self, name: str) -> Hooks:
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

    def around(self, what: str) -> tuple[Hooks, Hooks]:
        """Return the hooks before and after each ``train_batch``, or test or predict batch."""
        return self.hooks(f"on_{what}_begin"), self.hooks(f"on_{what}_end")

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

    def set_model(self, model: Any) -> None:
        self._model = weakref.ref(model)  # which keeps its history: neither waits for the other

    @property
    def model(self) -> Any:
        """The model that has trained, ``None`` when it is gone."""
        return self._model() if "_model" in vars(self) else None

    def __getstate__(self) -> dict[str, Any]:
        """Leave the model out: a copy, and one from a pickle, has none."""
        return {name: value for name, value in vars(self).items() if name != "_model"}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def _repr_html_(self) -> str | None:
        from tinyneuron.callbacks.notebook import as_html  # only where somebody looks

        return as_html(self.epoch, self.history)


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
