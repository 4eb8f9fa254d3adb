"""The pages: their Python prints what they show, their links lead somewhere, their quotes hold."""

import ast
import doctest
import functools
import importlib
import inspect
import re
import textwrap
from pathlib import Path

import matplotlib as mpl
import pytest

import call_tables

mpl.use("Agg")
import matplotlib.pyplot as plt

import tinyneuron as keras

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
MORE_PAGES = [ROOT / "CHANGELOG.md", ROOT / "examples" / "README.md"]
LINKED = PAGES + [page for page in MORE_PAGES if page.exists()]

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(r"\[`([^`]+)`\]\(([^)\s]+\.py)\)")  # [`Dense.call`](../src/.../dense.py)
QUOTE = re.compile(r'^```py title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`]+)`")
#: What pages may quote. Other modules may move without a page breaking: those are told and linked.
FORMULAS = re.compile(
    r"examples/hundred_lines|src/tinyneuron/(activations/|losses/|layers/(dense|chain)"
    r"|optimizers/(rules|more_rules|schedules)|regularizers|_training/step)"
)
API = sorted(path for path in (ROOT / "docs" / "api").glob("*.md") if path.stem != "index")


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
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", FENCED.sub("", page.read_text("utf-8")))
    lines = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines]


def test_readme_has_the_two_commands():
    """One for the lab, one for the tests, each in a block of its own."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lab, tests = re.findall(r"^```sh\n(.*)\n```$", readme, re.MULTILINE)
    assert lab.endswith("examples/neurons_and_layers.py --save pictures")
    assert tests.endswith("-m pytest -n auto")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_a_link_names_is_in_the_file_that_it_leads_to(page):
    """The site makes such a link lead to the line, so pages need no line numbers."""
    for name, target in NAMED.findall(page.read_text(encoding="utf-8")):
        path = (page.parent / target).resolve().relative_to(ROOT / "src").with_suffix("")
        module = importlib.import_module(".".join(path.parts).removesuffix(".__init__"))
        thing = functools.reduce(getattr, name.split("."), module)
        if hasattr(thing, "__module__") and not isinstance(thing, property):
            assert thing.__module__ == module.__name__, f"{name} is in {thing.__module__}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_counts_lines(page):
    """A line number would be wrong with the next change above it."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    assert not re.findall(r"\.py(?::|#L)\d+", text)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_quoted_blocks_are_in_the_source(page):
    for name, block in QUOTE.findall(page.read_text(encoding="utf-8")):
        assert FORMULAS.match(name), f"{name} is no module of formulas"
        source = (ROOT / name).read_text(encoding="utf-8")
        assert holds(source, block), f"{name} has no longer:\n{block}"


def holds(source, block):
    """Say whether the block's lines stand together in the source, however far indented."""
    return any("\n" + textwrap.indent(block, indent * " ") in source for indent in range(0, 21, 4))


def test_a_quote_that_is_not_in_the_source_is_found():
    assert holds("def f():\n    a = 1\n    b = 2\n", "a = 1\nb = 2\n")
    assert not holds("def f():\n    a = 1\n    b = 2\n", "a = 1\nb = 3\n")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_lines_quoted_in_tables_are_in_the_source(page):
    """Of tables with a column "the line": its file is linked in the heading or in the row."""
    for header, rows in tables(page):
        columns = [i for i, cell in enumerate(header) if cell.startswith("the line")]
        for row in rows if columns else ():
            targets = LINK.findall(header[columns[0]]) or LINK.findall(" ".join(row))
            files = [page.parent / target.partition("#")[0] for target in targets]
            files = [file.resolve() for file in files if file.suffix == ".py"]
            assert all(FORMULAS.match(file.relative_to(ROOT).as_posix()) for file in files), row
            source = "".join(file.read_text("utf-8") for file in files)
            assert source, f"no file is linked for {row}"
            for line in CODE.findall(row[columns[0]]):
                assert line in source, f"{[str(file) for file in files]}: {line}"


def tables(page):
    """Yield each table of a page: the cells of its heading, and of its rows."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [
            [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in table.splitlines()
        ]
        yield rows[0], rows[2:]


@pytest.mark.parametrize("page", API, ids=name_of)
def test_the_reference_has_every_public_name(page):
    """Classes and functions of the module, but for other names of what is there already."""
    text = page.read_text(encoding="utf-8")
    module = importlib.import_module(re.search(r"^::: (\S+)", text, re.MULTILINE)[1])
    named = set(re.search(r" members: \[(.*?)\]", text, re.DOTALL)[1].replace(",", " ").split())
    exported = set(getattr(module, "__all__", ()))
    public = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and (inspect.isclass(value) or inspect.isfunction(value))
        if name in exported or value.__module__ == module.__name__
        if name == value.__name__
    }
    functions_of_classes = {name for name in public if hasattr(vars(module)[name], "loss_class")
                            and not inspect.isclass(vars(module)[name])}  # fmt: skip
    assert named == public - functions_of_classes


def test_the_reference_has_every_public_module():
    stems = {page.stem for page in API}
    public = {name for name in keras.__all__ if inspect.ismodule(getattr(keras, name))}
    assert public - {"backend"} <= stems  # `backend` is other names for what is in `config`


def test_each_word_of_the_glossary_leads_to_a_page_and_to_the_source():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = text.split("\n### ")[1:]
    titles = [word.partition("\n")[0] for word in words]
    assert titles == sorted(titles, key=str.lower)
    for word in words:
        assert re.search(r"\]\([^)]+\.md(#[^)]+)?\)", word), word
        assert NAMED.search(word), word


def test_the_front_page_leads_to_every_page():
    front = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    linked = {target.partition("#")[0] for target in LINK.findall(front)}
    assert {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"} <= linked


def test_the_tables_of_calls_are_those_that_python_makes():
    """After a change of the functions on the way: python tools/call_tables.py."""
    assert call_tables.PAGE.read_text(encoding="utf-8") == call_tables.page()


def test_the_house_imports_one_way_as_its_page_draws_it():
    table = next(tables(ROOT / "docs" / "house.md"))[1]
    floor = {room: i for i, row in enumerate(table) for room in CODE.findall(row[0])}
    source = ROOT / "src" / "tinyneuron"
    rooms = {path.stem for path in source.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert set(floor) == rooms - {"__init__", "__pycache__"}
    for file in source.rglob("*.py"):
        own = file.relative_to(source).parts[0].removesuffix(".py")
        for room in imported_rooms(file) - {own} if own != "__init__" else ():
            assert floor[room] < floor[own], f"{file} imports {room}"


def imported_rooms(file):
    """Return the folders and modules that a file imports, early, late or for types alone."""
    rooms = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            names = [alias.name for alias in getattr(node, "names", []) if hasattr(alias, "asname")]
        rooms |= {name.split(".")[1] for name in names if name.startswith("tinyneuron.")}
    return rooms


def test_nothing_says_that_pip_finds_the_library_by_its_name():
    """It is not on an index: a checkout is installed, and messages name the package that lacks."""
    files = [*LINKED, *(ROOT / "src").rglob("*.py"), *(ROOT / "examples").glob("*.py")]
    assert not [file for file in files if "pip install tinyneuron" in file.read_text("utf-8")]
