"""The built site: whole, without a broken link, and loading nothing from elsewhere."""

import ast
import html
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from fontTools.ttLib import TTFont

ROOT = Path(__file__).parents[2]
LOADS = {"img": "src", "script": "src", "iframe": "src", "source": "src", "link": "href"}
ITALIC = {
    unicodedata.normalize("NFKC", chr(code)): chr(code)
    for code in [0x210E, *range(0x1D434, 0x1D468), *range(0x1D6FC, 0x1D71C)]
}
NOT_A_LOAD = {"canonical", "prev", "next"}  # what a <link> may be besides


class Page(HTMLParser):
    """What a page links to, what it loads, the places in it, and its formulas."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loads, self.places = [], [], {""}
        self.formulas = self.unmade = 0
        self.named, self.within = {}, None  # the text of each link, and the link we are in
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.places.add(attributes.get("id"))
        self.formulas += tag == "math"
        self.unmade += attributes.get("class") == "arithmatex"  # what a formula is before the hook
        if tag == "a":
            self.places.add(attributes.get("name"))
            self.within = attributes.get("href")
            self.links.append(self.within)
        elif tag in LOADS and attributes.get("rel") not in NOT_A_LOAD:
            self.loads.append(attributes.get(LOADS[tag]))

    def handle_data(self, data):
        if self.within:
            self.named[self.within] = data

    def handle_endtag(self, tag):
        self.within = None if tag == "a" else self.within


@pytest.fixture(scope="module")
def pages(site):
    return {path: Page(path.read_text("utf-8")) for path in site.rglob("*.html")}


def target_of(path, address):
    """Return the file that an address on a page leads to, and the place in it."""
    parts = urlsplit(address)
    file = path.parent / unquote(parts.path) if parts.path else path
    return file.resolve(), unquote(parts.fragment)


def test_every_link_leads_to_a_place_that_is_there(site, pages):
    for path, page in pages.items():
        if path.name == "404.html":  # its links are from the root of wherever the site is
            continue
        for address in filter(None, page.links + page.loads):
            if urlsplit(address).scheme:
                continue
            file, place = target_of(path, address)
            file = file / "index.html" if file.is_dir() else file
            assert file.is_file(), f"{path.relative_to(site)}: {address}"
            if file in pages and not place.startswith("__tabbed"):
                assert place in pages[file].places, f"{path.relative_to(site)}: {address}"


def test_nothing_is_loaded_from_elsewhere(site, pages):
    for path, page in pages.items():
        for address in filter(None, page.loads):
            assert not urlsplit(address).netloc, f"{path.relative_to(site)} loads {address}"
    for path in site.rglob("*.css"):
        loaded = re.findall(r"url\(\s*['\"]?(\w+:)?//|@import", path.read_text("utf-8"))
        assert not loaded, f"{path.relative_to(site)} loads {loaded}"


def test_no_formula_is_left_as_it_was_written(site, pages):
    assert sum(page.formulas for page in pages.values()) > 30
    for path, page in pages.items():
        assert not page.unmade, path.relative_to(site)


def test_the_font_of_formulas_has_all_their_characters(site, pages):
    """A letter by itself is drawn in italics, which are characters of their own."""
    font = TTFont(site / "math.woff")
    drawn = {chr(code) for code in font.getBestCmap()}
    assert "MATH" in font  # how large, how far apart, how thick
    for path in pages:
        for formula in re.findall(r"<math.*?</math>", path.read_text("utf-8"), re.DOTALL):
            text = html.unescape(re.sub(r"<[^>]*>", "", formula))
            letters = re.findall(r"<mi>(.)</mi>", html.unescape(formula))
            assert {*text, *(ITALIC.get(letter, letter) for letter in letters)} <= drawn, text


def test_a_link_that_names_a_method_leads_to_its_line(site, pages):
    checked = 0
    for path, page in pages.items():
        for address, text in page.named.items():
            file, place = target_of(path, address)
            number = place.removeprefix("__codelineno-0-")
            if not number.isdecimal():
                continue
            source = ROOT / file.relative_to(site).with_suffix("")
            line = source.read_text("utf-8").splitlines()[int(number) - 1]
            assert text.strip("()").rpartition(".")[2] in line, f"{text}: {line}"
            checked += 1
    assert checked > 100


def test_examples_in_docstrings_are_shown_as_examples(site):
    """And not as ``>>>`` is read in Markdown, as a quote in a quote in a quote."""
    for path in (site / "api").glob("*.html"):
        assert "<blockquote" not in path.read_text("utf-8"), path.name


def test_buttons_copy_code_alone(site):
    """Without prompts and what was printed, so that it runs where it is pasted."""
    copied = 0
    for path in site.rglob("*.html"):
        for block in path.read_text("utf-8").split('<div class="language-pycon highlight"')[1:]:
            code = html.unescape(re.match(r' data-copy="([^"]*)">', block)[1])
            assert ast.parse(code).body, f"{path.relative_to(site)}: {code}"
            copied += 1
    assert copied > 200
