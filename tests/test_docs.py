"""The pages: their Python runs and prints what they show, and their links lead somewhere."""

import doctest
import re
from pathlib import Path

import matplotlib as mpl
import pytest

mpl.use("Agg")
import matplotlib.pyplot as plt

import tinyneuron as keras

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
MORE_PAGES = [ROOT / "CHANGELOG.md", ROOT / "examples" / "README.md"]
LINKED = PAGES + [page for page in MORE_PAGES if page.exists()]

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def name_of(page):
    return str(page.relative_to(ROOT))


@pytest.fixture
def fresh_state(tmp_path, monkeypatch):
    """Start names over, without open figures, in an empty directory; put the dtype back."""
    keras.utils.clear_session()
    plt.close("all")
    monkeypatch.chdir(tmp_path)
    floatx = keras.config.floatx()
    yield
    plt.close("all")
    keras.config.set_floatx(floatx)


@pytest.mark.usefixtures("fresh_state")
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_python_blocks(page):
    text = page.read_text(encoding="utf-8")
    namespace = {"__name__": page.stem}
    report = []
    for match in BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if ">>>" not in match[1]:
            exec(compile("\n" * line + match[1], str(page), "exec"), namespace)
            continue
        # `globs` copies its dictionary; what the block defined is for the next one
        test = doctest.DocTestParser().get_doctest(match[1], namespace, page.name, str(page), line)
        runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
        runner.run(test, out=report.append, clear_globs=False)
        namespace = test.globs
    assert not report, "".join(report)


@pytest.mark.parametrize("page", LINKED, ids=name_of)
def test_links_lead_somewhere(page):
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):  # elsewhere on the web
            continue
        path, _, heading = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.is_relative_to(ROOT), target
        assert file.exists(), target
        if heading:
            assert heading in headings(file), target


def headings(page):
    """Names that a page's headings have in links: lower case, hyphens, no punctuation."""
    lines = re.findall(r"^#+ (.*)$", FENCED.sub("", page.read_text("utf-8")), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines]


def test_readme_has_the_two_commands():
    """One for the lab, one for the tests, each in a block of its own."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lab, tests = re.findall(r"^```sh\n(.*)\n```$", readme, re.MULTILINE)
    assert lab.endswith("examples/neurons_and_layers.py --save pictures")
    assert tests.endswith("-m pytest")
