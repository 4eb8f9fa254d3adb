"""What the stress programs share: damage to bytes, and child processes that may not hang."""

import multiprocessing
import random
import resource
import struct
import time
from collections import Counter

import numpy as np

EXTREMES = [0, 1, 2**31 - 1, 2**32 - 1, 2**40, 2**63, 2**64 - 1]
SIGNATURES = [b"TREE", b"HEAP", b"SNOD", b"GCOL", b"PK\1\2", b"PK\3\4", b"PK\5\6", b"\x93NUMPY"]


def same_bits(one, other):
    return all(
        a.dtype == b.dtype and a.tobytes() == b.tobytes()
        for a, b in zip(one.get_weights(), other.get_weights(), strict=True)
    )


def damaged(whole, seed):
    """Return a copy of a file, damaged in one of ten ways, by its seed."""
    dice = random.Random(seed)
    content = bytearray(whole)
    while content == whole:  # a sector of zeros may have been zeros before
        content = _damaged(bytearray(whole), seed % 10, dice)
    return bytes(content)


def _damaged(content, kind, dice):
    size = len(content)
    place, other, length = dice.randrange(size), dice.randrange(size), dice.randrange(1, 64)
    if kind == 0:  # a download that ended too soon
        del content[place:]
    elif kind == 1:
        for _ in range(dice.choice([1, 4, 30])):
            content[dice.randrange(size)] ^= 1 << dice.randrange(8)
    elif kind == 2:  # a sector that was never written
        start = place // 512 * 512
        content[start : start + 512] = bytes(len(content[start : start + 512]))
    elif kind == 3:
        content[place] = dice.choice([0, 1, 127, 128, 255, dice.randrange(256)])
    elif kind == 4:  # two stretches change places
        length = min(length, size - max(place, other))
        one, two = content[place : place + length], content[other : other + length]
        content[place : place + length], content[other : other + length] = two, one
    elif kind == 5:
        content[place : place + length] = dice.randbytes(length)
    elif kind == 6:
        del content[place : place + length]
    elif kind == 7:
        content[place:place] = content[place : place + length]
    elif kind == 8:  # an address, a size or a count that is far too large, or leads back
        number = dice.choice([*EXTREMES, size, place, other])
        form = dice.choice(["<Q", "<I", "<H"])
        number %= 256 ** struct.calcsize(form)
        content[place : place + struct.calcsize(form)] = struct.pack(form, number)
    else:  # near the beginning of a block, where what it claims stands
        starts = [at for s in SIGNATURES for at in places(content, s)]
        at = dice.choice(starts or [0]) + dice.randrange(48)
        content[at : at + 1] = bytes([dice.randrange(256)])
    return content


def remove_checksums(file):
    """Make an open file of HDF5 one that Keras could have written."""
    file.attrs.pop("checksum", None)
    file.visititems(lambda _, item: item.attrs.pop("checksum", None) and None)


def places(content, part):
    """Yield where a part of the content begins, each time that it stands there."""
    at = content.find(part)
    while at >= 0:
        yield at
        at = content.find(part, at + 1)


class Tally:
    """How often each outcome was, the slowest, and the memory that a child process took at most."""

    def __init__(self):
        self.outcomes, self.slowest, self.memory, self.examples = Counter(), 0.0, 0.0, {}

    def add(self, outcome, seconds, memory, item):
        self.outcomes[outcome] += 1
        self.examples.setdefault(outcome, item)
        self.slowest, self.memory = max(self.slowest, seconds), max(self.memory, memory)

    def __add__(self, other):
        both = Tally()
        both.outcomes = self.outcomes + other.outcomes
        both.slowest = max(self.slowest, other.slowest)
        both.memory = max(self.memory, other.memory)
        both.examples = other.examples | self.examples
        return both

    def __str__(self):
        counts = ", ".join(f"{number:,} {what}" for what, number in sorted(self.outcomes.items()))
        return f"{counts}; slowest {1000 * self.slowest:.0f} ms, {self.memory:.0f} MiB at most"


def tallied(work, items, deadline=20):
    """Call `work` with each item, in child processes, and count what it returns or raises.

    A child that says nothing for `deadline` seconds is killed, even from a loop outside Python, and
    another one goes on after that item. The memory is what a child takes beyond its start, the
    time that of the processor.
    """
    context, items, tally, done = multiprocessing.get_context("fork"), list(items), Tally(), 0
    while done < len(items):
        parent, child = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(child, work, items[done:]))
        process.start()
        child.close()
        while done < len(items):
            try:
                said = parent.recv() if parent.poll(deadline) else ("hangs", deadline, 0)
            except EOFError:
                said = ("ends the process", 0, 0)
            tally.add(*said, items[done])
            done += 1
            if said[0] in ("hangs", "ends the process"):
                break
        process.kill()
        process.join()
    return tally


def _work(connection, work, items):
    before = peak()
    for item in items:
        start = time.process_time()
        try:
            outcome = work(item)
        except Exception as error:
            outcome = f"{type(error).__name__}: {error}"
        connection.send((outcome, time.process_time() - start, peak() - before))


def peak():
    """Return the most memory that this process has had, in MiB, on Linux."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def same_arrays(some, others):
    return len(some) == len(others) and all(
        np.array_equal(a, b, equal_nan=True) for a, b in zip(some, others, strict=True)
    )
