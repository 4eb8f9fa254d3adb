import copy
import json
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyneuron import Input, Sequential, losses, metrics
from tinyneuron._common.targets import fitted, spread
from tinyneuron.layers import Dense
from tinyneuron.metrics.base import MeanMetric
from tinyneuron.utils import custom_object_scope

ROWS, CLASSES, BATCHES = 7, 4, 3


def share(values):
    return float(np.mean(values))


def weighted(values, weights):
    """Return the mean over rows that each have one value and one weight."""
    return float(np.sum(values * weights) / np.sum(weights))


def rank_of_own(y, a):
    """Return how many outputs of each row are larger than the one at its class."""
    return np.array([sum(p > row[int(k)] for p in row) for k, row in zip(y, a, strict=True)])


def one_hot_rank(y, a):
    return rank_of_own(y.argmax(axis=1), a)


def safe_log(p):
    return np.log(np.clip(p, 1e-7, 1 - 1e-7))


def crossentropy(y, a):
    return -(y * safe_log(a / a.sum(axis=1, keepdims=True))).sum(axis=1)


def logits_crossentropy(y, z):
    return np.log(np.exp(z).sum(axis=1)) - (y * z).sum(axis=1)


# name -> (metric, kind of targets, value of each row, what becomes of their mean)
ROW_METRICS = {
    "accuracy": (metrics.Accuracy, {}, "ranks", lambda y, a: (y == a).mean(axis=1)),
    "binary": (metrics.BinaryAccuracy, {}, "binary", lambda y, a: (y == (a > 0.5)).mean(axis=1)),
    "binary_0.3": (
        metrics.BinaryAccuracy,
        {"threshold": 0.3},
        "binary",
        lambda y, a: (y == (a > 0.3)).mean(axis=1),
    ),
    "categorical": (
        metrics.CategoricalAccuracy,
        {},
        "one_hot",
        lambda y, a: one_hot_rank(y, a) == 0,
    ),
    "sparse": (
        metrics.SparseCategoricalAccuracy,
        {},
        "classes",
        lambda y, a: rank_of_own(y, a) == 0,
    ),
    "top_2": (
        metrics.TopKCategoricalAccuracy,
        {"k": 2},
        "one_hot",
        lambda y, a: one_hot_rank(y, a) < 2,
    ),
    "sparse_top_3": (
        metrics.SparseTopKCategoricalAccuracy,
        {"k": 3},
        "classes",
        lambda y, a: rank_of_own(y, a) < 3,
    ),
    "mse": (metrics.MeanSquaredError, {}, "real", lambda y, a: ((y - a) ** 2).mean(axis=1)),
    "mae": (metrics.MeanAbsoluteError, {}, "real", lambda y, a: abs(y - a).mean(axis=1)),
    "mape": (
        metrics.MeanAbsolutePercentageError,
        {},
        "real",
        lambda y, a: 100 * abs((y - a) / y).mean(axis=1),
    ),
    "msle": (
        metrics.MeanSquaredLogarithmicError,
        {},
        "positive",
        lambda y, a: (np.log((1 + y) / (1 + a)) ** 2).mean(axis=1),
    ),
    "huber": (
        metrics.Huber,
        {"delta": 0.5},
        "real",
        lambda y, a: np.where(abs(y - a) < 0.5, (y - a) ** 2 / 2, abs(y - a) / 2 - 0.125).mean(
            axis=1
        ),
    ),
    "logcosh": (metrics.LogCoshError, {}, "real", lambda y, a: np.log(np.cosh(y - a)).mean(axis=1)),
    "bce": (
        metrics.BinaryCrossentropy,
        {},
        "binary",
        lambda y, a: -(y * safe_log(a) + (1 - y) * safe_log(1 - a)).mean(axis=1),
    ),
    "bce_logits": (
        metrics.BinaryCrossentropy,
        {"from_logits": True},
        "binary",
        lambda y, z: (np.log(1 + np.exp(z)) - y * z).mean(axis=1),
    ),
    "cce": (metrics.CategoricalCrossentropy, {}, "one_hot", crossentropy),
    "cce_smooth": (
        metrics.CategoricalCrossentropy,
        {"label_smoothing": 0.2},
        "one_hot",
        lambda y, a: crossentropy(0.8 * y + 0.05, a),
    ),
    "scce_logits": (
        metrics.SparseCategoricalCrossentropy,
        {"from_logits": True},
        "classes",
        lambda y, z: logits_crossentropy(np.eye(CLASSES)[y.astype(int)], z),
    ),
    "kld": (metrics.KLDivergence, {}, "soft", lambda y, a: (y * np.log(y / a)).sum(axis=1)),
    "poisson": (
        metrics.Poisson,
        {},
        "positive",
        lambda y, a: (a - y * np.log(a + 1e-7)).mean(axis=1),
    ),
    "hinge": (metrics.Hinge, {}, "signs", lambda y, a: np.maximum(1 - y * a, 0).mean(axis=1)),
    "squared_hinge": (
        metrics.SquaredHinge,
        {},
        "signs",
        lambda y, a: (np.maximum(1 - y * a, 0) ** 2).mean(axis=1),
    ),
    "categorical_hinge": (
        metrics.CategoricalHinge,
        {},
        "one_hot",
        lambda y, a: np.maximum(1 + ((1 - y) * a).max(axis=1) - (y * a).sum(axis=1), 0),
    ),
    "cosine": (
        metrics.CosineSimilarity,
        {},
        "real",
        lambda y, a: (y * a).sum(axis=1) / np.linalg.norm(y, axis=1) / np.linalg.norm(a, axis=1),
    ),
}


