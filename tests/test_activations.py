import json
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinyneuron import activations, config

# The closed forms, in the widest float that NumPy has, each written unlike the source.

WIDE = np.longdouble
SCALE, ALPHA = WIDE("1.0507009873554804934193349852946"), WIDE("1.6732632423543772848170429916717")


def sigmoid(z):
    e = np.exp(-abs(z))
    return np.where(z < 0, e, 1) / (1 + e)


def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-abs(z)))


def elu(z, alpha):
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def mish(z):
    e = np.exp(np.minimum(z, 50))  # tanh(log(1 + e)) = ((1 + e)^2 - 1) / ((1 + e)^2 + 1)
    return z * (e * e + 2 * e) / (e * e + 2 * e + 2)


def gelu(z):
    erfc = np.vectorize(math.erfc, otypes=[WIDE])
    return z * erfc(-np.clip(z, -60, 60) / math.sqrt(2)) / 2


def gelu_tanh(z):  # (1 + tanh u) / 2 = sigmoid(2 u)
    u = np.sqrt(2 / WIDE("3.14159265358979323846264338")) * (z + WIDE("0.044715") * z**3)
    return z * sigmoid(2 * u)


def just_above(limit):
    return np.nextafter(WIDE(limit), WIDE(np.inf))


def piecewise(z, *parts, otherwise):
    return np.select([z < limit for limit, _ in parts], [a + 0 * z for _, a in parts], otherwise)


# name: (activation, closed form, limits at -inf and inf, where the slope has a jump or a bend)
CASES = {
    "linear": (activations.linear, lambda z: z, (-np.inf, np.inf), ()),
    "sigmoid": (activations.sigmoid, sigmoid, (0, 1), ()),
    "relu": (activations.relu, lambda z: (z + abs(z)) / 2, (0, np.inf), (0,)),
    "relu options": (
        activations.ReLU(negative_slope=0.25, max_value=5.0, threshold=1.5),
        lambda z: piecewise(z, (just_above(1.5), (z - 1.5) / 4), (5, z), otherwise=WIDE(5)),
        (-np.inf, 5),
        (1.5, 5),
    ),
    "relu threshold": (
        activations.ReLU(threshold=2.0),
        lambda z: piecewise(z, (just_above(2), WIDE(0)), otherwise=z),
        (0, np.inf),
        (2,),
    ),
    "relu6": (
        activations.relu6,
        lambda z: piecewise(z, (0, WIDE(0)), (6, z), otherwise=WIDE(6)),
        (0, 6),
        (0, 6),
    ),
    "leaky_relu": (
        activations.leaky_relu,
        lambda z: piecewise(z, (0, z / 5), otherwise=z),
        (-np.inf, np.inf),
        (0,),
    ),
    "elu": (activations.elu, lambda z: elu(z, 1), (-1, np.inf), (0,)),
    "elu 0.5": (activations.ELU(0.5), lambda z: elu(z, 0.5), (-0.5, np.inf), (0,)),
    "selu": (
        activations.selu,
        lambda z: SCALE * elu(z, ALPHA),
        (-1.7580993408473766, np.inf),
        (0,),
    ),
    "celu": (activations.celu, lambda z: elu(z, 1), (-1, np.inf), (0,)),
    "celu 0.5": (activations.CELU(0.5), lambda z: elu(2 * z, 1) / 2, (-0.5, np.inf), (0,)),
    "celu 3": (activations.CELU(3.0), lambda z: 3 * elu(z / 3, 1), (-3, np.inf), (0,)),
    "tanh": (
        activations.tanh,
        lambda z: -np.sign(z) * np.expm1(-2 * abs(z)) / (np.exp(-2 * abs(z)) + 1),
        (-1, 1),
        (),
    ),
    "softplus": (activations.softplus, softplus, (0, np.inf), ()),
    "softsign": (activations.softsign, lambda z: z / (1 + abs(z)), (-1, 1), (0,)),
    "exponential": (activations.exponential, np.exp, (0, np.inf), ()),
    "silu": (activations.silu, lambda z: z * sigmoid(z), (0, np.inf), ()),
    "hard_silu": (
        activations.hard_silu,
        lambda z: piecewise(z, (-3, WIDE(0)), (3, z * (z + 3) / 6), otherwise=z),
        (0, np.inf),
        (-3, 3),
    ),
    "gelu": (activations.gelu, gelu, (0, np.inf), ()),
    "gelu approximate": (activations.GELU(approximate=True), gelu_tanh, (0, np.inf), ()),
    "hard_sigmoid": (
        activations.hard_sigmoid,
        lambda z: piecewise(z, (-3, WIDE(0)), (3, (z + 3) / 6), otherwise=WIDE(1)),
        (0, 1),
        (-3, 3),
    ),
    "log_sigmoid": (activations.log_sigmoid, lambda z: -softplus(-z), (-np.inf, 0), ()),
    "mish": (activations.mish, mish, (0, np.inf), ()),
}
# Where the formula itself magnifies rounding: in z^2 of GELU's far negative tail, and where the
# sigmoid in z * sigmoid(z) is a denormal float.
MAGNIFIED = dict.fromkeys(["gelu", "gelu approximate"], 200) | dict.fromkeys(["silu", "mish"], 8)
DTYPES = [np.float32, np.float64]
WIDTH = {np.float32: 32, np.float64: 64}

