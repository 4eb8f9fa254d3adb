import copy
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tinyneuron import Input, Sequential, activations, config, layers, losses, regularizers, utils
from tinyneuron._common.settings import random_generator
from tinyneuron.layers import Dense
from tinyneuron.layers.chain import through
from trajectories import LOSSES, ROWS, targets

TOLERANCE = 1e-6
KINKS = np.array([0.0, 0.5, 1.0, 2.0, 3.0, -3.0, 6.0])  # where some slope jumps, or its derivative
ACTIVATIONS = [
    name
    for name, value in vars(activations).items()
    if isinstance(value, activations.Activation) and not name.startswith("_")
]
DTYPE = {"dtype": "float64"}
rates = st.sampled_from([0.01, 0.3])
penalties = st.none() | st.builds(regularizers.L1L2, rates, rates)


# Random models ---------------------------------------------------------------------------------


@st.composite
def hidden_layer(draw, nested=True, penalized=True):
    name = draw(st.sampled_from([*_MAKERS, *(["Sequential"] if nested else [])]))
    if name == "Sequential":
        inner = draw(
            st.lists(hidden_layer(nested=False, penalized=penalized), min_size=1, max_size=2)
        )
        return Sequential(inner)
    layer = draw(_MAKERS[name])
    if penalized:
        layer.activity_regularizer = draw(penalties)
        if isinstance(layer, Dense):
            layer.kernel_regularizer, layer.bias_regularizer = draw(penalties), draw(penalties)
    return layer


_MAKERS = {
    "Dense": st.builds(
        Dense,
        st.integers(1, 4),
        activation=st.sampled_from(ACTIVATIONS),
        use_bias=st.booleans(),
        **{name: st.just(value) for name, value in DTYPE.items()},
    ),
    "Activation": st.builds(
        layers.Activation, st.sampled_from(ACTIVATIONS), dtype=st.just("float64")
    ),
    "ReLU": st.sampled_from(
        [{}, {"max_value": 2.0}, {"negative_slope": 0.3, "threshold": 0.5}]
    ).map(lambda options: layers.ReLU(**options, **DTYPE)),
    "LeakyReLU": st.builds(layers.LeakyReLU, dtype=st.just("float64")),
    "ELU": st.builds(layers.ELU, st.sampled_from([0.5, 1.0]), dtype=st.just("float64")),
    "Softmax": st.builds(layers.Softmax, dtype=st.just("float64")),
    "Flatten": st.builds(layers.Flatten, dtype=st.just("float64")),
    "Reshape": st.builds(
        layers.Reshape, st.sampled_from([(-1, 1), (1, -1)]), dtype=st.just("float64")
    ),
    "Identity": st.builds(layers.Identity, dtype=st.just("float64")),
    "Rescaling": st.builds(layers.Rescaling, st.just(0.5), st.just(0.25), dtype=st.just("float64")),
    "Normalization": st.booleans().map(
        lambda invert: layers.Normalization(mean=0.5, variance=2.0, invert=invert, **DTYPE)
    ),
    "Dropout": st.builds(
        layers.Dropout, st.sampled_from([0.0, 0.3]), seed=st.just(0), dtype=st.just("float64")
    ),
}


def with_random_weights(model, rng):
    model.set_weights([rng.normal(0, 0.8, w.shape) for w in model.weights])
    return model


@st.composite
def problems(draw, penalized=True):
    """A model, and rows and targets for it, all at a distance from every kink."""
    loss, options, last, kind = LOSSES[draw(st.sampled_from(list(LOSSES)))]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.sampled_from([(3,), (2, 2)]))
    hidden = draw(st.lists(hidden_layer(penalized=penalized), max_size=4))
    end = [layers.Flatten(**DTYPE), Dense(3, last, **DTYPE)]
    model = with_random_weights(Sequential([Input(shape), *hidden, *end]), rng)
    model.compile("sgd", getattr(losses, loss)(**options))
    x, y = rng.normal(0, 1, (ROWS, *shape)), targets(kind, rng, 3)
    assume(is_smooth(model, x, y))
    return model, x, y


def flat(model):
    for layer in model.layers:
        yield from flat(layer) if isinstance(layer, Sequential) else [layer]


def is_smooth(model, x, y):
    """Say whether no number on the way is near a point where a slope jumps, or very large."""
    seen = [weight.reshape(-1) for weight in model.weights]
    for layer in flat(model):
        dense = isinstance(layer, Dense)
        seen.append((layer.weighted_sum(x) if dense else x).reshape(-1))
        x = copy.deepcopy(layer)(x, training=True)  # a seeded Dropout draws its first mask again
        seen.append(x.reshape(-1))
    if y.ndim == 2:
        seen += [(x - y).reshape(-1), (y * x - 1).reshape(-1), ((2 * y - 1) * x).reshape(-1)]
        wrong = np.sort((1 - y) * x)  # the largest of these counts in the categorical hinge
        seen.append(wrong[:, -1] - wrong[:, -2])
    values = np.concatenate(seen)
    distances = np.abs(np.abs(values)[:, np.newaxis] - np.abs(KINKS))
    return bool(np.abs(values).max() < 100 and distances[distances > 0].min() > 2e-4)


