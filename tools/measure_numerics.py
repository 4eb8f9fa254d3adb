"""Measure every activation and loss against closed forms, and write the tables in docs/numerics.md.

python tools/measure_numerics.py
"""

import re
from pathlib import Path

import numpy as np

from numerics import ACTIVATIONS, LOSSES, activation_errors, loss_errors

PAGE = Path(__file__).parents[1] / "docs" / "numerics.md"
DTYPES = {"float32": np.float32, "float64": np.float64}
FEW = 4  # so many ULPs or fewer need no second count


def rows_of(page_text):
    """Return the cells of the page's tables by the function's name."""
    rows = re.findall(r"^\| `(.+?)` \|(.+)\|$", page_text, re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}


def cell(ulps, of_one, dtype):
    """Write both counts, rounded up; only the first if it is small."""
    if ulps <= FEW:
        return rounded_up(ulps)
    lost = ulps >= 1 / np.finfo(dtype).eps
    return f"{'all' if lost else rounded_up(ulps)} ({rounded_up(of_one)})"


def rounded_up(number):
    """Write a number in two digits, rounded up."""
    if number == 0:
        return "0"
    unit = 10.0 ** (np.floor(np.log10(number)) - 1)
    return f"{np.ceil(number / unit) * unit:.2g}"


def stated(text, dtype):
    """Read what `cell` wrote: the two bounds, where the first may be infinite."""
    first, *second = text.rstrip(")").split(" (")
    return float("inf" if first == "all" else first), float(second[0] if second else first)


def table(names, errors):
    """Write a line for each function: its errors and its derivative's, float32 and float64."""
    for name in names:
        by_dtype = [(errors(name, dtype), dtype) for dtype in DTYPES.values()]
        cells = [cell(*both[which], dtype) for which in (0, 1) for both, dtype in by_dtype]
        yield f"| `{name}` | {' | '.join(cells)} |"


def main():
    page = PAGE.read_text(encoding="utf-8")
    for heading, names, errors in [
        ("activation", ACTIVATIONS, activation_errors),
        ("loss", LOSSES, loss_errors),
    ]:
        lines = "\n".join(table(names, errors))
        page = re.sub(
            rf"(^\| {heading} .*\n\| ---.*\n)(\| `.*\n)*",
            lambda found, lines=lines: f"{found[1]}{lines}\n",
            page,
            flags=re.MULTILINE,
        )
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
