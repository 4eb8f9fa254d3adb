import itertools
import math
import threading
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyneuron import Input, Sequential, activations, config, layers, losses, metrics, utils
from tinyneuron.callbacks import Callback, EarlyStopping, LambdaCallback
from tinyneuron.layers import Dense
from tinyneuron.optimizers import SGD, Adam, schedules

rng = np.random.default_rng(8)
X = rng.normal(0, 1, (10, 3))
Y = X @ [[1.0], [-2.0], [0.5]] + 0.3 + rng.normal(0, 0.1, (10, 1))
CLASSES = np.array([0, 1, 2, 1, 0, 2, 2, 1, 0, 1])
BINARY = (CLASSES > 0).astype(float)
SILENT = {"verbose": 0}


@pytest.fixture
def wide():
    config.set_floatx("float64")


def neuron(activation=None, units=1, loss="mse", rate=0.1, compiled=None, **options):
    """One layer with known weights."""
    model = Sequential([Input((3,)), Dense(units, activation, **options)])
    start = np.random.default_rng(1)
    model.set_weights([start.normal(0, 0.5, w.shape) for w in model.weights])
    model.compile(SGD(rate), loss, **(compiled or {}))
    return model


def network(*inner, last="sigmoid"):
    model = Sequential([Input((3,)), Dense(4, "tanh"), *inner, Dense(1, last)])
    model.compile(Adam(0.01), "binary_crossentropy")
    return model


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def affine(weights, x=X):
    W, b = weights
    return x @ W + b


class Seen(losses.MeanSquaredError):
    """Squared error that writes down the targets of each batch."""

    def __init__(self):
        super().__init__()
        self.batches = []

    def call(self, y_true, y_pred):
        self.batches.append(y_true[:, 0].tolist())
        return super().call(y_true, y_pred)

    gradient = losses.MeanSquaredError.gradient


def weights_bytes(model):
    return [w.tobytes() for w in model.weights]


# Closed forms --------------------------------------------------------------------------------


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


# Batches -------------------------------------------------------------------------------------


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


@pytest.mark.parametrize(("share", "number"), [(0.2, 2), (0.25, 3), (0.5, 5), (0.8, 9)])
def test_validation_takes_the_last_rows_and_never_trains_on_them(share, number):
    seen = Seen()
    model = neuron(loss=seen, rate=0.0)
    y = np.array([3.0, 1, 4, 1.5, 9, 2, 6, 5, 3.5, 8])
    history = model.fit(X, y, validation_split=share, batch_size=10, epochs=2, **SILENT).history
    train, test, again, test_again = seen.batches
    assert test == test_again == pytest.approx(y[10 - number :].tolist())
    assert sorted(train) == sorted(again) == pytest.approx(sorted(y[: 10 - number]))
    errors = (affine(model.get_weights()) - y[:, np.newaxis]) ** 2
    assert history["val_loss"] == pytest.approx([errors[10 - number :].mean()] * 2, rel=1e-5)
    assert history["loss"] == pytest.approx([errors[: 10 - number].mean()] * 2, rel=1e-5)


def test_sample_weights_are_split_with_their_rows():
    model, w = neuron(rate=0.0), np.arange(1.0, 11)
    history = model.fit(X, Y, sample_weight=w, validation_split=0.3, **SILENT).history
    errors = (affine(model.get_weights()) - Y)[:, 0] ** 2 * w
    assert history["loss"] == pytest.approx([errors[:7].mean()], rel=1e-5)
    assert history["val_loss"] == pytest.approx([errors[7:].mean()], rel=1e-5)


