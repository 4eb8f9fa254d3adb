"""Save where it must fail: full disks, limits on the size of files, a killed writer, two at once.

python tools/stress_saving.py

Whatever happens, the old file or the new one is there, whole, and beside it nothing.
"""

import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import tinyneuron as keras

ENDINGS = (".npz", ".keras", ".h5")


def network(value):
    """Return a model whose every weight is `value`."""
    model = keras.Sequential([keras.Input((60,)), keras.layers.Dense(80)])
    model.set_weights([np.full_like(weight, value) for weight in model.get_weights()])
    return model


def value_in(path):
    """Return the value that all weights of a file have."""
    kernel, bias = keras.saving.load_model(path).get_weights()
    assert (kernel == kernel[0, 0]).all()
    assert (bias == kernel[0, 0]).all()
    return kernel[0, 0]


def saved(path, hinder):
    """Save a model of threes over one of twos, hindered; say whether it worked."""
    new = network(3)
    network(2).save(path)
    try:
        with hinder:
            new.save(path)
    except OSError:
        worked = False
    else:
        worked = True
    assert value_in(path) == 2 + worked
    assert os.listdir(path.parent) == [path.name]
    path.unlink()
    return worked


@contextmanager
def largest_file(size):
    """Let the system refuse files that are larger."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def left_on_disk(folder, size):
    """Fill the disk, but for so many bytes."""
    disk, ballast = os.statvfs(folder), folder / "ballast"
    ballast.write_bytes(bytes(disk.f_bavail * disk.f_frsize - size))
    try:
        yield
    finally:
        ballast.unlink()


def within_sizes(folder, limits):
    """Save with each limit on the size of a file; return how many saves worked, and failed."""
    return Counter(
        saved(folder / f"m{ending}", largest_file(limit))
        for ending in ENDINGS
        for limit in np.linspace(0, 30_000, limits).astype(int).tolist()
    )


def on_full_disks(folder):
    """Save where so many pages are left on a disk; return how many saves worked, and failed."""
    return Counter(
        saved(folder / f"m{ending}", left_on_disk(folder, 4096 * pages))
        for ending in ENDINGS
        for pages in range(12)
    )


WRITER = """
import sys, numpy as np, tinyneuron as keras
model = keras.Sequential([keras.Input((100,)), keras.layers.Dense(500)])
value = 0
while True:
    if value == 1:
        print("saved once", flush=True)
    value += 1
    model.set_weights([np.full((100, 500), value), np.full(500, value)])
    model.save(sys.argv[1])
"""


def kill_the_writer(path, seed):
    """Kill a process that saves over and over; the file that is there must be whole."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    )
    writer.stdout.readline()
    time.sleep(random.Random(seed).uniform(0, 0.05))
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    value_in(path)


def race(path):
    """Save to one place from two threads that must not overwrite; return how many could."""
    path.unlink(missing_ok=True)
    start, done = threading.Barrier(2), []

    def save(model):
        start.wait()
        try:
            model.save(path, overwrite=False)
        except ValueError:
            return
        done.append(model)

    threads = [threading.Thread(target=save, args=(network(value),)) for value in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value_in(path) == done[0].get_weights()[0][0, 0]
    return len(done)


def main():
    if sys.argv[1:]:  # in a process that sees a small disk there
        print(told(on_full_disks(Path(sys.argv[1]))))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"limits on the size: {told(within_sizes(folder, limits=205))}", flush=True)
        mount = f'mount -t tmpfs -o size=256k none {folder} && exec "$0" "$@"'
        here = [sys.executable, __file__, str(folder)]
        full = subprocess.run(
            ["unshare", "-rm", "sh", "-c", mount, *here], capture_output=True, text=True
        )
        print(
            f"full disks: {full.stdout.strip() or 'not tried: ' + full.stderr.strip()}", flush=True
        )
        both = Counter(race(folder / "m.npz") for _ in range(200))
        print(f"two savers that must not overwrite, 200 times: so many could: {dict(both)}")
        for seed in range(200):
            kill_the_writer(folder / "m.npz", seed)
        left = len(os.listdir(folder)) - 1
        network(2).save(folder / "m.npz")
        assert os.listdir(folder) == ["m.npz"]
        print(
            f"killed the writer 200 times: a whole file was there each time, and {left} unfinished"
        )


def told(done):
    return f"{done.total()} saves, {done[True]} done, {done[False]} failed; whole each time"


if __name__ == "__main__":
    main()
