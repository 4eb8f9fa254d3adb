import math
from math import exp, log, log1p

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyneuron import activations, losses, metrics
from tinyneuron._common.targets import fitted, spread

EPSILON = 1e-7
rng = np.random.default_rng(1)


def clipped(p, high=1 - EPSILON):
    return min(max(p, EPSILON), high)


def mean(values):
    return math.fsum(values) / len(values)


def pairs(y, a):
    return list(zip(y, a, strict=True))


# The formulas once more, for one sample's lists of targets and outputs, in Python's floats --------


def bce(y, a):
    a = [clipped(p) for p in a]
    return mean([-t * log(p) - (1 - t) * log(1 - p) for t, p in pairs(y, a)])


def bce_logits(y, z):
    return mean([max(v, 0) + log1p(exp(-abs(v))) - t * v for t, v in pairs(y, z)])


def cce(y, a):
    return -math.fsum(t * log(clipped(p / math.fsum(a))) for t, p in pairs(y, a))


def log_of_sum(z):
    return max(z) + log(math.fsum(exp(v - max(z)) for v in z))


def cce_logits(y, z):
    return math.fsum(t * (log_of_sum(z) - v) for t, v in pairs(y, z))


def smoothed(formula, centre):
    """Return the formula for targets moved by a tenth of their way to the centre."""
    return lambda y, a: formula([0.9 * t + 0.1 * centre for t in y], a)


def sparse(formula, classes=4):
    return lambda y, a: formula([float(k == y[0]) for k in range(classes)], a)


def huber(delta):
    def one(e):
        return e * e / 2 if e <= delta else delta * (e - delta / 2)

    return lambda y, a: mean([one(abs(t - p)) for t, p in pairs(y, a)])


def signed(y):
    return [2 * t - 1 for t in y] if set(y) <= {0.0, 1.0} else y


def hinge(y, a, power=1):
    return mean([max(1 - t * p, 0) ** power for t, p in pairs(signed(y), a)])


def categorical_hinge(y, a):
    own = math.fsum(t * p for t, p in pairs(y, a))
    return max(0, 1 + max((1 - t) * p for t, p in pairs(y, a)) - own)


def cosine(y, a):
    return -math.fsum(t * p for t, p in pairs(y, a)) / math.hypot(*y) / math.hypot(*a)


FORMULAS = {
    "mse": (
        losses.MeanSquaredError(),
        "real",
        lambda y, a: mean([(t - p) ** 2 for t, p in pairs(y, a)]),
    ),
    "mae": (
        losses.MeanAbsoluteError(),
        "real",
        lambda y, a: mean([abs(t - p) for t, p in pairs(y, a)]),
    ),
    "mape": (
        losses.MeanAbsolutePercentageError(),
        "real",
        lambda y, a: 100 * mean([abs((t - p) / t) for t, p in pairs(y, a)]),
    ),
    "msle": (
        losses.MeanSquaredLogarithmicError(),
        "positive",
        lambda y, a: mean([(log1p(t) - log1p(p)) ** 2 for t, p in pairs(y, a)]),
    ),
    "huber": (losses.Huber(), "real", huber(1.0)),
    "huber_half": (losses.Huber(delta=0.5), "real", huber(0.5)),
    "log_cosh": (
        losses.LogCosh(),
        "real",
        lambda y, a: mean([log(math.cosh(t - p)) for t, p in pairs(y, a)]),
    ),
    "bce": (losses.BinaryCrossentropy(), "binary", bce),
    "bce_smooth": (losses.BinaryCrossentropy(label_smoothing=0.1), "binary", smoothed(bce, 0.5)),
    "bce_logits": (losses.BinaryCrossentropy(from_logits=True), "binary_logits", bce_logits),
    "bce_logits_smooth": (
        losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1),
        "binary_logits",
        smoothed(bce_logits, 0.5),
    ),
    "bce_soft": (losses.BinaryCrossentropy(), "soft", bce),
    "cce": (losses.CategoricalCrossentropy(), "one_hot", cce),
    "cce_soft": (losses.CategoricalCrossentropy(), "soft", cce),
    "cce_counts": (losses.CategoricalCrossentropy(), "positive", cce),
    "cce_logits_counts": (losses.CategoricalCrossentropy(from_logits=True), "positive", cce_logits),
    "cce_smooth": (
        losses.CategoricalCrossentropy(label_smoothing=0.1),
        "one_hot",
        smoothed(cce, 0.25),
    ),
    "cce_logits": (losses.CategoricalCrossentropy(from_logits=True), "one_hot_logits", cce_logits),
    "cce_logits_soft": (
        losses.CategoricalCrossentropy(from_logits=True),
        "soft_logits",
        cce_logits,
    ),
    "cce_logits_smooth": (
        losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        "one_hot_logits",
        smoothed(cce_logits, 0.25),
    ),
    "scce": (losses.SparseCategoricalCrossentropy(), "classes", sparse(cce)),
    "scce_logits": (
        losses.SparseCategoricalCrossentropy(from_logits=True),
        "class_logits",
        sparse(cce_logits),
    ),
    "kld": (
        losses.KLDivergence(),
        "soft",
        lambda y, a: math.fsum(t * log(t / p) for t, p in pairs(y, a)),
    ),
    "poisson": (
        losses.Poisson(),
        "positive",
        lambda y, a: mean([p - t * log(p + EPSILON) for t, p in pairs(y, a)]),
    ),
    "hinge": (losses.Hinge(), "binary_logits", hinge),
    "hinge_signed": (losses.Hinge(), "signed", hinge),
    "squared_hinge": (losses.SquaredHinge(), "binary_logits", lambda y, a: hinge(y, a, 2)),
    "categorical_hinge": (losses.CategoricalHinge(), "one_hot_logits", categorical_hinge),
    "cosine": (losses.CosineSimilarity(), "real", cosine),
}


