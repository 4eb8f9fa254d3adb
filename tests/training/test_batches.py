"""Every epoch takes every row once, in batches, whatever kind of array holds them."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from small_models import SILENT, Seen, X, Y, affine, neuron, weights_bytes
from tinyneuron import Input, Sequential, losses, utils
from tinyneuron.layers import Dense
from tinyneuron.optimizers import SGD


@given(st.integers(1, 12))
def test_every_epoch_takes_every_row_once_the_rest_in_a_smaller_batch(batch_size):
    seen = Seen()
    model = neuron(loss=seen)
    y = np.arange(10.0)
    model.fit(X, y, batch_size=batch_size, epochs=2, **SILENT)
    sizes = [min(batch_size, 10 - start) for start in range(0, 10, batch_size)]
    assert [len(batch) for batch in seen.batches] == sizes * 2
    rows = list(itertools.chain(*seen.batches))
    assert sorted(rows[:10]) == sorted(rows[10:]) == y.tolist()
    assert model.optimizer.iterations == 2 * len(sizes)


def test_rows_come_in_another_order_each_epoch_x_y_and_weights_together():
    rows = np.arange(10.0)
    orders = []

    class Same(losses.MeanSquaredError):
        def call(self, y_true, y_pred):
            orders.append(y_pred[:, 0].tolist())
            assert np.array_equal(y_true, y_pred)
            return super().call(y_true, y_pred)

        gradient = losses.MeanSquaredError.gradient

    model = Sequential([Input((1,)), Dense(1)])
    model.set_weights([[[1.0]], [0.0]])  # it returns its inputs, and keeps to that
    model.compile(SGD(), Same())
    model.fit(rows, rows, batch_size=10, epochs=3, **SILENT)
    assert orders[0] != orders[1] != orders[2] != orders[0]
    assert rows.tolist() not in orders
    model.compile(SGD(0.0), loss=losses.MeanSquaredError())
    history = model.fit(rows, rows + 1, sample_weight=rows, batch_size=3, epochs=2, **SILENT)
    assert history.history["loss"] == [pytest.approx(4.5)] * 2  # the weights' mean


def test_without_shuffling_rows_come_in_order():
    seen = Seen()
    neuron(loss=seen).fit(X, np.arange(10), batch_size=4, shuffle=False, **SILENT)
    assert seen.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_a_batch_has_32_rows_unless_told():
    seen = Seen()
    neuron(loss=seen).fit(np.zeros((70, 3)), np.zeros(70), **SILENT)
    assert [len(batch) for batch in seen.batches] == [32, 32, 6]


def test_an_epochs_loss_is_the_mean_over_its_rows_each_before_its_step(wide):
    model, twin = neuron(compiled={"metrics": ["mae"]}), neuron()
    history = model.fit(X, Y, batch_size=4, shuffle=False, **SILENT).history
    squares = []
    for rows in (slice(0, 4), slice(4, 8), slice(8, 10)):
        squares.append((affine(twin.get_weights())[rows] - Y[rows]) ** 2)
        twin.train_on_batch(X[rows], Y[rows])
    squares = np.concatenate(squares)
    assert history["loss"] == [pytest.approx(squares.mean(), rel=1e-12)]
    assert history["mae"] == [pytest.approx(np.sqrt(squares).mean(), rel=1e-12)]
    assert weights_bytes(model) == weights_bytes(twin)


def test_a_column_and_a_vector_of_targets_are_the_same():
    histories, ends = [], []
    for y in (Y, Y[:, 0], Y.tolist(), Y[:, 0].tolist()):
        utils.set_random_seed(0)
        model = neuron(compiled={"metrics": ["mae"]})
        fit = {"batch_size": 3, "epochs": 2, "validation_data": (X, y), **SILENT}
        histories.append(model.fit(X.tolist(), y, **fit).history)
        ends.append(weights_bytes(model))
    assert all(history == histories[0] for history in histories)
    assert all(end == ends[0] for end in ends)


@pytest.mark.parametrize("shuffle", [False, True])
def test_data_on_disk_train_as_data_in_memory(tmp_path, shuffle):
    paths = tmp_path / "x.npy", tmp_path / "y.npy"
    for path, data in zip(paths, (X, Y), strict=True):
        np.save(path, data)
    on_disk = [np.load(path, mmap_mode="r") for path in paths]
    results = []
    for x, y in ((X, Y), on_disk):
        utils.set_random_seed(0)
        model = neuron()
        fit = {"batch_size": 3, "epochs": 2, "shuffle": shuffle, "validation_data": (x, y)}
        results.append((model.fit(x, y, **fit, **SILENT).history, weights_bytes(model)))
    assert results[0] == results[1]


@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool", "float16", "float64"])
def test_inputs_of_any_numbers_are_cast(dtype):
    x = (X > 0).astype(dtype)
    one, other = neuron(), neuron()
    first = one.fit(x, Y, shuffle=False, **SILENT).history
    second = other.fit(x.astype(np.float32), Y.astype(np.float32), shuffle=False, **SILENT).history
    assert first["loss"] == pytest.approx(second["loss"], rel=1e-6)
    assert one.weights[0].dtype == np.float32


def test_features_and_targets_of_one_number_may_be_vectors():
    model = Sequential([Input((1,)), Dense(1)])
    model.compile(SGD(0.1), "mse")
    model.fit(X[:, 0], Y[:, 0], epochs=2, **SILENT)
    assert model.evaluate(X[:, 0], Y[:, 0], **SILENT) == model.evaluate(X[:, :1], Y, **SILENT)


def test_inner_rows_train_as_rows_of_their_own(wide):
    x, y = X[:9].reshape(3, 3, 3), Y[:9].reshape(3, 3, 1)
    deep = Sequential([Input((3, 3)), Dense(1)])
    plain = neuron()
    deep.set_weights(plain.get_weights())
    deep.compile(SGD(0.1), "mse")
    assert deep.train_on_batch(x, y) == pytest.approx(plain.train_on_batch(X[:9], Y[:9]))
    np.testing.assert_allclose(deep.weights[0], plain.weights[0], rtol=1e-12)
    weighted = deep.train_on_batch(x, y[..., 0], sample_weight=[0.0, 1.0, 0.0])
    error = (affine(plain.get_weights(), X[3:6]) - Y[3:6]) ** 2
    assert weighted == pytest.approx(error.sum() / 9, rel=1e-9)
    each = (deep(x) - y)[..., 0] ** 2
    by_place = np.arange(9.0).reshape(3, 3)
    assert deep.train_on_batch(x, y, by_place) == pytest.approx((each * by_place).sum() / 9)
