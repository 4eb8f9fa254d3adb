import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import dtypes, floats, shapes
from tinyneuron import (
    Sequential,
    activations,
    config,
    constraints,
    initializers,
    layers,
    regularizers,
)
from tinyneuron.layers import Dense, LeakyReLU


def built(features, units=3, **options):
    """A Dense with a bias that is not zero."""
    layer = Dense(units, bias_initializer=initializers.RandomNormal(seed=1), **options)
    layer.build((None, features))
    return layer


def affine(x, W, b):
    """x W + b in float64 without a matrix product, and the error that `x`'s dtype allows."""
    eps = np.finfo(x.dtype).eps
    x, W, b = (np.asarray(array, np.float64) for array in (x, W, b))
    products = x[..., :, np.newaxis] * W
    size = np.abs(products).sum(axis=-2) + np.abs(b)
    return products.sum(axis=-2) + b, (len(W) + 2) * eps * size + 1e-37


@st.composite
def problems(draw, limit=100):
    dtype = draw(dtypes)
    shape = draw(shapes(rows=(0, 40)))
    units = draw(st.integers(1, 20))
    x = draw(floats(shape, dtype, limit))
    W = draw(floats((shape[-1], units), dtype, limit))
    b = draw(floats((units,), dtype, limit))
    return x, W, b


def with_weights(W, b, **options):
    layer = Dense(len(b), dtype=W.dtype, **options)
    layer.build((None, len(W)))
    layer.set_weights([W, b])
    return layer


# The formula ---------------------------------------------------------------------------------


@given(problems())
def test_a_linear_layer_is_x_w_plus_b(problem):
    x, W, b = problem
    z = with_weights(W, b)(x)
    expected, error = affine(x, W, b)
    assert z.shape == (*x.shape[:-1], len(b))
    assert z.dtype == W.dtype
    assert (np.abs(z - expected) <= error).all()


@given(problems(limit=5))
def test_a_logistic_unit_is_one_over_one_plus_e_to_the_minus_z(problem):
    x, W, b = problem
    a = with_weights(W, b, activation="sigmoid")(x)
    z, error = affine(x, W, b)
    expected = 1 / (1 + np.exp(-z))
    allowed = expected * (np.expm1(error) + 8 * np.finfo(x.dtype).eps) + 1e-37
    assert (np.abs(a - expected) <= allowed).all()


@given(problems(), st.sampled_from(["linear", "relu", "sigmoid"]))
def test_the_outputs_are_the_callers_own_whatever_the_number_of_rows(problem, activation):
    x, W, b = problem
    layer = with_weights(W, b, activation=activation)
    for some in (x[:1], x):
        first = layer(some)
        before = first.copy()
        first[...] = 7  # neither the bias nor what comes next may lie in the same memory
        np.testing.assert_array_equal(layer(some), before)


@pytest.mark.parametrize("rows", [15, 16, 17, 300])
@pytest.mark.parametrize("units", [1, 15, 16, 17])
@pytest.mark.parametrize("order", ["C", "F"])
def test_any_memory_order_gives_the_plain_formula(rows, units, order):
    rng = np.random.default_rng(rows + units)
    x = np.asarray(rng.normal(size=(rows, 5)), np.float32, order=order)
    W, b = rng.normal(size=(5, units)), rng.normal(size=units)
    layer = with_weights(np.float32(W), np.float32(b))
    np.testing.assert_allclose(layer(x), x.astype(float) @ W + b, rtol=1e-4, atol=1e-5)


@given(problems())
def test_without_bias_it_is_x_w(problem):
    x, W, _ = problem
    layer = Dense(W.shape[1], use_bias=False, dtype=W.dtype, bias_initializer="ones")
    layer.build(x.shape)
    layer.set_weights([W])
    expected, error = affine(x, W, np.zeros(W.shape[1]))
    assert layer.bias is None
    assert len(layer.weights) == 1
    assert (np.abs(layer(x) - expected) <= error).all()


