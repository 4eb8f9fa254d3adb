"""The site in Chromium, as wide as a telephone and as a desk: nothing sticks out, formulas show."""

import json

import pytest

# Each page in turn is opened in a frame of the given width, and what is measured there is posted.
MEASURE = """<!doctype html><meta charset="utf-8"><script>
async function look(path) {
  const frame = document.createElement("iframe");
  frame.width = WIDTH; frame.height = 900; frame.src = path;
  await new Promise(resolve => { frame.onload = resolve; document.body.append(frame); });
  const inner = frame.contentWindow, root = inner.document.documentElement;
  const all = selector => [...inner.document.querySelectorAll(selector)];
  for (const image of all("img")) await image.decode().catch(() => {});
  const found = {
    path: path,
    width: root.scrollWidth,
    unseen: all("math").filter(math => math.getBoundingClientRect().height < 5).length,
    broken: all("img").filter(image => !image.naturalWidth).map(image => image.src),
    elsewhere: inner.performance.getEntriesByType("resource").map(entry => entry.name)
      .filter(name => !name.startsWith(location.origin)),
  };
  frame.remove();
  return found;
}
addEventListener("load", async () => {
  const found = [];
  for (const path of PAGES) found.push(await look(path));
  fetch("found", {method: "POST", body: JSON.stringify(found)});
});
</script><body>"""


def measured(site, browse, width):
    pages = sorted(
        path.relative_to(site).as_posix()
        for path in site.rglob("*.html")
        if path.name not in ("404.html", "measure.html", "press.html")
        if not path.name.endswith(".py.html") or path.name == "dense.py.html"  # sources look alike
    )
    text = MEASURE.replace("PAGES", json.dumps(pages)).replace("WIDTH", str(width))
    (site / "measure.html").write_text(text, "utf-8")
    index = site / "search" / "search_index.json"  # each page would read it, and take its time
    index.write_text(json.dumps(json.loads(index.read_text("utf-8")) | {"docs": []}), "utf-8")
    results = browse("measure.html")
    assert [result["path"] for result in results] == pages
    return results


@pytest.mark.parametrize("width", [390, 1440])
def test_pages_fit_and_show_all_they_have(site, browse, width):
    wrong = [
        result
        for result in measured(site, browse, width)
        if result["width"] > width or result["unseen"] or result["broken"] or result["elsewhere"]
    ]
    assert not wrong, wrong
