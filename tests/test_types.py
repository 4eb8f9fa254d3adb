"""Types as a user's type checker sees them: right programs pass, slips are found."""

import subprocess
import sys
from pathlib import Path

import pytest

from tinyneuron import activations, initializers, losses, optimizers
from tinyneuron._common import types

PROGRAMS = Path(__file__).parent / "packaging"
SOURCE = Path(__file__).parents[1] / "src"


def mypy(program, tmp_path):
    pytest.importorskip("mypy")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent",
         f"--cache-dir={tmp_path}", PROGRAMS / program],
        capture_output=True, text=True, env={"MYPYPATH": str(SOURCE), "PYTHONPATH": str(SOURCE)},
    )  # fmt: skip
    return done.stdout


@pytest.mark.parametrize("program", ["user_program.py", "keras_program.py"])
def test_a_right_program_passes(tmp_path, program):
    assert "Success" in mypy(program, tmp_path)


def test_each_mistake_is_found_and_no_other_line(tmp_path):
    lines = (PROGRAMS / "mistaken_program.py").read_text(encoding="utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, 1) if line.endswith("# mistake")}
    errors = [
        line for line in mypy("mistaken_program.py", tmp_path).splitlines() if "error:" in line
    ]
    assert {int(line.split(":")[1]) for line in errors} == marked


@pytest.mark.parametrize(
    ("module", "names"),
    [
        (activations, types.ActivationName),
        (losses, types.LossName),
        (optimizers, types.OptimizerName),
        (initializers, types.InitializerName),
    ],
)
def test_every_name_in_the_types_is_known(module, names):
    for name in names.__args__:
        assert module.get(name) is not None
