"""A training step is its closed form, and many of them end where the closed form says."""

import math

import numpy as np
import pytest

from small_models import BINARY, CLASSES, SILENT, X, Y, affine, neuron, sigmoid
from tinyneuron import Input, Sequential
from tinyneuron.layers import Dense
from tinyneuron.optimizers import SGD, schedules


def test_a_step_of_one_number_by_hand(wide):
    model = Sequential([Input((1,)), Dense(1)])
    model.set_weights([[[2.0]], [1.0]])
    model.compile(SGD(0.1), "mse")
    history = model.fit([[3.0]], [5.0], **SILENT)
    assert history.history["loss"] == [4.0]  # a = 2 * 3 + 1 = 7, L = (7 - 5)^2, dL/da = 4
    assert model.weights[0][0, 0] == pytest.approx(2 - 0.1 * 4 * 3)
    assert model.weights[1][0] == pytest.approx(1 - 0.1 * 4)


def test_a_step_through_a_hidden_layer_by_hand(wide):
    model = Sequential([Input((1,)), Dense(1, "tanh"), Dense(1)])
    w, b, v, c, x, y = 0.5, 0.1, -1.5, 0.2, 0.8, 1.0
    model.set_weights([[[w]], [b], [[v]], [c]])
    model.compile(SGD(0.1), "mse")
    model.train_on_batch([[x]], [y])
    h = math.tanh(w * x + b)
    d = 2 * (v * h + c - y)
    dz = d * v * (1 - h * h)
    stepped = [w - 0.1 * dz * x, b - 0.1 * dz, v - 0.1 * d * h, c - 0.1 * d]
    np.testing.assert_allclose([a.item() for a in model.weights], stepped, rtol=1e-14)


def test_a_logistic_step_is_x_times_a_minus_y_over_m(wide):
    model = neuron("sigmoid", loss="binary_crossentropy")
    W, b = model.get_weights()
    error = sigmoid(X @ W + b) - BINARY[:, np.newaxis]
    model.train_on_batch(X, BINARY)
    np.testing.assert_allclose(model.weights[0], W - 0.1 * X.T @ error / 10, rtol=1e-12)
    np.testing.assert_allclose(model.weights[1], b - 0.1 * error.sum(axis=0) / 10, rtol=1e-12)


def test_a_softmax_step_is_x_times_a_minus_y_over_m(wide):
    model = neuron("softmax", 3, "sparse_categorical_crossentropy")
    W, b = model.get_weights()
    powers = np.exp(X @ W + b)
    error = powers / powers.sum(axis=1, keepdims=True) - np.eye(3)[CLASSES]
    model.train_on_batch(X, CLASSES)
    np.testing.assert_allclose(model.weights[0], W - 0.1 * X.T @ error / 10, rtol=1e-12)
    np.testing.assert_allclose(model.weights[1], b - 0.1 * error.sum(axis=0) / 10, rtol=1e-12)


def test_linear_regression_reaches_the_normal_equations(wide):
    model = neuron(rate=0.4)
    model.fit(X, Y, batch_size=10, epochs=400, **SILENT)
    ones = np.hstack([X, np.ones((10, 1))])
    solution = np.linalg.solve(ones.T @ ones, ones.T @ Y)
    np.testing.assert_allclose(np.vstack([model.weights[0], model.weights[1]]), solution, rtol=1e-8)


def test_ridge_regression_reaches_its_closed_form(wide):
    model = neuron(rate=0.4, use_bias=False, kernel_regularizer="l2")
    model.fit(X, Y, batch_size=10, epochs=400, **SILENT)
    # L = |X w - y|^2 / m + 0.01 |w|^2
    solution = np.linalg.solve(X.T @ X / 10 + 0.01 * np.eye(3), X.T @ Y / 10)
    np.testing.assert_allclose(model.weights[0], solution, rtol=1e-8)


def test_logistic_regression_ends_where_its_gradient_is_zero(wide):
    model = neuron("sigmoid", loss="bce", rate=2.0, kernel_regularizer="l2")
    model.fit(X, BINARY, batch_size=10, epochs=1000, **SILENT)
    W, b = model.get_weights()
    error = sigmoid(X @ W + b) - BINARY[:, np.newaxis]
    np.testing.assert_allclose(X.T @ error / 10 + 2 * 0.01 * W, 0, atol=1e-10)
    assert error.sum() == pytest.approx(0, abs=1e-9)


def test_constraints_hold_after_every_step(wide):
    model = neuron(rate=0.5, kernel_constraint="non_neg", bias_constraint="non_neg")
    W, b = model.get_weights()
    error = X @ W + b - Y
    model.train_on_batch(X, Y)
    stepped = W - 0.5 * 2 / 10 * X.T @ error
    assert (stepped < 0).any()
    np.testing.assert_allclose(model.weights[0], np.maximum(stepped, 0), rtol=1e-12)
    assert (model.weights[1] >= 0).all()


def test_a_schedule_goes_on_from_epoch_to_epoch(wide):
    model = neuron()
    model.compile(SGD(schedules.ExponentialDecay(0.1, 1, 0.5)), "mse")
    weights = model.get_weights()
    model.fit(X, Y, batch_size=10, epochs=3, shuffle=False, **SILENT)
    for rate in (0.1, 0.05, 0.025):
        error = affine(weights) - Y
        gradients = X.T @ error, error.sum(axis=0)
        weights = [w - rate * 2 / 10 * g for w, g in zip(weights, gradients, strict=True)]
    for ours, theirs in zip(model.weights, weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_a_batch_is_one_step_however_many_rows_it_has(wide):
    x, y = np.tile(X, (10, 1)), np.tile(Y, (10, 1))
    many, few = neuron(), neuron()
    assert many.train_on_batch(x, y) == pytest.approx(few.train_on_batch(X, Y), rel=1e-12)
    assert many.optimizer.iterations == 1
    np.testing.assert_allclose(many.weights[0], few.weights[0], rtol=1e-12)
