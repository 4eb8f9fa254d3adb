"""What layers add to training: dropout, penalties, and layers of one's own."""

import numpy as np
import pytest

from small_models import SILENT, X, Y, affine, neuron, rng, weights_bytes
from tinyneuron import Input, Sequential, activations, layers
from tinyneuron.layers import Dense
from tinyneuron.optimizers import SGD


def test_dropout_is_for_training_alone():
    model = Sequential([Input((3,)), layers.Dropout(1.0), Dense(1)])  # nothing passes
    model.set_weights([np.ones((3, 1)), [0.5]])
    model.compile(SGD(0.0), "mse")
    history = model.fit(X, Y, validation_data=(X, Y), **SILENT).history
    assert history["loss"] == [pytest.approx(((0.5 - Y) ** 2).mean(), rel=1e-5)]
    whole = ((X.sum(axis=1, keepdims=True) + 0.5 - Y) ** 2).mean()
    assert history["val_loss"] == [pytest.approx(whole, rel=1e-5)]
    assert model.evaluate(X, Y, **SILENT) == pytest.approx(whole, rel=1e-5)


def test_penalties_count_in_loss_and_validation_loss(wide):
    inner = Dense(
        2, "tanh", kernel_regularizer="l1", bias_regularizer="l2", activity_regularizer="l2"
    )
    model = Sequential([Input((3,)), inner, Dense(1)])
    model.set_weights([rng.normal(0, 1, w.shape) for w in model.weights])
    model.compile(SGD(0.0), "mse", metrics=["mse"])
    history = model.fit(X, Y, batch_size=10, validation_data=(X[:4], Y[:4]), **SILENT).history
    W, b, V, c = model.get_weights()
    for prefix, rows in (("", 10), ("val_", 4)):
        a = np.tanh(X[:rows] @ W + b)
        error = ((a @ V + c - Y[:rows]) ** 2).mean()
        penalty = 0.01 * (abs(W).sum() + (b**2).sum() + (a**2).sum() / rows)
        assert history[f"{prefix}loss"] == [pytest.approx(error + penalty, rel=1e-12)]
        assert history[f"{prefix}mse"] == [pytest.approx(error, rel=1e-12)]


def test_a_function_is_no_regularizer_to_train_with():
    def small(x):
        return 0.1 * float(abs(x).sum())

    for option in ("kernel_regularizer", "activity_regularizer"):
        model = neuron(**{option: small})
        assert model.predict(X).shape == (10, 1)
        before = weights_bytes(model)
        with pytest.raises(TypeError, match=r"regularizer small is a plain function.*subclass"):
            model.fit(X, Y, **SILENT)
        assert weights_bytes(model) == before


@pytest.mark.parametrize("rows", [4, 10])
def test_a_penalty_on_the_activity_is_shared_among_the_rows(wide, rows):
    model = neuron("tanh", 2, activity_regularizer="l2")
    W, b = model.get_weights()
    a = np.tanh(X[:rows] @ W + b)
    model.train_on_batch(X[:rows], np.hstack([Y, -Y])[:rows])
    slope = 2 / (2 * rows) * (a - np.hstack([Y, -Y])[:rows]) + 2 * 0.01 * a / rows
    dz = slope * (1 - a**2)
    np.testing.assert_allclose(model.weights[0], W - 0.1 * X[:rows].T @ dz, rtol=1e-12)
    np.testing.assert_allclose(model.weights[1], b - 0.1 * dz.sum(axis=0), rtol=1e-12)


class Power(layers.Layer):
    """x^p with a p for each feature, which is learned; the inputs are positive."""

    def build(self, input_shape):
        self.p = self.add_weight((input_shape[-1],), "ones")

    def call(self, inputs):
        return inputs**self.p

    def backward(self, gradient, entry, gradients):
        inputs, outputs = entry
        gradients[0][...] = (gradient * outputs * np.log(inputs)).sum(axis=0)
        return gradient * self.p * outputs / inputs


def test_a_layer_of_ones_own_with_backward_trains(wide):
    x = np.linspace(0.5, 2, 10)[:, np.newaxis]
    model = Sequential([Input((1,)), Power()])
    model.compile(SGD(0.1), "mse")
    model.fit(x, x**2.5, batch_size=10, epochs=300, **SILENT)
    assert model.get_weights()[0][0] == pytest.approx(2.5, rel=1e-6)


def test_a_layer_of_ones_own_without_backward_predicts_and_says_why_it_does_not_train():
    class Double(layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    model = Sequential([Input((3,)), Dense(1), Double()])
    model.compile("sgd", "mse")
    before = weights_bytes(model)
    np.testing.assert_allclose(model.predict(X), 2 * affine(model.get_weights()), rtol=1e-5)
    with pytest.raises(
        NotImplementedError, match="'double' cannot be trained: Double must define ba"
    ):
        model.fit(X, Y, **SILENT)
    assert weights_bytes(model) == before


@pytest.mark.parametrize("inside", [True, False])
def test_a_plain_function_predicts_and_is_refused_in_training(inside):
    def bend(z):
        return np.maximum(z, 0.1 * z)

    last = [Dense(1, bend)] if inside else [Dense(1), layers.Activation(bend)]
    model = Sequential([Input((3,)), *last])
    model.compile("sgd", "mse")
    before = weights_bytes(model)
    np.testing.assert_allclose(model.predict(X), bend(affine(model.get_weights())), rtol=1e-5)
    with pytest.raises(
        TypeError, match=r"activation bend is a plain function.* subclass activations"
    ):
        model.fit(X, Y, **SILENT)
    assert weights_bytes(model) == before


def test_an_activation_of_ones_own_trains(wide):
    class Cube(activations.Activation):
        needs_z = True

        def apply(self, z):
            return np.power(z, 3, out=z)

        def slope(self, z, a):
            return 3 * z**2

    model = neuron(Cube())
    W, b = model.get_weights()
    z = X @ W + b
    model.train_on_batch(X, Y)
    dz = 2 / 10 * (z**3 - Y) * 3 * z**2
    np.testing.assert_allclose(model.weights[0], W - 0.1 * X.T @ dz, rtol=1e-10)
