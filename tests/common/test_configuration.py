"""A configuration is the constructor's arguments, read back from attributes."""

import numpy as np
import pytest

from tinyneuron import constraints, regularizers
from tinyneuron._common import configuration


class Doubled(regularizers.Regularizer):
    def __init__(self, by=2):
        self.by = by
        self._hidden = 0


def test_serialize_says_where_the_class_lives():
    assert configuration.serialize(regularizers.L2(0.5)) == {
        "module": "keras.regularizers",
        "class_name": "L2",
        "config": {"l2": 0.5},
        "registered_name": None,
    }
    assert configuration.serialize(Doubled(3)) == {
        "module": Doubled.__module__,
        "class_name": "Doubled",
        "config": {"by": 3},
        "registered_name": "Doubled",
    }


def test_a_configurable_is_its_public_attributes():
    assert Doubled.from_config({"by": 5}).get_config() == {"by": 5}
    assert repr(Doubled(5)) == "Doubled(by=5)"


def test_a_base_class_says_what_it_lacks():
    with pytest.raises(NotImplementedError, match=r"Regularizer must define __call__\(x\)"):
        regularizers.Regularizer()([1.0])
    with pytest.raises(NotImplementedError, match=r"Regularizer must define gradient\(x\)"):
        regularizers.Regularizer().gradient(np.ones(1))
    with pytest.raises(NotImplementedError, match=r"Constraint must define __call__\(w\)"):
        constraints.Constraint()([1.0])
