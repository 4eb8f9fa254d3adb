"""Ten thousand damaged files, and a writer killed two hundred times: slower than the suite.

python tools/stress_files.py
"""

import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

import tinyneuron as keras


def same_bits(one, other):
    return all(
        a.dtype == b.dtype and a.tobytes() == b.tobytes()
        for a, b in zip(one.get_weights(), other.get_weights(), strict=True)
    )


def refused_or_right(content, path, model):
    """Load damaged content: say whether it is the very model, or refused by the file's name."""
    path.write_bytes(content)
    try:
        loaded = keras.saving.load_model(path)
    except ValueError as error:
        if path.name in str(error):
            return False
        raise
    assert same_bits(loaded, model)
    return True


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
    kernel, bias = keras.saving.load_model(path).get_weights()
    assert (kernel == kernel[0, 0]).all()
    assert (bias == kernel[0, 0]).all()


def main():
    folder = Path(tempfile.mkdtemp())
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)]
    )
    model.compile("adam", "mse")
    model.fit(np.ones((4, 3)), np.ones(4), verbose=0)
    outcomes, slowest = Counter(), 0.0
    for ending in (".npz", ".keras"):
        model.save(folder / f"whole{ending}")
        whole = (folder / f"whole{ending}").read_bytes()
        for seed in range(5000):
            start = time.perf_counter()
            right = refused_or_right(damaged(whole, seed), folder / f"damaged{ending}", model)
            slowest = max(slowest, time.perf_counter() - start)
            outcomes[ending, "harmless" if right else "refused"] += 1
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(dict(outcomes), f"slowest {1000 * slowest:.0f} ms, at most {memory} MiB")
    for seed in range(200):
        kill_the_writer(folder / "killed.npz", seed)
    print("killed the writer 200 times: a whole file was there each time")


def damaged(whole, seed):
    """Cut the file, flip bits, or overwrite, remove or repeat a stretch of it."""
    dice = random.Random(seed)
    content = bytearray(whole)
    place = dice.randrange(len(content))
    stretch = dice.randrange(1, 64)
    kind = seed % 5
    if kind == 0:
        del content[place:]
    elif kind == 1:
        for _ in range(dice.choice([1, 4, 30])):
            content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    elif kind == 2:
        content[place : place + stretch] = dice.randbytes(stretch)
    elif kind == 3:
        del content[place : place + stretch]
    else:
        content[place:place] = content[place : place + stretch]
    return bytes(content)


if __name__ == "__main__":
    main()