@given(problems())
def test_every_gradient_of_a_random_model_is_its_slope(problem):
    model, x, y = problem
    errors = utils.check_gradients(model, x, y, tolerance=math.inf)
    assert errors.keys() == {f"{n}/{w}" for n, w in names_of_weights(model)} | {"inputs"}
    assert {name: error for name, error in errors.items() if error > TOLERANCE} == {}


def names_of_weights(model):
    for layer in flat(model):
        if isinstance(layer, Dense):
            yield layer.name, "kernel"
            if layer.use_bias:
                yield layer.name, "bias"


@given(problems(penalized=False), st.integers(0, 2**32 - 1))
def test_backward_is_the_transpose_of_the_slope_along_any_direction(problem, seed):
    model, x, _ = problem
    rng = np.random.default_rng(seed)
    row = [layer for _, layer in model._in_a_row()]
    arrays = [x, *(w for layer in row for w in layer.weights)]

    def outputs():
        for layer in row:
            if isinstance(layer, layers.Dropout):
                layer._random = np.random.default_rng(0)
        tape = []
        return through(row, x, training=True, tape=tape), tape

    result, tape = outputs()
    u = rng.normal(size=result.shape)
    gradient, gradients = u.copy(), []
    for layer, (entry, _) in zip(row[::-1], tape[::-1], strict=True):
        own = [np.full_like(w, math.nan) for w in layer.weights]
        gradient = layer.backward(gradient, entry, own)
        gradients = own + gradients
    v = [rng.normal(size=a.shape) for a in arrays]
    backward = sum(np.vdot(*pair) for pair in zip(v, [gradient, *gradients], strict=True))

    h, ends = 1e-6, []
    for sign in (1, -1):
        before = [a.copy() for a in arrays]
        for a, direction in zip(arrays, v, strict=True):
            a += sign * h * direction
        ends.append(outputs()[0].copy())
        for a, start in zip(arrays, before, strict=True):
            a[...] = start
    forward = np.vdot(u, (ends[0] - ends[1]) / (2 * h))
    message = f"<v, J^T u> = {backward!r}, but <u, J v> = {forward!r}"
    assert backward == pytest.approx(forward, rel=1e-5, abs=1e-6), message


# One by one ------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["in Dense", "a layer"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation(name, form):
    rng = np.random.default_rng(2)
    inside = form == "in Dense"
    own = [] if inside else [layers.Activation(name)]
    model = Sequential([Input((3,)), Dense(4, name if inside else None), *own, Dense(2)])
    with_random_weights(model, rng)
    x, y = rng.normal(0, 1, (6, 3)), rng.normal(0, 1, (6, 2))
    z = x @ model.weights[0].astype(float) + model.weights[1]
    assert np.abs(z[..., np.newaxis] - [0, 3, -3, 6]).min() > 1e-3
    errors = utils.check_gradients(model, x, y, TOLERANCE)
    assert len(errors) == 5


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss(name):
    loss, options, last, kind = LOSSES[name]
    rng = np.random.default_rng(3)
    model = Sequential([Input((3,)), Dense(4, "tanh"), Dense(3, last)])
    with_random_weights(model, rng)
    model.compile("sgd", getattr(losses, loss)(**options))
    errors = utils.check_gradients(
        model, rng.normal(0, 1, (ROWS, 3)), targets(kind, rng, 3), TOLERANCE
    )
    assert list(errors) == [
        "dense_1/kernel",
        "dense_1/bias",
        "dense/kernel",
        "dense/bias",
        "inputs",
    ]


@pytest.mark.parametrize("reduction", ["sum", "mean", "mean_with_sample_weight"])
def test_every_reduction(reduction):
    model = Sequential([Input((2,)), Dense(3, "tanh"), Dense(1)])
    model.compile("sgd", losses.MeanSquaredError(reduction=reduction))
    assert (
        max(utils.check_gradients(model, [[0.5, 1.0], [2.0, -1.0]], [1.0, 2.0]).values())
        < TOLERANCE
    )


def test_a_dense_layer_over_inner_axes():
    rng = np.random.default_rng(4)
    model = Sequential([Input((2, 3)), Dense(4, "tanh"), Dense(1)])
    x, y = rng.normal(size=(5, 2, 3)), rng.normal(size=(5, 2))
    assert max(utils.check_gradients(model, x, y).values()) < TOLERANCE


