"""What the examples say where pictures are not asked for, or something is missing."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import tinyneuron

EXAMPLES = Path(__file__).parents[1] / "examples"
NO_PICTURES = {"hundred_lines.py", "predict_from_keras.py"}
DRAWING = sorted({program.name for program in EXAMPLES.glob("[!_]*.py")} - NO_PICTURES)


@pytest.fixture
def refusal(monkeypatch):
    """Run an example, and return what it ends with: a message, so that the exit is non-zero."""

    def refusal(name, *arguments):
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        assert isinstance(ended.value.code, str)
        return ended.value.code

    return refusal


@pytest.mark.parametrize("name", ["neurons_and_layers.py", "coffee_roasting_by_hand.py"])
def test_from_any_folder_and_without_a_picture_they_say_how_to_see_them(name, tmp_path):
    done = subprocess.run(
        [sys.executable, EXAMPLES / name],
        capture_output=True, text=True, check=True, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(tinyneuron.__file__).parents[1])},
    )  # fmt: skip
    how = "To see the pictures: --save DIR saves them, --show opens windows.\n"
    assert done.stdout.index(how) < done.stdout.index("\nLook at: ")


@pytest.mark.parametrize("name", DRAWING)
def test_show_without_a_display_is_refused_before_the_work(name, refusal, capsys):
    said = refusal(name, "--show")
    assert said == "There is no display to show pictures on: --save DIR saves them."
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", DRAWING)
def test_without_matplotlib_pictures_are_refused_before_the_work(
    name, refusal, monkeypatch, capsys, tmp_path
):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    said = refusal(name, "--save", str(tmp_path))
    assert "matplotlib" in said
    assert said.endswith('It comes with pip install -e ".[plot]"')
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("name", "without", "extra"),
    [
        ("predict_at_scale.py", "dask", '".[plot,scale]"'),
        ("grid_search.py", "sklearn", '".[plot,sklearn]"'),
    ],
)
def test_a_missing_extra_is_named_as_the_readme_names_it(
    name, without, extra, refusal, monkeypatch
):
    monkeypatch.setitem(sys.modules, without, None)
    said = refusal(name)
    assert without in said
    assert said.endswith(f"It comes with pip install -e {extra}")
    assert f"pip install -e {extra}" in (EXAMPLES / "README.md").read_text("utf-8")
