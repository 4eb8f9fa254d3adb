"""What is saved is what loads, and training goes on; or `save` refuses and says why."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinyneuron as keras
from damage import same_bits
from tinyneuron import layers

pytest.importorskip("h5py")

X = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
Y = (X[:, :1] > 0).astype(np.float32)


@keras.saving.register_keras_serializable("goes_on")
class Pair(keras.Layer):
    """Layers in an attribute and in a list, and a weight of its own."""

    def __init__(self, units, **options):
        super().__init__(**options)
        self.units = units
        self.one, self.rest = layers.Dense(units, "tanh"), [layers.Dense(3)]

    def build(self, input_shape):
        self.one.build(input_shape)
        self.rest[0].build((None, self.units))
        self.shift = self.add_weight(shape=(3,), trainable=False, initializer="ones")

    def call(self, inputs):
        return self.rest[0].call(self.one.call(inputs)) + self.shift

    def forward(self, inputs):
        hidden, first = self.one.forward(inputs)
        outputs, second = self.rest[0].forward(hidden)
        return outputs + self.shift, (first, second)

    def backward(self, gradient, entry, gradients):
        gradient = self.rest[0].backward(gradient, entry[1], gradients[2:])
        return self.one.backward(gradient, entry[0], gradients[:2])


@keras.saving.register_keras_serializable("goes_on")
class Net(keras.Sequential):
    pass


def dense(units=3):
    return layers.Dense(units, "tanh")


def part_with(layer):
    return keras.Sequential([dense(), layer])


PARTS = {
    "dense": lambda: [dense()],
    "frozen": lambda: [layers.Dense(3, trainable=False)],
    "normalization": lambda: [layers.Normalization(mean=0.5, variance=2.0)],
    "pair": lambda: [Pair(4)],
    "net": lambda: [Net([dense(), layers.ELU()])],
    "dropouts": lambda: [part_with(layers.Dropout(0.5, seed=s, name="drop")) for s in (1, 2)],
    "twice": lambda: (lambda shared: [part_with(shared), part_with(shared)])(dense()),
}
CHANGES = {
    "none": lambda model: None,
    "freeze": lambda model: setattr(model.layers[0], "trainable", False),
    "thaw": lambda model: setattr(model, "trainable", True),
    "add": lambda model: model.add(layers.Dense(1)),
    "amsgrad": lambda model: setattr(model.optimizer, "amsgrad", True),
    "rate": lambda model: setattr(model.optimizer, "learning_rate", 0.25),
}


@st.composite
def changed_models(draw):
    """Models that were trained and then changed."""
    parts = draw(st.lists(st.sampled_from(sorted(PARTS)), min_size=1, max_size=3))
    kind = draw(st.sampled_from([keras.Sequential, Net]))
    inner = [layer for part in parts for layer in PARTS[part]()]
    model = kind([keras.Input((3,)), *inner, layers.Dense(1)])
    model.compile(keras.optimizers.Adam(2**-6), "mse")
    model.fit(X, Y, epochs=2, verbose=0)
    CHANGES[draw(st.sampled_from(sorted(CHANGES)))](model)
    return model


@given(changed_models(), st.sampled_from([".npz", ".keras", ".h5"]))
def test_what_is_saved_loads_and_goes_on(tmp_path_factory, model, ending):
    path = tmp_path_factory.mktemp("models") / f"model{ending}"
    model.save(path)
    loaded = keras.saving.load_model(path)
    assert type(loaded) is type(model)
    assert loaded.get_config() == model.get_config()
    assert same_bits(loaded, model)
    assert loaded.optimizer.iterations == model.optimizer.iterations
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    losses = [each.fit(X, Y, epochs=10, shuffle=False, verbose=0) for each in (loaded, model)]
    assert losses[0].history == losses[1].history
