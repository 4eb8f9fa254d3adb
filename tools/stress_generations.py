"""Damage a file of each release of Keras 500 times: slower than the suite.

python tools/stress_generations.py [NUMBER]

Each form of each release's ``pima``, and its state of Adam, is cut off, has bits and bytes changed,
stretches zeroed, or two stretches exchanged. What opens must be the model that was saved, in its
weights and predictions. HDF5 files of Keras have no checksums: where the damage touched the numbers
of arrays, other numbers may be loaded, and they are counted.
"""

import json
import random
import signal
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np

import tinyneuron as keras

GENERATIONS = Path(__file__).parent.parent / "tests" / "data" / "generations"
DEADLINE = 20  # seconds for one file


def damaged(whole, seed):
    """Return a copy of a file, damaged in one of five ways."""
    dice = random.Random(seed)
    content = bytearray(whole)
    kind, place = seed % 5, dice.randrange(len(whole))
    if kind == 0:  # a download that ended too soon
        del content[place:]
    elif kind == 1:
        for _ in range(dice.choice([1, 4, 30])):
            content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    elif kind == 2:  # a sector that was never written
        start = place // 512 * 512
        content[start : start + 512] = bytes(len(content[start : start + 512]))
    elif kind == 3:
        content[place] = dice.randrange(256)
    else:
        other, length = dice.randrange(len(whole)), dice.choice([1, 2, 8, 64])
        length = min(length, len(whole) - max(place, other))
        one, two = whole[place : place + length], whole[other : other + length]
        content[place : place + length], content[other : other + length] = two, one
    return bytes(content)


def outcome(content, path, whole, x):
    """Open damaged content: refused, equal to the whole model, or with other numbers."""
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of training that is left out
        try:
            model = keras.saving.load_model(path)
        except ValueError as error:
            return "refused" if path.name in str(error) else f"refused without a name: {error}"
    pairs = zip(model.get_weights(), whole.get_weights(), strict=False)
    same = [a.shape for a in model.get_weights()] == [a.shape for a in whole.get_weights()]
    if not same or not all(np.array_equal(a, b, equal_nan=True) for a, b in pairs):
        return "other weights"
    with np.errstate(all="ignore"):
        predictions = model.predict(x, verbose=0)
    if not np.array_equal(predictions, whole.predict(x, verbose=0)):
        return "other configuration"
    return "equal"


def stress(writer, ending, number, folder):
    """Return how often each outcome was, and the longest time that one file took."""
    with zipfile.ZipFile(GENERATIONS / writer / "files.zip") as archive:
        content = archive.read(f"pima{ending}")
    case = json.loads((GENERATIONS / writer / "expected.json").read_text())["cases"]["pima"]
    x, path = np.array(case["x"]), folder / f"pima{ending}"
    path.write_bytes(content)
    whole = keras.saving.load_model(path)
    outcomes, slowest = Counter(), 0.0
    for seed in range(number):
        start = time.perf_counter()
        signal.alarm(DEADLINE)
        try:
            outcomes[outcome(damaged(content, seed), path, whole, x)] += 1
        except Exception as error:
            outcomes[f"{type(error).__name__}: {error}, seed {seed}"] += 1
        signal.alarm(0)
        slowest = max(slowest, time.perf_counter() - start)
    return outcomes, slowest


def too_long(*_):
    raise TimeoutError("it hangs")


def main():
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    signal.signal(signal.SIGALRM, too_long)
    total, folder = Counter(), Path(tempfile.mkdtemp())
    for path in sorted(GENERATIONS.glob("*/files.zip")):
        for name in zipfile.ZipFile(path).namelist():
            if name in ("pima.h5", "pima.keras"):
                outcomes, slowest = stress(path.parent.name, Path(name).suffix, number, folder)
                print(path.parent.name, name, dict(outcomes), f"slowest {1000 * slowest:.0f} ms")
                total[name] += number
                total.update({(name, what): count for what, count in outcomes.items()})
    print(dict(total))


if __name__ == "__main__":
    main()