def test_an_adapted_normalization_is_passed_through():
    rng = np.random.default_rng(5)
    x, y = rng.normal(3, 2, (6, 2)), rng.normal(size=6)
    scale = layers.Normalization()
    scale.adapt(x)
    errors = utils.check_gradients(Sequential([scale, Dense(3, "tanh"), Dense(1)]), x, y)
    assert "inputs" in errors
    assert max(errors.values()) < TOLERANCE


def test_more_rows_and_weights_than_are_checked_take_a_sample():
    rng = np.random.default_rng(6)
    model = Sequential([Input((20,)), Dense(30, "tanh"), Dense(1)])
    errors = utils.check_gradients(model, rng.normal(size=(4, 20)), rng.normal(size=4))
    assert max(errors.values()) < TOLERANCE


# Layers of one's own ---------------------------------------------------------------------------


class Scale(layers.Layer):
    """x * scale, one number for each feature; its way back can be told to be wrong."""

    def __init__(self, weight_error=1.0, input_error=1.0, **kwargs):
        super().__init__(**kwargs)
        self.errors = weight_error, input_error

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")

    def call(self, inputs):
        return inputs * self.scale

    def backward(self, gradient, entry, gradients):
        inputs, _ = entry
        gradients[0][...] = (gradient * inputs).sum(axis=0) * self.errors[0]
        return gradient * self.scale * self.errors[1]


def scaled(*errors):
    return Sequential(
        [
            Input((2,)),
            Dense(3, "tanh", name="before"),
            Scale(*errors, name="own"),
            Dense(1, name="out"),
        ]
    )


X, Y = np.array([[0.5, -1.0], [2.0, 0.3], [-0.7, 1.1]]), np.array([1.0, -2.0, 0.5])


def test_a_right_backward_passes():
    errors = utils.check_gradients(scaled(), X, Y)
    assert list(errors) == [
        "out/kernel", "out/bias", "own/scale", "before/kernel", "before/bias", "inputs",
    ]  # fmt: skip
    assert max(errors.values()) < TOLERANCE


@pytest.mark.parametrize(
    ("errors", "named"),
    [((2.0, 1.0), "own/scale"), ((1.001, 1.0), "own/scale"), ((1.0, -1.0), "before/kernel")],
)
def test_a_wrong_backward_is_found_and_named(errors, named):
    with pytest.raises(ValueError, match=f"The gradient of '{named}' is wrong: its relative error"):
        utils.check_gradients(scaled(*errors), X, Y)


def test_a_wrong_gradient_of_the_inputs_alone_is_found():
    model = Sequential([Input((2,)), Scale(1.0, 2.0)])
    with pytest.raises(ValueError, match="The gradient of 'inputs' is wrong"):
        utils.check_gradients(model, X, X + 1)


def test_a_gradient_that_is_no_number_is_wrong():
    with pytest.raises(ValueError, match="The gradient of 'own/scale' is wrong"):
        utils.check_gradients(scaled(math.nan, 1.0), X, Y)


def test_a_wrong_loss_gradient_is_found():
    class Wrong(losses.MeanSquaredError):
        call = losses.MeanSquaredError.call

        def gradient(self, y_true, y_pred):
            return y_pred - y_true  # the 2 is missing

    model = scaled()
    model.compile("sgd", Wrong())
    with pytest.raises(ValueError, match="The gradient of 'out/kernel' is wrong"):
        utils.check_gradients(model, X, Y)


def test_the_tolerance_can_be_chosen():
    errors = utils.check_gradients(scaled(1.001, 1.0), X, Y, tolerance=0.01)
    assert errors["own/scale"] == pytest.approx(0.001, rel=0.01)


def test_frozen_layers_are_checked_too():
    model = scaled(2.0, 1.0)
    model.layers[1].trainable = False
    with pytest.raises(ValueError, match="own/scale"):
        utils.check_gradients(model, X, Y)


# The model is left alone -----------------------------------------------------------------------


def test_the_model_is_the_same_bit_for_bit_afterwards():
    model = Sequential(
        [Input((2,)), Dense(3, "relu"), layers.Dropout(0.5), layers.Dropout(0.5, seed=3), Dense(1)]
    )
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, Y, epochs=2, verbose=0)
    twin = copy.deepcopy(model)
    state = copy.deepcopy(random_generator().bit_generator.state)
    arrays = model.weights
    attributes = [dict(vars(layer)) for layer in model.layers]
    slots = copy.deepcopy(model.optimizer.state())

    utils.check_gradients(model, X, Y)
    assert all(a is b for a, b in zip(model.weights, arrays, strict=True))
    for ours, theirs in zip(model.weights, twin.weights, strict=True):
        assert ours.dtype == np.float32
        assert ours.tobytes() == theirs.tobytes()
    assert [dict(vars(layer)) for layer in model.layers] == attributes
    np.testing.assert_equal(model.optimizer.state(), slots)
    assert model.dtype == "float32"
    assert random_generator().bit_generator.state == state
    config.set_random_seed(1)
    history = model.fit(X, Y, epochs=2, verbose=0).history  # its seeded masks go on where they were
    config.set_random_seed(1)
    assert twin.fit(X, Y, epochs=2, verbose=0).history == history


