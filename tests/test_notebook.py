"""The lab's notebook: it is the lab's page, and it runs from its first cell to its last."""

import ast
import contextlib
import io
import json
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

import tinyneuron as keras

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "docs"))

from make_notebook import NOTEBOOK, PAGE, as_notebook  # noqa: E402


@pytest.fixture
def cells():
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    return notebook["cells"]


def test_it_is_made_from_the_page():
    assert NOTEBOOK.read_text("utf-8") == as_notebook(PAGE.read_text("utf-8"))


def test_it_runs_and_prints_what_it_shows(cells):
    keras.utils.clear_session()
    plt.close("all")  # whatever another test left open
    namespace, drawn = {}, 0
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        shown = cell["outputs"][0] if cell["outputs"] else {"text": []}
        if shown.get("output_type") == "error":
            with pytest.raises(Exception, match=r".") as raised:
                run(cell, namespace)
            assert type(raised.value).__name__ == shown["ename"]
            assert words(str(raised.value)) == words(shown["evalue"])
        else:
            assert words(run(cell, namespace)) == words("".join(shown["text"]))
        drawn += len(plt.get_fignums())
        plt.close("all")
    assert drawn == 4
    assert namespace["model"].predict([[0.0]]).round(2) == 0.01


def run(cell, namespace):
    """Run a cell; return what it prints, and its last expression as a notebook shows it."""
    *statements, last = ast.parse("".join(cell["source"])).body
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(ast.Module(statements, []), "cell", "exec"), namespace)
        exec(compile(ast.Interactive([last]), "cell", "single"), namespace)
    return printed.getvalue()


def words(text):
    return text.split()
