"""The benchmarks: the program runs, and what it calls "by hand" is what tinyneuron computes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tinyneuron as keras

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT))  # the benchmarks are no part of the installed package

from benchmarks import report, worker  # noqa: E402
from benchmarks.peers import hand, tiny  # noqa: E402
from benchmarks.workloads import Network  # noqa: E402

NETWORKS = [Network((2, 3, 1), "sigmoid", "sigmoid"), Network((7, 5, 4, 3))]


def by_name(network):
    return "-".join(map(str, network.sizes))


@pytest.mark.parametrize("network", NETWORKS, ids=by_name)
def test_training_by_hand_gives_the_weights_that_fit_gives(network):
    x, y = network.data(96)
    train, by_hand = hand.make_trainer(network, network.weights(), 32, shuffle=False)
    losses = train(x, y, 5)
    model = tiny.make(network, network.weights())
    model.compile(
        "adam", "binary_crossentropy" if y.ndim > 1 else "sparse_categorical_crossentropy"
    )
    history = model.fit(x, y, 32, epochs=5, shuffle=False, verbose=0).history
    np.testing.assert_allclose(losses, history["loss"], rtol=1e-5)
    for mine, theirs in zip(model.weights, by_hand, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-6)
    moved = [np.abs(w - start).max() for w, start in zip(by_hand, network.weights(), strict=True)]
    assert min(moved) > 0.001


@pytest.mark.parametrize("network", [*NETWORKS, Network((4, 6, 3), last="linear")], ids=by_name)
def test_prediction_by_hand_gives_what_predict_gives(network):
    x, _ = network.data(100)
    (by_hand,) = hand.predictors(network, network.weights(), x).values()
    outputs = by_hand()
    np.testing.assert_allclose(tiny.make(network, network.weights()).predict(x), outputs, rtol=1e-5)
    worker.check_outputs(network, network.weights(), x, outputs)


def test_a_peer_that_computes_something_else_is_found_out():
    network = NETWORKS[0]
    x, y = network.data(32)
    with pytest.raises(AssertionError):
        worker.check_outputs(network, network.weights(), x, np.full((32, 1), 0.5))
    model = tiny.make(network, network.weights())
    model.compile(keras.optimizers.Adam(0.002), "binary_crossentropy")

    def train(x, y, epochs):
        return model.fit(x, y, 32, epochs, verbose=0).history["loss"]

    with pytest.raises(AssertionError):
        worker.check_training(network, network.weights(), x, y, 32, train)


def test_the_slope_is_the_exponent():
    points = [(size, 3e-6 * size**2) for size in (1, 2, 4, 8, 16)]
    assert report.slope(points) == pytest.approx(2)


def test_the_program_measures_reports_and_saves(tmp_path):
    works = ["import", "load", "one-predict", "fit-tiny"]
    command = [sys.executable, "-m", "benchmarks", "--quick", "--rounds", "1", "--only", *works]
    command += ["--peers", "tinyneuron", "hand", "matmul", "--save", str(tmp_path)]
    paths = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == (tmp_path / "table.md").read_text()
    assert "OMP_NUM_THREADS=1" in done.stdout
    assert "Left out" not in done.stdout
    lines = done.stdout.splitlines()
    results = json.loads((tmp_path / "results.json").read_text())
    assert len(results["works"]) == len(works)
    for work in results["works"]:
        for name, measured in work["peers"].items():
            assert len(measured["seconds"]) == 1
            assert any(
                line.startswith(f"| {work['title']} | {results['titles'][name]} |")
                for line in lines
            )
    assert set(results["works"][-1]["peers"]) == {"tinyneuron", "hand", "matmul"}
    assert (tmp_path / "times.png").stat().st_size > 10_000


def test_the_options_are_explained():
    command = [sys.executable, "-m", "benchmarks", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for option in ("--quick", "--only", "--peers", "--rounds", "--save", "keras-tensorflow"):
        assert option in done.stdout
