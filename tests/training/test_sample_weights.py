"""Weights of samples and of classes."""

import numpy as np
import pytest

from small_models import BINARY, CLASSES, SILENT, X, Y, affine, neuron, sigmoid
from tinyneuron import losses


@pytest.mark.parametrize("column", [False, True])
def test_sample_weights_scale_each_rows_part(wide, column):
    model = neuron(compiled={"metrics": ["mae"], "weighted_metrics": ["mae"]})
    W, b = model.get_weights()
    error, w = X @ W + b - Y, np.arange(10.0)[:, np.newaxis]
    given_weights = w if column else w[:, 0]
    history = model.fit(X, Y, sample_weight=given_weights, batch_size=10, **SILENT).history
    np.testing.assert_allclose(model.weights[0], W - 0.1 * 2 / 10 * X.T @ (w * error), rtol=1e-10)
    assert history["loss"] == [pytest.approx((w * error**2).mean(), rel=1e-12)]
    assert history["mae"] == [pytest.approx(abs(error).mean(), rel=1e-12)]
    assert history["weighted_mae"] == [pytest.approx((w * abs(error)).sum() / w.sum(), rel=1e-12)]


def test_a_weight_of_zero_leaves_a_row_out(wide):
    without, weighted = (
        neuron(loss=losses.MeanSquaredError("sum")),
        neuron(loss=losses.MeanSquaredError("sum")),
    )
    without.train_on_batch(X[:7], Y[:7])
    weighted.train_on_batch(X, Y, sample_weight=[1] * 7 + [0] * 3)
    np.testing.assert_allclose(weighted.weights[0], without.weights[0], rtol=1e-12)


@pytest.mark.parametrize(
    ("y", "units", "activation", "loss"),
    [
        (BINARY, 1, "sigmoid", "binary_crossentropy"),
        (BINARY[:, np.newaxis], 1, "sigmoid", "binary_crossentropy"),
        (CLASSES, 3, "softmax", "sparse_categorical_crossentropy"),
        (np.eye(3)[CLASSES], 3, "softmax", "categorical_crossentropy"),
    ],
    ids=["vector", "column", "classes", "one-hot"],
)
def test_class_weights_are_weights_of_their_rows(wide, y, units, activation, loss):
    by_class = {0: 0.3, 1: 1.7} if units == 1 else {1: 0.3, 2: 1.7}  # a class left out counts 1
    rows = BINARY.astype(int) if units == 1 else CLASSES
    weights = np.array([by_class.get(k, 1.0) for k in rows])
    one, other = (neuron(activation, units, loss) for _ in range(2))
    first = one.train_on_batch(X, y, class_weight=by_class)
    second = other.train_on_batch(X, y, sample_weight=weights)
    assert first == pytest.approx(second, rel=1e-12)
    for ours, theirs in zip(one.weights, other.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("column", [False, True])
def test_class_and_sample_weights_multiply(wide, column):
    model = neuron("sigmoid", loss="binary_crossentropy", rate=0.0)
    p, w = sigmoid(affine(model.get_weights()))[:, 0], np.arange(10.0)
    each = -np.log(np.where(BINARY == 1, p, 1 - p))
    given_weights = w[:, np.newaxis] if column else w
    history = model.fit(
        X, BINARY, class_weight={1: 3}, sample_weight=given_weights, **SILENT
    ).history
    assert history["loss"] == [
        pytest.approx((each * w * np.where(BINARY == 1, 3, 1)).mean(), rel=1e-9)
    ]
