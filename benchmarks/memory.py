"""How much memory `predict` and `fit` take on files that are mapped, not read: x = numpy.memmap.

    python -m benchmarks.memory tinyneuron predict x.npy y.npy

is one measurement, in a process of its own, and prints it as JSON.

"Arrays" is the most that NumPy and Python have held at a time, as `tracemalloc` counts it;
"resident" is by how much the most that the system gave the process has grown. The second counts
the pages of the file that happen to be in memory, which the system takes back when it needs them.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tracemalloc
from importlib import import_module
from pathlib import Path

import numpy as np

from benchmarks.workloads import Network

NETWORK = Network((64, 32, 1), "relu", "sigmoid")
BATCH = 4096
MODULES = {"tinyneuron": "tiny", "hand": "hand"}
MEBI = 2**20


def measure(names, sizes, folder):
    """Return one dictionary for each size in MiB, peer and work."""
    results = []
    for size in sizes:
        x, y = _write(size * MEBI // (4 * NETWORK.sizes[0]), folder)
        for name in [name for name in names if name in MODULES]:
            for work in ("predict", "fit"):
                command = [sys.executable, "-m", __name__, name, work, x, y]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                results.append({"peer": name, "work": work, "file": size} | json.loads(done.stdout))
    return results


def _write(rows, folder):
    """Write rows of numbers and their targets, block by block; return the two paths."""
    random = np.random.default_rng(0)
    paths = Path(folder) / "x.npy", Path(folder) / "y.npy"
    shapes = (rows, NETWORK.sizes[0]), (rows, 1)
    x, y = (
        np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
        for path, shape in zip(paths, shapes, strict=True)
    )
    for start in range(0, rows, 2**16):
        block = x[start : start + 2**16]
        block[...] = random.standard_normal(block.shape, dtype=np.float32)
        y[start : start + 2**16] = block[:, :1] > 0
    return paths


def measure_here(name, work, x_path, y_path):
    """Do the work in this process; return MiB of output, arrays and resident memory."""
    module = import_module(f"benchmarks.peers.{MODULES[name]}")
    x, y = np.load(x_path, mmap_mode="r"), np.load(y_path, mmap_mode="r")
    if work == "predict":
        (do,) = module.predictors(NETWORK, NETWORK.weights(), x).values()
    else:
        (train,) = module.trainers(NETWORK, NETWORK.weights(), BATCH).values()
        train(x[:BATCH], y[:BATCH], 1)

        def do():
            train(x, y, 1)

    before = _most_resident()
    tracemalloc.start()
    outputs = do()
    arrays = tracemalloc.get_traced_memory()[1]
    written = 0 if outputs is None else outputs.nbytes
    return {
        "output": written / MEBI,
        "extra": (arrays - written) / MEBI,
        "resident": (_most_resident() - before) / MEBI,
    }


def _most_resident():
    status = Path("/proc/self/status")
    if status.exists():  # on Linux, ru_maxrss begins with what the parent process had
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS: in bytes


if __name__ == "__main__":
    print(json.dumps(measure_here(*sys.argv[1:])))