def batches(kind, sizes=(ROWS, ROWS, 3)):
    rng = np.random.default_rng(3)
    for rows in sizes:
        shape, classes = (rows, CLASSES), rng.integers(0, CLASSES, rows)
        a = rng.uniform(0.1, 0.9, shape)
        y = {
            "ranks": rng.integers(0, 2, shape),
            "binary": rng.integers(0, 2, shape).astype(float),
            "signs": rng.choice([-1.0, 1.0], shape),
            "one_hot": np.eye(CLASSES)[classes],
            "classes": classes,
            "real": rng.normal(0, 1, shape),
            "positive": rng.uniform(0.2, 2, shape),
            "soft": rng.dirichlet(np.ones(CLASSES), rows),
        }[kind]
        yield y, a.round() if kind == "ranks" else a, rng.uniform(0.5, 2, rows)


@pytest.mark.parametrize("name", ROW_METRICS)
@pytest.mark.parametrize("with_weights", [False, True])
def test_a_metric_is_the_mean_of_its_formula_over_all_rows_of_all_batches(name, with_weights):
    cls, options, kind, formula = ROW_METRICS[name]
    metric, values, weights = cls(**options), [], []
    for y, a, w in batches(kind):
        w = w if with_weights else np.ones(len(w))
        metric.update_state(y, a, sample_weight=w if with_weights else None)
        values.append(formula(y, a))
        weights.append(w)
        wanted = weighted(np.concatenate(values), np.concatenate(weights))
        assert metric.result() == pytest.approx(wanted, rel=1e-9)
    assert type(metric.result()) is float


@pytest.mark.parametrize("name", ROW_METRICS)
def test_reset_forgets_and_a_call_updates(name):
    cls, options, kind, formula = ROW_METRICS[name]
    (y, a, _), (y2, a2, _), _ = batches(kind)
    metric = cls(**options)
    metric(y, a)
    metric.reset_state()
    assert metric.result() == 0
    assert metric(y2, a2) == pytest.approx(share(formula(y2, a2)), rel=1e-9)


@pytest.mark.parametrize("name", ROW_METRICS)
def test_a_configuration_makes_the_same_metric(name):
    cls, options, kind, _ = ROW_METRICS[name]
    metric = cls(name="mine", **options)
    again = metrics.deserialize(metrics.serialize(metric))
    assert type(again) is cls
    assert again.name == "mine"
    (y, a, w), *_ = batches(kind)
    assert again(y, a, w) == metric(y, a, w)


# Mean and Sum --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cls", "wanted"), [(metrics.Mean, (1 + 2 + 3 * 4 + 0) / (1 + 1 + 4)), (metrics.Sum, 15)]
)
def test_mean_and_sum_over_batches(cls, wanted):
    metric = cls()
    metric.update_state([1, 2])
    metric.update_state([3], sample_weight=[4])
    metric.update_state([7, 8], sample_weight=0)
    assert metric.result() == wanted


def test_weights_of_rows_reach_every_value_of_the_row():
    values, weights = np.array([[1.0, 2.0], [3.0, 4.0]]), [1.0, 3.0]
    wanted = (1 + 2 + 3 * 3 + 3 * 4) / 8
    assert metrics.Mean()(values, weights) == wanted
    assert metrics.Mean()(values, [[[1.0], [1.0]], [[3.0], [3.0]]]) == wanted
    assert metrics.Mean()([1.0, 3.0], [[1.0], [3.0]]) == 10 / 4


def test_weights_that_do_not_fit_are_refused_and_nothing_is_counted():
    metric = metrics.Mean(name="own")
    with pytest.raises(ValueError, match=r"^sample_weight of shape \(3,\) does not fit values"):
        metric([1.0, 2.0], [1.0, 2.0, 3.0])
    assert metric([4.0]) == 4


def test_no_batch_gives_nothing():
    assert metrics.Mean().result() == metrics.Sum().result() == 0


# Sample weights: one rule for all ---------------------------------------------------------------

