"""These tests need Keras 3, JAX and PyTorch, and minutes: they run only where they are asked for.

pip install keras jax torch
python -m pytest -o addopts= tests/differential
"""

import importlib.util
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PEERS = ("keras", "jax", "torch")
MISSING = [peer for peer in PEERS if importlib.util.find_spec(peer) is None]
COMPARISONS = pytest.StashKey[list]()


def asked_for(config):
    """Whether this directory, or a file in it, was named."""
    named = [Path(argument.split("::")[0]).resolve() for argument in config.args]
    return any(path == HERE or HERE in path.parents for path in named)


def pytest_ignore_collect(config):
    return True if MISSING or not asked_for(config) else None


@pytest.fixture(scope="session")
def comparisons(request):
    """All that was compared so far, for the table at the end."""
    return request.config.stash.setdefault(COMPARISONS, [])


def pytest_terminal_summary(terminalreporter, config):
    if MISSING and asked_for(config):
        terminalreporter.write_line(f"tests/differential skipped: no {', '.join(MISSING)} here.")
    if found := config.stash.get(COMPARISONS, []):
        from compare import table

        terminalreporter.section("differences from other libraries")
        for line in table(found):
            terminalreporter.write_line(line)