SORTED = [np.arange(10) // 5, np.eye(2)[np.arange(10) // 5], 1 - np.arange(10) // 5]


@pytest.mark.parametrize("y", SORTED, ids=["classes", "one-hot", "falling"])
def test_classes_in_order_are_warned_of(y):
    model = neuron(units=2 if y.ndim > 1 else 1)
    with pytest.warns(
        UserWarning, match="sorted by class, and validation_split takes the last .* 8 on"
    ):
        model.fit(X, y, validation_split=0.2, **SILENT)


UNSORTED = np.array([0, 0, 1, 1, 1, 0, 0, 0, 1, 1])


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32"])
@pytest.mark.parametrize(
    "y", [UNSORTED, 1 - UNSORTED, np.zeros(10, int)], ids=["up", "down", "one"]
)
def test_classes_that_are_not_in_order_are_not_warned_of(y, dtype):
    history = neuron().fit(X, y.astype(dtype), validation_split=0.2, **SILENT)
    assert "val_loss" in history.history  # a warning would be an error here


def test_rising_numbers_are_no_classes_in_order():
    assert neuron().fit(X, np.arange(10.0), validation_split=0.2, **SILENT).epoch == [0]


# Repeating -----------------------------------------------------------------------------------


def train_from(seed):
    utils.set_random_seed(seed)
    utils.clear_session()
    model = network(layers.Dropout(0.3))
    history = model.fit(X, BINARY, batch_size=3, epochs=3, validation_split=0.2, **SILENT)
    return weights_bytes(model), history.history


def test_the_same_seed_trains_the_same_bit_for_bit():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first, again, other = train_from(1), train_from(1), train_from(2)
    assert first == again
    assert first != other


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


def test_fit_goes_on_where_it_stopped():
    once, twice = network(), network()
    twice.set_weights(once.get_weights())
    once.fit(X, BINARY, epochs=4, shuffle=False, **SILENT)
    twice.fit(X, BINARY, epochs=2, shuffle=False, **SILENT)
    twice.fit(X, BINARY, epochs=4, initial_epoch=2, shuffle=False, **SILENT)
    assert weights_bytes(once) == weights_bytes(twice)
    assert twice.optimizer.iterations == 4


def test_compiling_again_starts_the_optimizer_over_and_keeps_the_weights():
    model = network()
    model.fit(X, BINARY, epochs=3, **SILENT)
    before = model.get_weights()
    model.compile(SGD(0.5), "mse", metrics=["accuracy"])
    assert all(np.array_equal(*pair) for pair in zip(model.weights, before, strict=True))
    assert model.optimizer.iterations == 0
    results = model.evaluate(X, BINARY, return_dict=True, **SILENT)
    a = model.predict(X)[:, 0]
    assert results["loss"] == pytest.approx(((a - BINARY) ** 2).mean(), rel=1e-6)
    assert results["accuracy"] == pytest.approx(((a > 0.5) == BINARY).mean())


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


@pytest.mark.parametrize(("epochs", "initial", "wanted"), [(4, 2, [2, 3]), (1, 2, []), (0, 0, [])])
def test_epochs_are_counted_from_the_initial_one(epochs, initial, wanted):
    model = neuron()
    before = weights_bytes(model)
    history = model.fit(X, Y, epochs=epochs, initial_epoch=initial, **SILENT)
    assert history.epoch == wanted
    assert len(history.history.get("loss", [])) == len(wanted)
    assert (weights_bytes(model) == before) == (not wanted)


# Weights of samples and classes ------------------------------------------------------------------


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


# Validation, evaluation, single batches ----------------------------------------------------------


def test_validation_data_are_evaluated_after_each_epoch(wide):
    model, ends = neuron(compiled={"metrics": ["mae"]}), []
    keep = LambdaCallback(on_epoch_end=lambda epoch, logs: ends.append(model.get_weights()))
    x, y, w = X[:4] + 1, Y[:4] - 1, np.arange(4.0)
    for data, weights in (((x, y), np.ones(4)), ((x, y, w), w), ([x, y], np.ones(4))):
        ends.clear()
        history = model.fit(
            X, Y, epochs=2, validation_data=data, callbacks=[keep], **SILENT
        ).history
        for epoch, end in enumerate(ends):
            error = (affine(end, x) - y)[:, 0]
            assert history["val_loss"][epoch] == pytest.approx(
                (error**2 * weights).mean(), rel=1e-12
            )
            assert history["val_mae"][epoch] == pytest.approx(abs(error).mean(), rel=1e-12)


def test_class_weights_are_for_training_alone(wide):
    heavy = {"class_weight": {0: 5.0, 1: 7.0}, "shuffle": False, "batch_size": 8}
    model = neuron("sigmoid", compiled={"weighted_metrics": ["mae"]})
    history = model.fit(X, BINARY, validation_split=0.2, **heavy, **SILENT).history
    error = (sigmoid(affine(model.get_weights())) - BINARY[:, np.newaxis])[8:]
    assert history["val_loss"] == [pytest.approx((error**2).mean())]
    assert history["val_mae"] == [pytest.approx(abs(error).mean())]


def test_an_error_in_validation_data_says_so():
    for data, error in (((X, Y[:3]), ValueError), (5, TypeError), (X, ValueError)):
        with pytest.raises(error, match=r"^validation_data"):
            neuron().fit(X, Y, validation_data=data, **SILENT)


def test_validation_may_be_rarer_and_in_batches_of_its_own():
    seen = Seen()
    model = neuron(loss=seen)
    fit = {"validation_data": (X, Y), "validation_freq": 2, "validation_batch_size": 4}
    history = model.fit(X, Y, batch_size=10, epochs=5, **fit, **SILENT).history
    assert [len(batch) for batch in seen.batches] == [10, 10, 4, 4, 2, 10, 10, 4, 4, 2, 10]
    assert (len(history["loss"]), len(history["val_loss"])) == (5, 2)


def test_evaluate_is_the_loss_over_all_rows_and_changes_nothing(wide):
    model = neuron(compiled={"metrics": ["mse", "mae"], "weighted_metrics": ["mae"]})
    before, w = weights_bytes(model), np.arange(10.0)
    error = (affine(model.get_weights()) - Y)[:, 0]
    wanted = {
        "loss": (error**2 * w).mean(),
        "mse": (error**2).mean(),
        "mae": abs(error).mean(),
        "weighted_mae": (abs(error) * w).sum() / w.sum(),
    }
    for batch_size in (1, 4, 10, None):
        given_rows = {"batch_size": batch_size, "sample_weight": w, **SILENT}
        results = model.evaluate(X, Y, return_dict=True, **given_rows)
        assert results == {name: pytest.approx(value, rel=1e-12) for name, value in wanted.items()}
        assert model.evaluate(X, Y, **given_rows) == [results[name] for name in wanted]
    assert weights_bytes(model) == before
    assert model.optimizer.iterations == 0


def test_without_metrics_evaluate_returns_the_loss_alone():
    model = neuron()
    loss = model.evaluate(X, Y, **SILENT)
    assert type(loss) is float
    assert model.evaluate(X, Y, return_dict=True, **SILENT) == {"loss": loss}


def test_train_on_batch_returns_what_was_before_its_step(wide):
    model = neuron(compiled={"metrics": ["mae"]})
    for returned in (False, True):
        for _ in range(2):
            error = affine(model.get_weights()) - Y
            results = model.train_on_batch(X, Y, return_dict=returned)
            wanted = {"loss": (error**2).mean(), "mae": abs(error).mean()}
            values = list(results.values()) if returned else results
            assert values == pytest.approx(list(wanted.values()), rel=1e-12)
    assert model.optimizer.iterations == 4


def test_test_on_batch_starts_anew_each_time(wide):
    model = neuron(compiled={"metrics": ["mae"]})
    before = weights_bytes(model)
    for rows in (3, 7):
        error = (affine(model.get_weights()) - Y)[:rows]
        results = model.test_on_batch(X[:rows], Y[:rows])
        assert results == pytest.approx([(error**2).mean(), abs(error).mean()], rel=1e-12)
        named = model.test_on_batch(X[:rows], Y[:rows], return_dict=True)
        assert list(named.values()) == results
        weighted = model.test_on_batch(X[:rows], Y[:rows], sample_weight=np.full(rows, 2.0))
        assert weighted == pytest.approx([2 * results[0], results[1]], rel=1e-12)
    assert weights_bytes(model) == before


def test_a_batch_is_one_step_however_many_rows_it_has(wide):
    x, y = np.tile(X, (10, 1)), np.tile(Y, (10, 1))
    many, few = neuron(), neuron()
    assert many.train_on_batch(x, y) == pytest.approx(few.train_on_batch(X, Y), rel=1e-12)
    assert many.optimizer.iterations == 1
    np.testing.assert_allclose(many.weights[0], few.weights[0], rtol=1e-12)


def test_evaluate_prints_the_results_and_tells_callbacks_how_many_batches(capsys):
    model = neuron(compiled={"metrics": ["mae"]})
    watch = Callback()
    loss, mae = model.evaluate(X, Y, batch_size=4, verbose=2, callbacks=[watch])
    assert capsys.readouterr().out == f"loss: {loss:.4f} - mae: {mae:.4f}\n"
    assert (watch.params["steps"], watch.params["verbose"]) == (3, 0)
    model.test_on_batch(X, Y)
    assert not capsys.readouterr().out


@pytest.mark.parametrize("method", ["evaluate", "train_on_batch", "test_on_batch"])
def test_return_dict_is_true_or_false(method):
    with pytest.raises(ValueError, match=r"^return_dict must be True or False, got 'no'"):
        getattr(neuron(), method)(X, Y, return_dict="no")


def test_verbose_of_evaluate_is_one_of_four():
    with pytest.raises(ValueError, match=r"^verbose must be 'auto', 0, 1 or 2, got 3"):
        neuron().evaluate(X, Y, verbose=3)


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


# Iterables of batches ----------------------------------------------------------------------------


def halves(times=1, weights=False):
    for _ in range(times):
        for rows in (slice(0, 5), slice(5, 10)):
            yield (X[rows], Y[rows], np.full(5, 2.0)) if weights else (X[rows], Y[rows])


class Again:
    """An iterable that can be gone through again."""

    def __iter__(self):
        return halves()


def by_hand(batches, model=None):
    model = model or neuron()
    for batch in batches:
        model.train_on_batch(*batch)
    return weights_bytes(model)


@pytest.mark.parametrize(
    ("source", "options", "batches"),
    [
        (lambda: halves(), {}, lambda: halves()),
        (Again, {"epochs": 3}, lambda: halves(3)),
        (lambda: halves(weights=True), {}, lambda: halves(weights=True)),
        (lambda: itertools.cycle(halves()), {"epochs": 2, "steps_per_epoch": 3}, lambda: halves(3)),
        (lambda: halves(2), {"epochs": 2, "steps_per_epoch": 2}, lambda: halves(2)),
        (lambda: iter([*halves()]), {"steps_per_epoch": 1}, lambda: [next(halves())]),
    ],
    ids=["generator", "iterable", "weights", "infinite", "finite", "first"],
)
def test_batches_are_taken_as_they_come(source, options, batches):
    model = neuron()
    history = model.fit(source(), **options, **SILENT)
    assert weights_bytes(model) == by_hand(batches())
    assert len(history.epoch) == options.get("epochs", 1)


def test_weights_of_a_batch_that_are_no_numbers_are_named():
    with pytest.raises(TypeError, match=r"^sample_weight must be real numbers"):
        neuron().fit(iter([(X, Y, ["a"] * 10)]), **SILENT)


def test_batches_of_any_length_build_the_model_and_weigh_as_many_rows():
    model = Sequential([Dense(1)])
    model.compile(SGD(0.0), "mse")
    history = model.fit(((X[:n], Y[:n]) for n in (1, 4, 10)), **SILENT).history
    squares = (affine(model.get_weights()) - Y) ** 2
    wanted = (squares[:1].sum() + squares[:4].sum() + squares[:10].sum()) / 15
    assert history["loss"] == [pytest.approx(wanted, rel=1e-5)]


def test_evaluating_and_validating_on_batches():
    model = neuron()
    loss = model.evaluate(X, Y, **SILENT)
    assert model.evaluate(halves(), **SILENT) == pytest.approx(loss)
    first = model.evaluate(X[:5], Y[:5], **SILENT)
    assert model.evaluate(halves(), steps=1, **SILENT) == pytest.approx(first)
    model.optimizer.learning_rate = 0.0
    for data, steps, wanted in ((Again(), None, loss), (Again(), 1, first), (halves(2), 2, loss)):
        fit = {"epochs": 2, "validation_data": data, "validation_steps": steps}
        history = model.fit(X, Y, **fit, **SILENT).history
        assert history["val_loss"] == pytest.approx([wanted, wanted])


def test_a_generator_that_runs_out_is_warned_of_and_ends_the_training():
    model = neuron()
    with pytest.warns(
        UserWarning, match=r"ran out after \d of 2 batches .* must yield steps_per_ep"
    ):
        history = model.fit(itertools.islice(halves(2), 3), epochs=4, steps_per_epoch=2, **SILENT)
    assert weights_bytes(model) == by_hand(itertools.islice(halves(2), 3))
    assert 0.0 not in history.history["loss"]  # no epoch of no batches
    assert len(history.epoch) <= 2


def test_a_generator_that_ends_with_an_epoch_ends_the_training_after_it():
    model, begun = neuron(), []
    count = LambdaCallback(on_epoch_begin=lambda epoch, logs: begun.append(epoch))
    with pytest.warns(UserWarning, match="ran out after 0 of 2 batches") as warned:
        history = model.fit(halves(2), epochs=9, steps_per_epoch=2, callbacks=[count], **SILENT)
    assert (len(warned), begun, history.epoch) == (1, [0, 1, 2], [0, 1])


def test_metrics_over_batches_count_what_was_seen_and_no_more():
    model = neuron(rate=0.0, compiled={"metrics": ["mae"]})
    history = model.fit(Again(), **SILENT).history
    wanted = abs(affine(model.get_weights()) - Y).mean()
    assert history["mae"] == [pytest.approx(wanted, rel=1e-5)]


def test_a_generator_is_no_source_for_a_second_epoch():
    model = neuron()
    with pytest.warns(UserWarning, match="ran out after 0 of the batches"):
        history = model.fit(halves(), epochs=3, **SILENT)
    assert history.epoch == [0]
    assert weights_bytes(model) == by_hand(halves())


BAD_BATCHES = [
    ([X, Y], ValueError, r"must yield tuples \(x, y\) or \(x, y, sample_weight\), got a list"),
    ((X, Y, Y, Y), ValueError, "must yield tuples"),
    ((X,), ValueError, "There are no targets"),
    ((X, Y[:3]), ValueError, "targets of shape"),
    ((X[:, :2], Y), ValueError, "needs inputs of shape"),
    ((X, ["a"] * 10), TypeError, "y must be real numbers"),
    ((X, Y, np.ones(3)), ValueError, "sample_weight of shape"),
]


@pytest.mark.parametrize(("batch", "error", "message"), BAD_BATCHES)
def test_a_bad_batch_is_refused_before_it_changes_anything(batch, error, message):
    model = neuron()
    before = weights_bytes(model)
    with pytest.raises(error, match=message):
        model.fit(iter([batch]), **SILENT)
    assert weights_bytes(model) == before


# Bad input: nothing changes ----------------------------------------------------------------------


BAD_FITS = [
    ({"x": X, "y": Y[:9]}, ValueError, r"x and y must have as many rows .* \(10, 3\) and \(9, 1\)"),
    ({"x": X, "y": Y, "sample_weight": np.ones(9)}, ValueError, "x and sample_weight must have as"),
    ({"x": X[:0], "y": Y[:0]}, ValueError, r"There is no data: x has shape \(0, 3\)"),
    ({"x": [], "y": []}, ValueError, "There is no data"),
    ({"x": np.float64(1), "y": Y}, ValueError, "as many rows"),
    ({"x": None, "y": Y}, ValueError, "There is no data: x is None"),
    ({"x": X}, ValueError, "There are no targets: y is None"),
    ({"x": X, "validation_split": 0.2}, ValueError, "There are no targets: y is None"),
    ({"x": 3, "y": Y}, TypeError, "x must be an array or an iterable of batches, got 3"),
    ({"x": "data", "y": Y}, TypeError, "x must be an array or an iterable of batches, got 'data'"),
    ({"x": {"a": X}, "y": Y}, TypeError, "x must be an array or an iterable of batches, got"),
    ({"x": X[:, :2], "y": Y}, ValueError, r"needs inputs of shape \(None, 3\), and got \(10, 2\)"),
    ({"x": X[:, 0], "y": Y}, ValueError, "needs inputs of shape"),
    ({"x": X[0], "y": Y[:3]}, ValueError, r"x\.reshape\(1, -1\)"),
    ({"x": X, "y": np.hstack([Y, Y])}, ValueError, r"\(10, 2\) do not fit outputs of shape"),
    ({"x": X, "y": Y[:, :, np.newaxis].repeat(2, 2)}, ValueError, "do not fit outputs"),
    ({"x": X.astype(str), "y": Y}, TypeError, "x must be real numbers, got dtype <U"),
    ({"x": X.astype(object), "y": Y}, TypeError, "x must be real numbers, got dtype object"),
    ({"x": X * 1j, "y": Y}, TypeError, "x must be real numbers, got dtype complex128"),
    ({"x": [[1, 2, 3], [1, 2]], "y": [1, 2]}, ValueError, "x must be rectangular"),
    ({"x": X, "y": ["a"] * 10}, TypeError, "y must be real numbers, got dtype <U1"),
    ({"x": X, "y": Y, "sample_weight": ["a"] * 10}, TypeError, "sample_weight must be real"),
    ({"x": X, "y": Y, "sample_weight": np.ones((10, 2))}, ValueError, "sample_weight of shape"),
    ({"x": X, "y": Y, "batch_size": 0}, ValueError, "batch_size must be a positive integer, got 0"),
    ({"x": X, "y": Y, "batch_size": -3}, ValueError, "batch_size must be a positive integer"),
    ({"x": X, "y": Y, "batch_size": 2.5}, ValueError, "batch_size must be a positive integer"),
    ({"x": X, "y": Y, "epochs": -1}, ValueError, "epochs must be .* integer.*, got -1"),
    ({"x": X, "y": Y, "epochs": 1.5}, ValueError, "epochs must be"),
    ({"x": X, "y": Y, "epochs": True}, ValueError, "epochs must be"),
    ({"x": X, "y": Y, "initial_epoch": -1}, ValueError, "initial_epoch must be"),
    ({"x": X, "y": Y, "validation_split": 1.0}, ValueError, "leave rows on both sides, got 1.0"),
    ({"x": X, "y": Y, "validation_split": -0.1}, ValueError, "must leave rows on both sides"),
    ({"x": X[:1], "y": Y[:1], "validation_split": 0.5}, ValueError, "got 0.5 of 1 rows"),
    ({"x": X, "y": Y, "validation_data": (X, Y[:3])}, ValueError, "x and y must have as many rows"),
    ({"x": X, "y": Y, "validation_data": (X[:, :1], Y)}, ValueError, "needs inputs of shape"),
    ({"x": X, "y": Y, "validation_data": (X,)}, ValueError, r"\(x, y\).* a tuple of 1"),
    ({"x": X, "y": Y, "validation_data": (X, Y), "validation_batch_size": 0}, ValueError, "batch"),
    ({"x": X, "y": Y, "validation_data": (X, Y), "validation_freq": 0}, ValueError, "_freq must"),
    ({"x": X, "y": Y, "validation_data": (X, Y), "validation_freq": [1]}, ValueError, "_freq must"),
    ({"x": X, "y": Y, "steps_per_epoch": 2}, ValueError, "goes with an iterable of batches"),
    ({"x": Again(), "y": Y}, ValueError, "y must not be given where x yields whole batches"),
    ({"x": Again(), "sample_weight": Y}, ValueError, "sample_weight must not be given where"),
    ({"x": Again(), "batch_size": 4}, ValueError, "batch_size goes with arrays, not"),
    ({"x": Again(), "class_weight": {0: 1}}, ValueError, "class_weight goes with arrays, not"),
    ({"x": Again(), "steps_per_epoch": 0}, ValueError, "steps_per_epoch must be a positive"),
    ({"x": Again(), "validation_split": 0.5}, ValueError, "validation_split needs arrays"),
    ({"x": X, "y": None, "class_weight": {0: 1}}, ValueError, "class_weight needs targets y"),
    ({"x": X, "y": Y, "verbose": 3}, ValueError, "verbose must be 'auto', 0, 1 or 2, got 3"),
    ({"x": X, "y": Y, "callbacks": [3]}, TypeError, "callbacks takes instances"),
    ({"x": X, "y": Y, "workers": 2}, TypeError, "unexpected keyword argument 'workers'"),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "error", "message"), BAD_FITS)
