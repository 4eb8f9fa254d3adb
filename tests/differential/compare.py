"""How far results are apart, which distance is rounding, and the table of the largest ones."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

TOLERANCES = {"float32": 1e-5, "float64": 1e-10}  # of the largest number in an array
QUANTITIES = ("forward", "loss", "gradient", "steps")
FLOOR = 1e-3  # of the largest number in all arrays: one that should be zero is rounding alone
WORSE = 4  # times the peer's own rounding is still rounding


@dataclass
class Results:
    """What a library found: in the first step, and the weights after each step."""

    forward: np.ndarray | None = None
    loss: np.ndarray | None = None
    gradient: list | None = None  # one array for each weight
    steps: list | None = None  # a list of one array for each weight, for each step


@dataclass(frozen=True)
class Comparison:
    """One quantity of one trial."""

    peer: str
    quantity: str
    dtype: str
    model: str  # what reproduces it
    error: float  # from ours to the peer's
    rounding: float  # from the peer's to what it finds in float64
    to_true: float  # from ours to that

    @property
    def is_close(self):
        return self.error <= TOLERANCES[self.dtype]

    @property
    def passes(self):
        """Whether ours are the peer's numbers, or, where it rounds too much, as good as these."""
        is_true = self.to_true <= TOLERANCES[self.dtype]
        return self.is_close or is_true or self.to_true <= WORSE * self.rounding < np.inf


def compare(peer, model, dtype, ours, theirs, in_float64):
    """Yield a comparison for each quantity that both have; `in_float64` is the peer's."""
    for quantity in QUANTITIES:
        own, other, true = (getattr(found, quantity) for found in (ours, theirs, in_float64))
        if own is not None and other is not None:
            distances = distance(own, other), distance(other, true), distance(own, true)
            yield Comparison(peer, quantity, dtype, model, *distances)


def distance(ours, theirs):
    """Return the largest difference in an array, as a share of the largest number in it.

    Of lists of arrays it is that of the array where it is largest; of lists of such lists, one
    for each step, that of the step. It is infinite where one of the two is not finite.
    """
    if isinstance(theirs, list):
        if isinstance(theirs[0], list):
            return max(map(distance, ours, theirs))
        least = FLOOR * max(np.abs(array).max() for array in theirs)
        return max(_distance(a, b, least) for a, b in zip(ours, theirs, strict=True))
    return _distance(ours, theirs, 0.0)


def _distance(ours, theirs, least):
    assert np.shape(ours) == np.shape(theirs), f"{np.shape(ours)} is not {np.shape(theirs)}"
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return np.inf
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    difference = np.abs(ours - theirs).max()
    return float(difference / max(least, np.abs(theirs).max())) if difference else 0.0


def table(comparisons):
    """Yield the lines of a table: for each peer, quantity and dtype the worst that is close."""
    groups = defaultdict(list)
    for comparison in comparisons:
        groups[comparison.peer, comparison.quantity, comparison.dtype].append(comparison)
    yield "peer         quantity  dtype    models  worst error  where"
    for (peer, quantity, dtype), group in groups.items():
        close = [c for c in group if c.is_close]
        worst = max(close, key=lambda c: c.error)
        row = f"{peer:<12} {quantity:<9} {dtype:<8} {len(group):>6}"
        yield f"{row}  {worst.error:>11.1e}  {worst.model}"
        if rounded := [c for c in group if c.passes and not c.is_close]:
            worst = max(rounded, key=lambda c: c.to_true)
            yield (
                f"    {len(rounded)} differ by rounding; from the peer's float64 at most: ours "
                f"{worst.to_true:.1e}, the peer's own {worst.rounding:.1e}, {worst.model}"
            )
        if failed := [c for c in group if not c.passes]:
            worst = max(failed, key=lambda c: c.error)
            yield f"    {len(failed)} FAILED, the worst by {worst.error:.1e}: {worst.model}"
