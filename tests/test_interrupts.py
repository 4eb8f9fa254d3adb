"""Ctrl-C, wherever it strikes, leaves a change done or not begun."""

import pytest

from stress_interrupts import half_done, sweeps


@pytest.mark.parametrize("name", ["set_weights", "compile", "adapt"])
def test_an_interrupt_leaves_all_or_nothing(tmp_path, name):
    make, change, state = {name: sweep for name, *sweep in sweeps(tmp_path)}[name]
    found, interrupts = half_done(make, change, state)
    assert not found
    assert interrupts > 30


def test_a_change_in_two_steps_is_found():
    class Pair:
        left = right = 0

    code = compile("pair.left = 1\npair.right = 1\n", "tinyneuron_pair.py", "exec")
    found, _ = half_done(
        Pair, lambda pair: exec(code, {"pair": pair}), lambda pair: (pair.left, pair.right)
    )
    assert found == [(1, 0)]