def test_bad_input_to_fit_changes_nothing(bad, error, message):
    model = neuron()
    before = weights_bytes(model)
    with pytest.raises(error, match=message):
        model.fit(**{**SILENT, **bad})
    assert weights_bytes(model) == before
    assert model.optimizer.iterations == 0


def test_bad_targets_anywhere_in_the_data_are_found_before_the_first_step():
    model = neuron("softmax", 3, "sparse_categorical_crossentropy")
    before, bad = weights_bytes(model), CLASSES.copy()
    bad[-1] = 3
    with pytest.raises(ValueError, match="whole class numbers from 0 to 2, got some from 0 to 3"):
        model.fit(X, bad, batch_size=2, shuffle=False, **SILENT)
    with pytest.raises(ValueError, match="One-hot targets go with CategoricalCrossentropy"):
        model.fit(X, np.eye(3)[CLASSES], **SILENT)
    with pytest.raises(ValueError, match="whole class numbers"):
        model.fit(X, CLASSES, validation_data=(X, bad), **SILENT)
    assert weights_bytes(model) == before


def test_a_metric_that_the_targets_do_not_fit_is_found_before_the_first_step():
    compiled = {"metrics": ["sparse_categorical_accuracy"]}
    model = neuron("softmax", 3, "categorical_crossentropy", compiled=compiled)
    before = weights_bytes(model)
    with pytest.raises(ValueError, match="sparse_categorical_accuracy: targets of shape"):
        model.fit(X, np.eye(3)[CLASSES], **SILENT)
    assert weights_bytes(model) == before


