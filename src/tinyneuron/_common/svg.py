"""HTML and SVG for notebooks, without scripts.

The page's own colour is that of text, axes and outlines. The other colours stand out on white and
on black, so that the same picture serves light and dark pages.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

_STYLE = """\
<style>
.tinyneuron table { border-collapse: collapse; margin: 0.6em 0; }
.tinyneuron th, .tinyneuron td { text-align: left; padding: 0.15em 1.2em 0.15em 0; }
.tinyneuron th:last-child, .tinyneuron td:last-child { text-align: right; }
.tinyneuron div { overflow-x: auto; }
</style>"""


def page(*parts: str) -> str:
    """Put parts below each other."""
    return "\n".join(['<div class="tinyneuron">', _STYLE, *filter(None, parts), "</div>"])


def text(words: Any) -> str:
    """Return words, which may come from a file, as HTML."""
    words = str(words)
    return html.escape(words if words.isprintable() else repr(words)[1:-1])


def table(rows: Iterable[Sequence[str]]) -> str:
    """Write rows, the first one being the heading."""
    lines, tag = [], "th"
    for row in rows:
        lines.append(f"<tr>{''.join(f'<{tag}>{text(cell)}</{tag}>' for cell in row)}</tr>")
        tag = "td"
    return "\n".join(["<table>", *lines, "</table>"])


def picture(width: float, height: float, about: str, parts: list[str]) -> str:
    """Return a picture of some pixels, and what it says for those who cannot see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="sans-serif" font-size="12" fill="none" '
        f'role="img" aria-label="{text(about)}">\n' + "\n".join(parts) + "\n</svg>"
    )


def write(x: float, y: float, words: Any, anchor: str = "middle") -> str:
    """Write words at a place: it is their start, middle or end."""
    place = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}"'
    return f'<text {place} fill="currentColor">{text(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, look: str, hint: str = "") -> str:
    """Draw a line; the hint is shown where the mouse rests on it."""
    ends = f'x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"'
    return f"<line {ends} {look}><title>{text(hint)}</title></line>"