# metrics that give a value to each output, and those that give one to each row
OF_OUTPUTS = [
    metrics.Accuracy, metrics.BinaryAccuracy, metrics.RootMeanSquaredError, metrics.Precision,
    metrics.Recall, metrics.R2Score,
]  # fmt: skip
OF_ROWS = [metrics.MeanSquaredError, metrics.Huber, metrics.CategoricalAccuracy, metrics.Hinge]


@st.composite
def weighed_batches(draw):
    """Targets, outputs and whole-numbered weights of some axes, the first at least."""
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=2, max_size=3)))
    axes = draw(st.integers(1, len(shape)))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    y, a = rng.integers(0, 2, shape).astype(float), rng.random(shape)
    return y, a, rng.integers(0, 4, shape[:axes]).astype(float)


@given(batch=weighed_batches(), more=st.integers(0, 3))
def test_last_axes_of_one_do_not_count_in_weights(batch, more):
    y, a, w = batch
    full = np.broadcast_to(w.reshape(w.shape + (1,) * (y.ndim - w.ndim)), y.shape)
    longer = w.reshape(w.shape + (1,) * min(more, y.ndim + 1 - w.ndim))
    for cls in OF_OUTPUTS:
        assert cls()(y, a, longer) == pytest.approx(cls()(y, a, full), rel=1e-12), cls


@given(batch=weighed_batches())
def test_a_weight_of_k_is_a_row_that_comes_k_times(batch):
    y, a, w = batch
    w = w.reshape(len(w), -1)[:, 0].astype(int)
    often = np.repeat(y, w, axis=0), np.repeat(a, w, axis=0)
    for cls in OF_OUTPUTS + OF_ROWS:
        wanted = cls()(*often) if w.any() else cls().result()
        assert cls()(y, a, w) == pytest.approx(wanted, rel=1e-9, abs=1e-9), cls


@given(batch=weighed_batches(), scale=st.sampled_from([1e-3, 0.1, 7.0, 1e3]))
def test_only_the_ratios_of_weights_matter(batch, scale):
    y, a, w = batch
    w = 1 + w.reshape(len(w), -1)[:, 0]
    for cls in OF_OUTPUTS + OF_ROWS:
        wanted = pytest.approx(cls()(y, a, w), rel=1e-6, abs=1e-6)
        assert cls()(y, a, scale * w) == wanted, cls


@pytest.mark.parametrize("cls", [*OF_OUTPUTS, metrics.Mean])
@pytest.mark.parametrize("shape", [(1,), (5,), (1, 2), (4, 2), (3,), (4, 3, 2), (4, 3, 1, 1)])
def test_weights_are_never_broadcast_and_nothing_is_counted(cls, shape):
    data = [np.ones((4, 3))] * (1 if cls is metrics.Mean else 2)
    metric = cls()
    with pytest.raises(ValueError, match=r"sample_weight of shape .* does not fit .* \(4, 3\)"):
        metric.update_state(*data, sample_weight=np.ones(shape))
    assert np.all(metric.result() == cls().result())


def test_one_number_weighs_all_alike():
    y, a = np.array([[0.0], [1.0], [1.0]]), np.array([[0.7], [0.8], [0.1]])
    for cls in OF_OUTPUTS + OF_ROWS:
        assert cls()(y, a, 3.0) == pytest.approx(cls()(y, a))


@given(st.lists(st.integers(1, 3), max_size=3), st.lists(st.integers(1, 3), max_size=3))
def test_targets_fit_a_shape_but_for_a_last_axis_of_one(given_shape, shape):
    y, given_shape, shape = np.zeros(given_shape), tuple(given_shape), tuple(shape)
    ours = fitted(y, shape)
    if given_shape in (shape, shape[:-1] if shape[-1:] == (1,) else shape, (*shape, 1)):
        assert ours.shape == shape
    else:
        assert ours is None


def test_weights_get_as_many_axes_as_asked_for():
    assert spread(np.ones((2, 1)), (2, 5), 3).shape == (2, 1, 1)
    assert spread(np.ones(()), (2, 5), 2).shape == (1, 1)


# Root mean squared error, R2 -------------------------------------------------------------------


@pytest.mark.parametrize("with_weights", [False, True])
def test_the_root_is_taken_of_the_mean_over_all_batches(with_weights):
    metric, squares, weights = metrics.RootMeanSquaredError(), [], []
    for y, a, w in batches("real"):
        w = w if with_weights else np.ones(len(w))
        metric.update_state(y, a, w if with_weights else None)
        squares.append(((y - a) ** 2).mean(axis=1))
        weights.append(w)
    wanted = weighted(np.concatenate(squares), np.concatenate(weights))
    assert metric.result() == pytest.approx(math.sqrt(wanted), rel=1e-9)


