"""Layers of one's own: what they must define, and what they get for it."""

import numpy as np
import pytest

from one_of_each import Scale
from tinyneuron import Input, Sequential, layers


def test_a_users_layer_builds_computes_and_counts():
    layer = Scale()
    assert layer.weights == []
    assert layer([[1.0, 2.0]]).tolist() == [[1.0, 2.0]]
    layer.set_weights([[3.0, 4.0]])
    assert layer([[1.0, 2.0]]).tolist() == [[3.0, 8.0]]
    assert layer.scale is layer.weights[0]
    assert layer.count_params() == 2
    assert layer.built


def test_a_users_layer_stands_in_a_model_and_its_summary():
    model = Sequential([Input((2,)), Scale(), layers.Dense(1)], name="m")
    lines = []
    model.summary(print_fn=lines.append)
    assert lines[4].split() == ["scale", "(Scale)", "(None,", "2)", "2"]
    assert model.output_shape == (None, 1)


def test_a_build_may_set_built_and_call_its_super():
    class Careful(layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight(initializer="ones")
            super().build(input_shape)
            self.built = True

        def call(self, inputs):
            return inputs * self.w

    layer = Careful()
    assert layer([[2.0]]).tolist() == [[2.0]]
    assert len(layer.weights) == 1
    assert layer.input.shape == (None, 1)


def test_a_build_may_add_to_that_of_its_super():
    class Gated(layers.Dense):
        def build(self, input_shape):
            super().build(input_shape)
            self.gate = self.add_weight((self.units,), "ones", name="gate")

        def call(self, inputs):
            return super().call(inputs) * self.gate

    layer = Gated(2)
    assert layer(np.ones((1, 3))).shape == (1, 2)
    assert [weight.shape for weight in layer.weights] == [(3, 2), (2,), (2,)]


def test_a_failed_build_leaves_nothing_behind():
    class Failing(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(2)

        def build(self, input_shape):
            self.w = self.add_weight(shape=(2,))
            self.inner.build(input_shape)
            raise RuntimeError("no")

    layer = Failing()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no"):
            layer(np.ones((1, 2)))
        assert not layer.built
        assert not layer.inner.built
        assert layer.weights == []
        assert not hasattr(layer, "w")


class Noisy(layers.Layer):
    def call(self, inputs, training=False):
        return inputs + 1 if training else inputs


def test_call_is_told_whether_it_is_training():
    layer = Noisy()
    assert layer([[0.0]]).item() == 0
    assert layer([[0.0]], training=False).item() == 0
    assert layer([[0.0]], training=True).item() == 1
    model = Sequential([Noisy(), layers.Identity(), Noisy()])
    assert model([[0.0]]).item() == 0
    assert model([[0.0]], training=True).item() == 2


def test_training_may_be_an_argument_by_name_alone():
    class Strict(layers.Layer):
        def call(self, inputs, *, scale=1, training=False):
            return inputs + scale if training else inputs

    assert Strict()([[0.0]], training=True).item() == 1
    assert Strict()([[0.0]], scale=3, training=True).item() == 3


def test_a_local_variable_called_training_is_no_argument():
    class Local(layers.Layer):
        def call(self, inputs):
            training = 2
            return inputs * training

    assert Local()([[1.0]], training=True).item() == 2


def test_fit_tells_a_users_layer_that_it_is_training():
    seen = []

    class Listening(layers.Layer):
        def call(self, inputs, training=False):
            seen.append(training)
            return inputs

        def backward(self, gradient, entry, gradients):
            return gradient

    class Holding(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Listening()

        def call(self, inputs):
            return self.inner(inputs)

        def backward(self, gradient, entry, gradients):
            return gradient

    model = Sequential([Input((1,)), layers.Dense(1), Listening(), Holding()])
    model.compile("sgd", "mse")
    model.fit([[1.0]], [[1.0]], verbose=0)
    assert seen[-2:] == [True, True]
    model.evaluate([[1.0]], [[1.0]], verbose=0)
    assert seen[-2:] == [False, False]


def test_training_reaches_the_layers_in_a_layer():
    class Outer(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Noisy()

        def call(self, inputs):
            return self.inner(inputs)

    assert Outer()([[0.0]]).item() == 0
    assert Outer()([[0.0]], training=True).item() == 1


def test_what_a_user_forgot_is_said():
    class Early(layers.Layer):
        def __init__(self):
            self.add_weight(shape=(1,))

    with pytest.raises(AttributeError, match=r" \(must its __init__ call super\(\).__init__\(\)"):
        Early()
    with pytest.raises(NotImplementedError, match="Layer must define call"):
        layers.Layer()([[1.0]])
    with pytest.raises(NotImplementedError, match="cannot be trained: Scale must define backward"):
        Scale().backward(np.ones((1, 1)), None, [])
    layer = Scale(name="mine")
    layer([[1.0]])
    with pytest.raises(AttributeError, match=r"Scale 'mine' has no attribute 'scal'\.$"):
        _ = layer.scal


def test_by_default_the_output_shape_is_found_by_trying():
    class Pairs(layers.Layer):
        def call(self, inputs):
            return inputs.reshape(len(inputs), -1, 2)

    assert Pairs().compute_output_shape((None, 6)) == (None, 3, 2)
    assert Pairs().compute_output_shape((7, 6)) == (7, 3, 2)
    unbuilt = Scale()
    assert unbuilt.compute_output_shape((None, 4)) == (None, 4)
    assert [weight.shape for weight in unbuilt.weights] == [(4,)]