each_activation = pytest.mark.parametrize("name", CASES)
each_dtype = pytest.mark.parametrize("dtype", DTYPES)


def exact(name, z):
    with np.errstate(all="ignore"):
        return CASES[name][1](np.asarray(z, WIDE))


def rounded(wide, dtype):
    with np.errstate(all="ignore"):
        return np.asarray(wide).astype(dtype)


def floats_of(dtype):
    return st.floats(width=WIDTH[dtype], allow_nan=False)


def extremes(dtype):
    info = np.finfo(dtype)
    finite = [0.0, info.smallest_subnormal, info.tiny, info.eps, 1, 20, 90, 110, 700, 760, 1e10]
    finite += [info.max / 2, info.max]
    return np.array([sign * x for x in finite for sign in (1, -1)], dtype)


def ulps(got, wide):
    """How many floats of its dtype lie between `got` and the value in higher precision."""
    # Past the largest float there is none to measure to; the one before it has the same unit.
    almost_largest = np.nextafter(np.finfo(got.dtype).max, got.dtype.type(0))
    unit = np.spacing(np.minimum(abs(rounded(wide, got.dtype)), almost_largest))
    return abs(got.astype(WIDE) - wide) / unit


def assert_close(name, got, wide):
    info = np.finfo(got.dtype)
    nearest_float = rounded(wide, got.dtype)
    finite = np.isfinite(nearest_float)
    np.testing.assert_array_equal(got[~finite], nearest_float[~finite], name)
    got, wide = got[finite].astype(WIDE), wide[finite]
    # hard_sigmoid and hard_silu cancel at -3; z times a denormal gate is z denormals off
    atol = 4 * info.eps if name.startswith("hard") else 128 * WIDE(info.smallest_subnormal)
    rtol = 8 * MAGNIFIED.get(name, 1) * float(info.eps)
    np.testing.assert_array_less(abs(got - wide), rtol * abs(wide) + atol, name)


# Values


@each_dtype
@given(data=st.data())
def test_value_is_the_closed_form_for_every_float(dtype, data):
    finite = st.floats(width=WIDTH[dtype], allow_nan=False, allow_infinity=False)
    z = data.draw(hnp.arrays(dtype, 8, elements=finite | st.floats(-8, 8, width=32)))
    for name, (activation, *_) in CASES.items():
        assert_close(name, activation(z), exact(name, z))


@each_dtype
@each_activation
def test_value_is_the_closed_form_on_a_grid_and_at_the_extremes(name, dtype):
    z = np.concatenate([np.linspace(-120, 120, 2401).astype(dtype), extremes(dtype)])
    assert_close(name, CASES[name][0](z), exact(name, z))


