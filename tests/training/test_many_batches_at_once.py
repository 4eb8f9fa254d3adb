"""Loss and metrics are the same numbers whether they are found after each batch or of many."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from small_models import SILENT, weights_bytes
from tinyneuron import Input, Sequential, callbacks, losses, metrics
from tinyneuron.layers import Dense

rng = np.random.default_rng(3)
ROWS = rng.normal(0, 1, (70, 3))
WEIGHTS = rng.uniform(0.1, 2, 70)
KINDS = {
    "sigmoid": (1, (ROWS[:, :1] > 0.2).astype(float), ["accuracy", "Precision", "Recall"]),
    "softmax": (3, ROWS.argmax(axis=1), ["accuracy", "sparse_top_k_categorical_accuracy"]),
    None: (2, ROWS[:, :2] * 2, ["mae", "RootMeanSquaredError", "R2Score"]),
}
LOSSES = {
    "sigmoid": ["binary_crossentropy", "binary_focal_crossentropy", "hinge", "mse"],
    "softmax": ["sparse_categorical_crossentropy"],
    None: ["mse", "huber", "log_cosh", losses.MeanSquaredError("sum"),
           losses.MeanSquaredError("mean_with_sample_weight")],
}  # fmt: skip


def trained(kind, loss, **fit):
    units, y, names = KINDS[kind]
    model = Sequential([Input((3,)), Dense(4, "relu"), Dense(units, kind)])
    start = np.random.default_rng(1)
    model.set_weights([start.normal(0, 0.5, w.shape) for w in model.weights])

    model.compile("adam", loss, metrics=names, weighted_metrics=names[:1])
    history = model.fit(ROWS, y, epochs=2, shuffle=False, **fit, **SILENT).history
    return history, weights_bytes(model)


@given(
    st.sampled_from([(kind, loss) for kind, those in LOSSES.items() for loss in those]),
    st.integers(1, 71),
    st.booleans(),
)
def test_who_listens_changes_no_number(kind_and_loss, batch_size, weighted):
    fit = {"batch_size": batch_size, "sample_weight": WEIGHTS if weighted else None}
    seen = []
    watch = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs))
    alone, listened = (
        trained(*kind_and_loss, **fit),
        trained(*kind_and_loss, callbacks=[watch], **fit),
    )
    assert alone[1] == listened[1]
    assert alone[0].keys() == listened[0].keys() == seen[-1].keys()
    for name, values in alone[0].items():
        np.testing.assert_allclose(values, listened[0][name], rtol=2e-5, atol=1e-6)
        np.testing.assert_allclose(values[-1], seen[-1][name], rtol=2e-5, atol=1e-6)


def test_a_loss_or_metric_of_ones_own_is_asked_after_each_batch():
    sizes = {"loss": [], "metric": [], "function": []}

    class Loss(losses.MeanSquaredError):
        def call(self, y_true, y_pred):
            sizes["loss"].append(len(y_true))
            return super().call(y_true, y_pred)

        gradient = losses.MeanSquaredError.gradient

    class Metric(metrics.MeanSquaredError):
        def update_state(self, y_true, y_pred, sample_weight=None):
            sizes["metric"].append(len(y_true))
            super().update_state(y_true, y_pred, sample_weight)

    def function(y_true, y_pred):
        sizes["function"].append(len(y_true))
        return np.abs(y_true - y_pred).max()

    for own in ({"loss": Loss()}, {"metrics": [Metric()]}, {"metrics": [function]}):
        model = Sequential([Input((3,)), Dense(1)])
        model.compile(**{"loss": "mse"} | own)
        model.fit(ROWS, ROWS[:, :1], batch_size=32, **SILENT)
    assert sizes == {"loss": [32, 32, 6], "metric": [1, 32, 32, 6], "function": [1, 32, 32, 6]}


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("row", [0, 9, 33, 69])
def test_the_first_batch_with_a_nan_is_named_all_the_same(row, shuffle):
    x = ROWS.copy()
    x[row] = np.nan
    model = Sequential([Input((3,)), Dense(1)])
    model.compile("sgd", "mse")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(x, ROWS[:, :1], batch_size=8, shuffle=shuffle, **SILENT)
    (told,) = [str(warning.message) for warning in caught]
    assert f"the first in row {row}" in told
    if not shuffle:
        assert f"in epoch 1 from batch {row // 8 + 1} on" in told


def test_a_training_that_is_stopped_in_mid_piece_reports_what_it_has_seen():
    model = Sequential([Input((3,)), Dense(1)])
    model.compile("sgd", "mse")

    def stop(batch, logs):
        model.stop_training = batch == 2

    stopping = callbacks.LambdaCallback(on_train_batch_begin=stop)
    twin = Sequential([Input((3,)), Dense(1)])
    twin.set_weights(model.get_weights())
    twin.compile("sgd", "mse")
    fit = {"batch_size": 8, "shuffle": False, **SILENT}
    stopped = model.fit(ROWS, ROWS[:, :1], callbacks=[stopping], **fit).history["loss"]
    np.testing.assert_allclose(stopped, twin.fit(ROWS[:24], ROWS[:24, :1], **fit).history["loss"])
    assert model.optimizer.iterations == 3
