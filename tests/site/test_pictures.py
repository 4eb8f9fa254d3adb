"""Every picture in the repository is what its script draws."""

import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
DASK = {"predict_at_scale.py": "dask"}  # what a script needs besides
EXAMPLES = {path.name for path in (ROOT / "examples").glob("[!_]*.py")}
# One draws what it downloads, two draw nothing.
KEPT = sorted(EXAMPLES - {"mnist.py", "hundred_lines.py", "predict_from_keras.py"})
TOLERANCE = 0.004  # mean difference of two pictures, white to black being 1


def difference(first, second):
    """Return the mean difference of two pictures over red, green and blue, or 1 for two sizes."""
    a, b = (matplotlib.image.imread(path)[..., :3] for path in (first, second))
    return float(np.abs(a - b).mean()) if a.shape == b.shape else 1.0


def draw(script, directory):
    environment = os.environ | {"MPLBACKEND": "Agg"}
    command = [sys.executable, ROOT / script, "--save", directory]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)


def check(drawn, kept):
    assert [path.name for path in drawn] == [path.name for path in kept]
    for new, old in zip(drawn, kept, strict=True):
        assert difference(new, old) < TOLERANCE, f"{old} is not what its script draws"


def test_the_pages_pictures(tmp_path):
    draw("docs/make_pictures.py", tmp_path)
    kept = sorted((ROOT / "docs" / "pictures").glob("*.png"))
    check(sorted(tmp_path.glob("*.png")), kept)
    assert all(difference(*pair) > TOLERANCE for pair in pairwise(kept))  # or it would find nothing


def test_the_notebooks_pictures(tmp_path):
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        pytest.skip("there is no Chromium")
    draw("docs/make_notebook_pictures.py", tmp_path)
    kept = sorted((ROOT / "docs" / "pictures" / "notebook").glob("*.png"))
    check(sorted(tmp_path.glob("*.png")), kept)


@pytest.mark.parametrize("script", KEPT)
def test_the_examples_pictures(script, tmp_path):
    if script in DASK:
        pytest.importorskip(DASK[script])
    draw(f"examples/{script}", tmp_path)
    pictures = ROOT / "examples" / "pictures"
    kept = sorted(pictures.glob(f"{script.removesuffix('.py')}_[0-9]*.png"))
    check(sorted(tmp_path.glob("*.png")), kept)