def test_each_column_of_the_kernel_is_a_unit():
    layer = with_weights(np.float32([[1, 10], [2, 20]]), np.float32([0, 5]))
    assert layer([[1, 1], [0, 1]]).tolist() == [[3, 35], [2, 25]]


def test_any_function_of_an_array_can_be_the_activation():
    layer = with_weights(np.float32([[2.0]]), np.float32([1.0]), activation=lambda z: z * z)
    assert layer([[3.0]]).tolist() == [[49.0]]


@pytest.mark.parametrize("shape", [(4, 0), (2, 3, 0)])
def test_no_features_leave_the_bias_alone(shape):
    layer = Dense(2, bias_initializer=initializers.Constant([1.0, 2.0]))
    outputs = layer(np.ones(shape, np.float32))
    assert outputs.shape == (*shape[:-1], 2)
    assert (outputs == [1.0, 2.0]).all()


def test_what_is_not_finite_passes_through_as_in_numpy():
    layer = with_weights(np.float32([[1.0], [0.0]]), np.float32([0.0]))
    with np.errstate(invalid="ignore"):
        z = layer([[1.0, 0.0], [np.inf, 0.0], [np.nan, 1.0], [0.0, np.inf]])
    np.testing.assert_array_equal(z, [[1.0], [np.inf], [np.nan], [np.nan]])


# Building ------------------------------------------------------------------------------------


@given(shapes(rows=(1, 4)), st.integers(1, 5), st.integers(0, 9))
def test_a_layer_built_by_its_first_call_equals_one_built_before(shape, units, seed):
    def make():
        return Dense(units, kernel_initializer=initializers.GlorotUniform(seed=seed))

    x = np.ones(shape, np.float32)
    lazy, eager = make(), make()
    eager.build((None, *shape[1:]))
    assert not lazy.built
    np.testing.assert_array_equal(lazy(x), eager(x))
    np.testing.assert_array_equal(lazy.kernel, eager.kernel)
    assert lazy.built
    assert lazy.input.shape == eager.input.shape == (None, *shape[1:])


def test_before_its_first_call_it_has_no_weights():
    layer = Dense(2)
    assert layer.weights == layer.get_weights() == []
    with pytest.raises(AttributeError, match=r"'dense' has no attribute 'kernel'.*not built"):
        _ = layer.kernel


@pytest.mark.parametrize("option", [{"input_dim": 3}, {"input_shape": (3,)}])
def test_input_dim_and_input_shape_build_at_once_in_a_sequential(option):
    layer = Dense(2, **option)
    assert not layer.built
    model = Sequential([layer, Dense(1)])
    assert model.input_shape == (None, 3)
    assert [weight.shape for weight in model.weights] == [(3, 2), (2,), (2, 1), (1,)]


def test_names_dtype_and_flags_have_kerass_defaults():
    layer = built(2)
    assert [Dense(1).name, Dense(1).name, Dense(1, name="mine").name] == [
        "dense_1", "dense_2", "mine"
    ]  # fmt: skip
    assert layer.name == "dense"
    assert layer.dtype == "float32"
    assert layer.trainable is True
    assert layer.activation is activations.linear
    assert [weight.dtype for weight in layer.weights] == ["float32", "float32"]
    assert repr(layer) == "<Dense name=dense, built=True>"


def test_dtype_float64_computes_in_float64():
    config.set_floatx("float64")
    assert Dense(1).dtype == "float64"
    config.set_floatx("float32")
    layer = Dense(1, dtype="float64", kernel_initializer="ones")
    assert layer(np.array([[1 + 1e-12]])).tolist() == [[1 + 1e-12]]
    assert layer(np.array([[3]], np.int8)).dtype == np.float64


def test_an_initializer_may_be_any_array():
    W = np.arange(6.0).reshape(2, 3)
    layer = Dense(3, kernel_initializer=initializers.Constant(W))
    layer.build((None, 2))
    np.testing.assert_array_equal(layer.kernel, W)


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_array_that_an_initializer_keeps_stays_its_own(order):
    W = np.array([[0, 1, 2], [3, 4, 5]], np.float32, order=order)
    layer = Dense(3, kernel_initializer=lambda shape, dtype: W)
    layer.build((None, 2))
    np.testing.assert_array_equal(layer.kernel, W)
    assert not np.shares_memory(layer.kernel, W)
    assert layer.kernel.flags.c_contiguous