@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch", "test_on_batch"])
def test_a_model_must_be_compiled_with_a_loss(method):
    model = Sequential([Input((3,)), Dense(1)])
    with pytest.raises(ValueError, match=r"You must call `compile\(\)` before"):
        getattr(model, method)(X, Y)
    model.compile("sgd")
    with pytest.raises(ValueError, match=r"compiled without a loss: compile\(loss="):
        getattr(model, method)(X, Y)


BAD_COMPILES = [
    ({"metrics": {"out": ["mae"]}}, ValueError, "compile: metrics by the names of outputs go with"),
    ({"optimizer": "adma"}, ValueError, r"Unknown optimizer 'adma'\. Did you mean 'adam'"),
    ({"optimizer": 3}, TypeError, "An optimizer is a name or an Optimizer, got 3"),
    ({"loss": "msse"}, ValueError, r"Unknown loss 'msse'\. Did you mean"),
    ({"loss": len}, TypeError, "A loss is a name or a Loss"),
    ({"metrics": ["acuracy"]}, ValueError, r"Unknown metric 'acuracy'\. Did you mean"),
    ({"metrics": [None]}, TypeError, "A metric is a name, a Metric, a loss or a f"),
    ({"weighted_metrics": ["mean_eror"]}, ValueError, "Unknown metric 'mean_eror'"),
    ({"loss_weights": [1.0]}, (ValueError, TypeError), "loss_weights"),
    ({"run_eagerly": True}, (ValueError, TypeError), "run_eagerly"),
]