@each_dtype
@each_activation
def test_value_at_the_infinities_is_the_limit(name, dtype):
    activation, _, limits, _ = CASES[name]
    got = activation(np.array([-np.inf, np.inf], dtype))
    np.testing.assert_array_equal(got, np.array(limits, dtype))


@each_dtype
@given(data=st.data())
def test_dtype_and_shape_are_kept_and_the_argument_is_left_alone(dtype, data):
    shape = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
    z = data.draw(hnp.arrays(dtype, shape, elements=floats_of(dtype)))
    before = z.copy()
    for name, (activation, *_) in CASES.items():
        for result in (activation(z), activation.derivative(z)):
            assert (result.dtype, result.shape) == (z.dtype, z.shape), name
            assert not np.isnan(result).any(), name
            assert not np.shares_memory(result, z), name
    np.testing.assert_array_equal(z, before)


@each_dtype
@each_activation
def test_nan_stays_nan(name, dtype):
    assert np.isnan(CASES[name][0](np.array([np.nan, 1], dtype))).tolist() == [True, False]


@each_activation
def test_a_transposed_view_gives_the_transposed_result(name):
    activation = CASES[name][0]
    z = np.linspace(-4, 4, 12).reshape(3, 4)
    np.testing.assert_array_equal(activation(z.T[::2]), activation(z).T[::2])


@each_activation
def test_apply_writes_over_its_argument_and_returns_it(name):
    z = np.linspace(-4, 4, 12).reshape(3, 4)
    expected = CASES[name][0](z)
    assert CASES[name][0].apply(z) is z
    np.testing.assert_array_equal(z, expected)


@each_activation
def test_training_keeps_z_only_for_a_slope_that_reads_it(name):
    activation = CASES[name][0]
    z = np.array([-1.0, 2.0])
    a, gradient = activation(z), np.ones(2)
    if activation.needs_z:
        with pytest.raises((TypeError, AttributeError)):
            activation.backward(gradient, None, a)
    else:
        activation.backward(gradient, None, a)


@each_dtype
@given(data=st.data())
def test_sigmoid_and_softplus_are_within_four_ulps(dtype, data):
    numbers = floats_of(dtype).filter(math.isfinite) | st.floats(-110, 110, width=32)
    z = data.draw(hnp.arrays(dtype, 8, elements=numbers))
    for name in ("sigmoid", "softplus"):
        assert (ulps(CASES[name][0](z), exact(name, z)) <= 4).all(), name


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1, 2, 255, 256, 257])
def test_sigmoid_is_the_same_in_arrays_of_any_size(size, dtype):
    random = np.random.default_rng(size)
    z = random.normal(0, 60, 1024).astype(dtype)
    z[::100] = np.nan
    z[1::100], z[2::100], z[3::100], z[4::100] = np.inf, -np.inf, 64, -0.0
    whole = activations.sigmoid(z)
    pieces = [activations.sigmoid.apply(z[i : i + size].copy()) for i in range(0, 1024, size)]
    np.testing.assert_array_equal(np.concatenate(pieces), whole)


@pytest.mark.parametrize("name", ["sigmoid", "softplus"])
@pytest.mark.parametrize(("dtype", "lowest"), [(np.float32, -106), (np.float64, -750)])
def test_sigmoid_and_softplus_are_within_four_ulps_down_to_denormal_results(name, dtype, lowest):
    largest = np.finfo(dtype).max
    z = np.append(np.linspace(lowest, 60, 200_001), [-largest, largest]).astype(dtype)
    got = CASES[name][0](z)
    assert ulps(got, exact(name, z)).max() <= 4
    assert ((got > 0) & (got < np.finfo(dtype).tiny)).sum() > 1000


# Derivatives


def assert_derivative_is_the_central_difference(name, z, h=1e-5):
    activation, _, _, kinks = CASES[name]
    z = z[[min(abs(x - k) for k in (*kinks, np.inf)) > 2 * h for x in z]]
    difference = (exact(name, z + h) - exact(name, z - h)) / (WIDE(2) * h)
    np.testing.assert_allclose(
        activation.derivative(z), difference.astype(float), rtol=1e-8, atol=1e-8, err_msg=name
    )


