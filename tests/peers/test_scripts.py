"""Scripts as people write them, run unchanged on both libraries: the same variables, printed too.

Both get the same initial weights, and the rows in order; each script's import of keras is the one
line that is replaced, as a user does.
"""

import re
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest

import tinyneuron

keras = pytest.importorskip("keras")

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.py"))
NUMBER = re.compile(r"-?\d+\.\d+(?:e[-+]?\d+)?")

pytestmark = pytest.mark.filterwarnings("ignore")


def write_tables(folder):
    """Write small tables in the form of those that tutorials read."""
    rng = np.random.RandomState(0)
    pima = rng.uniform(0, 5, (90, 8)).round(2)
    outcome = (pima[:, :1] + pima[:, 1:2] > 5).astype(int)
    np.savetxt(folder / "pima-indians-diabetes.csv", np.hstack([pima, outcome]), "%g", ",")
    kinds = ["Iris-setosa", "Iris-versicolor", "Iris-virginica"]
    irises = [",".join([*map(str, rng.normal(i % 3, 1, 4).round(1)), kinds[i % 3]])
              for i in range(150)]  # fmt: skip
    (folder / "iris.csv").write_text("\n".join(irises))
    cars = rng.uniform(50, 200, (110, 4)).round(1)
    cars[:, 0] = 60 - cars[:, 1] / 5
    np.savetxt(
        folder / "auto-mpg.csv", cars, "%g", ",",
        header="MPG,Horsepower,Weight,Displacement", comments="",
    )  # fmt: skip
    customers = ["Customer ID,Tenure,Contract,Charges,Churn"]
    for i in range(100):
        contract = ["Monthly", "One year", "Two year"][i * 7 % 3]
        customers.append(f"C{i},{i % 12},{contract},{0.01 * (i * 37 % 100)},{['No', 'Yes'][i % 2]}")
    (folder / "churn.csv").write_text("\n".join(customers))


@pytest.fixture(autouse=True)
def same_start(tmp_path, monkeypatch, made_data_sets):
    """Let both start from weights that name and shape of a layer decide, and take rows in order."""
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path)
    for library in (keras, tinyneuron):
        dense, model = library.layers.Dense, library.Model
        monkeypatch.setattr(dense, "build", with_made_weights(dense.build))
        monkeypatch.setattr(model, "fit", in_order(model.fit))


def with_made_weights(build):
    def built(layer, input_shape):
        initializer = layer.kernel_initializer
        layer.kernel_initializer = lambda shape, dtype=None: made(layer.name, shape)
        build(layer, input_shape)
        layer.kernel_initializer = initializer

    return built


def made(name, shape):
    rng = np.random.default_rng(zlib.crc32(f"{name} {tuple(shape)}".encode()))
    limit = np.sqrt(6 / sum(shape))
    return rng.uniform(-limit, limit, shape).astype("float32")


def in_order(fit):
    return lambda *args, **kwargs: fit(*args, **{"shuffle": False, **kwargs})


def run(script, library):
    """Return the variables that a script leaves, and what it has printed."""
    source = script.read_text("utf-8")
    if library is tinyneuron:
        source = re.sub(r"^import keras$", "import tinyneuron as keras", source, flags=re.M)
        source = re.sub(r"^from keras\b", "from tinyneuron", source, flags=re.M)
    library.utils.clear_session()
    printed = []
    names = {"print": lambda *what: printed.append(what)}
    exec(compile(source, script.name, "exec"), names)
    return {"printed": printed} | {
        name: value
        for name, value in names.items()
        if name not in ("print", "json_string") and not name.startswith("__")
    }


def assert_same(ours, theirs, where):
    """Compare what both have: numbers to rounding, models by their weights and results."""
    if isinstance(theirs, keras.callbacks.History):
        assert_same(ours.history, theirs.history, where)
        assert ours.epoch == theirs.epoch
    elif isinstance(theirs, keras.Model):
        assert_same(ours.get_weights(), theirs.get_weights(), where)
        assert names_of_layers(ours) == names_of_layers(theirs)
    elif isinstance(theirs, dict):
        assert sorted(ours) == sorted(theirs), where
        for name in theirs:
            assert_same(ours[name], theirs[name], f"{where}[{name!r}]")
    elif isinstance(theirs, list | tuple):
        assert len(ours) == len(theirs), where
        for i, (our, their) in enumerate(zip(ours, theirs, strict=True)):
            assert_same(our, their, f"{where}[{i}]")
    elif isinstance(theirs, str):
        assert NUMBER.sub("#", ours) == NUMBER.sub("#", theirs), where
        assert_same(*([*map(float, NUMBER.findall(text))] for text in (ours, theirs)), where)
    elif keras.backend.is_keras_tensor(theirs):
        assert ours.shape == theirs.shape
    elif isinstance(theirs, int | float | np.number) or (
        hasattr(theirs, "__array__") and np.asarray(theirs).dtype.kind in "biuf"
    ):
        assert np.shape(ours) == np.shape(theirs), where
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4, err_msg=where)


def names_of_layers(model):
    """Return the layers' names; Keras counts inputs and models that it makes inside of others."""
    counted = ("input_layer", "functional")
    return [layer.name for layer in model.layers if not layer.name.startswith(counted)]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_runs_unchanged_and_agrees(script):
    if "import pandas" in script.read_text("utf-8"):
        pytest.importorskip("pandas")
    theirs = run(script, keras)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # what is right gives no alarm
        ours = run(script, tinyneuron)
    assert_same(ours, theirs, script.stem)
