"""The tables of docs/numerics.md are true, and training that diverges says so."""

import math

import numpy as np
import pytest

import tinyneuron as keras
from measure_numerics import DTYPES, PAGE, rows_of, stated
from numerics import ACTIVATIONS, LOSSES, activation_errors, float16_values, loss_errors
from tinyneuron import callbacks, layers, optimizers

ROWS = rows_of(PAGE.read_text(encoding="utf-8"))
each_dtype = pytest.mark.parametrize("dtype", DTYPES)
wide_enough = pytest.mark.skipif(
    np.finfo(np.longdouble).eps > 1e-18, reason="the closed forms need 80-bit floats"
)


def assert_within(stated_bounds, errors):
    """Allow twice what was measured and two more: a processor's own exp may differ by as much."""
    for bound, error in zip(stated_bounds, errors, strict=True):
        assert error <= 2 * bound + 2


@wide_enough
@each_dtype
@pytest.mark.parametrize(
    ("name", "errors"),
    [
        *((name, activation_errors) for name in ACTIVATIONS),
        *((name, loss_errors) for name in LOSSES),
    ],
)
def test_the_errors_are_those_of_the_table(name, errors, dtype):
    column = list(DTYPES).index(dtype)
    value, derivative = errors(name, DTYPES[dtype], every=37)
    assert_within(stated(ROWS[name][column], DTYPES[dtype]), value)
    assert_within(stated(ROWS[name][column + 2], DTYPES[dtype]), derivative)


def test_the_tables_have_a_row_for_each_function():
    assert set(ROWS) == {*ACTIVATIONS, *LOSSES}


def test_float16_has_so_many_finite_numbers():
    values = float16_values()
    assert len(values) == 63_488
    assert np.signbit(values[values == 0]).tolist() == [False, True]
    assert abs(values).max() == 65_504


# Special values, silently ------------------------------------------------------------------------


def specials(dtype):
    info = np.finfo(dtype)
    sizes = [0, info.smallest_subnormal, info.tiny, info.eps, 1, 89, 710, info.max / 2, info.max]
    return np.array([sign * x for x in [*sizes, np.inf] for sign in (1, -1)], dtype)


@each_dtype
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_of_special_values_is_silent_and_no_number_gives_none(name, dtype):
    loss, kind, *_ = LOSSES[name]
    a = specials(dtype)[:, np.newaxis]
    if kind.startswith("two"):
        a = np.hstack([a, np.ones_like(a)])
    no_number = a.copy()
    no_number[:, 0] = np.nan
    for target in (0.0, 1.0):
        y = np.full_like(a, target)
        if kind.startswith("two"):
            y[:, 1] = 1 - y[:, 1]
        loss(y, a)  # warnings are errors
        assert math.isnan(loss(y, no_number))


# Divergence --------------------------------------------------------------------------------------


def diverging(x_scale=1.0, learning_rate=0.01, weight=None, optimizer=optimizers.SGD, **options):
    """Return a model of extreme scale, and data for it."""
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(64, 3)) * x_scale).astype(np.float32)
    model = keras.Sequential([layers.Input((3,)), layers.Dense(4, "relu"), layers.Dense(1)])
    if weight is not None:
        model.set_weights([np.full(w.shape, weight) for w in model.weights])
    model.compile(optimizer(learning_rate, **options), "mse", metrics=["mae"])
    return model, x, np.ones((64, 1))


EXTREMES = [{"x_scale": 1e30}, {"learning_rate": 1e30}, {"weight": 1e38}]


@pytest.mark.filterwarnings("ignore:The loss is")
@pytest.mark.parametrize("optimizer", [optimizers.SGD, optimizers.RMSprop, optimizers.Adam])
@pytest.mark.parametrize("extreme", EXTREMES, ids=str)
def test_a_training_that_diverges_says_so_without_warnings(extreme, optimizer):
    model, x, y = diverging(**extreme, optimizer=optimizer)
    before = np.geterr()
    history = model.fit(x, y, epochs=3, verbose=0).history
    assert not math.isfinite(history["loss"][-1])
    assert not math.isfinite(model.evaluate(x, y, verbose=0)[0])
    assert np.geterr() == before


@pytest.mark.filterwarnings("ignore:The loss is")
@pytest.mark.parametrize("extreme", EXTREMES, ids=str)
def test_terminate_on_nan_stops_it_and_names_the_batch(extreme, capsys):
    model, x, y = diverging(**extreme)
    history = model.fit(x, y, epochs=9, verbose=0, callbacks=[callbacks.TerminateOnNaN()])
    assert len(history.epoch) == 1
    assert "Epoch 1, batch" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["clipnorm", "global_clipnorm"])
@each_dtype
def test_a_gradient_whose_squares_overflow_is_shortened_not_lost(option, dtype):
    size = {"float32": 1e30, "float64": 1e200}[dtype]
    weight = np.zeros(2, dtype)
    optimizers.SGD(1.0, **{option: 1.0}).apply([np.array([3 * size, -4 * size], dtype)], [weight])
    np.testing.assert_allclose(weight, [-0.6, 0.8], rtol=1e-6)
    optimizers.SGD(1.0, **{option: 10 * size}).apply([np.array([size, 0], dtype)], [weight])
    np.testing.assert_allclose(weight, [-size, 0.8], rtol=1e-6)


@pytest.mark.parametrize("optimizer", [optimizers.Adam, optimizers.RMSprop])
def test_a_gradient_whose_squares_overflow_stops_its_weight_s_training(optimizer):
    weight = np.zeros(2, np.float32)
    rule = optimizer(0.1)
    with np.errstate(over="ignore"):
        rule.apply([np.array([1e30, 1.0])], [weight])
    rule.apply([np.array([1.0, 1.0])], [weight])
    assert weight[0] == 0
    assert weight[1] < 0
