"""Write tests/data/v1: files of format version 1, what their models predict, and how they train on.

This was run once, with the last library that wrote the version, and is kept to show how. A later
library writes other files, so it refuses.

PYTHONPATH=path/to/that/library/src:tests python tools/record_v1_files.py
"""

import json
from pathlib import Path

import numpy as np

import tinyneuron as keras
from version_1 import CASES, X, next_losses

DATA = Path(__file__).parents[1] / "tests" / "data" / "v1"


def main():
    """Train, save, and record what comes next."""
    DATA.mkdir(exist_ok=True)
    expected = {}
    for name, (make, optimizer) in CASES.items():
        model = keras.Sequential([keras.Input((3,)), *make()])
        model.compile(optimizer, "mse", metrics=["accuracy"])
        next_losses(model)
        path = DATA / f"{name}.npz"
        model.save(path)
        with np.load(path) as file:
            assert json.loads(file["model.json"])["format_version"] == 1
        expected[f"{name}/predictions"] = model.predict(X)
        expected[f"{name}/losses"] = next_losses(model)
    np.savez_compressed(DATA / "expected.npz", **expected)


if __name__ == "__main__":
    main()
