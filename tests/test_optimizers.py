import copy
import math
import pickle

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tinyneuron import Input, Sequential, optimizers
from tinyneuron.layers import Dense
from tinyneuron.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    Nadam,
    RMSprop,
    schedules,
)
from tinyneuron.utils import custom_object_scope

STEPS = 6

# Keras' rules, written with their factors where Keras' documentation has them --------------------


def sgd(w, g, state, t, rate=0.01, momentum=0.0, nesterov=False):
    v = state["v"] = momentum * state.get("v", 0) - rate * g
    return w + momentum * v - rate * g if nesterov else w + v


def rmsprop(w, g, state, t, rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    v = state["v"] = rho * state.get("v", 0) + (1 - rho) * g * g
    m = state["m"] = rho * state.get("m", 0) + (1 - rho) * g
    step = rate * g / np.sqrt(v - m * m + epsilon if centered else v + epsilon)
    carried = state["c"] = momentum * state.get("c", 0) + step
    return w - carried


def adam(w, g, state, t, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False):
    m = state["m"] = beta_1 * state.get("m", 0) + (1 - beta_1) * g
    v = state["v"] = beta_2 * state.get("v", 0) + (1 - beta_2) * g * g
    if amsgrad:
        v = state["largest"] = np.maximum(state.get("largest", 0), v)
    alpha = rate * math.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - alpha * m / (np.sqrt(v) + epsilon)


def adagrad(w, g, state, t, rate=0.001, start=0.1, epsilon=1e-7):
    s = state["s"] = state.get("s", start) + g * g
    return w - rate * g / np.sqrt(s + epsilon)


def adadelta(w, g, state, t, rate=0.001, rho=0.95, epsilon=1e-7):
    v = state["v"] = rho * state.get("v", 0) + (1 - rho) * g * g
    d = state.get("d", 0)
    change = g * np.sqrt(d + epsilon) / np.sqrt(v + epsilon)
    state["d"] = rho * d + (1 - rho) * change**2
    return w - rate * change


def adamax(w, g, state, t, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = state["m"] = beta_1 * state.get("m", 0) + (1 - beta_1) * g
    u = state["u"] = np.maximum(beta_2 * state.get("u", 0), np.abs(g))
    return w - rate / (1 - beta_1**t) * m / (u + epsilon)


def nadam(w, g, state, t, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = state["m"] = beta_1 * state.get("m", 0) + (1 - beta_1) * g
    v = state["v"] = beta_2 * state.get("v", 0) + (1 - beta_2) * g * g
    momenta = [beta_1 * (1 - 0.5 * 0.96**i) for i in range(1, t + 2)]
    now, ahead = momenta[-2:]
    m_hat = ahead * m / (1 - math.prod(momenta)) + (1 - now) * g / (1 - math.prod(momenta[:-1]))
    return w - rate * m_hat / (np.sqrt(v / (1 - beta_2**t)) + epsilon)


def lion(w, g, state, t, rate=0.001, beta_1=0.9, beta_2=0.99):
    m = state.get("m", 0)
    state["m"] = beta_2 * m + (1 - beta_2) * g
    return w - rate * np.sign(beta_1 * m + (1 - beta_1) * g)


RULES = [
    (SGD(), sgd, {}),
    (SGD(0.1), sgd, {"rate": 0.1}),
    (SGD(0.1, momentum=0.9), sgd, {"rate": 0.1, "momentum": 0.9}),
    (
        SGD(0.1, momentum=0.9, nesterov=True),
        sgd,
        {"rate": 0.1, "momentum": 0.9, "nesterov": True},
    ),
    (SGD(0.1, nesterov=True), sgd, {"rate": 0.1}),
    (RMSprop(), rmsprop, {}),
    (RMSprop(0.1, rho=0.5), rmsprop, {"rate": 0.1, "rho": 0.5}),
    (RMSprop(0.1, momentum=0.8), rmsprop, {"rate": 0.1, "momentum": 0.8}),
    (RMSprop(0.1, centered=True), rmsprop, {"rate": 0.1, "centered": True}),
    (
        RMSprop(0.1, 0.7, 0.8, 1e-3, True),
        rmsprop,
        {"rate": 0.1, "rho": 0.7, "momentum": 0.8, "epsilon": 1e-3, "centered": True},
    ),
    (Adam(), adam, {}),
    (Adam(0.1, beta_1=0.8, beta_2=0.9), adam, {"rate": 0.1, "beta_1": 0.8, "beta_2": 0.9}),
    (Adam(0.1, epsilon=0.1), adam, {"rate": 0.1, "epsilon": 0.1}),
    (Adam(0.1, beta_2=0.5, amsgrad=True), adam, {"rate": 0.1, "beta_2": 0.5, "amsgrad": True}),
    (Adagrad(), adagrad, {}),
    (Adagrad(0.1, 0.0, 0.01), adagrad, {"rate": 0.1, "start": 0, "epsilon": 0.01}),
    (Adadelta(), adadelta, {}),
    (Adadelta(1.0, 0.5, 0.01), adadelta, {"rate": 1.0, "rho": 0.5, "epsilon": 0.01}),
    (Adamax(), adamax, {}),
    (
        Adamax(0.1, 0.8, 0.5, 0.01),
        adamax,
        {"rate": 0.1, "beta_1": 0.8, "beta_2": 0.5, "epsilon": 0.01},
    ),
    (Nadam(), nadam, {}),
    (
        Nadam(0.1, 0.8, 0.5, 0.01),
        nadam,
        {"rate": 0.1, "beta_1": 0.8, "beta_2": 0.5, "epsilon": 0.01},
    ),
    (Lion(), lion, {}),
    (Lion(0.1, 0.5, 0.3), lion, {"rate": 0.1, "beta_1": 0.5, "beta_2": 0.3}),
]


def fresh(optimizer):
    return type(optimizer).from_config(optimizer.get_config())


def arrays(*shapes, scale=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(0, scale, shape) for shape in shapes]


def check(optimizer, rule, options, *shapes, steps=STEPS):
    """Take steps with both and compare the weights after each."""
    weights = arrays(*shapes)
    expected, states = [w.copy() for w in weights], [{} for _ in weights]
    for t in range(1, steps + 1):
        gradients = arrays(*shapes, scale=3 / t, seed=t)
        optimizer.apply(gradients, weights)
        expected = [
            rule(w, g, state, t, **options)
            for w, g, state in zip(expected, gradients, states, strict=True)
        ]
        for ours, theirs in zip(weights, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-13)
    return weights


@pytest.mark.parametrize(("optimizer", "rule", "options"), RULES)
def test_every_step_is_the_rule(optimizer, rule, options):
    check(fresh(optimizer), rule, options, (3, 2), (2,), ())


@pytest.mark.parametrize(("optimizer", "rule", "options"), RULES[4::3])
def test_vectors_longer_than_a_block_change_by_the_same_rule(optimizer, rule, options):
    assert optimizers.base._BLOCK == 2**17
    check(fresh(optimizer), rule, options, (400, 250), (2**17 + 1,), (5,), steps=2)


@pytest.mark.parametrize(("optimizer", "rule", "options"), RULES)
def test_a_step_is_the_same_however_long_the_blocks_are(monkeypatch, optimizer, rule, options):
    shapes = (7, 3), (3,), (5,)
    whole, cut = fresh(optimizer), fresh(optimizer)
    ours, theirs = arrays(*shapes), arrays(*shapes)
    whole.build(ours)
    monkeypatch.setattr(optimizers.base, "_BLOCK", 4)
    cut.build(theirs)
    assert (len(whole._blocks), len(cut._blocks)) == (1, 8)
    for t in range(STEPS):
        whole.apply(arrays(*shapes, seed=t), ours)
        cut.apply(arrays(*shapes, seed=t), theirs)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("optimizer", "rule", "options"), RULES)
def test_float32_weights_stay_float32_and_near_the_rule(optimizer, rule, options):
    optimizer = fresh(optimizer)
    (start,) = arrays((5,))
    weight, expected, state = start.astype(np.float32), start, {}
    for t in range(1, STEPS + 1):
        gradient = arrays((5,), seed=t)[0]
        optimizer.apply([gradient], [weight])
        expected = rule(expected, gradient, state, t, **options)
    assert weight.dtype == optimizer.gradients[0].dtype == np.float32
    np.testing.assert_allclose(weight, expected, rtol=1e-5, atol=1e-5)


def test_adam_goes_its_learning_rate_at_first_whatever_the_size_of_the_gradient():
    weight = np.zeros(3)
    Adam(0.5, epsilon=0).apply([np.array([1e-4, -1.0, 1e4])], [weight])
    np.testing.assert_allclose(weight, [-0.5, 0.5, -0.5], rtol=1e-12)


@pytest.mark.parametrize("t", [1, 2, 50, 999, 1000, 1001, 3000])
def test_the_product_of_nadams_momenta_is_the_product(t):
    optimizer = Nadam(beta_1=0.999)
    expected = math.prod(0.999 * (1 - 0.5 * 0.96**i) for i in range(1, t + 1))
    assert optimizer.momentum_product(t) == pytest.approx(expected, rel=1e-12)


# Decay and clips ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "optimizer", [SGD, RMSprop, Adam, AdamW, Adagrad, Adadelta, Adamax, Nadam, Lion]
)
def test_weight_decay_shrinks_the_weights_before_the_step(optimizer):
    (gradient, start) = arrays((4,), (4,))
    plain, decayed = start * (1 - 0.1 * 0.2), start.copy()
    without = optimizer(0.1, weight_decay=0) if optimizer is AdamW else optimizer(0.1)
    without.apply([gradient], [plain])
    optimizer(0.1, weight_decay=0.2).apply([gradient], [decayed])
    np.testing.assert_allclose(decayed, plain, rtol=1e-12)
    assert not np.array_equal(decayed, start)


def test_adamw_is_adam_with_weight_decay():
    def adamw(w, g, state, t):
        return adam(w - 0.001 * 0.004 * w, g, state, t)

    check(AdamW(), adamw, {}, (3, 2), (2,))


def named(optimizer):
    """Take a step with two weights that have names, without a gradient."""
    kernel, bias = np.ones(2), np.ones(2)
    optimizer.build([kernel, bias], ["kernel", "bias"])
    optimizer.apply([np.zeros(2), np.zeros(2)], [kernel, bias])
    return kernel[0], bias[0]


def test_weights_are_excluded_from_decay_by_a_word_in_their_name():
    optimizer = SGD(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bia", "beta"])
    assert named(optimizer) == (0.75, 1)
    assert named(SGD(0.5, weight_decay=0.5)) == (0.75, 0.75)


def test_weights_are_excluded_from_decay_themselves_and_not_their_equals():
    optimizer, kept, decayed = SGD(0.5, weight_decay=0.5), np.ones(2), np.ones(2)
    optimizer.exclude_from_weight_decay([kept])
    twin = copy.deepcopy((optimizer, kept, decayed))
    for one, first, second in [(optimizer, kept, decayed), twin]:
        one.apply([np.zeros(2), np.zeros(2)], [first, second])
        assert (first[0], second[0]) == (1, 0.75)


def test_a_model_trains_with_its_biases_excluded():
    model = Sequential([Input((2,)), Dense(3, bias_initializer="ones")])
    optimizer = SGD(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    model.compile(optimizer, "mse")
    start = model.get_weights()
    model.train_on_batch(x := np.ones((4, 2)), model.predict(x))  # no loss, no gradient
    np.testing.assert_allclose(model.get_weights()[0], 0.75 * start[0], rtol=1e-6)
    np.testing.assert_array_equal(model.get_weights()[1], start[1])


def test_exclusions_come_before_the_first_step_and_need_names():
    optimizer = SGD(weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    weight = np.ones(2)
    with pytest.raises(ValueError, match="the names of these weights are not known"):
        optimizer.apply([np.zeros(2)], [weight])
    assert (weight == 1).all()
    assert optimizer.iterations == 0
    with pytest.raises(ValueError, match="begun to train: exclude_from_weight_decay goes before"):
        optimizer.exclude_from_weight_decay([weight])
    with pytest.raises(TypeError, match="var_names must be a list, got 'bias'"):
        SGD().exclude_from_weight_decay(var_names="bias")


def test_a_configuration_without_the_exclusions_says_so():
    optimizer = SGD(weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    with pytest.warns(UserWarning, match="does not tell which weights are excluded"):
        optimizer.get_config()


CLIPS = [  # of the gradients [3, 4] and [0, 12], of lengths 5 and 12, together 13
    ({}, [3, 4], [0, 12]),
    ({"clipvalue": 3.5}, [3, 3.5], [0, 3.5]),
    ({"clipnorm": 10}, [3, 4], [0, 10]),
    ({"clipnorm": 2.5}, [1.5, 2], [0, 2.5]),
    ({"global_clipnorm": 6.5}, [1.5, 2], [0, 6]),
    ({"global_clipnorm": 14}, [3, 4], [0, 12]),
]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("clip", "first", "second"), CLIPS, ids=str)
def test_clips_shorten_the_gradient(clip, first, second, sign):
    weights = [np.zeros(2), np.zeros(2)]
    SGD(1.0, **clip).apply([sign * np.array([3.0, 4.0]), sign * np.array([0.0, 12.0])], weights)
    np.testing.assert_allclose(weights[0], -sign * np.array(first), rtol=1e-12)
    np.testing.assert_allclose(weights[1], -sign * np.array(second), rtol=1e-12)


# Learning rates ------------------------------------------------------------------------------


def test_a_learning_rate_can_be_set_between_steps():
    optimizer, weight = SGD(0.5), np.zeros(1)
    optimizer.apply([[1.0]], [weight])
    optimizer.learning_rate = 0.25
    assert optimizer.learning_rate == 0.25
    optimizer.apply([[1.0]])
    assert weight[0] == -0.75
    assert optimizer.iterations == 2


def test_a_schedule_gives_each_step_its_rate():
    optimizer = SGD(schedules.ExponentialDecay(1.0, decay_steps=1, decay_rate=0.5))
    weight = np.zeros(1)
    for total in (1, 1.5, 1.75):
        optimizer.apply([[1.0]], [weight])
        assert weight[0] == -total
    assert optimizer.learning_rate == 0.125
    with pytest.raises(
        TypeError, match="has a learning-rate schedule, so its learning rate cannot"
    ):
        optimizer.learning_rate = 0.1
    optimizer.learning_rate = schedules.PiecewiseConstantDecay([10], [2.0, 1.0])
    assert optimizer.learning_rate == 2.0


def test_a_rate_may_be_a_function_asked_before_each_step():
    rates = iter([0.5, 0.25, -1.0])
    optimizer, weight = SGD(lambda: next(rates)), np.zeros(1)
    for total in (0.5, 0.75):
        optimizer.apply([[1.0]], [weight])
        assert weight[0] == -total
    with pytest.raises(ValueError, match=r"sgd: what learning_rate\(\) returns must be a finite"):
        optimizer.apply([[1.0]], [weight])
    assert (weight[0], optimizer.iterations) == (-0.75, 2)
    optimizer.learning_rate = 0.125
    assert optimizer.learning_rate == 0.125


def slowly():
    return 0.25


def test_a_function_is_found_again_by_its_name():
    config = optimizers.serialize(SGD(slowly))
    with pytest.raises(ValueError, match="slowly"):
        optimizers.deserialize(config)
    with custom_object_scope({"slowly": slowly}):
        assert optimizers.deserialize(config).learning_rate == 0.25
    assert "slowly" in repr(SGD(slowly))


def restarts(t, first, t_mul, m_mul):
    """Walk through the periods to the share of the one that t is in, and its height."""
    start, length, height = 0, first, 1
    while t >= start + length:
        start, length, height = start + length, length * t_mul, height * m_mul
    return (t - start) / length, height


def half_cosine(share, height=1.0, alpha=0.0):
    return (1 - alpha) * height * (1 + math.cos(math.pi * share)) / 2 + alpha


SCHEDULES = [
    (schedules.InverseTimeDecay(0.1, 10, 0.5), lambda t: 0.1 / (1 + 0.5 * t / 10)),
    (schedules.InverseTimeDecay(0.1, 10, 0.5, True), lambda t: 0.1 / (1 + 0.5 * (t // 10))),
    (
        schedules.PolynomialDecay(0.1, 20, 0.01, 2.0),
        lambda t: 0.01 + 0.09 * (1 - min(t, 20) / 20) ** 2,
    ),
    (
        schedules.PolynomialDecay(0.1, 10, 0.01, cycle=True),
        lambda t: 0.01 + 0.09 * (1 - t / (10 * max(1, math.ceil(t / 10)))),
    ),
    (
        schedules.CosineDecayRestarts(0.1, 5),
        lambda t: 0.1 * half_cosine(*restarts(t, 5, 2, 1)),
    ),
    (
        schedules.CosineDecayRestarts(0.1, 7, 1.5, 0.5, 0.2),
        lambda t: 0.1 * half_cosine(*restarts(t, 7, 1.5, 0.5), 0.2),
    ),
    (
        schedules.CosineDecayRestarts(0.1, 4, 1.0, 0.9),
        lambda t: 0.1 * half_cosine(*restarts(t, 4, 1, 0.9)),
    ),
    (schedules.ExponentialDecay(0.1, 10, 0.5), lambda t: 0.1 * 0.5 ** (t / 10)),
    (schedules.ExponentialDecay(0.1, 10, 0.5, staircase=True), lambda t: 0.1 * 0.5 ** (t // 10)),
    (
        schedules.CosineDecay(0.1, 20),
        lambda t: 0.05 * (1 + math.cos(math.pi * t / 20)) if t < 20 else 0,
    ),
    (
        schedules.CosineDecay(0.1, 20, alpha=0.2),
        lambda t: 0.02 + 0.04 * (1 + math.cos(math.pi * t / 20)) if t < 20 else 0.02,
    ),
    (
        schedules.CosineDecay(0.1, 20, warmup_target=0.5, warmup_steps=4),
        lambda t: (
            0.1 + 0.1 * t
            if t < 4
            else 0.25 * (1 + math.cos(math.pi * (t - 4) / 20))
            if t < 24
            else 0
        ),
    ),
    (
        schedules.PiecewiseConstantDecay([5, 10], [1.0, 0.5, 0.1]),
        lambda t: 1.0 if t <= 5 else 0.5 if t <= 10 else 0.1,
    ),
]


@pytest.mark.parametrize(("schedule", "formula"), SCHEDULES)
def test_schedules_are_their_formulas(schedule, formula):
    again = schedules.deserialize(schedules.serialize(schedule))
    for step in range(40):
        assert schedule(step) == pytest.approx(formula(step), rel=1e-12, abs=1e-15)
        assert again(step) == schedule(step)
    optimizer = fresh(Adam(schedule))
    assert optimizer.learning_rate == schedule(0)


@pytest.mark.parametrize("schedule", [schedules.ExponentialDecay, schedules.CosineDecay])
def test_schedules_refuse_steps_that_are_none(schedule):
    with pytest.raises(ValueError, match="decay_steps must be a finite number above 0, got 0"):
        schedule(0.1, 0, 0.5)


@given(st.integers(1, 50), st.floats(1, 3), st.integers(0, 10**4))
def test_a_restart_is_where_a_period_ends(first, t_mul, step):
    schedule = schedules.CosineDecayRestarts(1.0, first, t_mul)
    share, _ = restarts(step, first, t_mul, 1)
    assume(1e-9 < share < 1 - 1e-9)  # there, rounding says which of the two periods it is
    assert schedule(step) == pytest.approx(half_cosine(share), abs=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: schedules.CosineDecayRestarts(0.1, 0),
            "first_decay_steps must be a finite number",
        ),
        (
            lambda: schedules.CosineDecayRestarts(0.1, 5, 0.5),
            "t_mul must be a finite number from 1",
        ),
        (lambda: schedules.PolynomialDecay(0.1, 5, -1.0), "end_learning_rate must be a finite"),
        (lambda: schedules.PolynomialDecay(0.1, 5, power=-1), "power must be a finite number from"),
        (lambda: schedules.InverseTimeDecay(0.1, 5, -1), "decay_rate must be a finite number"),
        (lambda: schedules.InverseTimeDecay(0.1, 5, 1, "no"), "staircase must be True or False"),
    ],
)
def test_options_of_schedules_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


GROWING = [(0.1, 1, 1e200), (0.1, 10, 1e40), (1e30, 5, 1e10), (0.1, 1e-300, 2.0), (0.1, 0.01, 10)]


@pytest.mark.parametrize(("initial", "steps", "rate"), GROWING)
def test_a_rate_that_is_soon_too_large_is_refused_when_it_is_made(initial, steps, rate):
    with pytest.raises(ValueError, match="too large for float32: decay_rate is the factor"):
        schedules.ExponentialDecay(initial, steps, rate)


@given(
    st.floats(0, 1e3),
    st.floats(0, 1e300, exclude_min=True),
    st.floats(0, 1e30),
    st.booleans(),
    st.integers(0, 2**63),
)
def test_an_exponential_decay_has_a_rate_for_every_step(initial, steps, rate, staircase, step):
    try:
        schedule = schedules.ExponentialDecay(initial, steps, rate, staircase)
    except ValueError:
        assert rate > 1  # nothing that falls is refused
        return
    assert schedule(step) >= 0  # infinity at most, not an error and not NaN
    if rate <= 1:
        assert schedule(step) <= initial


def test_a_schedules_rate_is_checked_before_the_step():
    optimizer = SGD(schedules.ExponentialDecay(1.0, 1, 1e30))
    weight = np.zeros(1)
    for _ in range(11):
        optimizer.apply([[1e-300]], [weight])
    before = weight.copy()
    with pytest.raises(ValueError, match=r"ExponentialDecay.* has for step 11 must be"):
        optimizer.apply([[1e-300]], [weight])
    assert (weight, optimizer.iterations) == (before, 11)

    class Words(schedules.LearningRateSchedule):
        def __call__(self, step):
            return "slow"

    with pytest.raises(ValueError, match=r"Words\(\) has for step 0 must be .* got 'slow'"):
        SGD(Words()).apply([[1.0]], [weight])


def test_pieces_need_one_value_more_than_boundaries():
    with pytest.raises(ValueError, match="one value more than boundaries, got 1 values and 1"):
        schedules.PiecewiseConstantDecay([1], [0.1])


def test_a_schedule_of_ones_own_needs_a_call():
    with pytest.raises(NotImplementedError, match="must define __call__"):
        schedules.LearningRateSchedule()(0)


@pytest.mark.parametrize("rate", [-0.1, math.nan, math.inf, "fast", None, [0.1, 0.2]])
def test_a_learning_rate_is_a_number_from_0_up(rate):
    with pytest.raises(ValueError, match="sgd: learning_rate must be a finite number from 0"):
        SGD(rate)
    optimizer = SGD(0.5)
    with pytest.raises(ValueError, match="learning_rate must be"):
        optimizer.learning_rate = rate
    assert optimizer.learning_rate == 0.5


# Options -------------------------------------------------------------------------------------

OPTIONS = [
    (SGD, {"momentum": 1.0}, "momentum must be a number from 0 up and below 1, got 1.0"),
    (SGD, {"momentum": -0.1}, "momentum must be a number from 0 up"),
    (RMSprop, {"rho": 1.5}, "rho must be a number from 0 up and below 1"),
    (Adam, {"beta_1": -1}, "beta_1 must be"),
    (Adam, {"beta_2": 1}, "beta_2 must be"),
    (SGD, {"clipnorm": 1, "clipvalue": 1}, "at most one of clipnorm, clipvalue, global_clipnorm"),
    (SGD, {"clipnorm": -1}, "clipnorm must be a number from 0 up, got -1"),
    (Adagrad, {"initial_accumulator_value": -1}, "initial_accumulator_value must be a finite"),
    (Adadelta, {"rho": 1}, "rho must be a number from 0 up and below 1"),
    (Adamax, {"beta_2": 1}, "beta_2 must be"),
    (Nadam, {"epsilon": -1}, "epsilon must be"),
    (Lion, {"beta_1": 0}, "beta_1 must be a number above 0 and up to 1"),
    (AdamW, {"weight_decay": -0.1}, "weight_decay must be a number from 0 up"),
]


@pytest.mark.parametrize(("optimizer", "options", "message"), OPTIONS)
def test_options_out_of_range_are_refused(optimizer, options, message):
    with pytest.raises(ValueError, match=message):
        optimizer(**options)


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(0.1, 0.9, True, 0.01, clipvalue=2.0, name="mine"),
        RMSprop(0.1, 0.8, 0.7, 1e-6, True, clipnorm=1.0),
        Adam(0.1, 0.8, 0.9, 1e-6, True, global_clipnorm=3.0),
        AdamW(weight_decay=0.1),
        SGD(schedules.CosineDecay(0.1, 10)),
        Adagrad(0.1, 0.2, 1e-6, clipnorm=1.0),
        Adadelta(0.1, 0.8, 1e-6),
        Adamax(0.1, 0.8, 0.9, 1e-6),
        Nadam(0.1, 0.8, 0.9, 1e-6),
        Lion(schedules.CosineDecayRestarts(0.1, 10), 0.8, 0.9),
    ],
)
def test_a_configuration_makes_the_same_optimizer(optimizer):
    config = optimizer.get_config()
    again = type(optimizer).from_config(config)
    assert again.get_config() == config
    assert optimizers.deserialize(optimizers.serialize(optimizer)).get_config() == config
    assert not {"iterations", "gradients", "slots"} & set(config)


NAMES = [("adagrad", Adagrad), ("Adadelta", Adadelta), ("adamax", Adamax), ("nadam", Nadam),
         ("lion", Lion), ("sgd", SGD), ("SGD", SGD), ("adam", Adam), ("Adam", Adam),
         ("adamw", AdamW), ("AdamW", AdamW), ("rmsprop", RMSprop),
         ("RMSprop", RMSprop)]  # fmt: skip


@pytest.mark.parametrize(("name", "cls"), NAMES)
def test_optimizers_by_name(name, cls):
    assert type(optimizers.get(name)) is cls
    assert type(optimizers.get(cls)) is cls
    assert optimizers.get(optimizer := cls()) is optimizer


@pytest.mark.parametrize(
    ("cls", "name", "rate"),
    [
        (SGD, "sgd", 0.01),
        (RMSprop, "rm_sprop", 0.001),
        (Adam, "adam", 0.001),
        (AdamW, "adam_w", 0.001),
        (Adagrad, "adagrad", 0.001),
        (Adadelta, "adadelta", 0.001),
        (Adamax, "adamax", 0.001),
        (Nadam, "nadam", 0.001),
        (Lion, "lion", 0.001),
    ],
)
def test_default_names_and_learning_rates_are_keras(cls, name, rate):
    assert (cls().name, cls().learning_rate, cls().iterations) == (name, rate, 0)


def test_what_is_no_optimizer_is_refused():
    with pytest.raises(ValueError, match=r"Unknown optimizer 'adm'\. Did you mean 'adam'"):
        optimizers.get("adm")
    with pytest.raises(TypeError, match="is a name or an Optimizer, got 3"):
        optimizers.get(3)
    with pytest.raises(NotImplementedError, match="must define update"):
        optimizers.Optimizer().apply([[1.0]], [np.zeros(1)])


# Applying ------------------------------------------------------------------------------------


def test_apply_gradients_takes_pairs():
    weights = arrays((2,), (3,))
    before = [w.copy() for w in weights]
    gradients = arrays((2,), (3,), seed=1)
    SGD(0.5).apply_gradients(zip(gradients, weights, strict=True))
    for weight, start, gradient in zip(weights, before, gradients, strict=True):
        np.testing.assert_allclose(weight, start - 0.5 * gradient)


@pytest.mark.parametrize(
    ("gradients", "error", "message"),
    [
        ([np.ones(2)], ValueError, r"gradients of shapes \[\(2,\)\] do not fit weights of shapes"),
        ([np.ones(2), np.ones((3, 1))], ValueError, "do not fit"),
        ([np.ones(2), np.ones(3), np.ones(1)], ValueError, "do not fit"),
        ([np.ones(2), ["a", "b", "c"]], TypeError, "a gradient must be real numbers"),
    ],
)
def test_gradients_that_do_not_fit_change_nothing(gradients, error, message):
    optimizer, weights = SGD(0.1, momentum=0.9), arrays((2,), (3,))
    optimizer.apply(arrays((2,), (3,), seed=1), weights)
    before, slots = [w.copy() for w in weights], optimizer._slots.copy()
    with pytest.raises(error, match=message):
        optimizer.apply(gradients, weights)
    for weight, same in zip(weights, before, strict=True):
        assert weight.tobytes() == same.tobytes()
    assert optimizer.iterations == 1
    assert optimizer._slots.tobytes() == slots.tobytes()


def test_gradients_are_left_as_they_were_given():
    gradient = np.array([3.0, 4.0])
    Adam(clipnorm=1.0).apply([gradient], [np.zeros(2)])
    assert gradient.tolist() == [3.0, 4.0]


@pytest.mark.parametrize(("optimizer", "rule", "options"), RULES)
def test_a_weight_keeps_its_state_when_others_come_and_go(optimizer, rule, options):
    optimizer = fresh(optimizer)
    kept, gone, new = arrays((2,), (3,), (4,))
    expected, state = kept.copy(), {}
    sets = [[gone, kept], [kept], [new, kept], [kept, new]]
    for t, weights in enumerate(sets, start=1):
        gradients = arrays(*(w.shape for w in weights), seed=t)
        own = next(g for g, w in zip(gradients, weights, strict=True) if w is kept)
        optimizer.apply(gradients, weights)
        expected = rule(expected, own, state, t, **options)
        np.testing.assert_allclose(kept, expected, rtol=1e-12)


def test_equal_arrays_are_not_the_same_weight():
    optimizer, one, other = SGD(1.0, momentum=0.5), np.zeros(1), np.zeros(1)
    optimizer.apply([[1.0]], [one])
    with pytest.raises(ValueError, match="sgd has taken 1 steps with other weights, and none"):
        optimizer.apply([[1.0]], [other])
    assert other[0] == 0
    assert optimizer.is_built_for([one])
    optimizer.apply([[1.0], [1.0]], [other, one])  # a weight that has come to it
    assert (other[0], one[0]) == (-1, -2.5)  # no momentum of the first one


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_a_copy_goes_on_from_the_same_state_by_itself(duplicate):
    optimizer, (weight, gradient) = Adam(0.1), arrays((3,), (3,))
    optimizer.apply([gradient], [weight])
    twin = duplicate(optimizer)
    before = weight.copy()
    twin.apply([gradient])
    assert np.array_equal(weight, before)
    optimizer.apply([gradient])
    np.testing.assert_array_equal(twin._weights[0], weight)


def test_no_weights_take_no_step_and_no_harm():
    optimizer = Adam()
    optimizer.apply([], [])
    assert optimizer.iterations == 1


@given(st.floats(0.01, 1), st.floats(0, 0.95))
def test_descent_on_a_bowl_never_ends_higher(rate, momentum):
    weight = np.array([1.0])  # L = w^2 / 2, whose gradient is w
    optimizer = SGD(rate, momentum=momentum)
    for _ in range(100):
        optimizer.apply([weight.copy()], [weight])
    assert abs(weight[0]) < 1


@pytest.mark.parametrize(
    ("optimizer", "option", "value"),
    [(SGD, "momentum", 0.9), (RMSprop, "centered", True), (Adam, "amsgrad", True)],
)
def test_an_option_set_between_steps_is_heeded_and_keeps_the_state(optimizer, option, value):
    gradients = np.array([10.0, -20.0]), np.array([0.1, 0.2]), np.array([-0.1, 0.02])
    plain, later, told = (np.array([1.0, 2.0]) for _ in range(3))
    never, changed = optimizer(0.1), optimizer(0.1)
    always = optimizer(0.1, **{option: value})
    for i, gradient in enumerate(gradients):
        if i == 1:
            setattr(changed, option, value)
        for rule, weight in ((never, plain), (changed, later), (always, told)):
            rule.apply([gradient], [weight])
        if i == 0:
            np.testing.assert_array_equal(later, plain)
    state = {name: views[0] for name, views in changed.state().items()}
    assert state.keys() == always.state().keys()
    assert (later != plain).any()
    if optimizer is not SGD:  # what was kept before the change goes on
        kept = always.state()["v"][0]
        np.testing.assert_allclose(state["v"], kept)


def test_an_option_set_while_the_gradients_stand_is_heeded_by_the_next_step():
    told, changed = SGD(0.1, momentum=0.5), SGD(0.1)
    ours, theirs = np.zeros(2), np.zeros(2)
    for optimizer, weight in ((told, theirs), (changed, ours)):
        optimizer.build([weight])
    held = changed.gradients[0]  # as training holds them, from batch to batch
    changed.momentum = 0.5
    for gradient in ([1.0, 2.0], [3.0, -1.0]):
        held[...] = told.gradients[0][...] = gradient
        told.step()
        changed.step()
        np.testing.assert_array_equal(ours, theirs)


def test_adams_slots_are_the_running_means_of_its_docstring():
    optimizer, weight = Adam(0.1, amsgrad=True), np.zeros(3)
    m = v = v_hat = 0
    for t in range(STEPS):
        (g,) = arrays((3,), seed=t, scale=10.0**-t)
        optimizer.apply([g], [weight])
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        v_hat = np.maximum(v_hat, v)
        expected = {"m": m, "v": v, "v_hat": v_hat}
        assert optimizer.state().keys() == expected.keys()
        for name, views in optimizer.state().items():
            np.testing.assert_allclose(views[0], expected[name], rtol=1e-12, atol=1e-300)


def test_float32_keeps_adams_v_to_rounding_at_every_size_of_gradient():
    """At beta_2 = 0.999 a careless order of the terms loses three digits."""
    gradient = (10.0 ** np.arange(-15, 15)).astype(np.float32)
    optimizer, weight = Adam(), np.zeros(30, np.float32)
    for t in range(1, 50):
        optimizer.apply([gradient], [weight])
        (v,), (m,) = optimizer.state()["v"], optimizer.state()["m"]
        exact = gradient.astype(np.float64)
        np.testing.assert_allclose(v, (1 - 0.999**t) * exact**2, rtol=1e-5)
        np.testing.assert_allclose(m, (1 - 0.9**t) * exact, rtol=3e-6)


@pytest.mark.parametrize("size", [1e-3, 1.0, 3.7, 1000.0])
def test_a_constant_gradient_has_no_negative_variance(size):
    optimizer, weight = RMSprop(0.1, centered=True), np.zeros(1, np.float32)
    for _ in range(300):
        optimizer.apply([[size]], [weight])
    assert np.isfinite(weight).all()


def test_a_build_that_fails_leaves_the_optimizer_as_it_was():
    optimizer, weight = Adam(), np.ones(2)
    optimizer.apply([[1.0, 2.0]], [weight])
    before = vars(optimizer).copy()
    with pytest.raises((TypeError, AttributeError)):
        optimizer.build([weight, "not an array"])
    assert vars(optimizer).keys() == before.keys()
    assert all(vars(optimizer)[name] is value for name, value in before.items())


@given(
    st.sampled_from([0.0, 0.5, 0.9, 0.999]),
    st.sampled_from([0.0, 0.9, 0.999, 0.99999]),
    st.floats(-12, 12),
    st.integers(0, 99),
)
def test_adam_is_the_textbook_s_for_all_betas_and_sizes_of_gradients(beta_1, beta_2, power, seed):
    """The factors of m and v meet in g, one after the other, and must leave no trace."""
    random = np.random.default_rng(seed)
    start, state = random.normal(size=5), {}
    w, expected = start.astype("float32"), start.astype("float32").astype(float)
    optimizer = Adam(0.01, beta_1, beta_2)
    for t in range(1, 5):
        g = (random.normal(size=5) * 10.0**power).astype("float32")
        optimizer.apply([g], [w])
        expected = adam(expected, g.astype(float), state, t, 0.01, beta_1, beta_2)
    np.testing.assert_allclose(w, expected, rtol=1e-5, atol=2e-6)
