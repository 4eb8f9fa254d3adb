"""The package as a whole: what importing it costs, and what it promises."""

import ast
import inspect
import subprocess
import sys

import pytest

import tinyneuron
from tinyneuron import backend, layers, utils


def run(code):
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_importing_it_imports_nothing_heavy_and_what_is_asked_for_later():
    heavy = [
        *(f"tinyneuron.{name}" for name in tinyneuron.__all__), "tinyneuron._training",
        "matplotlib", "json", "random", "inspect_", "numpy.random", "difflib", "dataclasses",
        "urllib", "urllib.request", "hashlib", "gzip", "zipfile", "pickle", "http.client",
        "tinyneuron._download", "tinyneuron._common.keras_names",
    ]  # fmt: skip
    loaded = run(
        "import sys, numpy; before = set(sys.modules)\n"  # an old NumPy imports some of them
        f"import tinyneuron; print([m for m in {heavy} if m in set(sys.modules) - before])\n"
        "tinyneuron.datasets.mnist.load_data, tinyneuron.utils.get_file\n"
        "print([m for m in ['tinyneuron._download', 'urllib.request'] if m in sys.modules])\n"
        "print(tinyneuron.plotting.__name__)"
    )
    assert loaded.splitlines() == ["[]", "[]", "tinyneuron.plotting"]


def test_type_checkers_and_dir_see_what_is_imported_when_asked_for():
    top = ast.parse(inspect.getsource(tinyneuron)).body
    block = next(node for node in top if ast.unparse(node).startswith("if TYPE_CHECKING:"))
    seen = [alias.name for node in block.body for alias in node.names]
    assert sorted(seen) == sorted([*tinyneuron.__all__, "plotting", "wrappers"])
    code = "import sys; sys.modules['matplotlib'] = None; import tinyneuron; print(dir(tinyneuron))"
    without = ast.literal_eval(run(code))
    assert {*tinyneuron.__all__, "__version__"} <= {*without}
    assert "plotting" not in without


def test_all_ways_to_import_a_name_give_the_same():
    printed = run(
        "from tinyneuron import *\n"
        "import importlib, pydoc, sys, tinyneuron, tinyneuron.layers\n"
        "assert {*tinyneuron.__all__} <= {*globals()}, 'import *'\n"
        "assert not {'tinyneuron.plotting', 'tinyneuron.wrappers'} & {*sys.modules}\n"
        "assert tinyneuron.Layer is tinyneuron.layers.Layer is layers.Layer is Layer\n"
        "importlib.reload(importlib.reload(tinyneuron).layers)\n"
        "assert tinyneuron.Sequential is Sequential\n"
        "sequential = tinyneuron.layers.serialize(Sequential(name='inner'))\n"
        "print(tinyneuron.layers.deserialize(sequential))\n"
        "print(sum('Missing' in str(finder) for finder in sys.meta_path))\n"
        "sys.modules['matplotlib'] = None\n"
        "print('Sequential' in pydoc.plain(pydoc.render_doc(tinyneuron)))\n"
    )
    assert printed.splitlines() == ["<Sequential name=inner, built=False>", "1", "True"]


def test_threads_may_ask_for_names_at_the_same_time():
    printed = run(
        "import sys, threading, tinyneuron\n"
        "sys.setswitchinterval(1e-6)\n"
        "start = threading.Barrier(len(tinyneuron.__all__))\n"
        "threading.excepthook = lambda failed: print(failed.exc_value)\n"
        "def ask(name):\n    start.wait(); exec(f'from tinyneuron import {name}')\n"
        "threads = [threading.Thread(target=ask, args=[name]) for name in tinyneuron.__all__]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
    )
    assert printed == ""


def test_without_matplotlib_the_error_says_what_to_install():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "try:\n    import tinyneuron.plotting\n"
        "except ImportError as error:\n    print(error)"
    )
    assert "pip install matplotlib" in run(code)


def test_every_public_name_is_there():
    for name in tinyneuron.__all__:
        assert getattr(tinyneuron, name) is not None


@pytest.mark.parametrize("module", [tinyneuron, backend, utils, layers])
def test_every_name_that_is_announced_is_there(module):
    assert all(hasattr(module, name) for name in module.__all__)


@pytest.mark.parametrize(("wrong", "near"), [("sequental", "Sequential"), ("layrs", "layers")])
def test_a_missing_name_is_answered_with_the_nearest(wrong, near):
    with pytest.raises(AttributeError, match=f"tinyneuron has no '{wrong}'.*Did you mean '{near}'"):
        getattr(tinyneuron, wrong)


def test_a_missing_name_without_neighbours_lists_what_there_is():
    with pytest.raises(AttributeError, match=r"not all of Keras\. Known names: .*Sequential"):
        _ = tinyneuron.qqqq


def test_plotting_is_imported_when_asked_for():
    pytest.importorskip("matplotlib")
    assert tinyneuron.plotting.__name__ == "tinyneuron.plotting"