@each_activation
def test_derivative_is_the_central_difference_on_a_grid(name):
    assert_derivative_is_the_central_difference(name, np.linspace(-12, 12, 1001))


@given(z=hnp.arrays(np.float64, 4, elements=st.floats(-12, 12)))
def test_derivative_is_the_central_difference_anywhere(z):
    for name in CASES:
        assert_derivative_is_the_central_difference(name, z)


@each_activation
def test_derivative_in_float32_is_that_in_float64(name):
    activation = CASES[name][0]
    z = np.linspace(-15, 15, 1001)[1:-1].astype(np.float32)
    expected = activation.derivative(z.astype(np.float64))
    np.testing.assert_allclose(activation.derivative(z), expected, rtol=2e-5, atol=1e-6)


# name: slopes at -inf (and the lowest float) and at inf (and the highest)
END_SLOPES = {
    "linear": (1, 1), "relu options": (0.25, 0), "relu6": (0, 0), "leaky_relu": (0.2, 1),
    "selu": (0, 1.0507009873554805), "exponential": (0, np.inf), "log_sigmoid": (1, 0),
} | dict.fromkeys(["sigmoid", "tanh", "softsign", "hard_sigmoid"], (0, 0))  # fmt: skip


@each_dtype
@each_activation
def test_derivative_at_both_ends_of_the_range_is_the_limit(name, dtype):
    z = np.array([-np.inf, np.finfo(dtype).min, np.finfo(dtype).max, np.inf], dtype)
    expected = np.repeat(np.array(END_SLOPES.get(name, (0, 1)), dtype), 2)
    np.testing.assert_array_equal(CASES[name][0].derivative(z), expected)


@each_activation
def test_backward_multiplies_by_the_derivative(name):
    activation = CASES[name][0]
    z, gradient = np.linspace(-9, 9, 50), np.cos(np.arange(50))
    kept = z if activation.needs_z else None
    got = activation.backward(gradient.copy(), kept, activation(z))
    np.testing.assert_allclose(got, gradient * activation.derivative(z), rtol=1e-12)


@each_activation
def test_backward_leaves_what_the_tape_holds_alone(name):
    activation = CASES[name][0]
    z = np.linspace(-5, 5, 7, dtype=np.float32)
    a = activation(z)
    z_before, a_before = z.copy(), a.copy()
    got = activation.backward(np.ones_like(z), z if activation.needs_z else None, a)
    assert got.dtype == np.float32
    np.testing.assert_array_equal(z, z_before)
    np.testing.assert_array_equal(a, a_before)


def test_elu_refuses_a_negative_alpha():
    with pytest.raises(ValueError, match=r"ELU: alpha must be a number from 0 up, got -0\.5"):
        activations.ELU(-0.5)


@pytest.mark.parametrize("alpha", [0.0, 2.0])
def test_elu_derivative_follows_alpha(alpha):
    z = np.array([-3.0, -0.1, 0.1, 3.0])
    expected = [alpha * math.exp(-3), alpha * math.exp(-0.1), 1, 1]
    np.testing.assert_allclose(activations.ELU(alpha).derivative(z), expected, rtol=1e-14)


# Softmax


def logits(dtype, low=None, high=None):
    elements = st.floats(low, high, width=WIDTH[dtype], allow_nan=False, allow_infinity=False)
    return hnp.arrays(dtype, st.tuples(st.integers(1, 4), st.integers(1, 5)), elements=elements)


@each_dtype
@given(data=st.data())
def test_softmax_sums_to_one_for_any_finite_logits(dtype, data):
    a = activations.softmax(data.draw(logits(dtype)))
    assert a.dtype == dtype
    assert (a >= 0).all()
    np.testing.assert_allclose(a.sum(axis=1), 1, rtol=8 * np.finfo(dtype).eps)


