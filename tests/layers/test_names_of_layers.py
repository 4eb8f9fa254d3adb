"""A layer's name is shown in summaries and messages, and written to files of all kinds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyneuron import Sequential, layers

categories = ["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"]  # controls, surrogates, line ends


@given(st.text(max_size=3), st.characters(categories=categories), st.text(max_size=3))
def test_a_name_with_a_character_that_cannot_be_shown_is_refused(before, hidden, after):
    name = f"{before}{hidden}{after}".replace("/", "")
    for make in (layers.Identity, layers.Dense, Sequential):
        with pytest.raises(ValueError, match="name must consist of printable characters") as caught:
            make(**({"units": 1} if make is layers.Dense else {}), name=name)
        assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", ["größe", "层 1", "$x^$", "a b", "ж"])
def test_any_that_can_be_shown_is_a_name(name):
    assert layers.Dense(1, name=name).name == name
