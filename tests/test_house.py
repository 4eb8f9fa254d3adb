"""The house: files that know of each other in one direction only, and stay short."""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
FILES = sorted((SOURCE / "tinyneuron").rglob("*.py"))


def module_of(path):
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in FILES}


def imported(path):
    """Modules of the library that a file imports: at its top, within functions, for types alone."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def test_imports_run_one_way():
    graph = {module: set(imported(path)) for module, path in MODULES.items()}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"these files know of each other: {error.args[1]}")
    assert not any("tinyneuron" in names for names in graph.values())  # it is above all others


def folder_of(module):
    return ".".join(module.split(".")[:2])


def test_folders_know_of_each_other_one_way():
    graph = {}
    for module, path in MODULES.items():
        own = folder_of(module)
        others = {folder_of(name) for name in imported(path)} - {own}
        graph.setdefault(own, set()).update(others)
    graph["tinyneuron"].discard("tinyneuron")
    list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_a_folder_is_imported_before_its_files(path):
    """One thread may be importing the folder, whose file would wait for it, and it for the file."""
    imports = [node for node in ast.walk(ast.parse(path.read_text("utf-8")))
               if isinstance(node, ast.ImportFrom) and (node.module or "") in MODULES]  # fmt: skip
    imported_before = {"tinyneuron", folder_of(module_of(path))}
    imported_before |= {"tinyneuron._common", "tinyneuron._training"}  # which import no files
    for node in sorted(imports, key=lambda node: node.lineno):
        assert folder_of(node.module) in imported_before | {node.module}, node.module
        inner = {f"{node.module}.{alias.name}" for alias in node.names}
        imported_before |= {node.module} | (inner if node.module == "tinyneuron" else set())


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_files_are_short(path):
    assert len(path.read_text("utf-8").splitlines()) <= 450


READING = Path(__file__).parents[1] / "docs" / "reading.md"


def lines_of_code(source):
    """Count the lines that are no comment, no docstring and not blank."""
    documentation = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            documentation |= {*range(node.body[0].lineno, node.body[0].end_lineno + 1)}
    lines = enumerate(source.splitlines(), 1)
    return sum(line.strip()[:1] not in ("", "#") for i, line in lines if i not in documentation)


def test_lines_of_code_are_counted_without_words():
    source = '"""A page\n\nof words."""\n\n# and more\nx = 1\ndef f():\n    "Words"\n    return x\n'
    assert lines_of_code(source) == 3


def test_what_is_read_in_two_evenings_is_short():
    """The files that the steps of docs/reading.md lead to, before its table of questions."""
    steps, questions = READING.read_text("utf-8").split("## When a question leads there")
    files = {*re.findall(r"\]\(\.\./(src/[^)]+\.py)\)", steps)}
    assert len(files) > 10
    assert questions
    root = READING.parents[1]
    assert sum(lines_of_code((root / file).read_text("utf-8")) for file in files) <= 1500


def test_what_all_the_rest_uses_knows_of_nothing_else():
    for path in (SOURCE / "tinyneuron" / "_common").glob("*.py"):
        assert all(name.startswith("tinyneuron._common") for name in imported(path)), path
