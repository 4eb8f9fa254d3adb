"""Record the values of Keras' metrics in the cases of `metric_cases.py`, into tests/data.

pip install keras jax
KERAS_BACKEND=jax python tools/record_metrics.py
"""

import json
from pathlib import Path

import keras

from metric_cases import cases, run

DATA = Path(__file__).parents[1] / "tests" / "data" / "metrics.json"

if __name__ == "__main__":
    recorded = {case: run(keras, case) for case in cases()}
    lines = ",\n".join(f'"{case}": {json.dumps(values)}' for case, values in recorded.items())
    DATA.write_text(f'{{"keras": "{keras.__version__}",\n{lines}}}\n', encoding="utf-8")