def r2_of_each_output(y, a, w):
    w = w[:, np.newaxis]
    centre = (w * y).sum(axis=0) / w.sum()
    variance = (w * (y - centre) ** 2).sum(axis=0)
    return 1 - (w * (y - a) ** 2).sum(axis=0) / variance, variance


@pytest.mark.parametrize("with_weights", [False, True])
@pytest.mark.parametrize("how", ["uniform_average", "variance_weighted_average", None])
def test_r2_is_one_minus_the_unexplained_share(how, with_weights):
    metric, seen = metrics.R2Score(class_aggregation=how), []
    for y, a, w in batches("real"):
        w = w if with_weights else np.ones(len(w))
        metric.update_state(y, a, w if with_weights else None)
        seen.append((y, a, w))
    each, variance = r2_of_each_output(
        *(np.concatenate(parts) for parts in zip(*seen, strict=True))
    )
    wanted = {
        "uniform_average": each.mean(),
        "variance_weighted_average": (each * variance).sum() / variance.sum(),
        None: each,
    }[how]
    np.testing.assert_allclose(metric.result(), wanted, rtol=1e-6)


def test_r2_of_the_mean_is_zero_and_of_the_truth_is_one():
    y = np.array([[1.0], [2.0], [6.0]])
    assert metrics.R2Score()(y, np.full((3, 1), 3.0)) == pytest.approx(0)
    assert metrics.R2Score()(y[:, 0], y) == 1
    metric = metrics.R2Score()
    metric(y, y + 1)
    metric.reset_state()
    assert metric(y, y) == 1


def test_each_of_some_numbers_without_an_axis_has_its_weight():
    metric = metrics.RootMeanSquaredError()
    metric.update_state([0.0, 0.0], [3.0, 1.0], [1.0, 3.0])  # as in Keras
    assert metric.result() == math.sqrt((9 + 3) / 4)


# Precision and recall --------------------------------------------------------------------------


@pytest.mark.parametrize("with_weights", [False, True])
@pytest.mark.parametrize("thresholds", [None, 0.3, [0.2, 0.5, 0.8]])
def test_precision_and_recall_count_true_positives(thresholds, with_weights):
    precision, recall = metrics.Precision(thresholds), metrics.Recall(thresholds)
    seen = []
    for y, a, w in batches("binary"):
        w = w if with_weights else np.ones(len(w))
        for metric in (precision, recall):
            metric.update_state(y, a, w if with_weights else None)
        seen += [
            (t, p, weight)
            for row, outputs, weight in zip(y, a, w, strict=True)
            for t, p in zip(row, outputs, strict=True)
        ]
    at = thresholds if isinstance(thresholds, list) else [thresholds or 0.5]
    both = [sum(w for t, p, w in seen if t == 1 and p > limit) for limit in at]
    decided = [sum(w for t, p, w in seen if p > limit) for limit in at]
    positive = sum(w for t, p, w in seen if t == 1)
    wanted = np.divide(both, decided), np.divide(both, positive)
    np.testing.assert_allclose([np.atleast_1d(m.result()) for m in (precision, recall)], wanted)
    assert np.ndim(precision.result()) == (1 if isinstance(thresholds, list) else 0)


def test_weights_of_precision_may_be_a_column():
    for decided in ([0.9, 0.8], [[0.9], [0.8]]):
        assert metrics.Precision()([1, 0], decided, [[1.0], [3.0]]) == 0.25


@pytest.mark.parametrize("shape", [(3,), (2, 2), (1,)])
def test_weights_of_precision_that_do_not_fit_are_refused(shape):
    with pytest.raises(ValueError, match=r"sample_weight of shape .* does not fit .* \(2, 1\)"):
        metrics.Precision()([[1], [0]], [[0.9], [0.8]], np.ones(shape))


def test_nothing_decided_and_nothing_there_is_zero():
    assert metrics.Precision()([[1.0]], [[0.1]]) == 0
    assert metrics.Recall()([[0.0]], [[0.9]]) == 0
    metric = metrics.Precision()
    assert metric([1], [0.9]) == 1
    metric.reset_state()
    assert metric.result() == 0


def test_a_threshold_is_of_the_outputs_precision():
    at = np.array([[0.3]], np.float32)  # a little more than 0.3, and no more than float32's 0.3
    assert metrics.Precision(0.3)([[1]], at) == 0
    assert metrics.Precision(0.3)([[1]], at.astype(np.float64)) == 1


# Function forms --------------------------------------------------------------------------------

