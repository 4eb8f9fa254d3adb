"""Callbacks: what happens around epochs and batches while a model trains.

>>> stop = EarlyStopping(monitor="val_loss", patience=3)
>>> stop.patience
3
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyneuron._common.missing import refuse_other_names
from tinyneuron.callbacks.base import Callback, CallbackList, History, LambdaCallback
from tinyneuron.callbacks.csv_logger import CSVLogger
from tinyneuron.callbacks.files import ModelCheckpoint
from tinyneuron.callbacks.progress import ProgbarLogger
from tinyneuron.callbacks.stopping import (
    EarlyStopping,
    LearningRateScheduler,
    ReduceLROnPlateau,
    TerminateOnNaN,
)

__all__ = [
    "CSVLogger",
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

if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