@pytest.mark.parametrize(("bad", "error", "message"), BAD_COMPILES)
def test_a_bad_compile_leaves_the_last_one(bad, error, message):
    model = neuron()
    optimizer, loss = model.optimizer, model.evaluate(X, Y, **SILENT)
    with pytest.raises(error, match=message):
        model.compile(**{"optimizer": "sgd", "loss": "mae", **bad})
    assert model.optimizer is optimizer
    assert model.evaluate(X, Y, **SILENT) == loss


def test_data_are_left_as_they_were():
    arrays = [X.astype(np.float32), BINARY.astype(np.float32), np.ones(10, np.float32)]
    copies = [a.copy() for a in arrays]
    chain = [layers.Identity(), layers.Activation("relu"), layers.Flatten(), layers.Dropout(0.5)]
    model = Sequential([Input((3,)), *chain, Dense(1, "sigmoid")])
    model.compile("adam", "bce", weighted_metrics=["accuracy"])
    for shuffle in (False, True):
        model.fit(*arrays[:2], sample_weight=arrays[2], batch_size=10, shuffle=shuffle, **SILENT)
    model.evaluate(*arrays[:2], sample_weight=arrays[2], **SILENT)
    assert all(np.array_equal(*pair) for pair in zip(arrays, copies, strict=True))