def data(kind, rows=5, outputs=4):
    """Return targets and outputs of the kind that a loss is for."""
    shape = rows, outputs
    classes = rng.integers(0, outputs, rows)
    targets = {
        "real": rng.normal(0, 2, shape),
        "positive": rng.uniform(0.1, 3, shape),
        "binary": rng.integers(0, 2, shape).astype(float),
        "signed": rng.choice([-1.0, 1.0], shape),
        "soft": rng.dirichlet(np.ones(outputs), rows),
        "one": np.eye(outputs)[classes],
        "class": classes[:, np.newaxis],
        "classes": classes[:, np.newaxis],
    }
    y = targets[kind.split("_")[0]]
    if kind.endswith("logits") or kind in ("real", "signed"):
        return y, rng.normal(0, 2, shape)
    if kind == "positive":
        return y, rng.uniform(0.1, 3, shape)
    return y, rng.uniform(0.1, 0.9, shape)


def expected(name, y, a):
    return np.array(
        [FORMULAS[name][2](list(y_row), list(a_row)) for y_row, a_row in zip(y, a, strict=True)]
    )


@pytest.mark.parametrize("name", FORMULAS)
def test_each_samples_loss_is_its_formula(name):
    loss, kind, _ = FORMULAS[name]
    y, a = data(kind)
    function = type(loss)(**{**loss.get_config(), "reduction": None})
    np.testing.assert_allclose(function(y, a), expected(name, y, a), rtol=1e-12)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_batchs_loss_is_the_mean_and_keeps_its_precision_in_float32(name):
    loss, kind, _ = FORMULAS[name]
    y, a = data(kind)
    wanted = expected(name, y, a).mean()
    assert loss(y, a) == pytest.approx(wanted, rel=1e-12)
    assert loss(y, a.astype(np.float32)) == pytest.approx(wanted, rel=1e-5, abs=1e-6)
    assert type(loss(y, a)) is float


@pytest.mark.parametrize("name", FORMULAS)
def test_the_gradient_is_the_slope_of_the_formula(name):
    loss, kind, formula = FORMULAS[name]
    y, a = data(kind)
    gradient = loss.gradient(loss.targets(y, a), a)
    assert gradient.shape == a.shape
    assert gradient.dtype == np.float64
    h = 1e-6
    for i, j in np.ndindex(a.shape):
        above, below = list(a[i]), list(a[i])
        above[j] += h
        below[j] -= h
        slope = (formula(list(y[i]), above) - formula(list(y[i]), below)) / (2 * h)
        assert gradient[i, j] == pytest.approx(slope, rel=1e-6, abs=1e-7), (i, j)