@given(z=hnp.arrays(np.float64, (2, 3, 4), elements=st.floats(-50, 50)))
def test_softmax_is_its_formula_along_any_axes(z):
    e = np.exp(z.astype(WIDE))
    for axis in (0, 1, -1, (0, 1), (-2, 2), (0, 1, 2)):
        wanted = (e / e.sum(axis=axis, keepdims=True)).astype(np.float64)
        np.testing.assert_allclose(activations.softmax(z, axis=axis), wanted, rtol=1e-13)
        np.testing.assert_allclose(activations.Softmax(axis)(z), wanted, rtol=1e-13)
        got, log = activations.log_softmax(z, axis=axis), np.log(wanted)
        np.testing.assert_allclose(got, log, rtol=1e-12, atol=1e-13)


@given(
    z=hnp.arrays(np.int64, (2, 3), elements=st.integers(-1000, 1000)),
    shift=st.integers(-10000, 10000),
)
@pytest.mark.parametrize("activation", [activations.softmax, activations.log_softmax])
def test_softmax_does_not_see_a_shift(activation, z, shift):  # whole numbers shift exactly
    np.testing.assert_array_equal(activation(z + float(shift)), activation(z * 1.0))


@each_dtype
@given(data=st.data())
def test_log_softmax_is_at_most_zero_and_never_nan(dtype, data):
    a = activations.log_softmax(data.draw(logits(dtype)))
    assert (a <= 0).all()
    assert a.dtype == dtype


def test_log_softmax_keeps_what_softmax_rounds_to_zero():
    assert activations.softmax([0.0, -200.0]).tolist() == [1, 0]
    assert activations.log_softmax([0.0, -200.0]).tolist() == [0, -200]


@each_dtype
def test_a_logit_of_minus_infinity_has_probability_zero(dtype):
    z = np.array([-np.inf, 1.0, 1.0], dtype)
    assert activations.softmax(z).tolist() == [0, 0.5, 0.5]
    expected = np.array([-np.inf, -math.log(2), -math.log(2)], dtype)
    np.testing.assert_allclose(activations.log_softmax(z), expected, rtol=1e-6)


@each_dtype
def test_a_logit_of_infinity_has_probability_one(dtype):
    z = np.array([[np.inf, 1.0], [np.finfo(dtype).min, np.finfo(dtype).max], [2.0, 2.0]], dtype)
    np.testing.assert_array_equal(activations.softmax(z), [[1, 0], [0, 1], [0.5, 0.5]])


@pytest.mark.parametrize("activation", [activations.softmax, activations.log_softmax])
@pytest.mark.parametrize("shape", [(0, 3), (2, 0)])
def test_softmax_of_no_logits_is_no_probabilities(activation, shape):
    assert activation(np.zeros(shape)).shape == shape


@pytest.mark.parametrize("activation", [activations.softmax, activations.log_softmax])
@pytest.mark.parametrize("axis", [1, -2, (0, 1)])
def test_softmax_along_an_axis_that_is_not_there_is_refused(activation, axis):
    along = type(activation)(axis)
    with pytest.raises(ValueError, match=r"axis .* is not among .* shape \(3,\)"):
        along([1.0, 2.0, 3.0])
    assert along([[1.0, 2.0, 3.0]]).shape == (1, 3)


@pytest.mark.parametrize("axis", [0, -1, (0,), ()])
def test_softmax_along_the_axes_of_a_row_is_its_formula(axis):
    z = np.array([1.0, 2.0, 4.0])
    expected = np.ones(3) if axis == () else np.exp(z) / np.exp(z).sum()
    np.testing.assert_allclose(activations.Softmax(axis)(z), expected, rtol=1e-15)


SOFTMAXES = {
    "softmax": lambda z, axis: np.exp(z) / np.exp(z).sum(axis, keepdims=True),
    "log_softmax": lambda z, axis: z - np.log(np.exp(z).sum(axis, keepdims=True)),
}


