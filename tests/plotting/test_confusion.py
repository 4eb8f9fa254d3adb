"""Confusion matrices."""

from hypothesis import given
from hypothesis import strategies as st

from drawn import few, new_axes
from tinyneuron import plotting


@few
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=20))
def test_confusion_counts_pairs(pairs):
    ax = plotting.plot_confusion(*zip(*pairs, strict=True), new_axes(), labels=list("abcd"))
    written = {(text.get_position()[::-1], text.get_text()) for text in ax.texts}
    assert written == {(pair, str(pairs.count(pair))) for pair in pairs}
    for text in ax.texts:
        column, row = text.get_position()
        assert text.get_weight() == ("normal" if row == column else "bold")
        shade = ax.images[0].get_array()[row, column]
        assert shade == (1 if row == column else -1) * int(text.get_text())