def test_an_initializer_of_another_shape_is_refused_and_nothing_is_left_behind():
    layer = Dense(3, kernel_initializer=lambda shape, dtype: np.zeros((5, 5)))
    with pytest.raises(ValueError, match=r"shape \(5, 5\) for a weight of shape \(2, 3\)"):
        layer.build((None, 2))
    assert not layer.built
    assert layer.weights == []


def test_a_bias_that_cannot_be_made_leaves_no_kernel_behind():
    layer = Dense(3, bias_initializer=initializers.Constant([1.0, 2.0]))
    with pytest.raises(ValueError, match="initial value has shape"):
        layer(np.ones((1, 2)))
    assert not layer.built
    assert not hasattr(layer, "kernel")
    assert layer.weights == []


def test_sixteen_threads_build_it_once():
    made = []

    def slow_ones(shape, dtype):
        made.append(shape)
        time.sleep(0.01)
        return np.ones(shape, dtype)

    layer = Dense(2, kernel_initializer=slow_ones, use_bias=False)
    start = threading.Barrier(16)

    def call(_):
        start.wait()
        return layer([[1.0, 2.0]])

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(call, range(16)))
    assert made == [(2, 2)]
    assert len(layer.weights) == 1
    assert all(result.tolist() == [[3.0, 3.0]] for result in results)


def test_it_cannot_be_built_again_for_other_inputs():
    layer = built(2)
    kernel = layer.kernel
    layer.build((None, 2))
    with pytest.raises(ValueError, match=r"already built .* \(None, 2\).* for \(None, 3\)"):
        layer.build((None, 3))
    assert layer.kernel is kernel is layer.weights[0]


# Weights -------------------------------------------------------------------------------------


@given(problems())
def test_setting_what_was_got_changes_nothing(problem):
    _, W, b = problem
    layer = with_weights(W, b)
    layer.set_weights(layer.get_weights())
    np.testing.assert_array_equal(layer.kernel, W)
    np.testing.assert_array_equal(layer.bias, b)


def test_the_arrays_stay_the_same_for_the_layers_whole_life():
    layer = built(2)
    kernel, bias = layer.kernel, layer.bias
    layer.set_weights([np.full((2, 3), 7.0), [1, 2, 3]])
    layer([[1.0, 2.0]])
    assert layer.kernel is layer.weights[0] is layer.variables[0] is kernel
    assert layer.bias is layer.weights[1] is layer.trainable_variables[1] is bias
    assert kernel.tolist() == [[7, 7, 7], [7, 7, 7]]
    assert bias.tolist() == [1, 2, 3]


def test_the_kernel_cannot_be_swapped_for_another_array():
    layer = built(2)
    with pytest.raises(AttributeError):
        layer.kernel = np.ones((2, 3), np.float32)
    assert layer.kernel is layer.weights[0]
    before = layer.kernel.copy()
    layer.kernel += 1  # writes into it
    np.testing.assert_array_equal(layer.weights[0], before + 1)


def test_get_weights_returns_copies():
    layer = built(2)
    before = layer.kernel.copy()
    for weight in layer.get_weights():
        weight += 1
    np.testing.assert_array_equal(layer.kernel, before)


def test_the_layer_does_not_keep_the_arrays_it_was_set_to():
    layer, W = built(2), np.ones((2, 3), np.float32)
    layer.set_weights([W, np.zeros(3)])
    W += 1
    assert (layer.kernel == 1).all()


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        ([np.ones((2, 3))], ValueError, r"has 2 weights of shapes \[\(2, 3\), \(3,\)\], got 1"),
        ([np.ones((2, 3)), np.ones(4)], ValueError, r"got \[\(2, 3\), \(4,\)\]: weight 1 does"),
        ([np.ones((3, 2)), np.ones(3)], ValueError, r"weight 0 does not fit\. Did you mean W\.T\?"),
        ([np.ones((2, 3)), np.array(["a", "b", "c"])], TypeError, "weight 1 of layer 'dense'"),
        (np.ones((2, 3)), ValueError, "takes a list of arrays"),
        ([], ValueError, "has 2 weights"),
    ],
)
def test_weights_that_do_not_fit_change_nothing(weights, error, message):
    layer = built(2)
    before = layer.get_weights()
    with pytest.raises(error, match=message):
        layer.set_weights(weights)
    for own, old in zip(layer.weights, before, strict=True):
        np.testing.assert_array_equal(own, old)


