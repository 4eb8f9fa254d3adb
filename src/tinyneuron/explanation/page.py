"""A page of formulas: small records, and the two ways to show them, as text and as HTML.

A formula is written once, in plain notation: ``a = sigmoid(z) = 1 / (1 + e^-1.50) = 0.82``. The
text lines the words of like formulas up; the HTML typesets ``e^-1.50``, ``w_0`` and their like.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

WIDTH = 80  # columns of the text


class Line(NamedTuple):
    """A formula, what it is about, and a remark.

    A formula that starts with a space goes on with the one above it.
    """

    label: str
    formula: str
    note: str = ""


class Block(NamedTuple):
    """A heading, and the lines below it."""

    title: str
    about: str
    lines: list[Line]


class Style(NamedTuple):
    """How much to show, and how exactly."""

    precision: int = 2
    units: int = 3
    terms: int = 3

    def number(self, x: Any) -> str:
        """Round `x`; where nothing or too much would be left of it, to a power of ten.

        >>> Style().number(1.499), Style().number(-0.000123), Style().number(0.0)
        ('1.50', '-1.23e-04', '0.00')
        """
        x = float(x)
        text = f"{x:z.{self.precision}f}"
        if x and math.isfinite(x) and (not float(text) or abs(x) >= 1e6):
            return f"{x:.{self.precision}e}"
        return text

    def signed(self, x: Any) -> str:
        """Round `x` as it stands after an operator: in parentheses if it is negative."""
        text = self.number(x)
        return f"({text})" if text.startswith("-") else text


# Text --------------------------------------------------------------------------------------------


def as_text(blocks: list[Block]) -> str:
    """Lay the page out in columns, without empty lines, so that it can stand in a doctest."""
    return "\n".join(line for block in blocks for line in _text_of(block))


def _text_of(block: Block) -> Iterator[str]:
    yield f"{block.title}: {block.about}" if block.about else block.title
    indent = 4 + max((len(line.label) + 2 for line in block.lines if line.label), default=0)
    written = [line.formula for line in block.lines]
    formulas, kinds = aligned(written), _kinds(written)
    widths: dict[str, int] = {}
    for kind, formula in zip(kinds, formulas, strict=True):
        widths[kind] = max(len(formula), widths.get(kind, 0))
    for line, formula, kind in zip(block.lines, formulas, kinds, strict=True):
        if line.note and formula:
            formula = f"{formula:<{widths[kind]}}   {line.note}"
        yield f"    {line.label}".ljust(indent) + (formula or line.note)


def aligned(formulas: list[str]) -> list[str]:
    """Set the words of formulas for the same thing below each other.

    >>> aligned(["z = 1.00 + (-2.00) = -1.00", "a = 5.00", "z = 10.00 + 2.00 = 12.00"])
    ['z =  1.00 + (-2.00) = -1.00', 'a = 5.00', 'z = 10.00 +    2.00 = 12.00']
    """
    rows = [formula.split(" ") for formula in formulas]
    keys = _kinds(formulas)
    widths: dict[tuple[str, int], int] = {}
    for key, row in zip(keys, rows, strict=True):
        for place, word in enumerate(row):
            widths[key, place] = max(len(word), widths.get((key, place), 0))
    return [
        " ".join(
            word.rjust(widths[key, place]) if place else word.ljust(widths[key, place])
            for place, word in enumerate(row)
        ).rstrip()
        for key, row in zip(keys, rows, strict=True)
    ]


def _kinds(formulas: list[str]) -> list[str]:
    """Return what each formula is for: those of dL/dw_0 and dL/dw_1 are alike."""
    kinds: list[str] = []
    for formula in formulas:
        kinds.append(re.split("[ _]", formula)[0] or (kinds or [""])[-1])
    return kinds


# HTML --------------------------------------------------------------------------------------------

_STYLE = """\
<style>
.tinyneuron-explanation h4 { margin: 1em 0 0.3em; }
.tinyneuron-explanation h4 span { font-weight: normal; opacity: 0.7; }
.tinyneuron-explanation table { border: 0; margin: 0 0 0 1.5em; }
.tinyneuron-explanation td { border: 0; padding: 0.1em 1.2em 0.1em 0; text-align: left;
  white-space: nowrap; font-variant-numeric: tabular-nums; }
.tinyneuron-explanation sub, .tinyneuron-explanation sup { line-height: 0; }
.tinyneuron-explanation td.aside { opacity: 0.7; }
.tinyneuron-explanation td.more { padding-left: 1.1em; }
</style>"""

_EXPONENT = r"-?(?:\d[\d.]*(?:e[+-]\d+)?|inf|nan|z_\w+|z)"
_MARKS = re.compile(
    rf"\^(?P<power>{_EXPONENT})"
    r"|(?P<digits>\d[\d.]*)e(?P<ten>[+-]\d+)"
    r"|(?<!\d )\b(?P<d>d?)(?P<letter>[abeLpwxyz])(?:_(?P<index>\w+))?(?![\w(])"
    r"|(?P<sign> \* |-|\bsum_j\b)"
)
_SIGNS = {" * ": " · ", "-": "−", "sum_j": "Σ<sub><i>j</i></sub>"}


def as_html(blocks: list[Block]) -> str:
    """Typeset the page, with nothing but HTML."""
    parts = [_STYLE]
    for block in blocks:
        title, about = html.escape(block.title), html.escape(block.about)
        parts.append(f"<h4>{title} <span>{about}</span></h4>")
        if block.lines:
            parts += ["<table>", *map(_row_of, block.lines), "</table>"]
    return '<div class="tinyneuron-explanation">\n' + "\n".join(parts) + "\n</div>"


def _row_of(line: Line) -> str:
    label, note = html.escape(line.label), html.escape(line.note)
    if not line.formula:
        return f'<tr><td></td><td class="aside" colspan="2">{note}</td></tr>'
    kind = ' class="more"' if line.formula.startswith(" ") else ""
    return (
        f'<tr><td class="aside">{label}</td><td{kind}>{typeset(line.formula)}</td>'
        f'<td class="aside">{note}</td></tr>'
    )


def typeset(formula: str) -> str:
    """Turn plain notation into HTML.

    >>> typeset("w_0 = e^-1.50")
    '<i>w</i><sub>0</sub> = <i>e</i><sup>−1.50</sup>'
    """
    return _MARKS.sub(_mark, html.escape(formula.strip(), quote=False))


def _mark(match: re.Match[str]) -> str:
    if power := match["power"]:
        return f"<sup>{typeset(power)}</sup>"
    if match["digits"]:
        return f"{match['digits']} · 10<sup>{typeset(str(int(match['ten'])))}</sup>"
    if match["letter"]:
        index = f"<sub>{match['index']}</sub>" if match["index"] else ""
        return f"{match['d']}<i>{match['letter']}</i>{index}"
    return _SIGNS[match["sign"]]
