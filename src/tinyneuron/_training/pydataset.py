"""PyDataset: data that come batch by batch, each asked for by its number."""

from __future__ import annotations

import warnings
from typing import Any

from tinyneuron._common.arguments import flag, integer


class PyDataset:
    """Base of data in numbered batches: subclass it, and define ``__len__`` and ``__getitem__``.

    ``dataset[i]`` is a tuple ``(x, y)`` or ``(x, y, sample_weight)``; ``len(dataset)`` says how
    many there are. `fit` takes them in another random order in each epoch, unless
    ``shuffle=False``; `evaluate` and `predict` take them in order.

    Parameters
    ----------
    workers, use_multiprocessing, max_queue_size
        Keras makes batches with several workers. Here each is made when it is needed, whatever is
        given, with a warning if that is more than one worker.

    Examples
    --------
    >>> class Lines(PyDataset):
    ...     def __len__(self):
    ...         return 2
    ...     def __getitem__(self, i):
    ...         return np.full((3, 1), i), np.full((3, 1), 2 * i)
    >>> Lines().num_batches
    2
    """

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ):
        self.workers = integer("workers", workers)
        self.use_multiprocessing = flag("use_multiprocessing", use_multiprocessing)
        self.max_queue_size = integer("max_queue_size", max_queue_size)
        if self.workers > 1 or self.use_multiprocessing:
            warnings.warn(
                f"{type(self).__name__}: batches are made one after another, by no workers.",
                stacklevel=2,
            )

    def __getitem__(self, index: int) -> Any:
        """Return the batch of that number."""
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(index).")

    def __len__(self) -> int:
        """Return how many batches there are."""
        raise NotImplementedError(f"{type(self).__name__} must define __len__().")

    @property
    def num_batches(self) -> int | None:
        """How many batches there are; a subclass may say ``None``, for no end of them."""
        return len(self)

    def on_epoch_begin(self) -> None:
        """Before each epoch."""

    def on_epoch_end(self) -> None:
        """After each epoch."""