def test_weights_of_an_unbuilt_layer_cannot_be_set():
    with pytest.raises(ValueError, match="not built yet"):
        Dense(1).set_weights([[[1.0]], [0.0]])


def test_count_params_counts_numbers():
    assert built(4).count_params() == 4 * 3 + 3
    with pytest.raises(ValueError, match="'dense_1', but it isn't built"):
        Dense(1).count_params()


def test_a_frozen_layer_has_no_trainable_weights():
    layer = built(2)
    assert len(layer.trainable_weights) == 2
    layer.trainable = False
    assert layer.trainable_weights == []
    assert layer.non_trainable_weights[0] is layer.kernel


# Calling -------------------------------------------------------------------------------------


@given(problems(), st.sampled_from(["linear", "sigmoid", "relu", "softmax"]))
def test_calling_writes_to_nothing(problem, activation):
    x, W, b = problem
    layer = with_weights(W, b, activation=activation)
    before, attributes = x.copy(), dict(vars(layer))
    first = layer(x)
    kept = first.copy()
    second = layer(x)
    assert vars(layer).keys() == attributes.keys()
    assert all(vars(layer)[name] is value for name, value in attributes.items())
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(layer.kernel, W)
    np.testing.assert_array_equal(layer.bias, b)
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(second, kept)
    assert not any(np.shares_memory(first, other) for other in (x, second, *layer.weights))


def test_one_call_is_few_python_calls():
    layer, x = Dense(1), np.ones((1, 3), np.float32)
    layer(x)
    calls = []

    def profile(frame, event, _):
        if event == "call":
            calls.append(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        layer(x)
    finally:
        sys.setprofile(before)
    assert 1 <= len(calls) <= 10, calls


@pytest.mark.parametrize(
    ("shape", "advice"),
    [
        ((3,), r"x\.reshape\(1, -1\) if it is one sample with 3 features"),
        ((7,), r"x\.reshape\(-1, 1\) if it is one feature of several samples"),
        ((), r"them: x\.reshape\(1, 1\) if it is one sample of one feature\.$"),
    ],
)
def test_too_few_axes_are_answered_with_the_reshape_that_fits(shape, advice):
    with pytest.raises(ValueError, match=rf"'dense' needs inputs of at least 2 axes.*{advice}"):
        built(3)(np.ones(shape))


def test_a_vector_for_one_feature_is_taken_for_several_samples():
    advice = r"x\.reshape\(-1, 1\) if it is one feature of several samples"
    for shape in ((1,), (4,)):
        with pytest.raises(ValueError, match=advice):
            built(1)(np.ones(shape))


def test_a_wrong_last_axis_is_named():
    with pytest.raises(ValueError, match=r"'dense' has a kernel for 3 inputs.*\(2, 4\).* is 4"):
        built(3)(np.ones((2, 4)))


# Configuration -------------------------------------------------------------------------------


def test_regularizers_and_constraints_are_kept_with_their_weights():
    layer = Dense(
        2,
        kernel_regularizer="l2",
        bias_regularizer=regularizers.L1(0.5),
        activity_regularizer="l1",
        kernel_constraint="non_neg",
        bias_constraint=constraints.MaxNorm(3),
    )
    layer.build((None, 2))
    kernel, bias = layer._weights
    assert kernel.regularizer is layer.kernel_regularizer
    assert kernel.regularizer.get_config() == {"l2": 0.01}
    assert bias.regularizer.get_config() == {"l1": 0.5}
    assert isinstance(kernel.constraint, constraints.NonNeg)
    assert bias.constraint.get_config() == {"max_value": 3, "axis": 0}
    assert isinstance(layer.activity_regularizer, regularizers.L1)


@pytest.mark.parametrize(
    "options",
    [
        {"units": 3},
        {"units": 2, "activation": "relu", "use_bias": False, "name": "a", "trainable": False},
        {"units": 1, "activation": activations.ReLU(max_value=2.0), "dtype": "float64"},
        {"units": 1, "kernel_initializer": initializers.RandomNormal(0.0, 2.0, seed=3)},
        {"units": 1, "kernel_regularizer": "l1", "activity_regularizer": regularizers.L2(0.1)},
        {"units": 1, "bias_constraint": constraints.UnitNorm(), "bias_initializer": "ones"},
    ],
)
def test_a_configuration_makes_the_same_layer_again(options):
    layer = Dense(**options)
    written = json.loads(json.dumps(layer.get_config()))
    again = Dense.from_config(written)
    assert again.get_config() == layer.get_config()
    assert again.name == layer.name
    assert again.activation == layer.activation
    assert written["units"] == options["units"]
    x = np.array([[-1.0, 4.0]])
    assert again(x).shape == layer(x).shape
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(x), layer(x))