@pytest.mark.parametrize("axis", [-1, 0, (0, 1)])
@pytest.mark.parametrize("name", SOFTMAXES)
@given(zv=hnp.arrays(float, (2, 2, 3), elements=st.floats(-4, 4)))
def test_softmax_backward_is_the_finite_difference_of_a_projection(name, axis, zv):
    z, v = zv
    h, expected = 1e-5, np.empty_like(z)
    for i in np.ndindex(z.shape):
        step = np.zeros(z.shape, WIDE)
        step[i] = h
        rise = SOFTMAXES[name](z + step, axis) - SOFTMAXES[name](z - step, axis)
        expected[i] = (v * rise).sum() / (2 * h)
    activation = type(getattr(activations, name))(axis)
    got = activation.backward(v.copy(), None, activation(z))
    np.testing.assert_allclose(got, expected, rtol=1e-8, atol=1e-8)


def test_softmax_has_no_elementwise_derivative_and_says_where_to_look():
    with pytest.raises(TypeError, match=r"LogSoftmax.*backward"):
        activations.log_softmax.derivative([1.0, 2.0])


# What Keras' functions accept


@given(
    z=st.floats(-10, 10),
    slope=st.floats(0, 2),
    top=st.none() | st.floats(0, 8),
    threshold=st.floats(0, 3),
)
@example(z=1.0, slope=0.0, top=0.0, threshold=0.0)
@example(z=1.0, slope=0.0, top=None, threshold=1.0)
@example(z=1.0, slope=0.5, top=None, threshold=1.0)
@example(z=2.0, slope=0.5, top=2.0, threshold=2.0)
def test_relu_follows_keras_definition_for_all_options(z, slope, top, threshold):
    expected = z if z > threshold else slope * (z - threshold)
    expected = expected if top is None else min(expected, top)
    got = activations.relu(np.float64(z), slope, top, threshold)
    assert got == pytest.approx(expected, rel=1e-15, abs=0)


@pytest.mark.parametrize("slope", [0.0, 0.5])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_at_its_threshold_a_relu_is_off_as_in_keras(slope, dtype):
    t = np.array(1.5, dtype)
    below, above = np.nextafter(t, t - 1), np.nextafter(t, t + 1)
    relu = activations.ReLU(negative_slope=slope, threshold=1.5)
    off, at, on = relu(np.array([below, t, above]))
    assert (off, at, on) == (slope * (below - t), 0, above)
    assert relu.derivative(np.array([t, above])).tolist() == [0, 1]


def test_a_slope_above_one_overflows_to_infinity():
    assert activations.relu(np.float32(-3e38), negative_slope=2.0) == -np.inf


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (activations.leaky_relu(-1.0), -0.2),
        (activations.leaky_relu(-1.0, negative_slope=0.5), -0.5),
        (activations.leaky_relu(-1.0, 0.5), -0.5),
        (activations.elu(-1.0, alpha=2.0), 2 * math.expm1(-1)),
        (activations.celu(-1.0, alpha=2.0), 2 * math.expm1(-0.5)),
        (activations.gelu(1.0), 0.8413447460685429),  # the normal table
        (activations.gelu(1.0, approximate=True), 0.5 * (1 + math.tanh(0.7978845608 * 1.044715))),
        (activations.silu(1.0), 1 / (1 + math.exp(-1))),
    ],
)
def test_functions_take_keras_options(got, expected):
    assert got == pytest.approx(expected, rel=1e-6)


def test_other_names_are_the_same_object():
    assert activations.swish is activations.silu
    assert activations.hard_swish is activations.hard_silu


@pytest.mark.parametrize(
    "make",
    [
        lambda: activations.ReLU(negative_slope=-1.0),
        lambda: activations.ReLU(max_value=-1.0),
        lambda: activations.ReLU(threshold=-1.0),
        lambda: activations.ReLU(threshold=math.nan),
        lambda: activations.LeakyReLU(-0.1),
        lambda: activations.relu([1.0], max_value=-1.0),
    ],
)
def test_relu_refuses_negative_options(make):
    with pytest.raises(ValueError, match=r"ReLU: \w+ must be a number from 0 up, got"):
        make()


