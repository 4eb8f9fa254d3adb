"""What the site needs beyond MkDocs: source files as pages, links to their lines, formulas.

The pages are written to be read in the repository, where a link such as
``[Dense.call](../src/tinyneuron/layers/dense.py)`` leads to the file. The site has a page for each
file of the repository that the pages may link to; where the link's text names a class or function
of the file, it leads to that line. Formulas between dollars become MathML, which browsers render
by themselves, in a font for mathematics that the site brings along.
"""

import ast
import functools
import html
import io
import itertools
import posixpath
import re
from importlib import resources
from pathlib import Path

import griffe
from fontTools import subset
from latex2mathml.converter import convert
from mkdocs.structure.files import File

ROOT = Path(__file__).parents[1]
SHOWN_AS_SOURCE = (
    "src/tinyneuron/**/*.py", "examples/*.py", "benchmarks/**/*.py", "docs/*.py", "tests/**/*.py",
    "tools/*.py", "pyproject.toml",
)  # fmt: skip
SHOWN_AS_IT_IS = (
    "examples/README.md", "examples/data/README.md", "examples/pictures/*.png", "CHANGELOG.md",
    "CONTRIBUTING.md", "benchmarks/README.md", "examples/*.ipynb",
)  # fmt: skip

# STIX Two Math, as the package ziamath has it. Of its 6,000 characters the formulas need few: text,
# Greek, arrows, operators, brackets, italics. Variables are italic letters of their own in Unicode.
FONT = resources.files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf"
CHARACTERS = [
    *range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x2B0, 0x3F7), *range(0x2000, 0x2070), 0x210E,
    0x2113, 0x211D, *range(0x2190, 0x2300), *range(0x2308, 0x230C), *range(0x27E6, 0x27FF),
    *range(0x1D400, 0x1D468), *range(0x1D6FC, 0x1D71C),
]  # fmt: skip

FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[([^\[\]]*)\]\(([^)\s]+)\)")
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)
NAME = re.compile(
    r"(?P<after>(?<!&#x00029;)</mo>)?<(m[oi])>(?P<name>[a-z]{2,})</\2>(?P<before><mo[^>]*>&#x00028;)?"
)
IN_PRINT = [  # what the converter writes, and what looks as in print
    # |a|, not | a |
    (r"<mo>(&#x0007C;|&#x02016;)</mo>", r'<mo stretchy="false" lspace="0" rspace="0">\1</mo>'),
    (r"<mo>&#x0005E;</mo>", '<mo stretchy="false">&#x002C6;</mo>'),  # a hat, not a caret
    (r"<mo>&#x02202;</mo>", "<mi>&#x02202;</mi>"),  # the letter of a derivative, no operator
    (r"<msup>(<mi>.</mi>|<mrow>.+?</mrow>)<mi>&#x02032;</mi></msup>",
     r'\1<mo lspace="0" rspace="0">&#x02032;</mo>'),  # g': a prime is raised as it is
    # = -a, not = - a
    (r"(<mo>(?:&#x0003D;|&#x02190;)</mo>)<mo>(&#x02212;</mo>)", r'\1<mo form="prefix">\2'),
]  # fmt: skip
SESSION = re.compile(r'<div class="language-pycon highlight">(?=.*?<code>(.*?)</code>)', re.DOTALL)
SPHINX_FORMULA = re.compile(r":math:<code>(.*?)</code>")
BRACKET = re.compile(r'<span class="p">[^<]*[(\[{]</span>')
DIRECTIVE = re.compile(r" *# doctest: \+\w+$", re.MULTILINE)  # for the tests, not for readers
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
CELL = re.compile(r"(<t[hd](?= |>))([^>]*>)(.*?)(?=</t[hd]>)", re.DOTALL)
ON_A_PHONE = 53  # characters, that a row of a table has room for


def on_files(files, config):
    """Add the repository's files that the pages link to."""
    for pattern in SHOWN_AS_SOURCE:
        for path in sorted(ROOT.glob(pattern)):
            name = path.relative_to(ROOT).as_posix()
            files.append(File.generated(config, f"{name}.md", content=_as_page(name)))
    for pattern in SHOWN_AS_IT_IS:
        for path in sorted(ROOT.glob(pattern)):
            name = path.relative_to(ROOT).as_posix()
            files.append(File.generated(config, name, abs_src_path=str(path)))
    files.append(File.generated(config, "math.woff", content=_math_font()))
    return files