def test_what_keras_writes_and_we_do_not_offer_is_refused_unless_it_is_none():
    own = Dense(2).get_config()
    assert Dense.from_config(own | {"quantization_config": None}).units == 2
    for option in ("lora_rank", "lora_alpha", "quantization_config"):
        with pytest.raises(ValueError, match=f"takes {option} only as Keras' default, None, got 4"):
            Dense.from_config(own | {option: 4})


def test_the_layer_form_of_an_activation_is_the_argument():
    W = initializers.RandomNormal(seed=1)
    apart = Sequential([Dense(3, kernel_initializer=W), layers.Activation("tanh")])
    x = [[-1.0, 2.0]]
    np.testing.assert_allclose(apart(x), np.tanh(x @ W((2, 3))), rtol=1e-5)
    np.testing.assert_allclose(apart(x), Dense(3, "tanh", kernel_initializer=W)(x), rtol=1e-6)


def test_a_layer_form_is_an_activation_as_in_keras():
    model = Sequential([Dense(3, LeakyReLU(negative_slope=0.1), input_dim=2)])
    z = model.layers[0].weighted_sum(np.array([[1.0, -2.0]], np.float32))
    np.testing.assert_array_equal(model([[1.0, -2.0]]), np.where(z < 0, np.float32(0.1) * z, z))
    model.compile("sgd", "mse")
    model.fit([[1.0, -2.0]], [[1.0, 2.0, 3.0]], verbose=0)
    again = Dense.from_config(model.layers[0].get_config())
    assert again.activation == model.layers[0].activation
    inner = Dense(2)
    assert Dense(2, activation=inner).activation is inner  # any other layer is a function


@pytest.mark.parametrize("rows", [1, 15, 16, 17, 40])
@pytest.mark.parametrize(("inputs", "units"), [(3, 15), (15, 3), (17, 16), (64, 128), (8193, 1)])
def test_the_derivatives_of_layers_of_all_sizes_are_those_of_the_formula(rows, inputs, units):
    """Narrow and wide layers compute their products in different ways, small and large kernels."""
    random = np.random.default_rng(rows + inputs)
    layer = built(inputs, units)
    x, dz = (random.normal(size=(rows, n)).astype("float32") for n in (inputs, units))
    _, entry = layer.forward(x)
    gradients = [np.full_like(weight, np.nan) for weight in layer.get_weights()]
    dx = layer.backward(dz.copy(), entry, gradients)
    x, dz, W = x.astype(float), dz.astype(float), layer.kernel.astype(float)
    for found, expected in [
        (gradients[0], np.einsum("mi,mu->iu", x, dz)),
        (gradients[1], dz.sum(axis=0)),
        (dx, np.einsum("mu,iu->mi", dz, W)),
    ]:
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-4)