# Freezing, nesting, sharing ----------------------------------------------------------------------


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


# Layers in training ------------------------------------------------------------------------------


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


JOINT = [
    ("sigmoid", 1, losses.BinaryCrossentropy, BINARY),
    ("sigmoid", 3, losses.BinaryCrossentropy, np.eye(3)[CLASSES]),
    ("softmax", 3, losses.CategoricalCrossentropy, np.eye(3)[CLASSES]),
    ("softmax", 3, losses.SparseCategoricalCrossentropy, CLASSES),
]


@pytest.mark.parametrize("scale", [1.0, 1000.0])
@pytest.mark.parametrize(("name", "units", "loss", "y"), JOINT)
def test_the_last_activation_and_the_loss_meet_wherever_it_stands(name, units, loss, y, scale):
    """At logits of a thousand, too, where probabilities would have been clipped."""
    ends = [
        ([Dense(units, name)], loss()),
        ([Dense(units), layers.Activation(name)], loss()),
        ([Sequential([Dense(units, name)])], loss()),
        ([Dense(units)], loss(from_logits=True)),
    ]
    if name == "softmax":
        ends.append(([Dense(units), layers.Softmax()], loss()))
    histories, weights, outputs = [], [], []
    for last, own in ends:
        model = Sequential([Input((3,)), *last])
        start = np.random.default_rng(4)
        model.set_weights([scale * start.normal(0, 1, w.shape) for w in model.weights])
        model.compile(SGD(0.1), own)
        histories.append(model.fit(X, y, epochs=3, shuffle=False, **SILENT).history["loss"])
        weights.append(weights_bytes(model))
        logits = own.from_logits
        outputs.append(getattr(activations, name)(model.predict(X)) if logits else model.predict(X))
    assert all(history == histories[0] for history in histories)
    assert all(end == weights[0] for end in weights)
    assert all(np.array_equal(output, outputs[0]) for output in outputs)
    assert max(histories[0]) < 10 * scale
    assert scale == 1 or max(histories[0]) > 20  # more than -log(1e-7), where clipping would end


