"""Record how Keras trains the cases of `trajectories.py`, into tests/data.

pip install keras jax
KERAS_BACKEND=jax JAX_ENABLE_X64=1 python tools/record_trajectories.py
"""

import sys
from pathlib import Path

import jax
import keras
import numpy as np

from trajectories import cases, run

DATA = Path(__file__).parents[1] / "tests" / "data"


def main():
    assert keras.backend.backend() == "jax"
    # On JAX, Keras takes means in float32 even where all is float64, unless it is told otherwise.
    keras.src.backend.common.dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    for dtype in sys.argv[1:] or ("float32", "float64"):
        keras.backend.set_floatx(dtype)
        recorded = {"versions": np.array([f"keras {keras.__version__}", f"jax {jax.__version__}"])}
        for case in cases():
            keras.backend.clear_session()
            results, weights = run(keras, case, dtype)
            recorded[f"{case}/results"] = results
            recorded[f"{case}/weights"] = weights.astype(dtype)
            print(dtype, case, results[-1])
        np.savez_compressed(DATA / f"trajectories_{dtype}.npz", **recorded)


if __name__ == "__main__":
    main()
