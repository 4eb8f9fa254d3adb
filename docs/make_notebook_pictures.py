"""Photograph what a notebook shows of an explanation, a model and a history, in Chromium.

    python docs/make_notebook_pictures.py --save docs/pictures/notebook

The pages are those of explain.md: its blocks are run, and its last three values are shown.
"""

import argparse
import contextlib
import doctest
import io
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

PAGE = Path(__file__).parent / "explain.md"
SIZES = {"explanation": (640, 392), "model": (640, 376), "history": (640, 212)}
SHELL = '<!doctype html><meta charset="utf-8"><body style="font: 14px sans-serif; margin: 8px">'


def shown():
    """Run the page's blocks; return the HTML of what the last ones name."""
    namespace = {}
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    with contextlib.redirect_stdout(io.StringIO()):
        for block in blocks:
            exec(doctest.script_from_examples(block), namespace)
    return {name: namespace[name]._repr_html_() for name in SIZES}


def main():
    """Write one page for each, and photograph it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    folder = Path(__file__).parent / "pictures" / "notebook"
    parser.add_argument("--save", type=Path, metavar="DIR", default=folder, help="where to")
    folder = parser.parse_args().save
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("These pictures need Chromium: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        for name, html in shown().items():
            page = Path(directory) / f"{name}.html"
            page.write_text(SHELL + html, "utf-8")
            command = [
                chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--force-device-scale-factor=1.5", f"--user-data-dir={directory}/profile",
                f"--screenshot={folder / f'{name}.png'}",
                "--window-size={},{}".format(*SIZES[name]), page.as_uri(),
            ]  # fmt: skip
            subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
