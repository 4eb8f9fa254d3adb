"""Files of every generation of Keras open here, predict as they did, and train on as they would.

``data/generations`` holds what each release wrote (``tools/record_keras_generations.py``), and
``unread.json`` there what does not open yet, by the error. ``python tests/test_generations.py``
writes that list anew.
"""

import json
import sys
import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

import tinyneuron as keras

GENERATIONS = Path(__file__).parent / "data" / "generations"
UNREAD = GENERATIONS / "unread.json"
EXPECTED = {
    path.parent.name: json.loads(path.read_text())["cases"]
    for path in sorted(GENERATIONS.glob("*/expected.json"))
}


def opens(model_file, case, _):
    """A whole model predicts what its own generation predicts after loading it."""
    model = keras.models.load_model(model_file, compile=False)
    predicts(model, case)
    assert model.count_params() == case["facts"]["parameters"]


def trains_on(model_file, case, file):
    """A compiled model loses what it loses in its own generation: in Keras' words, its state."""
    model = keras.models.load_model(model_file)
    x, y = np.array(case["x"]), np.array(case["y"])
    history = model.fit(x, y, batch_size=len(x), epochs=3, shuffle=False, verbose=0).history
    # Some releases forget the optimizer's state when they load it: to go on is right as well.
    allowed = [file["losses"], case["continued"]]
    closest = min(allowed, key=lambda losses: np.abs(np.subtract(losses, history["loss"])).max())
    np.testing.assert_allclose(history["loss"], closest, rtol=1e-5, atol=1e-7)


def takes_weights(weights_file, case, _):
    """A model made from JSON takes the weights that were saved alone."""
    name = weights_file.name.removesuffix(".weights.h5").removesuffix("_weights.h5")
    model = keras.models.model_from_json((weights_file.parent / f"{name}.json").read_text())
    model.load_weights(weights_file)
    predicts(model, case)


def predicts(model, case):
    y = model.predict(np.array(case["x"]), verbose=0)
    np.testing.assert_allclose(y, case["predictions"], rtol=0, atol=1e-6)


def checks():
    """Yield the name, the check and its arguments, for each file of each writer."""
    for writer, cases in EXPECTED.items():
        for case in cases.values():
            for name, file in case.get("files", {}).items():
                given = writer, name, case, file
                if "not_saved" in file:
                    continue
                if name.endswith("weights.h5"):
                    yield f"{writer}/{name}: takes_weights", takes_weights, given
                    continue
                yield f"{writer}/{name}: opens", opens, given
                if "losses" in file:
                    yield f"{writer}/{name}: trains_on", trains_on, given


def parameters():
    unread = json.loads(UNREAD.read_text())
    reasons = {name: reason for reason, names in unread.items() for name in names}
    for name, check, given in checks():
        reason = reasons.pop(name, None)
        marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
        yield pytest.param(check, *given, id=name, marks=marks)
    assert not reasons, f"unread.json names what is not there: {sorted(reasons)}"


def unpacked(folder):
    for writer in EXPECTED:
        with zipfile.ZipFile(GENERATIONS / writer / "files.zip") as archive:
            archive.extractall(folder / writer)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    pytest.importorskip("h5py")
    return unpacked(tmp_path_factory.mktemp("generations"))


@pytest.mark.parametrize(("check", "writer", "name", "case", "file"), parameters())
def test_a_file(folder, check, writer, name, case, file):
    check(folder / writer / name, case, file)


def write_unread():
    """Write what fails, by the first line of why."""
    import tempfile

    unread = defaultdict(list)
    with tempfile.TemporaryDirectory() as temporary:
        folder = unpacked(Path(temporary))
        for name, check, (writer, file_name, case, file) in checks():
            try:
                check(folder / writer / file_name, case, file)
            except Exception as error:
                what = str(error).replace(f"'{folder / writer / file_name}'", "the file")
                lines = [line for line in what.splitlines() if line.strip()]
                unread[f"{type(error).__name__}: {' '.join(lines[:1] or ['-'])}"].append(name)
    UNREAD.write_text(json.dumps(unread, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    sys.exit(write_unread())
