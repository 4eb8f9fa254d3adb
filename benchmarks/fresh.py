"""Fresh processes: an import, a saved model put to use, and the first work that a process does.

    python -m benchmarks.fresh jax_jit first-narrow

is one measurement of the last kind, in a process of its own, and prints the seconds.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
import warnings
from importlib import import_module
from pathlib import Path

import numpy as np

from benchmarks import worker
from benchmarks.workloads import DIGITS, FIRST

IMPORTS = {
    "tinyneuron": "import tinyneuron",
    "hand": "import numpy",
    "sklearn": "import sklearn.neural_network",
    "torch": "import torch",
    "jax": "import jax",
    **{f"keras-{name}": "import keras" for name in ("numpy", "jax", "torch", "tensorflow")},
}

# Each reads the model from the first file and a row from the second, and writes the outputs.
_KERAS_LOAD = """
import sys, numpy as np, keras
model = keras.saving.load_model(sys.argv[1], compile=False)
np.save(sys.argv[3], model.predict_on_batch(np.load(sys.argv[2])))
"""
LOADS = {
    "tinyneuron": """
import sys, numpy as np, tinyneuron
model = tinyneuron.saving.load_model(sys.argv[1], compile=False)
np.save(sys.argv[3], model.predict(np.load(sys.argv[2])))
""",
    "hand": """
import sys, numpy as np
weights = np.load(sys.argv[1])
a = np.maximum(np.load(sys.argv[2]) @ weights["arr_0"] + weights["arr_1"], 0)
z = a @ weights["arr_2"] + weights["arr_3"]
e = np.exp(z - z.max(axis=1, keepdims=True))
np.save(sys.argv[3], e / e.sum(axis=1, keepdims=True))
""",
    "sklearn": """
import sys, joblib, numpy as np
np.save(sys.argv[3], joblib.load(sys.argv[1]).predict_proba(np.load(sys.argv[2])))
""",
    "torch": """
import sys, numpy as np, torch
from torch import nn
model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10), nn.Softmax(dim=-1))
model.load_state_dict(torch.load(sys.argv[1]))
with torch.inference_mode():
    np.save(sys.argv[3], model(torch.from_numpy(np.load(sys.argv[2]))).numpy())
""",
    "jax": """
import sys, jax, numpy as np
saved = np.load(sys.argv[1])
w = [saved[name] for name in saved]
forward = jax.jit(lambda x: jax.nn.softmax(jax.nn.relu(x @ w[0] + w[1]) @ w[2] + w[3]))
np.save(sys.argv[3], forward(np.load(sys.argv[2])))
""",
    **{f"keras-{name}": _KERAS_LOAD for name in ("numpy", "jax", "torch", "tensorflow")},
}


def measure_imports(peers, rounds):
    """Return {name: {"seconds": one for each round, "ways": {}}}, and the failures."""
    commands = {peer.name: (peer, [IMPORTS[peer.name]]) for peer in peers if peer.name in IMPORTS}
    return _measure(commands, rounds)


def measure_loads(peers, processes, rounds):
    """The same for loading a 784-128-10 and predicting a row; what comes out is checked."""
    loading = [peer for peer in peers if peer.name in LOADS]
    with tempfile.TemporaryDirectory() as folder:
        x, _ = DIGITS.data(1)
        row = Path(folder) / "row.npy"
        np.save(row, x)
        paths, not_saved = processes.ask_all(
            [peer.name for peer in loading], "save", DIGITS, folder
        )
        outputs = {name: Path(folder) / f"{name}-outputs.npy" for name in paths}
        commands = {
            peer.name: (peer, [LOADS[peer.name], paths[peer.name], row, outputs[peer.name]])
            for peer in loading
            if peer.name in paths
        }
        results, failures = _measure(commands, rounds)
        for name in results:
            worker.check_outputs(DIGITS, DIGITS.weights(), x, np.load(outputs[name]))
    return results, not_saved | failures


def measure_first(peers, workload, rounds):
    """The same for the first work of a process; timed are neither its start nor its imports."""
    commands = {peer.name: (peer, [peer.module, workload.name]) for peer in peers}
    results, failures = _measure(commands, rounds, _seconds_within)
    able = {name: found for name, found in results.items() if None not in found["seconds"]}
    return able, failures


def _measure(commands, rounds, seconds_of=None):
    seconds_of = seconds_of or _seconds
    # No run to warm up: all that is read has been read, when the peers were started and saved.
    results = {name: {"ways": {}, "seconds": []} for name in commands}
    failures, order, shuffled = {}, list(commands), random.Random(0)
    for _ in range(rounds):
        shuffled.shuffle(order)
        for name in [name for name in order if name in results]:
            try:
                results[name]["seconds"].append(seconds_of(*commands[name]))
            except subprocess.CalledProcessError as error:
                failures[name] = error.stderr.strip().splitlines()[-1]
                del results[name]
    return results, failures


def _seconds(peer, arguments):
    start = time.perf_counter()
    _run(peer, ["-c", *arguments])
    return time.perf_counter() - start


def _seconds_within(peer, arguments):
    printed = _run(peer, ["-m", __name__, *arguments])
    return float(printed) if printed else None


def _run(peer, arguments):
    """Run Python with the arguments; return what it prints."""
    return subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | peer.environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def main():
    """Do the work once, in the first of the peer's ways, and print the seconds that it took."""
    name, work = sys.argv[1:]
    warnings.simplefilter("ignore")
    peer = import_module(f"benchmarks.peers.{name}")
    workload = next(each for each in FIRST if each.name == work)
    network = workload.network
    x, y = network.data(workload.rows)
    make = getattr(peer, worker.MAKERS[workload.kind], None)
    given, done = (workload.batch_size, (x, y, 1)) if workload.batch_size else (x, ())
    ways = make(network, network.weights(), given) if make else {}
    for run in list(ways.values())[:1]:
        if getattr(peer, "COMPILES", False):  # which is not timed, here as elsewhere
            run(*done)
        start = time.perf_counter()
        run(*done)
        print((time.perf_counter() - start) / workload.steps)


if __name__ == "__main__":
    main()