FUNCTIONS = {
    "binary": metrics.binary_accuracy,
    "binary_0.3": metrics.binary_accuracy,
    "categorical": metrics.categorical_accuracy,
    "sparse": metrics.sparse_categorical_accuracy,
    "top_2": metrics.top_k_categorical_accuracy,
    "sparse_top_3": metrics.sparse_top_k_categorical_accuracy,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_forms_are_the_value_of_each_row(name):
    _, options, kind, formula = ROW_METRICS[name]
    for y, a, _ in batches(kind):
        values = FUNCTIONS[name](y, a.astype(np.float32), **options)
        assert values.dtype == np.float32
        np.testing.assert_allclose(values, formula(y, a))


# Loss metrics ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in metrics.__all__ if n[0].isupper() and n != "Metric"])
def test_a_metric_class_lives_under_its_name_and_its_objects_are_copied_and_pickled(name):
    cls = getattr(metrics, name)
    assert cls.__name__ == cls.__qualname__ == name
    assert pickle.loads(pickle.dumps(cls)) is cls
    assert cls.__doc__
    needed = {metrics.MeanMetricWrapper: losses.Huber()}.get(cls, 0.5)
    metric = cls(needed) if needed != 0.5 or "At" in name else cls()
    y, a = np.eye(3, dtype=np.float32), np.tile(np.array([0.4, 0.5, 0.3], np.float32), (3, 1))
    if name.startswith("Sparse"):
        y = np.arange(3)
    data = (a,) if cls in (metrics.Mean, metrics.Sum) else (y, a)
    wanted = pytest.approx(metric(*data), abs=0)
    for again in (copy.copy(metric), copy.deepcopy(metric), pickle.loads(pickle.dumps(metric))):
        assert type(again) is cls
        assert again.result() == wanted
        again.reset_state()
        assert again(*data) == wanted
    assert metric.result() == wanted


def test_a_loss_metrics_configuration_has_the_options_of_the_loss():
    described = metrics.BinaryCrossentropy(label_smoothing=0.1).get_config()
    assert described["label_smoothing"] == 0.1
    assert described["from_logits"] is False
    assert {"name", "dtype"} < set(described)
    assert "reduction" not in described
    assert metrics.Huber(delta=3.0).get_config()["delta"] == 3.0


def test_a_loss_metric_is_a_mean_and_refuses_other_reductions_and_options():
    with pytest.raises(TypeError, match="Huber: a metric is always the mean over all samples"):
        metrics.Huber(reduction="sum")
    with pytest.raises(TypeError, match="alpha"):
        metrics.Huber(alpha=3)


# Names, look-up, errors ------------------------------------------------------------------------

NAMES = [
    ("mse", metrics.MeanSquaredError, "mean_squared_error"),
    ("MAE", metrics.MeanAbsoluteError, "mean_absolute_error"),
    ("mape", metrics.MeanAbsolutePercentageError, "mean_absolute_percentage_error"),
    ("MSLE", metrics.MeanSquaredLogarithmicError, "mean_squared_logarithmic_error"),
    ("bce", metrics.BinaryCrossentropy, "binary_crossentropy"),
    ("kld", metrics.KLDivergence, "kl_divergence"),
    ("logcosh", metrics.LogCoshError, "logcosh"),
    ("cosine_similarity", metrics.CosineSimilarity, "cosine_similarity"),
    ("RootMeanSquaredError", metrics.RootMeanSquaredError, "root_mean_squared_error"),
    ("R2Score", metrics.R2Score, "r2_score"),
    ("binary_accuracy", metrics.BinaryAccuracy, "binary_accuracy"),
    ("sparse_categorical_accuracy", metrics.SparseCategoricalAccuracy, None),
    ("top_k_categorical_accuracy", metrics.TopKCategoricalAccuracy, "top_k_categorical_accuracy"),
    ("precision", metrics.Precision, "precision"),
    ("Recall", metrics.Recall, "recall"),
]


@pytest.mark.parametrize(("identifier", "cls", "name"), NAMES)
def test_metrics_by_name_have_keras_names(identifier, cls, name):
    metric = metrics.get(identifier)
    assert type(metric) is cls
    assert metric.name == (name or identifier)
    assert metrics.get(metric) is metric
    assert type(metrics.get(cls)) is cls


def test_a_loss_and_a_function_of_one_name_a_metric():
    for identifier in ("mae", losses.mean_absolute_error):
        assert type(metrics.get(identifier)) is metrics.MeanAbsoluteError
    wrapped = metrics.get(losses.Huber(delta=0.1, name="hub"))
    assert (wrapped.name, wrapped.direction) == ("hub", "down")


@pytest.mark.parametrize(
    ("loss", "values"),
    [
        (losses.MeanSquaredError(), [0.25, 4.0]),  # of the two batches below
        (losses.MeanSquaredError(reduction="sum"), [0.75, 4.0]),
        (losses.Huber(delta=0.1), [0.1 * (0.5 - 0.05), 0.1 * (2 - 0.05)]),
    ],
)
def test_a_loss_with_options_is_averaged_over_the_batches_as_in_keras(loss, values):
    metric = metrics.get(loss)
    metric.update_state([0.0, 0.0, 0.0], [[0.5], [0.5], [0.5]])
    metric.update_state([[1.0]], [[3.0]])
    assert metric.result() == pytest.approx(sum(values) / 2)
    metric.reset_state()
    metric.update_state([0.0, 0.0, 0.0], [[0.5], [0.5], [0.5]], [1.0, 1.0, 3.0])
    metric.update_state([[1.0]], [[3.0]], [[15.0]])
    assert metric.result() == pytest.approx((5 * values[0] + 15 * values[1]) / 20)


def test_the_configuration_of_a_loss_is_a_metric_that_wraps_it():
    metric = metrics.get(losses.serialize(losses.Huber(delta=0.1)))
    assert (type(metric), metric.fn.delta) == (metrics.MeanMetricWrapper, 0.1)


def test_a_loss_without_reduction_is_averaged_over_the_samples():
    metric = metrics.get(losses.MeanSquaredError(reduction=None))
    metric.update_state([[0.0], [0.0]], [[1.0], [2.0]])
    metric.update_state([[0.0]], [[4.0]])
    assert metric.result() == pytest.approx((1 + 4 + 16) / 3)


def worst(y_true, y_pred):
    return np.abs(y_true - y_pred).max()


def errors(y_true, y_pred):
    return np.abs(y_true - y_pred)


def test_a_function_is_a_metric_under_its_name():
    worst_of_batches, mean_of_samples = metrics.get(worst), metrics.get(errors)
    assert (worst_of_batches.name, worst_of_batches.direction) == ("worst", None)
    for y, a in (([1.0, 2.0], [[1.5], [4.0]]), ([0.0], [[1.0]])):
        worst_of_batches.update_state(y, a)
        mean_of_samples.update_state(y, a)
    assert worst_of_batches.result() == (2 + 1) / 2
    assert mean_of_samples.result() == pytest.approx((0.5 + 2 + 1) / 3)


@pytest.mark.parametrize("fn", [worst, losses.Huber(delta=0.1, name="hub")])
def test_a_wrapped_function_or_loss_survives_json(fn):
    with custom_object_scope({"worst": worst}):
        again = metrics.get(json.loads(json.dumps(metrics.serialize(metrics.get(fn)))))
    y, a = [[1.0], [3.0]], [[1.5], [2.0]]
    assert again(y, a) == pytest.approx(metrics.get(fn)(y, a))
    assert again.name == metrics.get(fn).name


@pytest.mark.parametrize("fn", [losses.mean_absolute_error, metrics.binary_accuracy])
def test_a_wrapped_function_form_comes_back_as_the_function(fn):
    again = metrics.get(metrics.serialize(metrics.MeanMetricWrapper(fn)))
    assert again.fn is fn
    for _ in range(3):  # a metric in its place would remember
        again.update_state([[0.0]], [[1.0]])
        again.update_state([[1.0]], [[1.0]])
    assert again.result() == 0.5


def test_a_wrapped_function_that_is_not_known_is_asked_for():
    described = metrics.serialize(metrics.get(worst))
    with pytest.raises(ValueError, match=r"Unknown metric 'worst'\."):
        metrics.get(described)


def test_what_is_no_function_cannot_be_wrapped():
    with pytest.raises(TypeError, match="fn must be a function, got 3"):
        metrics.MeanMetricWrapper(3)


def test_samples_of_no_axis_are_weighed_one_by_one():
    y, a, w = [1, 1, 0, 0], [0.98, 1, 0, 0.6], [1, 0, 0, 1]
    assert metrics.BinaryAccuracy()(y, a, sample_weight=w) == 0.5
    assert metrics.Accuracy()([1, 2, 3, 4], [0, 2, 3, 4], sample_weight=[1, 1, 0, 0]) == 0.5


def test_an_output_at_the_threshold_is_below_it_as_in_keras():
    assert metrics.BinaryAccuracy()([[0.0], [1.0]], [[0.5], [0.5]]) == 0.5
    assert metrics.BinaryAccuracy(threshold=0.25)([[0.0]], [[0.25]]) == 1


def test_outputs_without_an_axis_and_values_that_are_none_are_refused():
    for y_pred in (0.5, np.zeros((2, 0))):
        with pytest.raises(ValueError, match="y_pred must have a last axis of outputs, got shape"):
            metrics.BinaryAccuracy()([0, 1], y_pred)
    with pytest.raises(TypeError, match=r"^y_true must be real numbers"):
        metrics.get(worst)(["a"], [[0.5]])


def test_targets_that_are_all_the_same_have_nothing_to_explain():
    assert metrics.R2Score()([[2.0], [2.0]], [[1.0], [3.0]]) == 0


def test_a_row_of_weights_is_one_for_each_output():
    y, a = np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([[0.7, 0.8], [0.9, 0.1]])
    for cls in (*OF_OUTPUTS, metrics.FalseNegatives, metrics.AUC):
        row, full = cls(), cls()
        assert row(y, a, [[2.0, 3.0]]) == pytest.approx(full(y, a, [[2.0, 3.0], [2.0, 3.0]]))


class TruePositivesOfClasses(metrics.Metric):  # as Keras' guide writes one
    def __init__(self, name="categorical_true_positives", **kwargs):
        super().__init__(name=name, **kwargs)
        self.true_positives = self.add_variable(name="ctp", shape=(), initializer="zeros")
        self.least = self.add_weight(shape=(2,), dtype="float64", initializer="ones")

    def update_state(self, y_true, y_pred, sample_weight=None):
        values = np.equal(y_true, np.argmax(y_pred, axis=1)).astype("float32")
        if sample_weight is not None:
            values = np.multiply(values, sample_weight)
        self.true_positives.assign_add(np.sum(values))
        self.least.assign(np.minimum(self.least, np.min(y_pred, axis=0)))

    def result(self):
        return self.true_positives

    def reset_state(self):
        self.true_positives.assign(0)
        self.least.assign(1)


def test_a_metric_as_keras_guide_writes_it_keeps_variables():
    metric, (y, a) = TruePositivesOfClasses(), (np.array([0, 1, 1]), np.eye(2)[[0, 1, 0]])
    metric.update_state(y, a)
    metric.update_state(y, a, [3.0, 0.0, 1.0])
    assert float(metric.result()) == 5
    assert [variable.shape for variable in metric.variables] == [(), (2,)]
    assert [variable.dtype for variable in metric.variables] == ["float32", "float64"]
    assert (metric.least == [0, 0]).all()
    metric.reset_state()
    assert (float(metric.result()), metric.least.tolist()) == (0, [1, 1])


def test_each_epoch_has_its_own_value_of_a_variable():
    model = Sequential([Input((2,)), Dense(2, "softmax")])
    metric = TruePositivesOfClasses()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=[metric])
    x, y = np.random.default_rng(1).normal(0, 1, (40, 2)), np.arange(40) % 2
    seen = [model.fit(x, y, epochs=1, verbose=0).history[metric.name][0] for _ in range(2)]
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=[metric])
    history = model.fit(x, y, epochs=2, verbose=0).history[metric.name]
    assert all(0 < value < 40 for value in seen + history)
    kept = list(history)
    model.evaluate(x, np.full(40, 1), verbose=0)
    assert history == kept  # and not what the variable has become


