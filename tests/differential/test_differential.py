"""Random models give the numbers in tinyneuron that they give in Keras and in PyTorch.

A failure names the model, as in `draw(17, "keras"), trial 2`. In this directory, with `draw` from
`cases`, that is it: `draw(17, "keras")` prints the model and its training, and
`in_tinyneuron.train(draw(17, "keras"), 2, "float64")` trains it.
"""

import importlib
import os
import pickle
import subprocess
import sys
from pathlib import Path

import in_tinyneuron
import numpy as np
import pytest
from cases import draw
from compare import QUANTITIES, TOLERANCES, Results, compare, distance, table

IN_KERAS = Path(__file__).with_name("in_keras.py")
# How many cases, and how many trials of each: Keras on JAX compiles once for a case.
MODELS = {"torch": (1500, 1), "keras-jax": (128, 4), "keras-numpy": (600, 1)}


def trials(peer):
    """Yield seed, trial, case and dtype of all that is run."""
    cases, each = MODELS[peer]
    for seed in range(cases):
        for trial in range(each):
            for dtype in TOLERANCES:
                yield seed, trial, draw(seed, peer.split("-")[0]), dtype


def run_in_torch():
    train = importlib.import_module("in_torch").train
    return {(seed, n, dtype): train(case, n, dtype) for seed, n, case, dtype in trials("torch")}


def run_in_keras(peer, file):
    environment = os.environ | {
        "KERAS_BACKEND": peer.removeprefix("keras-"),
        "JAX_ENABLE_X64": "1",
        # a model is compiled for a few short steps: what is compiled fast is done soonest
        "XLA_FLAGS": "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true "
        "--xla_cpu_use_fusion_emitters=false",
    }
    command = [sys.executable, IN_KERAS, *map(str, MODELS[peer]), file]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return pickle.loads(file.read_bytes())


def run_here(peer, case, trial, dtype):
    run = in_tinyneuron.call if peer == "keras-numpy" else in_tinyneuron.train
    try:
        return run(case, trial, dtype)
    except Exception as error:
        error.add_note(f"in trial {trial}, in {dtype}, of {case}")
        raise


@pytest.fixture(scope="session", params=MODELS)
def compared(request, tmp_path_factory, comparisons):
    """Everything that a peer is compared in."""
    peer = request.param
    if peer == "torch":
        theirs = run_in_torch()
    else:
        theirs = run_in_keras(peer, tmp_path_factory.mktemp(peer) / "results.pickle")
    found = []
    for seed, trial, case, dtype in trials(peer):
        model = f'draw({seed}, "{peer.split("-")[0]}"), trial {trial}'
        ours = run_here(peer, case, trial, dtype)
        of_peer = theirs[seed, trial, dtype], theirs[seed, trial, "float64"]
        found += compare(peer, model, dtype, ours, *of_peer)
    comparisons += found
    return found


@pytest.mark.parametrize("dtype", TOLERANCES)
def test_the_numbers_are_the_peers(compared, dtype):
    own = [comparison for comparison in compared if comparison.dtype == dtype]
    assert own
    assert [comparison for comparison in own if not comparison.passes] == []


def test_every_quantity_was_compared(comparisons):
    assert {comparison.quantity for comparison in comparisons} == set(QUANTITIES)


# Would a mistake be found? ----------------------------------------------------------------------

RIGHT = Results(forward=np.ones(3), loss=np.array(2.0), gradient=[np.ones(2), np.zeros(1)])


def verdicts(ours, theirs=RIGHT, dtype="float64"):
    return {c.quantity: c.passes for c in compare("peer", "model", dtype, ours, theirs, RIGHT)}


@pytest.mark.parametrize(("dtype", "tolerance"), TOLERANCES.items())
def test_a_gradient_that_is_a_little_wrong_is_found(dtype, tolerance):
    for off, passes in ((0.5, True), (2, False)):
        ours = Results(RIGHT.forward, RIGHT.loss, [np.array([1, 1 + off * tolerance]), np.zeros(1)])
        assert verdicts(ours, dtype=dtype) == {"forward": True, "loss": True, "gradient": passes}


def test_what_the_peer_rounds_is_compared_with_its_float64():
    rounded = Results(loss=np.array(2.001))
    assert verdicts(RIGHT, rounded, "float32") == {"loss": True}
    assert verdicts(Results(loss=np.array(2.003)), rounded, "float32") == {"loss": True}
    assert verdicts(Results(loss=np.array(2.1)), rounded, "float32") == {"loss": False}


def test_a_step_counts_as_a_share_of_its_array_and_no_number_is_far_from_all():
    steps = [[np.array([100.0, 1.0])], [np.array([10.0, 1.0])]]
    assert distance([steps[0], [np.array([10.0, 1.5])]], steps) == pytest.approx(0.05)
    assert distance(np.array([np.nan, 1.0]), np.array([1.0, 1.0])) == np.inf
    assert distance(np.array([np.nan, 1.0]), np.array([np.nan, 1.0])) == np.inf


def test_the_table_says_where_the_worst_is():
    found = []
    for model, off in (("good", 1e-12), ("better", 1e-13), ("bad", 1e-3)):
        found += compare("peer", model, "float64", Results(loss=2 + off), RIGHT, RIGHT)
    lines = list(table(c for c in found if c.quantity == "loss"))
    assert lines[1].split() == ["peer", "loss", "float64", "3", "5.0e-13", "good"]
    assert lines[2].strip() == "1 FAILED, the worst by 5.0e-04: bad"
