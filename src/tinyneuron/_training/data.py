"""Data in batches: arrays cut into rows, or what a generator yields."""

from __future__ import annotations

import itertools
import math
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Any, TypeAlias

import numpy as np

from tinyneuron._common import settings
from tinyneuron._common.arguments import integer, real_number, shown
from tinyneuron._common.arrays import Array, as_floats, as_numbers
from tinyneuron._training.pydataset import PyDataset

Batch: TypeAlias = tuple[Any, Any, Any]  # inputs, targets, sample weights; None for none
Door: TypeAlias = Callable[[Any, Any, Any], Batch]  # checks a batch, or all rows, and returns it

# Rows that are gathered together, where loss and metrics are too: small batches, by the dozen.
_PIECE_ROWS = 1024
_PIECE_BYTES = 2**20


class Data:
    """Batches, epoch after epoch: in each all there are, or the next `limit` of them.

    With a limit an epoch goes on where the last one ended. Where the batches run out amidst it,
    it ends with a warning, and the next one starts over.
    """

    steps: int | None = None  # how many batches an epoch has, if that is known
    batch_size = sys.maxsize  # the most rows of a batch, where `pieces` has several in one

    def __init__(self, limit: int | None = None):
        self.limit = None if limit is None else integer("steps_per_epoch", limit)
        self._rest: Iterator[Batch] | None = None  # what the next epoch goes on with

    def enter(self, door: Door) -> None:
        """Have what is gone through checked by a model's door."""
        raise NotImplementedError

    def _batches(self) -> Iterator[Batch]:
        """Go through all batches once."""
        raise NotImplementedError

    def start_over(self) -> None:
        """Let the next epoch begin with the first batch."""
        self._rest = None

    def __iter__(self) -> Iterator[Batch]:
        return self._batches() if self.limit is None else self._next(self.limit)

    def pieces(self, together: bool) -> Iterator[Batch]:
        """Go through an epoch; batches may come together, in pieces for `in_batches` to cut."""
        return iter(self)

    def _next(self, limit: int) -> Iterator[Batch]:
        for given in range(limit):
            batch = next(self._rest, None) if self._rest is not None else None
            if batch is None and not given:
                self._rest = self._batches()
                batch = next(self._rest, None)
            if batch is None:
                self._rest = None
                _warn_of_the_end(given, limit)
                return
            yield batch


