"""The house: files that know of each other in one direction only, and stay short."""

import ast
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
def test_files_are_short(path):
    assert len(path.read_text("utf-8").splitlines()) <= 450


def test_what_all_the_rest_uses_knows_of_nothing_else():
    for path in (SOURCE / "tinyneuron" / "_common").glob("*.py"):
        assert all(name.startswith("tinyneuron._common") for name in imported(path)), path
