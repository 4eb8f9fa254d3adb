"""Record how Keras trains the cases of `trajectories.py` and `catalogue.py`, into tests/data.

pip install keras jax
KERAS_BACKEND=jax JAX_ENABLE_X64=1 python tools/record_trajectories.py [trajectories|catalogue]
"""

import sys
from pathlib import Path

import jax
import keras
import numpy as np

import catalogue
import trajectories

DATA = Path(__file__).parents[1] / "tests" / "data"


def main():
    assert keras.backend.backend() == "jax"
    # On JAX, Keras takes means in float32 even where all is float64, unless it is told otherwise.
    keras.src.backend.common.dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    for module in (trajectories, catalogue):
        if module.__name__ in (sys.argv[1:] or [module.__name__]):
            for dtype in ("float32", "float64"):
                record(module, dtype)


def record(module, dtype):
    keras.backend.set_floatx(dtype)
    recorded = {"versions": np.array([f"keras {keras.__version__}", f"jax {jax.__version__}"])}
    for case in module.cases():
        keras.backend.clear_session()
        results, weights = module.run(keras, case, dtype)
        recorded[f"{case}/results"] = results
        recorded[f"{case}/weights"] = weights.astype(dtype)
        print(dtype, case, results[-1])
    np.savez_compressed(DATA / f"{module.__name__}_{dtype}.npz", **recorded)


if __name__ == "__main__":
    main()