def test_metrics_in_attributes_and_variables_are_reset_and_plus_leaves_arrays():
    class Both(metrics.Metric):
        def __init__(self):
            super().__init__()
            self.mean, self.total = metrics.Mean(), self.add_weight()

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.mean.update_state(y_pred)
            self.total += np.sum(y_pred)
            self.total.assign_sub(1)

        def result(self):
            return self.total + self.mean.result()

    metric = Both()
    assert metric([0, 0], [1.0, 3.0]) == 3 + 2
    assert type(metric.result()) is np.float32
    metric.reset_state()
    assert metric.result() == 0
    assert metric.total.numpy() == 0


@pytest.mark.parametrize("dtype", ["float16", "int32", "float64", "uint8"])
def test_any_dtype_of_numbers_is_kept_and_that_of_the_variables(dtype):
    metric = TruePositivesOfClasses(dtype=dtype)
    assert (metric.dtype, metric.true_positives.dtype) == (dtype, dtype)
    assert metrics.get(metrics.serialize(metrics.AUC(dtype=dtype))).dtype == dtype


@pytest.mark.parametrize(
    ("metric", "direction"),
    [("accuracy", "up"), ("binary_accuracy", "up"), ("categorical_accuracy", "up"),
     ("sparse_categorical_accuracy", "up"), ("top_k_categorical_accuracy", "up"),
     ("sparse_top_k_categorical_accuracy", "up"), ("precision", "up"), ("recall", "up"),
     ("r2_score", "up"), ("cosine_similarity", "up"), ("mse", "down"), ("rmse", "down"),
     ("hinge", "down"), ("mean", None)],
)  # fmt: skip
def test_metrics_know_which_way_is_better_as_in_keras(metric, direction):
    assert metrics.get(metric).direction == direction