@pytest.mark.parametrize("alpha", [0.0, -1.0, math.nan])
def test_celu_refuses_alpha_that_is_not_positive(alpha):
    with pytest.raises(ValueError, match="CELU: alpha must be a finite number above 0"):
        activations.CELU(alpha)


def test_unknown_options_are_refused():
    with pytest.raises(TypeError, match="slope"):
        activations.relu([1.0], slope=0.1)


# What comes in


@pytest.mark.parametrize(
    "x",
    [2, 2.0, True, [2, -1], [[2.0], [0.0]], (1, 2), np.arange(3), np.array([2], np.float16), []],
)
def test_everything_but_float_arrays_is_computed_in_floatx(x):
    for floatx in ("float32", "float64"):
        config.set_floatx(floatx)
        result = activations.relu(x)
        assert isinstance(result, np.ndarray)
        assert (result.dtype, result.shape) == (floatx, np.shape(x))
        np.testing.assert_array_equal(result, np.maximum(np.asarray(x, float), 0))


@pytest.mark.parametrize("call", [activations.sigmoid, activations.sigmoid.derivative])
def test_numbers_that_are_none_are_refused_with_their_dtype(call):
    for bad, dtype in [("abc", "<U3"), ([1j], "complex128"), ([None], "object")]:
        with pytest.raises(TypeError, match=f"^x must be real numbers, got dtype {dtype}"):
            call(bad)
    with pytest.raises(ValueError, match=r"^x must be rectangular"):
        call([[1.0], [1.0, 2.0]])


# Names and configurations

READY = [
    "linear", "sigmoid", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "tanh", "softmax",
    "log_softmax", "softplus", "softsign", "exponential", "silu", "hard_silu", "gelu",
    "hard_sigmoid", "log_sigmoid", "mish",
]  # fmt: skip


@pytest.mark.parametrize("name", READY)
def test_a_ready_activation_goes_by_its_name(name):
    ready = getattr(activations, name)
    assert activations.get(name) is ready
    assert activations.get(ready) is ready
    assert activations.serialize(ready) == name
    assert activations.deserialize(name) is ready
    assert activations.get(type(ready)) == ready
    assert activations.get(type(ready).__name__) == ready


@pytest.mark.parametrize(
    "activation",
    [
        activations.ReLU(0.5, 3.0, 1.0),
        activations.LeakyReLU(0.3),
        activations.ELU(2.0),
        activations.CELU(2.0),
        activations.GELU(True),
        activations.Softmax(axis=[0, 1]),
        activations.LogSoftmax(axis=0),
    ],
    ids=repr,
)
def test_an_activation_with_options_survives_json(activation):
    config = activations.serialize(activation)
    again = activations.deserialize(json.loads(json.dumps(config)))
    assert again == activation
    assert hash(again) == hash(activation)
    assert again != type(activation)()
    assert repr(again) == repr(activation)


def test_options_next_to_a_function_name_are_not_ignored():
    relu2 = activations.get({"class_name": "relu", "config": {"max_value": 2.0}})
    assert relu2([5.0]) == 2


def test_relu6_is_configured_by_its_name_alone():
    assert activations.ReLU6().get_config() == {}
    assert activations.ReLU6() == activations.relu6 != activations.ReLU(max_value=6.0)


def test_an_activation_of_keras_own_file_is_read():
    config = {"module": "builtins", "class_name": "function", "config": "relu"}
    assert activations.get(config) is activations.relu


def test_none_is_linear_and_a_callable_is_itself():
    assert activations.get(None) is activations.linear
    assert activations.get(np.sin) is np.sin
    assert activations.get("swish") is activations.silu


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"Unknown activation 'sigmid'. Did you mean 'sigmoid'"):
        activations.get("sigmid")


def test_glu_is_refused_by_name():
    with pytest.raises(ValueError, match="'glu' is one of Keras' that tinyneuron leaves out"):
        activations.get("glu")


@pytest.mark.parametrize("identifier", [3, 2.5, ["relu"]])
def test_what_is_neither_name_nor_callable_is_refused(identifier):
    with pytest.raises(TypeError, match="An activation is a name or a callable, got"):
        activations.get(identifier)


