"""The metrics of compile: which one a name means, what each is called, what it sees."""

import numpy as np
import pytest

from small_models import BINARY, CLASSES, SILENT, X, Y, affine, neuron, sigmoid
from tinyneuron import Input, Sequential, metrics
from tinyneuron.layers import Dense
from tinyneuron.optimizers import SGD

ACCURACIES = [
    ("sigmoid", 1, "bce", BINARY, lambda a: (a[:, 0] > 0.5) == BINARY),
    ("softmax", 3, "sparse_categorical_crossentropy", CLASSES, lambda a: a.argmax(1) == CLASSES),
    (
        "softmax",
        3,
        "sparse_categorical_crossentropy",
        CLASSES[:, np.newaxis],
        lambda a: a.argmax(1) == CLASSES,
    ),
    (
        "softmax",
        3,
        "categorical_crossentropy",
        np.eye(3)[CLASSES],
        lambda a: a.argmax(1) == CLASSES,
    ),
]


@pytest.mark.parametrize("name", ["accuracy", "acc"])
@pytest.mark.parametrize(("activation", "units", "loss", "y", "right"), ACCURACIES)
def test_accuracy_is_the_one_that_fits(activation, units, loss, y, right, name):
    model = neuron(
        activation, units, loss, compiled={"metrics": [name], "weighted_metrics": [name]}
    )
    w = np.arange(10.0)
    results = model.evaluate(X, y, sample_weight=w, return_dict=True, **SILENT)
    hits = right(model.predict(X))
    assert results[name] == pytest.approx(hits.mean())
    assert results[f"weighted_{name}"] == pytest.approx((hits * w).sum() / w.sum())


@pytest.mark.parametrize(("activation", "units", "loss", "y", "right"), ACCURACIES)
def test_accuracy_of_inner_rows_is_that_of_rows(activation, units, loss, y, right):
    deep = Sequential([Input((5, 3)), Dense(units, activation)])
    deep.compile(SGD(), loss, metrics=["accuracy"])
    hits = right(deep.predict(X.reshape(2, 5, 3)).reshape(10, units))
    _, accuracy = deep.evaluate(X.reshape(2, 5, 3), y.reshape(2, 5, *y.shape[1:]), **SILENT)
    assert accuracy == pytest.approx(hits.mean())


def test_metrics_have_the_name_they_were_given_in_keras_order():
    wanted = ["mse", metrics.MeanAbsoluteError(), metrics.MeanAbsoluteError(name="own"), "mape"]
    model = neuron(compiled={"metrics": wanted})
    history = model.fit(X, Y, validation_data=(X, Y), **SILENT).history
    names = ["loss", "mape", "mean_absolute_error", "mse", "own"]
    assert list(history) == [*names, *(f"val_{name}" for name in names)]
    values = dict(
        zip(
            ["loss", "mse", "mean_absolute_error", "own", "mape"],
            model.evaluate(X, Y, **SILENT),
            strict=True,
        )
    )
    assert values == model.evaluate(X, Y, return_dict=True, **SILENT)  # in the order of `metrics`


def test_a_weighted_metric_is_called_so_only_beside_an_unweighted_one():
    alone = neuron(compiled={"metrics": ["mae"], "weighted_metrics": ["mse"]})
    beside = neuron(compiled={"metrics": ["mae", "mse"], "weighted_metrics": ["mse"]})
    assert list(alone.evaluate(X, Y, return_dict=True, **SILENT)) == ["loss", "mae", "mse"]
    names = ["loss", "mae", "mse", "weighted_mse"]
    assert list(beside.evaluate(X, Y, return_dict=True, **SILENT)) == names


def test_metrics_of_one_name_are_numbered_as_in_keras():
    at = [metrics.BinaryAccuracy(threshold=threshold) for threshold in (0.1, 0.9)]
    model = neuron(compiled={"metrics": [*at, "mse", "mse"], "weighted_metrics": ["mse", "mse"]})
    for _ in range(2):  # no metric is renamed
        results = model.evaluate(X, Y, return_dict=True, **SILENT)
        assert list(results) == [
            "binary_accuracy", "binary_accuracy_1", "loss", "mse", "mse_1", "weighted_mse",
            "weighted_mse_1",
        ]  # fmt: skip
    outputs = model.predict(X)
    assert results["binary_accuracy"] == ((outputs > 0.1) == Y).mean()
    assert results["binary_accuracy_1"] == ((outputs > 0.9) == Y).mean()


def test_a_function_is_a_metric():
    def largest_error(y_true, y_pred):
        return abs(y_true - y_pred).max()

    model = neuron(compiled={"metrics": [largest_error]})
    _, value = model.evaluate(X, Y[:, 0], batch_size=5, **SILENT)
    each = abs(affine(model.get_weights()) - Y)
    assert value == pytest.approx((each[:5].max() + each[5:].max()) / 2, rel=1e-6)


def test_a_metric_of_ones_own_is_reset_each_epoch():
    class Rows(metrics.Metric):
        def reset_state(self):
            self.rows = 0

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.rows += len(y_pred)

        def result(self):
            return self.rows

    model = neuron(compiled={"metrics": Rows()})
    history = model.fit(X, Y, batch_size=3, epochs=2, validation_split=0.4, **SILENT).history
    assert (history["rows"], history["val_rows"]) == ([6, 6], [4, 4])


def test_metrics_see_probabilities_where_the_model_ends_in_them():
    model = neuron("sigmoid", loss="bce", rate=0.0, compiled={"metrics": ["mse"]})
    a = sigmoid(affine(model.get_weights()))[:, 0]
    wanted = pytest.approx(((a - BINARY) ** 2).mean(), rel=1e-5)
    history = model.fit(X, BINARY, validation_data=(X, BINARY), **SILENT).history
    assert (history["mse"], history["val_mse"]) == ([wanted], [wanted])