def test_precisions_are_numbered_as_layers_are():
    assert [metrics.Precision().name, metrics.Precision().name] == ["precision", "precision_1"]


@pytest.mark.parametrize(
    ("identifier", "error", "message"),
    [
        ("presicion", ValueError, r"Unknown metric 'presicion'\. Did you mean 'precision'"),
        (None, TypeError, "A metric is a name, a Metric, a loss or a function, got None"),
        (3, TypeError, "A metric is a name, a Metric, a loss or a function, got 3"),
    ],
)
def test_what_is_no_metric_is_refused(identifier, error, message):
    with pytest.raises(error, match=message):
        metrics.get(identifier)


OPTIONS = [
    (metrics.Precision, {"thresholds": [0.5, 1.5]}, "thresholds must be from 0 to 1"),
    (metrics.Recall, {"top_k": 0}, "Recall: top_k must be a positive integer, got 0"),
    (metrics.Precision, {"class_id": -1}, "Precision: class_id must be an integer from 0 up"),
    (metrics.TruePositives, {"thresholds": []}, "TruePositives: thresholds must be from 0 to 1"),
    (metrics.AUC, {"curve": "RC"}, "AUC: curve must be 'ROC', 'PR' or 'PRGAIN', got 'RC'"),
    (metrics.AUC, {"summation_method": "mid"}, "AUC: summation_method must be 'interpolation'"),
    (metrics.AUC, {"num_thresholds": 1}, "AUC: num_thresholds must be an integer from 2 up"),
    (metrics.AUC, {"thresholds": [0.5, 2.0]}, "AUC: thresholds must be from 0 to 1"),
    (metrics.AUC, {"num_labels": 3}, "num_labels goes with multi_label=True"),
    (metrics.F1Score, {"average": "mean"}, "F1Score: average must be 'micro', 'macro'"),
    (metrics.FBetaScore, {"beta": 0.0}, "FBetaScore: beta must be a finite number above 0"),
    (metrics.F1Score, {"threshold": 0.0}, "F1Score: threshold must be a number above 0 and up"),
    (metrics.PrecisionAtRecall, {"recall": 2.0}, "PrecisionAtRecall: recall must be a number from"),
    (metrics.PrecisionAtRecall, {"recall": 0.5, "num_thresholds": 0}, "num_thresholds must be a"),
    (metrics.PearsonCorrelation, {"axis": 0.5}, "PearsonCorrelation: axis must be an integer"),
    (metrics.TopKCategoricalAccuracy, {"k": 0}, "k must be a positive integer, got 0"),
    (metrics.R2Score, {"class_aggregation": "best"}, "class_aggregation must be 'uniform_average'"),
    (metrics.R2Score, {"num_regressors": -1}, "num_regressors must be an integer from 0 up"),
    (metrics.Mean, {"dtype": "complex64"}, "dtype must be"),
]