@pytest.mark.parametrize("name", FORMULAS)
def test_rows_of_rows_have_the_losses_and_gradients_of_their_rows(name):
    loss, kind, _ = FORMULAS[name]
    y, a = data(kind, rows=6)
    each = type(loss)(**{**loss.get_config(), "reduction": None})
    y_rows, a_rows = y.reshape(2, 3, -1), a.reshape(2, 3, -1)
    np.testing.assert_allclose(each(y_rows, a_rows), each(y, a).reshape(2, 3), rtol=1e-14)
    gradient = loss.gradient(loss.targets(y, a), a)
    of_rows = loss.gradient(loss.targets(y_rows, a_rows), a_rows)
    np.testing.assert_allclose(of_rows, gradient.reshape(2, 3, -1), rtol=1e-14)


@pytest.mark.parametrize("name", FORMULAS)
def test_gradients_are_new_arrays_in_the_outputs_dtype(name):
    loss, kind, _ = FORMULAS[name]
    y, a = data(kind)
    a = a.astype(np.float32)
    before = a.copy()
    targets = loss.targets(y, a)
    assert targets.dtype == np.float32
    gradient = loss.gradient(targets, a)
    assert gradient.dtype == np.float32
    assert not np.shares_memory(gradient, a)
    assert np.array_equal(a, before)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", FORMULAS)
def test_value_and_gradient_are_arrays_of_their_own_in_the_dtype_of_the_outputs(name, dtype):
    loss, kind, _ = FORMULAS[name]
    y, a = data(kind)
    a = a.astype(dtype)
    before, y = a.copy(), loss.targets(y, a)
    targets = y.copy()
    each, gradient = loss.call(y, a), loss.gradient(y, a)
    assert each.dtype == gradient.dtype == dtype
    assert not np.shares_memory(gradient, a)  # a step overwrites the gradient
    assert not np.shares_memory(gradient, y)
    np.testing.assert_array_equal(a, before)
    np.testing.assert_array_equal(y, targets)


@pytest.mark.parametrize(
    ("loss", "kind"),
    [
        (losses.BinaryCrossentropy(label_smoothing=0.1, reduction="sum", name="mine"), "binary"),
        (losses.CategoricalCrossentropy(label_smoothing=0.1), "one_hot"),
        (losses.SparseCategoricalCrossentropy(dtype="float64"), "classes"),
    ],
)
def test_a_loss_on_logits_is_the_loss_of_what_its_link_makes_of_them(loss, kind):
    y, _ = data(kind)
    z = rng.normal(0, 2, (5, 4))
    joint = loss.on_logits()
    assert joint(y, z) == pytest.approx(loss(y, loss.link(z)), rel=1e-6)
    assert joint.get_config() == {**loss.get_config(), "from_logits": True}
    assert not loss.from_logits


# Reductions and weights ----------------------------------------------------------------------

EACH = np.array([0.25, 4.0, 1.0, 9.0])  # the squared errors below
Y, A = np.zeros((4, 1)), np.array([[0.5], [2.0], [1.0], [3.0]])
W = np.array([1.0, 2.0, 3.0, 0.0])

REDUCTIONS = {
    "sum_over_batch_size": (EACH.sum() / 4, (EACH * W).sum() / 4),
    "sum": (EACH.sum(), (EACH * W).sum()),
    "mean": (EACH.sum() / 4, (EACH * W).sum() / 4),
    "mean_with_sample_weight": (EACH.sum() / 4, (EACH * W).sum() / 6),
    "none": (EACH, EACH * W),
    None: (EACH, EACH * W),
}


@pytest.mark.parametrize("weights", [W, W[:, np.newaxis], W.tolist()])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_reductions_with_and_without_weights(reduction, weights):
    loss = losses.MeanSquaredError(reduction=reduction)
    plain, weighted = REDUCTIONS[reduction]
    np.testing.assert_allclose(loss(Y, A), plain)
    np.testing.assert_allclose(loss(Y, A, sample_weight=weights), weighted, rtol=1e-6)


