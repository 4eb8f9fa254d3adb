"""Types as a user's type checker sees them: right programs pass, slips are found."""

import subprocess
import sys
from pathlib import Path

import pytest

from tinyneuron import activations, initializers, losses, optimizers
from tinyneuron._common import types

PROGRAMS = Path(__file__).parent / "packaging"
SOURCE = Path(__file__).parents[1] / "src"


def test_right_programs_pass_and_in_another_each_mistake_is_found_and_no_other_line(tmp_path):
    pytest.importorskip("mypy")
    right = [PROGRAMS / "user_program.py", PROGRAMS / "keras_program.py"]
    mistaken = PROGRAMS / "mistaken_program.py"
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent",
         f"--cache-dir={tmp_path}", *right, mistaken],
        capture_output=True, text=True, env={"MYPYPATH": str(SOURCE), "PYTHONPATH": str(SOURCE)},
    )  # fmt: skip
    assert "(checked 3 source files)" in done.stdout
    errors = [line.split(":")[:2] for line in done.stdout.splitlines() if "error:" in line]
    lines = enumerate(mistaken.read_text(encoding="utf-8").splitlines(), 1)
    marked = {number for number, line in lines if line.endswith("# mistake")}
    assert {Path(name).name for name, _ in errors} == {"mistaken_program.py"}
    assert {int(number) for _, number in errors} == marked


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