@pytest.mark.parametrize(("cls", "options", "message"), OPTIONS)
def test_options_out_of_range_are_refused(cls, options, message):
    with pytest.raises(ValueError, match=message):
        cls(**options)


@pytest.mark.parametrize(
    "cls",
    [metrics.Accuracy, metrics.BinaryAccuracy, metrics.CategoricalAccuracy, metrics.Precision,
     metrics.TopKCategoricalAccuracy, metrics.RootMeanSquaredError, metrics.R2Score,
     metrics.MeanSquaredError],
)  # fmt: skip
@pytest.mark.parametrize("shape", [(3,), (1, 2), (4, 1), (4, 3)])
def test_targets_are_never_broadcast(cls, shape):
    with pytest.raises(
        ValueError, match=r"targets of shape .* do not fit outputs of shape \(4, 2\)"
    ):
        cls().update_state(np.zeros(shape), np.zeros((4, 2)))


@pytest.mark.parametrize(
    "cls", [metrics.SparseCategoricalAccuracy, metrics.SparseTopKCategoricalAccuracy]
)
def test_one_hot_targets_are_no_class_numbers(cls):
    with pytest.raises(ValueError, match="there must be one class number for each row"):
        cls().update_state(np.eye(3), np.eye(3))
    assert cls()([[0], [1], [2]], np.eye(3)) == 1  # a column will do


def test_a_column_of_targets_may_come_without_its_axis():
    assert metrics.BinaryAccuracy()([0, 1, 1], [[0.1], [0.9], [0.2]]) == pytest.approx(2 / 3)
    assert metrics.BinaryAccuracy()([[0], [1], [1]], [0.1, 0.9, 0.2]) == pytest.approx(2 / 3)


def test_words_are_refused():
    with pytest.raises(TypeError, match="y_true must be real numbers"):
        metrics.BinaryAccuracy()(["yes"], [0.5])


def test_a_metric_of_ones_own_needs_three_methods():
    with pytest.raises(NotImplementedError, match=r"Metric must define reset_state.*add_variable"):
        metrics.Metric()

    class Half(metrics.Metric):
        def reset_state(self):
            pass

    for method in (lambda m: m.update_state([0], [0]), lambda m: m.result()):
        with pytest.raises(NotImplementedError, match="Half must define"):
            method(Half())
    with pytest.raises(NotImplementedError, match="MeanMetric must define samples"):
        MeanMetric()([0.0], [0.0])
    assert Half().name == "half"