@pytest.mark.parametrize("weights", [None, W, W[:, np.newaxis]])
@pytest.mark.parametrize("reduction", [name for name in REDUCTIONS if name not in ("none", None)])
def test_the_gradient_of_the_reduced_loss(reduction, weights):
    loss = losses.MeanSquaredError(reduction=reduction)
    gradient = loss.output_gradient(loss.gradient(Y, A), weights)
    h = 1e-6
    for i in range(4):
        step = h * (np.arange(4) == i)[:, np.newaxis]
        slope = (loss(Y, A + step, weights) - loss(Y, A - step, weights)) / (2 * h)
        assert gradient[i, 0] == pytest.approx(slope, rel=1e-6, abs=1e-9)


def test_samples_of_higher_rank_have_a_loss_for_each_inner_row():
    y, a = np.zeros((2, 3, 4)), rng.normal(size=(2, 3, 4))
    each = (a**2).sum(axis=2) / 4
    assert losses.MeanSquaredError()(y, a) == pytest.approx(each.sum() / 6)
    by_row, by_place = np.array([1.0, 3.0]), rng.uniform(size=(2, 3))
    loss = losses.MeanSquaredError(reduction="mean_with_sample_weight")
    weighted = (each * by_row[:, np.newaxis]).sum() / 12  # of six weights 1, 1, 1, 3, 3, 3
    assert loss(y, a, by_row) == pytest.approx(weighted)
    assert loss(y, a, by_place) == pytest.approx((each * by_place).sum() / by_place.sum())


def test_weights_that_are_all_zero_give_zero():
    loss = losses.MeanSquaredError(reduction="mean_with_sample_weight")
    assert loss(Y, A, np.zeros(4)) == 0


@pytest.mark.parametrize("shape", [(3,), (1,), (4, 4), (1, 4), (4, 1, 1)])
def test_weights_that_do_not_fit_are_refused(shape):
    with pytest.raises(ValueError, match=r"sample_weight of shape .* does not fit values of shape"):
        losses.MeanSquaredError()(Y, A, sample_weight=np.ones(shape))


