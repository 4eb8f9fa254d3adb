"""Every formula of the built site on one page, to be looked at, and as a picture where Chromium is.

mkdocs build --strict && python tools/formula_sheet.py site
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

FORMULA = re.compile(r"<math.*?</math>", re.DOTALL)
HEAD = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="style.css">
<style>body { font: 16px sans-serif; margin: 1rem } p { margin: 0.7rem 0 } math { margin: 0 0.7rem }
</style><body class="md-typeset">"""


def main():
    site = Path(sys.argv[1])
    sheet = site / "formulas.html"
    parts = [HEAD]
    for path in sorted(site.rglob("*.html")):
        found = FORMULA.findall(path.read_text("utf-8")) if path != sheet else []
        if found:
            parts.append(f"<h4>{path.relative_to(site)}, {len(found)}</h4>")
            parts += [f"<p>{i} {formula}</p>" for i, formula in enumerate(dict.fromkeys(found), 1)]
    sheet.write_text("\n".join(parts), "utf-8")
    print(sheet)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium:
        picture = sheet.with_suffix(".png")
        options = ["--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1000,9000"]
        command = [chromium, *options, "--virtual-time-budget=2000"]
        address = sheet.resolve().as_uri()
        subprocess.run(
            [*command, f"--screenshot={picture}", address], check=True, capture_output=True
        )
        print(picture)


if __name__ == "__main__":
    main()