class ArrayData(Data):
    """Batches of rows of arrays, in order or shuffled anew each time they are gone through.

    The arrays stay where they are, on disk if they are memory maps. A batch in order is a view of
    them; shuffled ones are gathered into a buffer that the next ones overwrite.
    """

    def __init__(
        self,
        x: Array,
        y: Array | None,
        weights: Array | None,
        batch_size: int,
        shuffle: bool = False,
        limit: int | None = None,
    ):
        super().__init__(limit)
        self.arrays: Batch = x, y, weights
        self.batch_size = min(batch_size, len(x))
        self.shuffle = shuffle and len(x) > 1  # a single row has one order
        self.any_size = False  # whether nobody has asked for batches of this size
        self.steps = self.limit or math.ceil(len(x) / self.batch_size)
        self._buffers: list[Any] = []

    def enter(self, door: Door) -> None:
        """Have the arrays checked by a model's door, all at once."""
        self.arrays = door(*self.arrays)

    def pieces(self, together: bool) -> Iterator[Batch]:
        if not together or self.limit is not None or self.steps == 1:
            return iter(self)
        row = sum(a[:1].nbytes for a in self.arrays if a is not None)
        batches = min(_PIECE_ROWS, _PIECE_BYTES // max(1, row)) // self.batch_size
        return self._cut(self.batch_size * max(1, batches))

    def _batches(self) -> Iterator[Batch]:
        return self._cut(self.batch_size)

    def _cut(self, size: int) -> Iterator[Batch]:
        """Go through the rows, so many at a time."""
        return self._shuffled(size) if self.shuffle else in_batches(self.arrays, size)

    def _shuffled(self, size: int) -> Iterator[Batch]:
        number = len(self.arrays[0])
        order = settings.random_generator().permutation(number)
        if not self._buffers:
            self._buffers = [
                None if a is None else np.empty((min(size, number), *a.shape[1:]), a.dtype)
                for a in self.arrays
            ]
        for start in range(0, number, size):
            chosen = order[start : start + size]
            x, y, weights = (
                # "clip" lets `take` write into the buffer directly; no index needs it
                None if a is None else a.take(chosen, 0, b[: len(chosen)], "clip")
                for a, b in zip(self.arrays, self._buffers, strict=True)
            )
            yield x, y, weights


def in_batches(piece: Batch, size: int) -> Iterator[Batch]:
    """Cut arrays into batches of so many rows: views of them."""
    return iter([piece]) if len(piece[0]) <= size else _sliced(piece, size)


def _sliced(piece: Batch, size: int) -> Iterator[Batch]:
    x, y, weights = piece
    for start in range(0, len(x), size):
        rows = slice(start, start + size)
        yield x[rows], None if y is None else y[rows], None if weights is None else weights[rows]


class StreamData(Data):
    """Batches from an iterable of (inputs, targets) or (inputs, targets, sample weights).

    A generator has no first batch to start over with: it goes on where it was.
    """

    def __init__(self, source: Any, limit: int | None = None):
        super().__init__(limit)
        self.source = source
        self.steps = self.limit
        self._door: Door = lambda *batch: batch

    def enter(self, door: Door) -> None:
        """Have each batch checked by a model's door, as it comes."""
        self._door = door

    def _batches(self) -> Iterator[Batch]:
        empty = True
        for batch in self._in_order():
            empty = False
            yield self._door(*_as_batch(batch))
        if empty and self.limit is None:
            _warn_of_the_end(0, "the")

    def _in_order(self) -> Iterator[Any]:
        return iter(self.source)


class IndexedData(StreamData):
    """The batches of a `PyDataset`, in order or in another one each time."""

    def __init__(self, source: PyDataset, limit: int | None = None, shuffle: bool = False):
        super().__init__(source, limit)
        self.shuffle = shuffle
        self.steps = self.limit or source.num_batches
        if self.steps is None:
            raise ValueError("A PyDataset without end (num_batches is None) needs steps_per_epoch.")

    def _in_order(self) -> Iterator[Any]:
        number = self.source.num_batches
        if number is None:
            return map(self.source.__getitem__, itertools.count())
        order: Any = range(number)
        if self.shuffle:
            order = settings.random_generator().permutation(number).tolist()
        return map(self.source.__getitem__, order)

    def __iter__(self) -> Iterator[Batch]:
        self.source.on_epoch_begin()
        yield from super().__iter__()
        self.source.on_epoch_end()


def _warn_of_the_end(given: int, wanted: int | str) -> None:
    warnings.warn(
        f"The data ran out after {given} of {wanted} batches of the epoch: a generator must yield "
        "steps_per_epoch * epochs batches. Other data start over in the next epoch.",
        stacklevel=2,
    )


def _as_batch(batch: Any) -> Batch:
    if not isinstance(batch, tuple) or not 1 <= len(batch) <= 3:
        raise ValueError(
            "An iterable of batches must yield tuples (x, y) or (x, y, sample_weight), got a "
            f"{type(batch).__name__}."
        )
    x, y, weights = (*batch, None, None)[:3]
    return (
        as_numbers(x, "x"),
        None if y is None else as_numbers(y, "y"),
        None if weights is None else as_floats(weights, name="sample_weight"),
    )


def as_data(
    x: Any,
    y: Any,
    sample_weight: Any = None,
    batch_size: int | None = None,
    steps: int | None = None,
    shuffle: bool = False,
) -> Data:
    """Make batches of what the user passed to `fit` or `evaluate`.

    Raises
    ------
    ValueError
        If there are no rows, or not as many of x as of y and of weights.
    """
    if x is None:
        raise ValueError("There is no data: x is None.")
    if yields_batches(x) and not (isinstance(x, list) and y is not None):
        for name, value in (("y", y), ("sample_weight", sample_weight)):
            if value is not None:
                raise ValueError(
                    f"{name} must not be given where x yields whole batches, as a "
                    f"{type(x).__name__} is taken to do. If it yields rows: np.array([*x])."
                )
        if batch_size is not None:
            raise ValueError("batch_size goes with arrays, not with an iterable of batches.")
        return IndexedData(x, steps, shuffle) if isinstance(x, PyDataset) else StreamData(x, steps)
    if not isinstance(x, np.ndarray | list | tuple | memoryview) and not any(
        hasattr(x, name) for name in ("__array__", "toarray", "collect")
    ):
        hint = "Batches come from a class with __iter__, or one that subclasses utils.PyDataset."
        if isinstance(x, Mapping):
            hint = "Of a dict of columns: np.column_stack([*x.values()])."
        raise TypeError(f"x must be an array or an iterable of batches, got {shown(x)}. {hint}")
    x = as_numbers(x, "x")
    y = None if y is None else as_numbers(y, "y")
    weights = None
    if sample_weight is not None:
        weights = as_floats(sample_weight, np.float64, "sample_weight")
    for name, array in (("y", y), ("sample_weight", weights)):
        if array is not None and array.shape[:1] != x.shape[:1]:
            raise ValueError(
                f"x and {name} must have as many rows as each other, got shapes {x.shape} and "
                f"{array.shape}. Rows are samples: is one of them transposed?"
            )
    if not x.ndim or not len(x):
        raise ValueError(f"There is no data: x has shape {x.shape}.")
    size = 32 if batch_size is None else integer("batch_size", batch_size)
    data = ArrayData(x, y, weights, size, shuffle, steps)
    data.any_size = batch_size is None and steps is None
    return data


def yields_batches(x: Any) -> bool:
    """Say whether `x` yields batches. A list does if it is one of tuples of arrays."""
    if hasattr(x, "__array__") or hasattr(x, "toarray"):
        return False
    if isinstance(x, list):
        return bool(x) and all(
            isinstance(batch, tuple) and all(getattr(array, "shape", None) for array in batch)
            for batch in x
        )
    none = (tuple, memoryview, str, bytes, Mapping, Set)
    return isinstance(x, Iterable | PyDataset) and not isinstance(x, none)


def weigh_classes(data: Data, class_weight: Mapping[int, float], numbered: bool) -> None:
    """Let each row count by its class number or one-hot target too.

    `numbered` says that the loss takes class numbers: several in a row are then no one-hot target.
    """
    if not isinstance(data, ArrayData):
        raise ValueError("class_weight goes with arrays, not with an iterable of batches.")
    x, y, weights = data.arrays
    if y is None:
        raise ValueError("class_weight needs targets y.")
    if not isinstance(class_weight, Mapping):
        raise TypeError(
            f"class_weight must be a dict of class to weight, got {shown(class_weight)}."
        )
    classes = _classes(y, numbered)
    by_class = np.ones(len(y))
    for number, weight in class_weight.items():
        chosen = classes == real_number("a class of class_weight", number)
        by_class[chosen] = real_number(f"class_weight[{number!r}]", weight)
    data.arrays = x, y, by_class if weights is None else (weights.T * by_class).T


def _classes(y: Array, numbered: bool) -> Array:
    """Return the one class of each row, given as its number or one-hot."""
    if not y.size:
        raise ValueError(f"class_weight needs a class in each row, got y of shape {y.shape}.")
    if y.size == len(y):
        return y.reshape(-1)
    if y.ndim > 2 or numbered:
        raise ValueError(
            "class_weight needs one class for each row, and the targets, of shape "
            f"{y.shape}, have several. Give sample_weight instead, in this shape."
        )
    if not np.allclose(y.sum(axis=1), 1, atol=1e-3):
        raise ValueError(
            "class_weight needs one class for each row: its number, or a one-hot target. The "
            f"targets, of shape {y.shape}, are not one-hot, as not every row sums to 1: of several "
            "labels in a row none is the class. Give sample_weight instead, one for each row."
        )
    return y.argmax(axis=1)


def split(
    data: ArrayData, share: float, batch_size: int | None = None, steps: int | None = None
) -> tuple[ArrayData, ArrayData]:
    """Cut the last `share` of the rows off, for validation in batches of that size, unshuffled.

    Raises
    ------
    ValueError
        If either part would be empty.
    """
    share = real_number("validation_split", share)
    number = len(data.arrays[0])
    cut = math.floor(number * (1 - share))
    if not 0 < cut < number:
        raise ValueError(
            f"validation_split must leave rows on both sides, got {share!r} of {number} rows. It "
            "is a share: 0.2 takes the last fifth of the rows."
        )
    _warn_if_sorted(data.arrays[1], cut)
    x, y, weights = data.arrays
    y_first, y_last = (None, None) if y is None else (y[:cut], y[cut:])
    w_first, w_last = (None, None) if weights is None else (weights[:cut], weights[cut:])
    first = ArrayData(x[:cut], y_first, w_first, data.batch_size, data.shuffle, data.limit)
    size = data.batch_size if batch_size is None else integer("validation_batch_size", batch_size)
    last = ArrayData(x[cut:], y_last, w_last, size, limit=steps)
    last.any_size = data.any_size and batch_size is None and steps is None
    return first, last


def _warn_if_sorted(y: Array | None, cut: int) -> None:
    """Warn where the targets are classes in order: the last rows are then of the last classes."""
    if y is None:
        return
    classes = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(-1)
    rises = np.count_nonzero(classes[1:] > classes[:-1])
    falls = np.count_nonzero(classes[1:] < classes[:-1])
    few = rises + falls <= len(classes) // 2  # most neighbours are of one class
    in_order = not (rises and falls)
    if few and in_order and classes[0] != classes[-1]:
        warnings.warn(
            f"The targets are sorted by class, and validation_split takes the last rows, from "
            f"{cut} on, unshuffled: of their classes, training sees few or none. Shuffle x and y "
            "together first.",
            stacklevel=4,
        )
