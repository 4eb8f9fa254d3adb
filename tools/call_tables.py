"""Which functions a call runs through: the two tables of docs/internals.md, by watching Python.

python tools/call_tables.py        writes them anew
"""

import os
import re
import sys
from pathlib import Path

import numpy as np

import tinyneuron as keras
from tinyneuron.layers import Dense, Input

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "internals.md"
SOURCE = os.path.dirname(keras.__file__) + os.sep
TABLE = re.compile(r"(<!-- calls: (\w+) -->\n\n).*?(<!-- end -->)", re.DOTALL)


def calls_in(function):
    """Call a function; return how deep, in which file and under which name the library was called.

    Comprehensions and functions within functions are left out: Python 3.12 has fewer of them.
    """
    calls = []

    def is_shown(code):
        return code.co_filename.startswith(SOURCE) and "<" not in code.co_qualname

    def watch(frame, event, _):
        if event != "call" or not is_shown(frame.f_code):
            return
        code, depth = frame.f_code, 0
        while frame:
            depth += is_shown(frame.f_code)
            frame = frame.f_back
        calls.append((depth, Path(code.co_filename).relative_to(ROOT).as_posix(), code.co_qualname))

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        function()
    finally:
        sys.setprofile(before)
    return calls


def of_a_layer():
    """Return the calls in `layer(x)`, built."""
    layer, x = Dense(1), np.ones((4, 2), "float32")
    layer(x)
    return calls_in(lambda: layer(x))


def of_a_step():
    """Return the calls from `fit` to the changed kernel: the way to one step, and all within it."""
    model = keras.Sequential([Input((2,)), Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.ones((4, 2), "float32"), np.ones((4, 1), "float32")
    model.fit(x, y, verbose=0)
    calls = calls_in(lambda: model.fit(x, y, verbose=0))
    start = [name for _, _, name in calls].index("TrainStep.__call__")
    top = calls[start][0]
    way = {depth: (depth, *call) for depth, *call in calls[:start] if depth < top}
    after = [depth for depth, _, _ in calls[start + 1 :]]
    number = next((i for i, depth in enumerate(after) if depth <= top), len(after))
    return [*way.values(), *calls[start : start + 1 + number]]


TABLES = {"layer": of_a_layer, "step": of_a_step}


def table(calls):
    rows = [f"| {depth} | [`{name}`](../{path}) |" for depth, path, name in calls]
    return "\n".join(["| depth | call |", "| --- | --- |", *rows])


def page():
    """Return docs/internals.md with its tables as they should be."""
    text = PAGE.read_text(encoding="utf-8")
    return TABLE.sub(lambda match: match[1] + table(TABLES[match[2]]()) + "\n\n" + match[3], text)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