def test_metrics_see_probabilities_where_the_model_ends_in_them():
    model = neuron("sigmoid", loss="bce", rate=0.0, compiled={"metrics": ["mse"]})
    a = sigmoid(affine(model.get_weights()))[:, 0]
    wanted = pytest.approx(((a - BINARY) ** 2).mean(), rel=1e-5)
    history = model.fit(X, BINARY, validation_data=(X, BINARY), **SILENT).history
    assert (history["mse"], history["val_mse"]) == ([wanted], [wanted])


def test_a_last_layer_of_ones_own_keeps_its_activation(wide):
    class Cut(layers.Layer):
        activation = activations.sigmoid  # of the loss' kind, but what `call` does is its own

        def call(self, inputs):
            return np.clip(inputs, 0.1, 0.9)

        def backward(self, gradient, entry, gradients):
            inputs, outputs = entry
            return gradient * (inputs == outputs)

    model = neuron()
    weights = model.get_weights()
    model.add(Cut())
    model.compile(SGD(0.1), "bce")
    a = np.clip(affine(weights), 0.1, 0.9)
    loss = -np.log(np.where(BINARY[:, np.newaxis] == 1, a, 1 - a)).mean()
    assert model.train_on_batch(X, BINARY) == pytest.approx(loss, rel=1e-12)


