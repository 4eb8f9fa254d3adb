"""What trains is what predicts: the layer, its dtype and mode, and nothing silently other."""

import numpy as np
import pytest

from one_of_each import MAKERS
from tinyneuron import Input, Model, Sequential, layers, utils
from tinyneuron.layers import Dense

X = np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4)
OVERRIDABLE = sorted({*MAKERS} - {"Sequential"})


def renamed(method):
    """Another method that does the same."""
    return lambda *arguments, **options: method(*arguments, **options)


def with_own(layer, *names):
    """Make the layer one of a subclass that overrides these methods."""
    cls = type(layer)
    layer.__class__ = type("Own", (cls,), {name: renamed(getattr(cls, name)) for name in names})
    return layer


def refused(layer):
    model = Sequential([Input((4,)), Dense(4), layer, layers.Flatten()])
    model.compile("sgd", "mse")
    y = np.zeros(model.predict(X).shape)
    before = model.get_weights()
    with pytest.raises(TypeError, match="train another function than it computes") as raised:
        model.fit(X, y, verbose=0)
    for weight, same in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, same)
    model.evaluate(X, y, verbose=0)  # which trains nothing
    return str(raised.value)


@pytest.mark.parametrize("name", OVERRIDABLE)
def test_a_subclass_of_any_layer_with_another_call_is_not_trained_as_its_parent(name):
    message = refused(with_own(MAKERS[name](), "call"))
    assert message.startswith("Own defines call and inherits backward")


@pytest.mark.parametrize("name", OVERRIDABLE)
@pytest.mark.parametrize("method", ["backward", "forward"])
def test_nor_is_one_with_another_way_back(name, method):
    assert refused(with_own(MAKERS[name](), method)).startswith(f"Own defines {method}")


def test_nor_is_another_weighted_sum_of_a_dense_layer():
    assert "weighted_sum and inherits" in refused(with_own(Dense(2), "weighted_sum"))


def test_nor_a_method_that_is_set_on_one_layer():
    layer = Dense(2)
    layer.call = lambda inputs: inputs[:, :2]
    assert refused(layer).startswith("An instance of Dense defines call")


def test_what_overrides_all_of_them_trains():
    class Twice(Dense):
        def call(self, inputs):
            return 2 * super().call(inputs)

        def forward(self, inputs):
            a, entry = super().forward(inputs)
            return 2 * a, entry

        def backward(self, gradient, entry, gradients):
            return super().backward(2 * gradient, entry, gradients)

    model = Sequential([Twice(3, "tanh"), Twice(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy")  # whose sigmoid is not taken off: it is doubled
    utils.check_gradients(model, X[:, :2], [[1], [0], [1]])
    outputs = model.predict(X[:, :2])
    assert outputs.max() > 1 or 2 * outputs.min() < 2
    model.compile("sgd", "mse")
    assert utils.check_gradients(model, X[:, :2], [[1], [0], [1]])


def test_a_model_with_a_call_of_its_own_predicts_and_does_not_train():
    class Negative(Sequential):
        def call(self, inputs, training=False):
            return -super().call(inputs, training)

    model = Negative([Input((4,)), Dense(1)])
    np.testing.assert_array_equal(model.predict(X), -Sequential(model.layers).predict(X))
    model.compile("sgd", "mse")
    with pytest.raises(NotImplementedError, match="Negative must define backward"):
        model.fit(X, [0, 0, 0], verbose=0)
    outer = Sequential([model, Dense(1)])
    outer.compile("sgd", "mse")
    with pytest.raises(NotImplementedError, match="Negative must define backward"):
        outer.fit(X, [0, 0, 0], verbose=0)


def test_what_is_not_to_be_trained_needs_no_way_back():
    """The way back ends at the first layer that has anything to train."""

    class Features(layers.Layer):
        def call(self, inputs):
            return np.sin(inputs)

    model = Sequential([Features(), Dense(3, trainable=False), Dense(1)])
    model.compile("sgd", "mse")
    model.build((None, 4))
    frozen, trained = model.layers[1].get_weights(), model.layers[2].get_weights()
    model.fit(X, [1, 2, 3], verbose=0)
    for weight, same in zip(model.layers[1].get_weights(), frozen, strict=True):
        np.testing.assert_array_equal(weight, same)
    assert not np.array_equal(model.layers[2].get_weights()[0], trained[0])


class Seen(layers.Layer):
    """Notes the dtype of its inputs, and whether it was told to train."""

    def __init__(self, **options):
        super().__init__(**options)
        self.seen = []

    def call(self, inputs, training=None):
        if len(inputs) == len(X):  # not where the shape of the outputs is tried
            self.seen.append((inputs.dtype.name, training))
        return inputs

    def backward(self, gradient, entry, gradients):
        return gradient


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtypes_between_layers_are_cast_in_training_as_in_prediction(dtype):
    seen = Seen(dtype=dtype)
    model = Sequential([Dense(2, dtype="float64"), seen, Dense(1, dtype="float32")])
    model.compile("sgd", "mse")
    model.build((None, 4))
    seen.seen.clear()
    model.fit(X, [1, 2, 3], verbose=0)
    model.evaluate(X, [1, 2, 3], verbose=0)
    model.predict(X)
    model(X)
    model(X, training=True)
    names, modes = zip(*seen.seen, strict=True)
    assert set(names) == {dtype}
    assert modes == (True, False, False, False, True)


def test_a_mode_that_is_given_holds_for_all_layers_below():
    inner = Seen()

    class Careful(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Sequential([inner])

        def call(self, inputs):
            return self.inner(inputs, training=False) + self.inner(inputs)

        def backward(self, gradient, entry, gradients):
            return 2 * gradient

    model = Sequential([Dense(1), Careful()])
    model.compile("sgd", "mse")
    model.build((None, 4))
    inner.seen.clear()
    model.fit(X, [1, 2, 3], verbose=0)
    assert [training for _, training in inner.seen] == [False, True]


def test_a_model_is_the_base_of_a_sequential():
    model = Sequential([Input((4,)), Dense(1)])
    assert isinstance(model, Model)
    assert issubclass(Sequential, Model)
