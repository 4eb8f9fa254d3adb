"""The page's web service answers a real client, and the example predicts from Keras' files."""

import json
import re
import runpy
import sys
import threading
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import numpy as np
import pytest

import tinyneuron as keras

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "without_tensorflow.md").read_text(encoding="utf-8")
WRITER = ROOT / "tests" / "data" / "generations" / "tf-2.6"


@pytest.fixture
def pima(tmp_path):
    pytest.importorskip("h5py")
    with zipfile.ZipFile(WRITER / "files.zip") as archive:
        archive.extract("pima.h5", tmp_path)
    case = json.loads((WRITER / "expected.json").read_text())["cases"]["pima"]
    return tmp_path / "pima.h5", np.array(case["x"]), np.array(case["predictions"])


def test_the_service_answers(pima):
    path, x, predictions = pima
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    page = {"__name__": "page"}
    exec(next(block for block in blocks if "HTTPServer" in block), page)
    model = keras.models.load_model(path, compile=False)
    with page["service"](model, ("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}"
            request = urllib.request.Request(url, json.dumps(x.tolist()).encode())
            with urllib.request.urlopen(request, timeout=30) as answer:
                np.testing.assert_allclose(json.load(answer), predictions, rtol=0, atol=1e-6)
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(url, b"[[1, 2]]", timeout=30)
            assert refused.value.code == 400
            assert "needs inputs of shape (None, 8)" in json.load(refused.value)["error"]
        finally:
            server.shutdown()
            thread.join()


def test_the_example_predicts_explains_and_converts(pima, tmp_path, capsys, monkeypatch):
    path, x, predictions = pima
    rows = tmp_path / "rows.csv"
    np.savetxt(rows, x, delimiter=",", header=",".join("abcdefgh"), comments="", fmt="%.17g")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["predict_from_keras.py", *map(str, arguments)])
        runpy.run_path(str(ROOT / "examples" / "predict_from_keras.py"), run_name="__main__")
        return capsys.readouterr().out

    assert "dense_1 (Dense)" in run(path)
    printed = np.array(run(path, rows).split(), float)
    np.testing.assert_allclose(printed, predictions.ravel(), rtol=1e-5)
    assert "sigmoid" in run(path, rows, "--explain", 0)
    with pytest.raises(SystemExit, match=r"--explain 99: .*rows\.csv has rows 0 to 11"):
        run(path, rows, "--explain", 99)
    with pytest.raises(SystemExit, match=r"There is no .*missing\.h5"):
        run(tmp_path / "missing.h5")
    assert "saved as" in run(path, "--to", tmp_path / "m.npz")
    again = keras.models.load_model(tmp_path / "m.npz")
    np.testing.assert_allclose(again.predict(x, verbose=0), predictions, rtol=0, atol=1e-6)