def test_an_unbuilt_model_is_built_and_data_are_left_alone():
    x, y = X.copy(), Y.copy()
    model = Sequential([Dense(2, "tanh"), Dense(1)])
    assert max(utils.check_gradients(model, x, y).values()) < TOLERANCE
    assert model.built
    assert x.tobytes() == X.tobytes()
    assert y.tobytes() == Y.tobytes()


def test_targets_that_do_not_fit_are_refused():
    with pytest.raises(
        ValueError, match=r"targets of shape \(2,\) do not fit outputs of shape \(3, 1"
    ):
        utils.check_gradients(scaled(), X, Y[:2])


# Penalties on weights --------------------------------------------------------------------------

PENALTIES = [
    (regularizers.L1(0.3), lambda w: 0.3 * abs(w)),
    (regularizers.L2(0.3), lambda w: 0.3 * w * w),
    (regularizers.L1L2(0.2, 0.1), lambda w: 0.2 * abs(w) + 0.1 * w * w),
]


@pytest.mark.parametrize(("penalty", "formula"), PENALTIES)
def test_a_penaltys_gradient_is_its_slope(penalty, formula):
    w, h = np.array([[-2.0, 0.5], [0.01, 3.0]]), 1e-6
    assert penalty(w) == pytest.approx(sum(formula(v) for v in w.ravel()), rel=1e-6)
    slopes = [(formula(v + h) - formula(v - h)) / (2 * h) for v in w.ravel()]
    np.testing.assert_allclose(penalty.gradient(w).ravel(), slopes, rtol=1e-6)


@pytest.mark.parametrize(("penalty", "formula"), PENALTIES)
def test_a_step_of_fit_goes_along_both_gradients(penalty, formula):
    config.set_floatx("float64")
    W, b = np.array([[0.7], [-1.2]]), np.array([0.3])
    layer = Dense(1, kernel_regularizer=penalty, bias_regularizer=regularizers.L2(0.5))
    model = Sequential([Input((2,)), layer])
    model.set_weights([W, b])
    model.compile("sgd", "mse")
    loss = model.fit(X, Y, batch_size=3, verbose=0).history["loss"]
    error = X @ W + b - Y[:, np.newaxis]
    h = 1e-6
    slopes = [(formula(v + h) - formula(v - h)) / (2 * h) for v in W.ravel()]
    wanted_W = W - 0.01 * (2 / 3 * X.T @ error + np.reshape(slopes, (2, 1)))
    wanted_b = b - 0.01 * (2 / 3 * error.sum(axis=0) + 2 * 0.5 * b)
    np.testing.assert_allclose(model.get_weights()[0], wanted_W, rtol=1e-9)
    np.testing.assert_allclose(model.get_weights()[1], wanted_b, rtol=1e-12)
    penalties = sum(formula(v) for v in W.ravel()) + 0.5 * 0.3**2
    assert loss == [pytest.approx((error**2).mean() + penalties, rel=1e-12)]


# A layer or model that keeps other layers, and computes something else than a chain of them ----


class Residual(layers.Layer):
    """x + inner(x), with the inner layer in a list named as a model's is."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.layers = [Dense(2, "tanh")]

    def build(self, input_shape):
        self.layers[0].build(input_shape)

    def call(self, inputs):
        return inputs + self.layers[0](inputs)

    def forward(self, inputs):
        outputs, entry = self.layers[0].forward(inputs)
        return inputs + outputs, entry

    def backward(self, gradient, entry, gradients):
        return gradient + self.layers[0].backward(gradient.copy(), entry, gradients)


def test_layers_kept_under_the_name_of_a_models_are_no_chain():
    x = np.random.default_rng(0).normal(size=(5, 2))
    y = x[::-1].copy()
    model = Sequential([Input((2,)), Residual()])
    model.compile("sgd", "mse")
    wanted = np.mean((model.predict(x).astype("float64") - y) ** 2)
    assert model.evaluate(x, y) == pytest.approx(wanted, rel=1e-5)
    assert max(utils.check_gradients(model, x, y).values()) < 1e-6


def test_a_sequential_with_a_call_of_its_own_needs_a_backward_of_its_own():
    class Twice(Sequential):
        def call(self, inputs, training=False):
            return super().call(super().call(inputs))

    x = np.ones((3, 2))
    model = Twice([Input((2,)), Dense(2)])
    model.compile("sgd", "mse")
    before = model.get_weights()
    with pytest.raises(NotImplementedError, match=r"Twice must define backward"):
        model.fit(x, x, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
