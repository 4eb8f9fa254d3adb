"""No test shows a picture or leaves one behind."""

import matplotlib as mpl
import pytest

mpl.use("Agg")
import matplotlib.pyplot as plt


@pytest.fixture(autouse=True)
def close_figures(monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: pytest.fail("show was called"))
    yield
    plt.close("all")
