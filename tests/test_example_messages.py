"""What the examples say where pictures are not asked for, or cannot be drawn."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
QUICK = ["neurons_and_layers.py", "coffee_roasting_by_hand.py"]


def run(name, *arguments, without=None, backend="Agg"):
    hide = f"sys.modules[{without!r}] = None; " if without else ""
    code = (
        f"import os, runpy, sys; os.environ['MPLBACKEND'] = {backend!r}; {hide}"
        f"sys.argv = {[name, *arguments]!r}; "
        f"runpy.run_path({str(EXAMPLES / name)!r}, run_name='__main__')"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


@pytest.mark.parametrize("name", QUICK)
def test_without_a_picture_they_say_how_to_see_them(name):
    done = run(name)
    assert done.returncode == 0
    assert "--save DIR saves them, --show opens windows." in done.stdout


@pytest.mark.parametrize("name", [*QUICK, "playground.py"])
def test_show_without_a_display_is_an_error_that_says_so(name):
    done = run(name, "--show")
    assert done.returncode == 1
    assert "There is no display to show" in done.stderr
    assert "--save DIR" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "without", "extra"),
    [
        ("neurons_and_layers.py", "matplotlib", '".[plot]"'),
        ("playground.py", "matplotlib", '".[plot]"'),
        ("predict_at_scale.py", "dask", '".[plot,scale]"'),
        ("grid_search.py", "sklearn", '".[plot,sklearn]"'),
    ],
)
def test_a_missing_extra_is_an_error_that_names_it(name, without, extra, tmp_path):
    done = run(name, "--save", str(tmp_path), without=without)
    assert done.returncode == 1
    assert f"pip install -e {extra}" in done.stderr
    assert "Traceback" not in done.stderr
    assert f"pip install -e {extra}" in (EXAMPLES / "README.md").read_text("utf-8")