def test_a_penalty_on_the_last_activation_is_one_on_probabilities(wide):
    model = neuron("sigmoid", loss="bce", rate=0.0, activity_regularizer="l2")
    a = sigmoid(affine(model.get_weights()))[:, 0]
    crossentropy = -np.log(np.where(BINARY == 1, a, 1 - a)).mean()
    wanted = crossentropy + 0.01 * (a**2).sum() / 10
    assert model.evaluate(X, BINARY, **SILENT) == pytest.approx(wanted, rel=1e-9)
    assert max(utils.check_gradients(model, X, BINARY).values()) < 1e-6


# What training must not disturb ------------------------------------------------------------------


def snapshot(model):
    """Return what each layer's attributes are, arrays with their contents."""
    parts = []
    for layer in [model, *model.layers]:
        for name, value in vars(layer).items():
            parts.append((layer.name, name, id(value)))
            if isinstance(value, np.ndarray):
                parts.append(value.tobytes())
    return parts


def test_calling_a_model_writes_on_none_of_its_layers():
    model = network(layers.Dropout(0.5), layers.Activation("relu"), layers.Normalization())
    model.fit(X, BINARY, **SILENT)
    before = snapshot(model)
    model(X)
    model(X, training=True)
    model.predict(X)
    model.evaluate(X, BINARY, **SILENT)
    for layer in model.layers:
        names = set(vars(layer))
        layer.forward(np.zeros((2, layer.input.shape[-1]), np.float32))
        assert set(vars(layer)) == names  # while training, what is kept is on the tape
    assert snapshot(model) == before


def test_training_leaves_no_inputs_on_the_layers():
    model = network()
    model.build((None, 3))
    before = [set(vars(layer)) for layer in model.layers]
    model.fit(X, BINARY, epochs=2, **SILENT)
    assert [set(vars(layer)) for layer in model.layers] == before


def test_a_model_can_be_called_from_many_threads_at_once():
    model = network(layers.Activation("relu"))
    batches = [np.random.default_rng(i).normal(0, 1, (20 + i, 3)) for i in range(8)]
    wanted = [model.predict(batch) for batch in batches]
    failures = []

    def work(batch, result):
        for _ in range(50):
            if not np.array_equal(model(batch), result):
                failures.append(batch)

    threads = [
        threading.Thread(target=work, args=pair) for pair in zip(batches, wanted, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_weights_stay_in_the_arrays_they_have():
    model = network()
    arrays = model.weights
    kernel = model.layers[0].kernel
    model.fit(X, BINARY, epochs=2, **SILENT)
    assert all(a is b for a, b in zip(arrays, model.weights, strict=True))
    assert model.layers[0].kernel is kernel


def test_an_interrupt_is_passed_on_and_the_model_goes_on():
    class Interrupt(Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                raise KeyboardInterrupt

    model, twin = neuron(), neuron()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, batch_size=2, epochs=5, shuffle=False, callbacks=[Interrupt()], **SILENT)
    twin.train_on_batch(X[:2], Y[:2])
    twin.train_on_batch(X[2:4], Y[2:4])
    assert weights_bytes(model) == weights_bytes(twin)
    for each in (model, twin):
        each.fit(X, Y, epochs=2, shuffle=False, **SILENT)
    assert weights_bytes(model) == weights_bytes(twin)


@pytest.mark.parametrize("loss", ["mse", "bce", "mae", "huber", "poisson", "msle", "kld"])
def test_no_numbers_in_the_data_are_a_loss_that_is_none_without_warnings(loss):
    x = X.copy()
    x[2, 1] = math.nan
    model = neuron("sigmoid", loss=loss)
    history = model.fit(x, BINARY, epochs=2, validation_data=(x, BINARY), **SILENT).history
    assert all(map(math.isnan, history["loss"] + history["val_loss"]))
    assert math.isnan(model.evaluate(x, BINARY, **SILENT))


def test_a_training_that_diverges_is_silent():
    history = neuron(rate=1e20).fit(X, Y, epochs=5, **SILENT).history["loss"]
    assert not math.isfinite(history[-1])


def test_a_stop_in_one_training_is_no_stop_in_the_next():
    model = neuron()
    model.fit(X, Y, epochs=9, callbacks=[EarlyStopping("loss", min_delta=1e9)], **SILENT)
    assert model.stop_training
    assert model.fit(X, Y, epochs=3, **SILENT).epoch == [0, 1, 2]


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


def test_a_loss_without_reduction_cannot_be_trained_with():
    model = Sequential([Input((1,)), Dense(1)])
    with pytest.raises(ValueError, match=r"one number, and mean_squared_error has reduction=None"):
        model.compile("sgd", losses.MeanSquaredError(reduction=None))
