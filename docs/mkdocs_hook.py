"""What the site needs beyond MkDocs: source files as pages, links to their lines, formulas.

The pages are written to be read in the repository, where a link such as
``[Dense.call](../src/tinyneuron/layers/dense.py)`` leads to the file. The site has a page for each
file of the repository that the pages may link to; where the link's text names a class or function
of the file, it leads to that line. Formulas between dollars become MathML, which browsers render
by themselves.
"""

import ast
import functools
import html
import posixpath
import re
from pathlib import Path

import griffe
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

FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[([^\[\]]*)\]\(([^)\s]+)\)")
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)
FUNCTION = re.compile(r"<mi>(log|cos|cosh|tanh)</mi>")
BAR = re.compile(r"<mo>(&#x0007C;|&#x02016;)</mo>")
SPHINX_FORMULA = re.compile(r":math:<code>(.*?)</code>")


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
    return files


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
    parts[1::2] = (re.sub(r"^```python\n>>>", "```pycon\n>>>", part) for part in parts[1::2])
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
    """Turn formulas into MathML, and tell MkDocs of the numbered lines, which it does not see."""
    page.present_anchor_ids |= set(re.findall(r'id="(__codelineno-[\d-]+)"', content))
    content = FORMULA.sub(lambda match: _mathml(match[2], match[1] == "div"), content)
    return SPHINX_FORMULA.sub(lambda match: _mathml(match[1]), content)


def _mathml(latex, display=False):
    formula = convert(html.unescape(latex).strip(), display="block" if display else "inline")
    # "y log a" and not "yloga", "|a|" and not "| a |"
    formula = FUNCTION.sub(r'<mo form="prefix" lspace="0.17em" rspace="0.17em">\1</mo>', formula)
    formula = BAR.sub(r'<mo stretchy="false" lspace="0" rspace="0">\1</mo>', formula)
    return f'<div class="formula">{formula}</div>' if display else formula


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
