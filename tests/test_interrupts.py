"""Ctrl-C, wherever it strikes, leaves a change done or not begun."""

import pytest

import sweep_building
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


@pytest.mark.filterwarnings("ignore:.*never adapted")
@pytest.mark.parametrize(
    ("name", "every"),
    [
        ("first call", 499),
        ("first fit, refused", 499),
        ("failing", 499),
        ("add", 149),
        ("add, the first", 149),
        ("pop", 1),
        ("pop all", 1),
        ("trainable", 13),
        ("adapt first", 23),
    ],
)
def test_an_interrupt_leaves_whole_layers(tmp_path, name, every):
    sweep = {name: sweep for name, *sweep in sweep_building.sweeps(tmp_path)}[name]
    found, interrupts = sweep_building.complaints(*sweep, every=every)
    assert not found
    assert interrupts >= 5


def test_a_layer_built_without_its_model_is_found():
    found, _ = sweep_building.complaints(
        sweep_building.unbuilt,
        lambda model: model.layers[0].build((None, 3)),
        sweep_building.complaint,
        every=499,
    )
    assert "built: False, its layers [True, False, False]" in found[-1][1]
