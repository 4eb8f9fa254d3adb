"""Layers that are frozen, nested, or used twice."""

import numpy as np
import pytest

from small_models import BINARY, SILENT, X, Y, affine, network, neuron, weights_bytes
from tinyneuron import Input, Sequential
from tinyneuron.layers import Dense
from tinyneuron.optimizers import SGD, Adam


def test_a_frozen_layer_stays_and_the_rest_trains_around_it():
    model = network(Dense(3, "tanh", name="middle"))
    model.get_layer("middle").trainable = False
    before = model.get_weights()
    model.fit(X, BINARY, epochs=2, **SILENT)
    changed = [not np.array_equal(*pair) for pair in zip(model.weights, before, strict=True)]
    assert changed == [True, True, False, False, True, True]
    model.get_layer("middle").trainable = True  # without compiling again
    model.fit(X, BINARY, epochs=2, **SILENT)
    assert not np.array_equal(model.weights[2], before[2])


def test_freezing_changes_no_other_step(wide):
    one, other = network(), network()
    other.set_weights(one.get_weights())
    other.layers[0].trainable = False
    one.compile(SGD(0.1), "bce")
    other.compile(SGD(0.1), "bce")
    one.train_on_batch(X, BINARY)
    other.train_on_batch(X, BINARY)
    assert weights_bytes(one)[2:] == weights_bytes(other)[2:]
    assert weights_bytes(one)[0] != weights_bytes(other)[0]


def test_a_wholly_frozen_model_only_reports():
    model = neuron()
    model.trainable = False
    before = weights_bytes(model)
    history = model.fit(X, Y, epochs=2, **SILENT).history
    squares = (affine(model.get_weights()) - Y) ** 2
    assert history["loss"] == pytest.approx([squares.mean()] * 2, rel=1e-5)
    assert weights_bytes(model) == before


def test_a_nested_model_trains_as_its_layers_in_a_row():
    plain = Sequential([Input((3,)), Dense(4, "tanh"), Dense(3, "relu"), Dense(1, "sigmoid")])
    nested = Sequential(
        [
            Input((3,)),
            Sequential([Dense(4, "tanh"), Sequential([Dense(3, "relu")])]),
            Dense(1, "sigmoid"),
        ]
    )
    whole = Sequential(
        [Input((3,)), Sequential([Dense(4, "tanh"), Dense(3, "relu"), Dense(1, "sigmoid")])]
    )
    for model in (plain, nested, whole):
        model.set_weights(plain.get_weights())
        model.compile(Adam(0.01), "bce", metrics=["accuracy"])
    histories = [
        model.fit(X, BINARY, epochs=3, shuffle=False, **SILENT).history
        for model in (plain, nested, whole)
    ]
    assert weights_bytes(plain) == weights_bytes(nested) == weights_bytes(whole)
    assert histories[0] == histories[1] == histories[2]


def test_a_layer_used_twice_gets_both_its_gradients(wide):
    layer = Dense(1, use_bias=False)
    model = Sequential([Input((1,)), Sequential([layer]), Sequential([layer])])
    layer.set_weights([[[1.5]]])
    model.compile(SGD(0.1), "mse")
    model.train_on_batch([[2.0]], [3.0])  # L = (w^2 x - y)^2, dL/dw = 2 (w^2 x - y) 2 w x
    assert layer.weights[0].item() == pytest.approx(1.5 - 0.1 * 2 * (4.5 - 3) * 2 * 1.5 * 2)
