"""The examples run, print the course's numbers and draw their pictures."""

import os
import runpy
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

import made_datasets

EXAMPLES = Path(__file__).parent.parent / "examples"
MADE = made_datasets.made_files()
PLAIN = {"hundred_lines.py", "predict_from_keras.py"}  # these draw nothing, nor do they train


def run(name, *arguments):
    command = [sys.executable, EXAMPLES / name, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def run_here(monkeypatch, capsys):
    """Run a program as `run` does, in this process, which has imported what takes its time."""

    def run(name, *arguments):
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        ends = pytest.raises(SystemExit, match=r"^0$") if "--help" in arguments else nullcontext()
        with ends:
            runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        return capsys.readouterr().out

    yield run
    plt.close("all")


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
    path = f"sys.path[0] = {str(EXAMPLES)!r}; "
    code = f"{hidden}{path}runpy.run_module('neurons_and_layers', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[[300.]]" in done.stdout


def test_the_coffee_network_by_hand_gives_the_numbers_of_the_course(run_here):
    printed = run_here("coffee_roasting_by_hand.py")
    for line in (
        "the mean roast: 218.67 C, 13.43 min",
        "P(good) = 0.9719",
        "P(good) = 3.29e-08",
        "0.971930379  0.971930379  0.971930379",
        "3.28978702e-08  3.28978702e-08  3.28978702e-08",
        "z =   -8.9300 * (-0.4671)   input 0",
    ):
        assert line in printed


@pytest.mark.parametrize(
    ("name", "pictures"),
    [
        ("coffee_roasting_by_hand", ["_1_units"]),
        ("multiclass_relu", ["_1_units", "_2_regions"]),
        ("playground", ["_1_window"]),
        ("zero_or_one", ["_1_predictions", "_2_least_sure"]),
    ],
)
def test_quick_examples_end_with_what_to_try_and_save_their_pictures(
    name, pictures, tmp_path, run_here
):
    printed = run_here(f"{name}.py", "--save", str(tmp_path / "new"))
    assert printed.index("\nLook at: ") < printed.index("\nTry next: ")
    saved = sorted((tmp_path / "new").iterdir())
    assert [path.name for path in saved] == [f"{name}{picture}.png" for picture in pictures]
    for path in saved:
        assert f"saved {path}" in printed
        assert path.stat().st_size > 10_000


def mnist_with(tmp_path, files, *arguments):
    """Run the example with made files and without a network; return what came of it."""
    made_datasets.put(files, tmp_path)
    code = (
        "import sys, runpy\nfrom tinyneuron.datasets import _table\n"
        f"_table.BASE, _table.FILES = 'http://127.0.0.1:1/', {made_datasets.table_of(MADE)!r}\n"
        f"sys.argv, sys.path[0] = {['mnist.py', *map(str, arguments)]!r}, {str(EXAMPLES)!r}\n"
        f"runpy.run_path({str(EXAMPLES / 'mnist.py')!r}, run_name='__main__')"
    )
    environment = os.environ | {"KERAS_HOME": str(tmp_path)}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )


def test_mnist_is_learned_from_where_keras_keeps_it(tmp_path):
    """Made digits, that can be told apart."""
    mnist = {"mnist.npz": MADE["mnist.npz"]}
    done = mnist_with(tmp_path / "home", mnist, "--epochs", 3, "--save", tmp_path / "new")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Total params: 101,770" in done.stdout
    assert "100.00% of 300 are read right, 0 are not." in done.stdout
    assert done.stdout.index("\nLook at: ") < done.stdout.index("\nTry next: ")
    saved = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert saved == ["mnist_1_curves.png", "mnist_2_mistakes.png"]


def test_without_mnist_and_a_network_the_example_says_what_to_do(tmp_path):
    done = mnist_with(tmp_path, {})
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()[-1]
    assert said.startswith("No MNIST, so nothing to learn from: mnist.npz is not in ")
    assert said.endswith(f"put it there as {tmp_path / 'datasets' / 'mnist.npz'}.")


def test_a_grid_search_finds_that_adam_learns_the_moons(run_here, tmp_path):
    pytest.importorskip("sklearn")
    printed = run_here("grid_search.py", "--save", str(tmp_path))
    assert printed.count("he_normal") >= 9
    assert "'sgd'" not in printed.split("The best: ")[1]
    assert (tmp_path / "grid_search_1_accuracy.png").stat().st_size > 10_000


def test_every_example_explains_its_options(run_here):
    for program in EXAMPLES.glob("[!_]*.py"):
        if program.name in PLAIN:
            continue
        printed = run_here(program.name, "--help")
        for option in ("--save", "--show", "--seed"):
            assert option in printed, f"{program.name} lacks {option}"


def test_the_readme_shows_every_example_its_command_and_all_pictures():
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for program in [*EXAMPLES.glob("[!_]*.py"), *EXAMPLES.glob("*.ipynb")]:
        assert f"({program.name})" in readme
    for program in EXAMPLES.glob("[!_]*.py"):
        assert f"\npython examples/{program.name}" in readme
    for picture in (EXAMPLES / "pictures").iterdir():
        assert f"(pictures/{picture.name})" in readme
