"""The library in a hundred lines trains as the library does, step by step."""

import runpy
from pathlib import Path

import numpy as np
import pytest

import tinyneuron as keras
from tinyneuron.layers import Dense, Input

PROGRAM = Path(__file__).parents[1] / "examples" / "hundred_lines.py"
RTOL = 1e-12


@pytest.fixture(scope="module")
def small():
    return runpy.run_path(str(PROGRAM))


def test_it_has_at_most_a_hundred_lines_and_imports_numpy_alone():
    lines = [line for line in PROGRAM.read_text("utf-8").splitlines() if line.strip()]
    assert len(lines) <= 100
    assert [line for line in lines if "import " in line] == ["import numpy as np"]


@pytest.mark.parametrize("hidden", ["relu", "sigmoid"])
@pytest.mark.parametrize("batch_size", [16, 30])  # the last batch of 80 rows is smaller
def test_losses_and_weights_over_50_steps_are_the_librarys(small, hidden, batch_size):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(80, 3))
    y = (x[:, :1] * x[:, 1:2] > 0.1).astype(float)
    pair = [small["Dense"](3, 6, small[hidden], rng), small["Dense"](6, 1, small["sigmoid"], rng)]
    ours = small["Sequential"](pair)
    weights = [w.copy() for layer in pair for w in layer.weights]

    layers = [Dense(6, hidden, dtype="float64"), Dense(1, "sigmoid", dtype="float64")]
    model = keras.Sequential([Input((3,), dtype="float64"), *layers])
    model.set_weights(weights)
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    epochs = -(-50 // -(-80 // batch_size))
    keras.utils.set_random_seed(7)
    history = model.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0)
    optimizer = small["Adam"](0.01)
    losses = ours.fit(x, y, optimizer, epochs, batch_size, np.random.default_rng(7))

    assert optimizer.t >= 50
    np.testing.assert_allclose(losses, history.history["loss"], rtol=RTOL)
    found = [w for layer in pair for w in layer.weights]
    for mine, theirs in zip(found, model.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=RTOL)
    np.testing.assert_allclose(ours.predict(x), model.predict(x), rtol=RTOL)
    assert losses[-1] < losses[0]
