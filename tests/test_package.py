"""The package as a whole: what importing it costs, and what it promises."""

import subprocess
import sys

import pytest

import tinyneuron
from tinyneuron import backend, layers, utils


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_importing_it_imports_nothing_heavy_and_what_is_asked_for_later():
    heavy = [
        "matplotlib", "json", "random", "inspect_", "numpy.random", "difflib", "dataclasses",
        "urllib", "urllib.request", "hashlib", "gzip", "zipfile", "pickle", "http.client",
        "tinyneuron.datasets", "tinyneuron._download", "tinyneuron._common.keras_names",
    ]  # fmt: skip
    loaded = run(
        "import sys, numpy; before = set(sys.modules)\n"  # an old NumPy imports some of them
        f"import tinyneuron; print([m for m in {heavy} if m in set(sys.modules) - before])\n"
        "tinyneuron.datasets.mnist.load_data, tinyneuron.utils.get_file\n"
        "print([m for m in ['tinyneuron._download', 'urllib.request'] if m in sys.modules])\n"
        "print(tinyneuron.plotting.__name__)"
    )
    assert loaded.splitlines() == ["[]", "[]", "tinyneuron.plotting"]


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
