"""Names to objects: what a name, a class or a configuration makes."""

import math

import pytest

from tinyneuron import constraints, regularizers
from tinyneuron._common.registry import Registry


class Plain:
    def __init__(self, size=1):
        self.size = size


THINGS = Registry("thing", Plain, regularizers.L2, other=regularizers.L1, ready="an object")


def test_table_of_has_class_names_snake_names_and_aliases():
    assert set(THINGS.table) == {"Plain", "plain", "L2", "l2", "other", "ready"}


@pytest.mark.parametrize(
    ("identifier", "cls", "attributes"),
    [
        ("plain", Plain, {"size": 1}),
        (Plain, Plain, {"size": 1}),
        ({"class_name": "Plain", "config": {"size": 3}}, Plain, {"size": 3}),
        ({"class_name": "Plain"}, Plain, {"size": 1}),
        ({"class_name": "Plain", "config": None}, Plain, {"size": 1}),
        ({"class_name": "L2", "config": {"l2": 0.5}}, regularizers.L2, {"l1": 0.0, "l2": 0.5}),
        ({"class_name": "function", "config": "l2"}, regularizers.L2, {"l1": 0.0, "l2": 0.01}),
        ("other", regularizers.L1, {"l1": 0.01, "l2": 0.0}),
    ],
)
def test_resolve_makes_what_is_named(identifier, cls, attributes):
    found = THINGS.find(identifier)
    assert type(found) is cls
    assert vars(found) == attributes


def test_resolve_leaves_objects_and_configurations_alone():
    thing, settings = Plain(), {"config": {"size": 9}, "class_name": "Plain"}
    assert THINGS.find(thing) is thing
    assert THINGS.find("ready") == "an object"
    THINGS.find(settings)
    assert settings == {"config": {"size": 9}, "class_name": "Plain"}


def test_resolve_names_kind_and_nearest():
    for identifier in ("plan", {"class_name": "plan", "config": {}}):
        with pytest.raises(ValueError, match=r"Unknown thing 'plan'\. Did you mean 'plain'\?"):
            THINGS.find(identifier)


@pytest.mark.parametrize(
    ("module", "kind", "wrong", "near"),
    [
        (regularizers, "regularizer", "l1_l3", "l1_l2"),
        (constraints, "constraint", "unit_nrm", "unit_norm"),
    ],
)
def test_get_passes_none_and_callables_and_refuses_the_rest(module, kind, wrong, near):
    assert module.get(None) is None
    assert module.get(math.fsum) is math.fsum
    with pytest.raises(ValueError, match=rf"Unknown {kind} '{wrong}'\. Did you mean '{near}"):
        module.get(wrong)
    with pytest.raises(TypeError, match=f"A {kind} is a name or a callable, got 3"):
        module.get(3)