# The whole range of logits --------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_binary_crossentropy_is_exact_at_any_logit(dtype):
    z = np.array([[-1000], [-40], [0], [40], [1000]], dtype)
    loss = losses.BinaryCrossentropy(from_logits=True, reduction=None)
    tail = log1p(exp(-40))
    np.testing.assert_allclose(loss(np.ones((5, 1)), z), [1000, 40, log(2), tail, 0], rtol=1e-6)
    np.testing.assert_allclose(loss(np.zeros((5, 1)), z), [0, tail, log(2), 40, 1000], rtol=1e-6)
    gradient = loss.gradient(np.zeros((5, 1), dtype), z)
    np.testing.assert_allclose(gradient[:, 0], [0, exp(-40), 0.5, 1, 1], rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_categorical_crossentropy_is_exact_at_any_logit(dtype):
    z = np.array([[1000, -1000, 0], [-1000, 0, -1000]], dtype)
    each = losses.SparseCategoricalCrossentropy(from_logits=True, reduction=None)
    wanted = [[0, 1000], [2000, 0], [1000, 1000]]
    for k in range(3):
        np.testing.assert_array_equal(each([k, k], z), wanted[k])
        gradient = each.gradient(each.targets([k, k], z), z)
        np.testing.assert_array_equal(gradient, np.eye(3)[[0, 1]] - np.eye(3)[[k, k]])


@given(st.floats(-1e4, 1e4), st.sampled_from([0.0, 1.0]))
def test_one_logit_and_two_logits_agree(z, y):
    binary = losses.BinaryCrossentropy(from_logits=True)([[y]], np.array([[z]]))
    two = losses.SparseCategoricalCrossentropy(from_logits=True)([int(y)], np.array([[0.0, z]]))
    assert binary == pytest.approx(two, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_probabilities_are_clipped_where_they_are_0_or_1(p):
    a = np.array([[p]])
    wrong, right = -log(EPSILON), -log1p(-EPSILON)
    assert losses.BinaryCrossentropy()([[1 - p]], a) == pytest.approx(wrong, rel=1e-7)
    assert losses.BinaryCrossentropy()([[p]], a) == pytest.approx(right, rel=1e-7)
    assert losses.BinaryCrossentropy().gradient(np.array([[1 - p]]), a) == 0  # held there
    two = np.array([[p, 1 - p]])
    assert losses.CategoricalCrossentropy()([[1 - p, p]], two) == pytest.approx(wrong, rel=1e-7)
    assert losses.KLDivergence()([[1 - p, p]], two) == pytest.approx(
        log(1 / EPSILON) + EPSILON * log(EPSILON), rel=1e-7
    )


def test_what_is_held_at_epsilon_has_no_slope():
    y, a = np.array([[0.5, 1.0]]), np.array([[-1.0, 2.0]])
    msle = losses.MeanSquaredLogarithmicError()
    wanted = ((log1p(0.5) - log1p(EPSILON)) ** 2 + (log(2) - log(3)) ** 2) / 2
    assert msle(y, a) == pytest.approx(wanted)
    assert msle.gradient(y, a)[0, 0] == 0
    kld = losses.KLDivergence()
    assert kld.gradient(y, a)[0].tolist() == [0, 0]
    assert kld([[3.0, 0.5]], [[0.25, 2.0]]) == pytest.approx(log(4) + 0.5 * log(0.5))
    assert losses.MeanAbsolutePercentageError()([[0.0]], [[1e-7]]) == pytest.approx(100)


def test_a_vector_of_no_length_has_no_angle():
    loss = losses.CosineSimilarity()
    zero, one = np.zeros((1, 2)), np.array([[1.0, 0.0]])
    assert loss(zero, one) == loss(one, zero) == 0
    assert np.isfinite(loss.gradient(one, zero)).all()


def test_hinge_turns_0_and_1_into_signs_and_leaves_signs_alone():
    a = np.array([[0.5, -0.25]])
    assert losses.Hinge()([[1, 0]], a) == losses.Hinge()([[1, -1]], a) == (0.5 + 0.75) / 2


def test_hinges_have_no_slope_where_the_margin_is_met():
    y, a = np.array([[1.0, -1.0, 1.0]]), np.array([[1.0, -1.0, 3.0]])
    for hinge_loss in (losses.Hinge(), losses.SquaredHinge()):
        assert hinge_loss(y, a) == 0
        assert not hinge_loss.gradient(y, a).any()


@pytest.mark.parametrize("axis", [0, 1, -2])
def test_a_cosine_along_another_axis_is_that_of_turned_arrays(axis):
    y, a = np.random.default_rng(6).normal(size=(2, 3, 4, 5))
    turned = [np.moveaxis(v, axis, -1) for v in (y, a)]
    loss, last = losses.CosineSimilarity(axis), losses.CosineSimilarity()
    assert loss(y, a) == pytest.approx(last(*turned), rel=1e-12)
    ours = loss.output_gradient(loss.gradient(y, a))
    theirs = last.output_gradient(last.gradient(*turned))
    np.testing.assert_allclose(np.moveaxis(ours, axis, -1), theirs, rtol=1e-12)
    with pytest.raises(ValueError, match="axis 3 is not among those of outputs of shape"):
        losses.CosineSimilarity(axis=3)(y, a)


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", None])
def test_rows_of_an_ignored_class_are_as_if_they_were_not_there(from_logits, reduction):
    y, z = np.array([0, -1, 2, -1, 1]), np.random.default_rng(7).normal(size=(5, 3))
    a = z if from_logits else activations.softmax(z)
    kept = y >= 0
    ignoring = SPARSE(from_logits, -1, reduction)
    plain = SPARSE(from_logits, None, reduction)
    of_all, of_kept = ignoring(y, a), plain(y[kept], a[kept])
    np.testing.assert_allclose(np.ravel(of_all)[kept if reduction is None else ...], of_kept)
    if reduction is not None:
        slopes = ignoring.output_gradient(ignoring.gradient(ignoring.targets(y, a), a))
        alone = plain.output_gradient(plain.gradient(plain.targets(y[kept], a[kept]), a[kept]))
        np.testing.assert_allclose(slopes[kept], alone, rtol=1e-12)
        assert not slopes[~kept].any()
    assert not np.any(ignoring([-1, -1], a[:2]))  # nothing counts: a loss of 0
    with pytest.raises(ValueError, match="whole class numbers from 0 to 2, got some from -2 to 1"):
        ignoring([0, -1, -2, -1, 1], a)


def test_wrong_outputs_that_are_equally_large_share_the_slope():
    y, a = np.array([[1.0, 0, 0, 0]]), np.array([[0.5, 2.0, 2.0, 1.0]])
    assert losses.CategoricalHinge().gradient(y, a)[0].tolist() == [-1, 0.5, 0.5, 0]


def test_a_target_column_may_come_without_its_axis_and_the_reverse():
    y, a = np.array([1.0, 2.0]), np.array([[3.0], [5.0]])
    for targets, outputs in ((y, a), (y[:, np.newaxis], a), (a, y), (a[:, 0], y[:, np.newaxis])):
        assert losses.MeanSquaredError()(targets, outputs) == (4 + 9) / 2


def test_targets_may_be_integers_booleans_and_lists():
    a = [[0.25], [0.75]]
    wanted = -(log(0.75) + log(0.75)) / 2
    for y in ([0, 1], [False, True], np.array([0, 1], np.int8), [[0.0], [1.0]]):
        assert losses.BinaryCrossentropy()(y, a) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_dtype_is_computed_in(name):
    loss, kind, _ = FORMULAS[name]
    y, a = data(kind)
    narrow = type(loss)(**{**loss.get_config(), "dtype": "float32"})(y, a)
    assert narrow == loss(y, a.astype(np.float32))
    assert narrow == pytest.approx(loss(y, a), rel=1e-5, abs=1e-6)
    assert narrow != loss(y, a)


# What does not fit ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("y_shape", "a_shape"),
    [((4,), (3, 1)), ((4, 1), (4, 2)), ((4, 2), (4, 1)), ((1,), (4, 1)), ((1, 1), (4, 1)),
     ((), (4, 1)), ((2,), (4, 2)), ((4, 1, 1), (4, 1, 2))],
)  # fmt: skip
@pytest.mark.parametrize("loss", ["mse", "bce", "hinge", "kld"])
def test_targets_are_never_broadcast(loss, y_shape, a_shape):
    with pytest.raises(
        ValueError, match=r"targets of shape .* do not fit outputs of shape .*never"
    ):
        losses.get(loss)(np.ones(y_shape), np.ones(a_shape))


SPARSE, ONE_HOT = losses.SparseCategoricalCrossentropy, losses.CategoricalCrossentropy
REFUSED = [
    (SPARSE, [0, 3], "whole class numbers from 0 to 2, got some from 0 to 3"),
    (SPARSE, [-1, 2], "whole class numbers from 0 to 2, got some from -1 to 2"),
    (SPARSE, [0.5, 1.0], "whole class numbers"),
    (SPARSE, [0.0, math.nan], "whole class numbers"),
    (
        SPARSE,
        np.eye(3)[:2],
        r"shape \(2, 3\): there must be one class number .* One-hot targets go",
    ),
    (SPARSE, [0, 1, 2], "one class number for each row.$"),
    (ONE_HOT, [0, 1], r"must be one-hot. For class numbers there are the sparse loss and utils"),
    (ONE_HOT, [[0], [1]], "must be one-hot"),
    (losses.BinaryCrossentropy, [[0, 1, 2], [0, 0, 0]], "from 0 to 1, got some from 0 to 2"),
    (losses.BinaryCrossentropy, 0.5 - np.eye(3)[:2], r"from 0 to 1, got some from -0\.5 to 0\.5"),
]


@pytest.mark.parametrize(("loss", "y", "message"), REFUSED)
def test_targets_that_a_loss_is_not_for_are_refused(loss, y, message):
    with pytest.raises(ValueError, match=message):
        loss()(y, np.full((2, 3), 1 / 3))


def test_nan_targets_of_binary_crossentropy_are_refused():
    with pytest.raises(ValueError, match="targets must be from 0 to 1"):
        losses.BinaryCrossentropy()([[math.nan]], [[0.5]])


@pytest.mark.parametrize("loss", [SPARSE, ONE_HOT, losses.BinaryCrossentropy])
def test_no_rows_have_no_loss(loss):
    y = np.zeros(0) if loss is SPARSE else np.zeros((0, 3))
    assert loss()(y, np.zeros((0, 3))) == 0


@pytest.mark.parametrize("y", [["a", "b"], [1j, 2], [None, 1]])
def test_targets_that_are_no_numbers_are_refused(y):
    with pytest.raises(TypeError, match="y_true must be real numbers, got dtype"):
        losses.MeanSquaredError()(y, [0.0, 1.0])


OPTIONS = [
    (losses.MeanSquaredError, {"reduction": "average"}, "reduction must be .*, got 'average'"),
    (losses.BinaryCrossentropy, {"label_smoothing": 1.5}, "smoothing must be a number from 0 to 1"),
    (losses.BinaryCrossentropy, {"axis": 0}, "classes must be the last axis, got axis=0"),
    (losses.CosineSimilarity, {"axis": 0.5}, "axis must be an integer, got 0.5"),
    (SPARSE, {"ignore_class": 0.5}, "ignore_class must be an integer, got 0.5"),
    (
        SPARSE,
        {"ignore_class": 0, "reduction": "mean_with_sample_weight"},
        "ignore_class does not go with mean_with_sample_weight",
    ),
    (losses.Huber, {"delta": 0}, "delta must be a finite number above 0, got 0"),
    (losses.MeanSquaredError, {"dtype": "int32"}, "dtype must be 'float32' or 'float64'"),
]


@pytest.mark.parametrize(("loss", "options", "message"), OPTIONS)
def test_options_out_of_range_are_refused(loss, options, message):
    with pytest.raises(ValueError, match=message):
        loss(**options)


# Names, function forms, configurations, losses of one's own ------------------------------------

NAMES = {  # the first is the name that it has by default
    losses.MeanSquaredError: "mean_squared_error MeanSquaredError mse MSE",
    losses.MeanAbsoluteError: "mean_absolute_error MeanAbsoluteError mae MAE",
    losses.MeanAbsolutePercentageError: "mean_absolute_percentage_error mape MAPE",
    losses.MeanSquaredLogarithmicError: "mean_squared_logarithmic_error msle MSLE",
    losses.BinaryCrossentropy: "binary_crossentropy BinaryCrossentropy bce BCE",
    losses.CategoricalCrossentropy: "categorical_crossentropy CategoricalCrossentropy",
    losses.SparseCategoricalCrossentropy: "sparse_categorical_crossentropy",
    losses.KLDivergence: "kl_divergence KLDivergence kld KLD",
    losses.Huber: "huber_loss huber Huber",
    losses.LogCosh: "log_cosh LogCosh logcosh",
    losses.Poisson: "poisson Poisson",
    losses.Hinge: "hinge Hinge",
    losses.SquaredHinge: "squared_hinge SquaredHinge",
    losses.CategoricalHinge: "categorical_hinge CategoricalHinge",
    losses.CosineSimilarity: "cosine_similarity CosineSimilarity",
}


@pytest.mark.parametrize("loss", NAMES)
def test_losses_have_keras_names(loss):
    names = NAMES[loss].split()
    assert all(type(losses.get(name)) is loss for name in names)
    instance = losses.get(loss)
    assert type(instance) is loss
    assert instance.name == names[0]
    assert losses.get(instance) is instance


@pytest.mark.parametrize("loss", NAMES)
def test_configurations_make_the_same_loss(loss):
    original = loss(reduction="sum", name="mine")
    assert loss.from_config(original.get_config()).get_config() == original.get_config()
    again = losses.deserialize(losses.serialize(original))
    assert type(again) is loss
    assert (again.reduction, again.name) == ("sum", "mine")


@pytest.mark.parametrize("name", FORMULAS)
def test_function_forms_are_each_samples_loss(name):
    loss, kind, _ = FORMULAS[name]
    y, a = data(kind)
    function = getattr(losses, losses.get(type(loss)).name.replace("huber_loss", "huber"))
    keep = ("from_logits", "label_smoothing", "delta")
    options = {key: value for key, value in loss.get_config().items() if key in keep}
    np.testing.assert_allclose(function(y, a, **options), expected(name, y, a), rtol=1e-12)
    assert type(losses.get(function)) is type(loss)
    assert function.__name__ in losses.__dict__


def test_metrics_has_the_function_forms_too():
    assert metrics.mean_squared_error is losses.mean_squared_error


def test_an_unknown_loss_is_answered_with_the_nearest():
    with pytest.raises(
        ValueError, match=r"Unknown loss 'mean_square_error'\. Did you mean 'mean_sq"
    ):
        losses.get("mean_square_error")


def test_no_loss_is_none_and_a_plain_function_is_refused():
    assert losses.get(None) is None
    with pytest.raises(TypeError, match=r"subclass losses\.Loss, with the function as call"):
        losses.get(lambda y, a: 0)


def test_a_loss_of_ones_own_needs_two_formulas():
    class Cubed(losses.Loss):
        def call(self, y_true, y_pred):
            return (np.abs(y_pred - y_true) ** 3).sum(axis=-1)

    loss = Cubed()
    assert loss.name == "cubed"
    assert loss([0.0, 0.0], [1.0, 3.0]) == 28  # both axes missing: one sample of two outputs
    assert loss([[0.0], [0.0]], [[1.0], [3.0]]) == 14
    with pytest.raises(NotImplementedError, match="Cubed must define gradient"):
        loss.gradient(np.zeros((1, 1)), np.ones((1, 1)))
    with pytest.raises(NotImplementedError, match="Loss must define call"):
        losses.Loss()([0.0], [1.0])
    for part in ("call_logits", "gradient_logits", "call_probabilities", "gradient_probabilities"):
        with pytest.raises(NotImplementedError, match=f"CrossEntropy must define {part}"):
            getattr(losses.CrossEntropy(), part)(None, None)


def test_the_links_are_the_activations_the_losses_are_made_for():
    assert losses.BinaryCrossentropy.link is activations.sigmoid
    assert losses.CategoricalCrossentropy.link is activations.softmax
    assert losses.MeanSquaredError.link is None


def test_a_loss_is_called_by_call():
    with pytest.raises(TypeError, match=r"Mine defines __call__.* define call\(y_true, y_pred\)"):

        class Mine(losses.MeanSquaredError):
            def __call__(self, y_true, y_pred, sample_weight=None):
                return 0.0


# Targets and weights beside values -----------------------------------------------------------

SHAPES = st.lists(st.integers(1, 3), max_size=3).map(tuple)


@given(SHAPES, SHAPES)
def test_targets_fit_when_only_a_last_axis_of_1_is_missing_or_too_many(given_shape, shape):
    y = np.arange(math.prod(given_shape)).reshape(given_shape)
    found = fitted(y, shape)
    longer, shorter = sorted([given_shape, shape], key=len, reverse=True)
    if given_shape == shape or longer == (*shorter, 1):
        assert found.shape == shape
        assert np.shares_memory(found, y)
        assert found.ravel().tolist() == y.ravel().tolist()
    else:
        assert found is None


@given(st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple), st.data())
def test_each_value_has_the_weight_of_its_sample(shape, data):
    rank = data.draw(st.integers(1, len(shape)))
    ndim = data.draw(st.integers(len(shape), 4))
    weights = np.arange(1.0, 1 + math.prod(shape[:rank])).reshape(shape[:rank])
    column = weights[..., np.newaxis] if rank == len(shape) else weights
    for given_weights in (weights, column):
        found = spread(given_weights, shape, ndim)
        assert found.ndim == ndim
        wide = np.broadcast_to(found, (*shape, *[1] * (ndim - len(shape))))
        for index in np.ndindex(shape):
            assert (wide[index] == weights[index[:rank]]).all()


def test_a_gradient_of_integers_is_refused_and_not_rounded_to_nothing():
    class Whole(losses.Loss):
        def call(self, y_true, y_pred):
            return np.abs(y_pred - y_true).mean(axis=-1)

        def gradient(self, y_true, y_pred):
            return np.sign(y_pred - y_true).astype(int)

    with pytest.raises(TypeError, match="same_kind"):
        Whole().output_gradient(Whole().gradient(np.zeros((4, 1)), np.ones((4, 1))))