def _math_font():
    """Return the font with the characters that formulas need, compressed."""
    options = subset.Options(layout_features=["ssty", "dtls"], hinting=False, name_IDs=["*"])
    with resources.as_file(FONT) as path:
        font = subset.load_font(path, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    font.flavor = "woff"
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def _as_page(name):
    language = "toml" if name.endswith(".toml") else "python"
    title = name.removeprefix("src/tinyneuron/")
    head = f"---\ntitle: {title}\nhide: [toc]\nsearch:\n  exclude: true\n---\n\n# {title}\n\n"
    return f'{head}``````{{.{language} linenums="1"}}\n{(ROOT / name).read_text("utf-8")}``````\n'


def on_page_markdown(markdown, page, **_):
    """Let the links lead to the site's pages, and examples of a session be shown as such."""
    own = page.file.src_uri
    if not page.file.abs_src_path:  # a file shown as source
        return markdown
    in_repository = own if (ROOT / own).exists() else f"docs/{own}"

    def rewritten(match):
        text, target = match.groups()
        path, _, anchor = target.partition("#")
        if not path or re.match(r"[a-z]+:", target):
            return match[0]
        name = posixpath.normpath(posixpath.join(posixpath.dirname(in_repository), path))
        place = name.removeprefix("docs/")
        if not name.endswith((".md", ".png", ".ipynb")):
            line = lines_of(name).get(re.sub(r"[\\`]|\(.*", "", text))
            anchor = f"__codelineno-0-{line}" if line else anchor
            place = f"{name}.md"
        place = posixpath.relpath(place, posixpath.dirname(own) or ".")
        return f"[{text}]({place}{'#' if anchor else ''}{anchor})"

    parts = FENCED.split(markdown)
    parts[::2] = (LINK.sub(rewritten, part) for part in parts[::2])
    parts[1::2] = (
        DIRECTIVE.sub("", re.sub(r"^```python\n>>>", "```pycon\n>>>", part)) for part in parts[1::2]
    )
    return "".join(parts)


@functools.cache
def lines_of(name):
    """Map each class, function, method and constant of a file to its line."""
    is_python = name.endswith(".py")
    return dict(_definitions(ast.parse((ROOT / name).read_text("utf-8")), "")) if is_python else {}


def _definitions(node, prefix):
    for inner in node.body:
        targets = getattr(inner, "targets", [getattr(inner, "target", inner)])
        for target in targets:
            own = getattr(target, "name", getattr(target, "id", None))
            yield f"{prefix}{own}", inner.lineno
        if isinstance(inner, ast.ClassDef):
            yield from _definitions(inner, f"{inner.name}.")


def on_page_content(content, page, **_):
    """Turn formulas into MathML; let buttons copy code without prompts and what it prints.

    Long lines of code may go on below after a bracket, tables may stack. And MkDocs is told of the
    numbered lines, which it does not see.
    """
    page.present_anchor_ids |= set(re.findall(r'id="(__codelineno-[\d-]+)"', content))
    content = SESSION.sub(
        lambda match: f'{match[0][:-1]} data-copy="{html.escape(_code(match[1]))}">', content
    )
    content = TABLE.sub(_stacking, BRACKET.sub(r"\g<0><wbr>", content))
    content = FORMULA.sub(lambda match: _mathml(match[2], match[1] == "div"), content)
    return SPHINX_FORMULA.sub(lambda match: _mathml(match[1]), content)


def _code(session):
    """Return the code of a session as HTML: no prompts, nothing that was printed."""
    lines = _text(session).splitlines()
    return "\n".join(line[4:] for line in lines if re.match(r"(>>>|\.\.\.)( |$)", line))


def _stacking(table):
    """Let a table that is too wide for a phone be stacked there, each cell with its heading."""
    head, *rows = (
        [(match[1], match[2], match[3]) for match in CELL.finditer(row)]
        for row in table[0].split("<tr>")[1:]
    )
    names = [html.escape(_text(name)) for *_, name in head]
    columns = zip(head, *rows, strict=True)
    longest = (max(len(word) for cell in column for word in _text(cell[2]).split() or [""])
               for column in columns)  # fmt: skip
    if sum(2 + width for width in longest) <= ON_A_PHONE:
        return table[0]
    name = itertools.cycle(names)
    labelled = CELL.sub(
        lambda cell: f'{cell[1]} data-label="{next(name)}"{cell[2]}{cell[3]}', table[0]
    )
    return labelled.replace("<table>", "<table data-stack>", 1)


def _text(markup):
    return html.unescape(re.sub(r"<[^>]*>", "", markup)).strip()


def _mathml(latex, display=False):
    r"""Return MathML; of formulas in a line of their own, what \qquad separates may wrap."""
    if display:
        parts = html.unescape(latex).split(r"\qquad")
        formulas = "".join(f"<div>{_in_print(part, 'block')}</div>" for part in parts)
        return f'<div class="formula">{formulas}</div>'
    return _in_print(html.unescape(latex), "inline")


def _in_print(latex, display):
    formula = convert(latex.strip(), display=display)
    for written, printed in IN_PRINT:
        formula = re.sub(written, printed, formula)
    return NAME.sub(_name, formula)


def _name(match):
    """Space the name of a function: "y log a" and "log(1 - a)", not "yloga" and "log (1 - a)"."""
    before, after = ("0" if match[group] else "0.17em" for group in ("after", "before"))
    name = f'<mo form="prefix" lspace="{before}" rspace="{after}">{match["name"]}</mo>'
    return f"{match['after'] or ''}{name}{match['before'] or ''}"


class Sessions(griffe.Extension):
    """Show the examples in a docstring's text as such, where it has no section for them."""

    def on_object(self, *, obj, **_):
        """Put the examples before the first section between fences."""
        if obj.docstring is not None:
            text, *sections = re.split(
                r"(?=^[A-Z]\w+\n---+$)", obj.docstring.value, maxsplit=1, flags=re.M
            )
            text = re.sub(r"^>>>.*?(?=\n\n|\Z)", r"```pycon\n\g<0>\n```", text, flags=re.M | re.S)
            obj.docstring.value = "".join([text, *sections])
