"""Every optimizer with every loss trains as Keras does, step by step, as Keras recorded it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

import tinyneuron
from trajectories import EXTRAS, LOSSES, OPTIMIZERS, STEPS, cases, run

DATA = Path(__file__).parent / "data"
TOLERANCES = {"float32": 1e-5, "float64": 1e-10}  # relative, and of the largest number there is


def error(ours, keras):
    """Return the largest difference, as a share of each number and of the largest together."""
    allowed = np.abs(keras) + np.abs(keras).max()
    return np.max(np.abs(ours - keras) / allowed)


def differences(names, dtype):
    """Train every case; return what is further from Keras than rounding."""
    found = {}
    with np.load(DATA / f"trajectories_{dtype}.npz") as recorded:
        for case in names:
            for what, ours in zip(
                ("results", "weights"), run(tinyneuron, case, dtype), strict=True
            ):
                keras = np.asarray(recorded[f"{case}/{what}"], np.float64)
                assert ours.shape == keras.shape, case
                assert len(ours) == STEPS
                if not (worst := error(ours, keras)) <= TOLERANCES[dtype]:
                    found[f"{case}/{what}"] = float(worst)
    return found


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_loss_trains_as_in_keras(optimizer, dtype):
    """Each pair in one dtype, each optimizer and each loss in both; with many examples, all."""
    every_other = 2 if settings().max_examples < 100 else 1
    first = list(OPTIMIZERS).index(optimizer) + list(TOLERANCES).index(dtype)
    losses = list(LOSSES)[first % every_other :: every_other]
    assert differences([f"{optimizer}-{loss}" for loss in losses], dtype) == {}


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("extra", EXTRAS)
def test_penalties_constraints_and_weights_count_as_in_keras(extra, dtype):
    assert differences([f"adam-mse-{extra}"], dtype) == {}


@pytest.mark.parametrize("dtype", TOLERANCES)
def test_every_recorded_case_is_one_of_these(dtype):
    with np.load(DATA / f"trajectories_{dtype}.npz") as recorded:
        names = {name.split("/")[0] for name in recorded.files} - {"versions"}
    assert names == set(cases())


def test_a_step_that_is_wrong_is_found():
    keras = np.ones((3, 2))
    ours = keras.copy()
    ours[2, 1] += 1e-4
    assert error(ours, keras) > TOLERANCES["float32"]