@pytest.mark.parametrize("config", [{}, {"class_name": 3}, {"class_name": "ReLU", "config": 3}])
def test_what_is_no_configuration_is_refused(config):
    with pytest.raises(ValueError, match=r"configuration \(activation\) has a 'class_name'"):
        activations.get(config)


# One's own


class Cube(activations.Activation):
    needs_z = True

    def apply(self, z):
        return np.power(z, 3, out=z)

    def slope(self, z, a):
        return 3 * z * z


def test_a_subclass_has_value_derivative_and_backward():
    assert Cube()([2, -1]).tolist() == [8, -1]
    assert Cube().derivative([2, -1]).tolist() == [12, 3]
    z = np.array([2.0, -1.0])
    assert Cube().backward(np.array([1.0, 10.0]), z, z**3).tolist() == [12, 30]
    assert activations.serialize(Cube()) == {"class_name": "Cube", "config": {}}


def test_a_subclass_without_its_methods_says_which_is_missing():
    class Empty(activations.Activation):
        pass

    with pytest.raises(NotImplementedError, match=r"Empty must define apply\(z\)"):
        Empty()([1.0])
    with pytest.raises(NotImplementedError, match=r"Empty must define slope\(z, a\)"):
        Empty().slope(None, np.ones(1))


@pytest.mark.parametrize("name", READY)
def test_an_activation_has_the_name_of_keras_function(name):
    assert getattr(activations, name).__name__ == name
    assert activations.ReLU(max_value=2.0).__name__ == "re_lu"
    assert Cube().__name__ == "cube"


def test_a_function_is_serialized_by_its_name():
    def my_bend(z):
        return z

    assert activations.serialize(my_bend) == "my_bend"


def test_apply_overwrites_for_an_activation_and_calls_a_function():
    z = np.array([-1.0, 2.0])
    assert activations.apply(activations.relu, z) is z
    assert z.tolist() == [0, 2]
    assert activations.apply(np.negative, z).tolist() == [0, -2]


def test_backward_needs_an_activation_whose_derivative_is_known():
    a = np.array([0.0, 2.0])
    got = activations.backward(activations.relu, np.array([3.0, 5.0]), None, a)
    assert got.tolist() == [0, 5]
    with pytest.raises(TypeError, match=r"activation sin is a plain function.*apply and slope"):
        activations.backward(np.sin, np.ones(2), None, a)


def test_a_subclass_that_is_called_by_itself_is_refused():
    with pytest.raises(TypeError, match=r"Loud defines __call__.* define apply\(z\)"):

        class Loud(activations.Sigmoid):
            def __call__(self, x):
                return 2 * super().__call__(x)


@pytest.mark.parametrize("other", [3, None, "relu", np.sin, activations.ReLU])
def test_what_is_no_activation_may_say_itself_whether_it_is_equal(other):
    class Stand(type(other) if isinstance(other, str) else object):
        def __eq__(self, that):
            return that is activations.relu

        __hash__ = None

    assert activations.relu == Stand()
    assert Stand() == activations.relu
    assert activations.relu != other
    assert activations.relu.__eq__(other) is NotImplemented


@given(st.data())
def test_equal_activations_have_equal_hashes(data):
    options = {"negative_slope": 0.5, "max_value": 2, "threshold": 1.0}
    one, two = (activations.ReLU(**options) for _ in range(2))
    for name in data.draw(st.permutations(sorted(options))):
        setattr(two, name, vars(two).pop(name))  # in another order
    assert one == two
    assert hash(one) == hash(two)
    assert one != activations.relu


def test_an_activation_with_a_list_of_options_is_described():
    class Bent(Cube):
        def __init__(self, at):
            self.at = at

    bent = Bent([1.0, 2.0])
    assert activations.serialize(bent) == {"class_name": "Bent", "config": {"at": [1.0, 2.0]}}
    assert bent.__name__ == "bent"
    assert {bent: 1}[Bent([1.0, 2.0])] == 1
