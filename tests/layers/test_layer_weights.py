"""The weights of a layer: their names, their order, and where they come from."""

import numpy as np
import pytest

from one_of_each import Block
from tinyneuron import Input, Sequential, layers
from tinyneuron.layers.weights import loading


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


def test_while_a_file_is_read_nothing_is_initialized():
    def never(shape, dtype=None):
        raise AssertionError

    layer = layers.Dense(3, kernel_initializer=never, bias_initializer=never)
    with loading(4 * (2 * 3 + 3)):
        layer.build((None, 2))
    assert [weight.shape for weight in layer.weights] == [(2, 3), (3,)]
    assert layer.kernel.dtype == np.float32
    later = layers.Dense(3, kernel_initializer="zeros")
    later.build((None, 2))
    assert not later.kernel.any()


@pytest.mark.parametrize(("units", "number_of_bytes"), [(3, 0), (3, 4 * 9 - 1), (2**30, 36)])
def test_weights_of_more_bytes_than_the_file_has_are_refused(units, number_of_bytes):
    layer = layers.Dense(units)
    with (
        loading(number_of_bytes),
        pytest.raises(ValueError, match=r"'dense' needs a weight .*file"),
    ):
        layer.build((None, 2))
    assert not layer.built
    assert layer.weights == []


def test_bytes_are_counted_over_all_layers():
    with loading(4 * 9), pytest.raises(ValueError, match="the file has not as many"):
        Sequential([Input((2,)), layers.Dense(3), layers.Dense(1)])


def test_weights_lie_in_memory_row_by_row_wherever_they_come_from():
    def columns(shape, dtype=None):
        return np.asfortranarray(np.arange(6.0).reshape(shape))

    layer = layers.Dense(3, kernel_initializer=columns)
    layer.build((None, 2))
    assert layer.kernel.flags.c_contiguous
    np.testing.assert_array_equal(layer.kernel, columns((2, 3)))
