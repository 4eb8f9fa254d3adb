"""The lab as a program: it prints the lab's numbers and draws its four pictures."""

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"


def run(name, *arguments):
    command = [sys.executable, EXAMPLES / name, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_lab_prints_what_the_lab_prints_and_draws_four_pictures(tmp_path):
    printed = run("neurons_and_layers.py", "--save", str(tmp_path))
    for line in (
        "linear_layer.get_weights() = []",
        "[array([[200.]], dtype=float32), array([100.], dtype=float32)]",
        "[[300.]]\n[[300.]]",
        "L1 (Dense)                   (None, 1)                 2",
        "[array([[2.]], dtype=float32), array([-4.5], dtype=float32)]",
        "[[0.01]]\n[[0.01]]",
        "Total params: 2\nTrainable params: 2\nNon-trainable params: 0",
    ):
        assert line in printed
    pictures = sorted(tmp_path.glob("*.png"))
    assert len(pictures) == 4
    assert all(picture.stat().st_size > 10_000 for picture in pictures)


def test_the_lab_needs_no_matplotlib_to_print():
    hidden = "import sys, runpy; sys.modules['matplotlib'] = None; sys.argv = ['lab']; "
    code = (
        hidden + f"runpy.run_path({str(EXAMPLES / 'neurons_and_layers.py')!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[[300.]]" in done.stdout


def test_every_example_explains_its_options():
    for program in EXAMPLES.glob("*.py"):
        printed = run(program.name, "--help")
        for option in ("--save", "--show", "--seed"):
            assert option in printed, f"{program.name} lacks {option}"
