"""The weights of a layer: their names, their order, and where they come from."""

import numpy as np
import pytest

from one_of_each import Block
from tinyneuron import Sequential, layers
from tinyneuron.layers.base import weights_from


def test_weights_of_the_layers_in_a_layer_are_its_own():
    block = Block()
    assert block(np.ones((1, 4))).shape == (1, 1)
    inner = [weight for layer in (block.first, *block.rest) for weight in layer.weights]
    assert len(block.weights) == len(inner) == 6
    assert all(own is other for own, other in zip(block.weights, inner, strict=True))
    assert block.count_params() == (4 * 2 + 2) + (2 * 3 + 3) + (3 + 1)
    block.first.trainable = False
    assert len(block.trainable_weights) == 4
    block.set_weights([np.zeros_like(weight) for weight in inner])
    assert not block.first.kernel.any()


def test_a_layer_kept_twice_counts_once():
    block = Block()
    block.all = [block.first, *block.rest]
    block.chain = Sequential([block.first, *block.rest])
    block(np.ones((1, 4)))
    assert len(block.weights) == 6


def test_layers_in_a_dict_count_too():
    class Named(layers.Layer):
        def __init__(self):
            super().__init__()
            self.parts = {"a": layers.Dense(2)}

        def call(self, inputs):
            return self.parts["a"](inputs)

    layer = Named()
    layer(np.ones((1, 4)))
    assert [weight.shape for weight in layer.weights] == [(4, 2), (2,)]


def test_as_in_keras_a_layers_trainable_weights_come_first():
    layer = layers.Layer()
    count = layer.add_weight((1,), "zeros", trainable=False, name="count")
    w = layer.add_weight((2,), "zeros", name="w")
    assert [weight is own for weight, own in zip(layer.weights, [w, count], strict=True)] == [
        True, True
    ]  # fmt: skip


def test_a_weight_without_a_name_or_initializer_has_kerass():
    layer = layers.Layer()
    kernel = layer.add_weight((200, 100))
    count = layer.add_weight(dtype="int32", initializer="zeros", trainable=False)
    limit = np.sqrt(6 / 300)
    assert np.abs(kernel).max() <= limit
    assert abs(kernel.std() - limit / np.sqrt(3)) < 0.01 * limit
    assert count.shape == ()
    assert count.dtype == np.int32
    assert [weight.name for weight in layer._weights] == ["variable_0", "variable_1"]


def test_a_weight_of_unknown_size_is_refused():
    with pytest.raises(ValueError, match=r"'layer' cannot make a weight of shape \(None, 2\)"):
        layers.Layer().add_weight((None, 2))


def test_weights_may_come_ready_made():
    kernel, bias = np.arange(6.0).reshape(2, 3), np.ones(3, np.float32)
    layer = layers.Dense(3, kernel_initializer="zeros")
    with weights_from([kernel, bias]):
        layer.build((None, 2))
    np.testing.assert_array_equal(layer.kernel, kernel)
    np.testing.assert_array_equal(layer.bias, bias)
    assert layer.kernel.dtype == np.float32
    assert not np.shares_memory(layer.bias, bias)
    later = layers.Dense(3, kernel_initializer="zeros")
    later.build((None, 2))
    assert not later.kernel.any()


@pytest.mark.parametrize(
    ("arrays", "given"),
    [
        ([], "the file has none"),
        ([np.ones((3, 2))], r"one of shape \(3, 2\) and float64"),
        ([np.ones((2, 3), int)], r"one of shape \(2, 3\) and int64"),
        ([np.ones((2, 3))], "'bias' .* the file has none"),
    ],
)
def test_ready_made_weights_that_do_not_fit_are_refused(arrays, given):
    layer = layers.Dense(3)
    with weights_from(arrays), pytest.raises(ValueError, match=f"'dense' needs a weight.*{given}"):
        layer.build((None, 2))
    assert not layer.built
    assert layer.weights == []


def test_weights_lie_in_memory_row_by_row_wherever_they_come_from():
    def columns(shape, dtype=None):
        return np.asfortranarray(np.arange(6.0).reshape(shape))

    drawn, loaded = layers.Dense(3, kernel_initializer=columns), layers.Dense(3)
    drawn.build((None, 2))
    with weights_from([columns((2, 3)), np.zeros(3)]):
        loaded.build((None, 2))
    for layer in (drawn, loaded):
        assert layer.kernel.flags.c_contiguous
        np.testing.assert_array_equal(layer.kernel, columns((2, 3)))
