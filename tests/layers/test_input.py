"""Inputs: a shape, a dtype and a name."""

import json

import numpy as np
import pytest

from tinyneuron import Input, KerasTensor, layers


def test_an_input_is_a_shape_a_dtype_and_a_name():
    x = Input((2, 3), name="x")
    assert isinstance(x, KerasTensor)
    assert (x.shape, x.dtype, x.name) == ((None, 2, 3), "float32", "x")
    assert Input(batch_shape=(None, 2)).shape == (None, 2)
    other = Input([np.int64(2)], dtype="float64")
    assert (other.shape, other.dtype, other.name) == ((None, 2), "float64", "input_layer_1")


def test_an_input_layer_returns_its_inputs_and_is_built():
    layer = layers.InputLayer(batch_shape=(None, 2), name="x")
    assert layer.built
    assert layer([[1, 2]]).tolist() == [[1, 2]]
    assert layer.output.shape == layer.input.shape == (None, 2)
    again = layers.deserialize(json.loads(json.dumps(layers.serialize(layer))))
    assert again.get_config() == layer.get_config()
    assert layers.InputLayer.from_config(layer.get_config() | {"sparse": False}).name == "x"


@pytest.mark.parametrize(
    ("option", "usual"), [("sparse", None), ("ragged", None), ("optional", False)]
)
def test_inputs_of_other_kinds_are_refused(option, usual):
    config = layers.InputLayer((2,)).get_config()
    with pytest.raises(ValueError, match=f"takes {option} only as Keras' default, {usual}, got"):
        layers.InputLayer.from_config(config | {option: True})
