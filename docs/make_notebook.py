"""Make the lab's notebook from its page: the same text, the same code, the same outputs.

python docs/make_notebook.py
"""

import doctest
import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "lab.md"
NOTEBOOK = ROOT / "examples" / "neurons_and_layers.ipynb"

PART = re.compile(r"^```python\n(?P<code>.*?)^```$|^!\[[^\]]*\]\((?P<picture>\S*)\)$", re.M | re.S)

# Where the page shows a picture, the notebook draws it.
PICTURES = {
    "1_houses": "plotting.plot_points(X_train, Y_train)",
    "2_linear": "plotting.plot_regression(X_train, Y_train, prediction_layer, label='layer')",
    "3_tumors": "plotting.plot_classes(X_train, Y_train, labels=['benign', 'malignant'])",
    "4_logistic": "plotting.plot_decision(model, X_train, Y_train)",
}


def main():
    """Write the notebook."""
    NOTEBOOK.write_text(as_notebook(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {NOTEBOOK.relative_to(ROOT)}")


def as_notebook(page):
    """Return the page as a notebook of format 4.5."""
    cells = list(cells_of(page))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    about = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook = {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def cells_of(page):
    """Yield text cells, and code cells that each end with at most one output."""
    end = 0
    for part in PART.finditer(page):
        yield from text_cell(page[end : part.start()])
        end = part.end()
        if part["picture"]:
            yield code_cell(f"from tinyneuron import plotting\n\nax = {drawing(part['picture'])}")
        else:
            yield from code_cells(part["code"])
    yield from text_cell(page[end:])


def drawing(picture):
    """Return the line of code that draws a picture of the page."""
    return next(code for name, code in PICTURES.items() if name in picture)


def text_cell(text):
    """Yield a cell of the text, if there is any, with the links as they are from examples/."""
    if text := text.strip():
        text = text.replace("](../examples/", "](")
        text = re.sub(r"\]\((\w+\.md)", r"](../docs/\1", text)
        yield {"cell_type": "markdown", "metadata": {}, "source": lines_of(text)}


def code_cells(code):
    """Cut a block of examples after each output."""
    source = ""
    for example in doctest.DocTestParser().get_examples(code):
        source += example.source
        if example.want:
            yield code_cell(source, example.want, example.exc_msg)
            source = ""
    if source:
        yield code_cell(source)


def code_cell(source, want="", error=None):
    """Return a cell of code with its output: a value, what it prints, or an error."""
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": lines_of(source),
    }
    if error:
        name, _, message = error.strip().partition(": ")
        cell["metadata"]["tags"] = ["raises-exception"]
        traceback = lines_of(error)
        cell["outputs"] = [
            {"output_type": "error", "ename": name, "evalue": message, "traceback": traceback}
        ]
    elif want:
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": lines_of(want)}]
    return cell


def lines_of(text):
    """Cut text as a notebook keeps it: in lines, the last one without its end."""
    return text.rstrip("\n").splitlines(keepends=True)


if __name__ == "__main__":
    main()
