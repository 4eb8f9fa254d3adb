"""What trains nothing or nonsense is told, once, at the user's line; what is right never is."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small_models import SILENT
from tinyneuron import Input, Sequential, activations, layers, losses
from tinyneuron._training import warnings as told
from tinyneuron.layers import Dense

Z = np.concatenate([np.linspace(-30, 30, 601), [-1e4, 1e4]])
READY = sorted({a.__name__: a for a in vars(activations).values()
                if isinstance(a, activations.Activation)}.items())  # fmt: skip
OPTIONS = [activations.ReLU(max_value=1.0), activations.ReLU(0.1, 1.0), activations.ReLU(0.0, 2.0)]


def returned(activation):
    """The least and the largest of what an activation returns, found by trying."""
    z = np.stack([Z, np.zeros_like(Z), -Z / 2], axis=1)
    a = activation(z)
    return a.min(), a.max()


ACTIVATIONS = [a for _, a in READY] + OPTIONS


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
def test_the_table_of_ranges_is_right(activation):
    known = told.range_of(activation)
    if known is not None:
        low, high = returned(activation)
        assert known[0] <= low + 0.01
        assert high <= known[1]
        assert low < 0 or known[0] >= 0  # nothing is said to be negative that never is
        assert high > 1 or known[1] <= 1


LOSSES = [
    losses.BinaryCrossentropy(), losses.BinaryCrossentropy(from_logits=True),
    losses.CategoricalCrossentropy(), losses.CategoricalCrossentropy(from_logits=True),
    losses.SparseCategoricalCrossentropy(), losses.SparseCategoricalCrossentropy(from_logits=True),
    losses.BinaryFocalCrossentropy(), losses.CategoricalFocalCrossentropy(),
    losses.KLDivergence(), losses.MeanSquaredError(), losses.MeanAbsoluteError(), losses.Huber(),
    losses.Poisson(), losses.Hinge(), losses.LogCosh(), losses.CosineSimilarity(),
]  # fmt: skip


def messages(model, x, y):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(x, y, **SILENT)
    assert all(w.filename == __file__ and w.category is UserWarning for w in caught)
    return [str(w.message) for w in caught if "The loss is" not in str(w.message)]


@settings(max_examples=4 * settings().max_examples)
@given(
    activation=st.sampled_from(ACTIVATIONS),
    loss=st.sampled_from(LOSSES),
    units=st.integers(1, 4),
    middle=st.sampled_from([(), (5,), (2, 3)]),
    form=st.sampled_from(["inside", "behind", "with more behind"]),
)
def test_a_warning_where_they_do_not_fit_and_nowhere_else(activation, loss, units, middle, form):
    parts = [Input((*middle, 2))]
    if form == "inside":
        parts.append(Dense(units, activation))
    else:
        parts += [Dense(units), layers.Activation(activation)]
    if form == "with more behind":
        parts += [layers.Identity(), layers.Activation("linear")]
    model = Sequential(parts)
    model.compile("sgd", loss)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, *middle, 2))
    sparse = isinstance(loss, losses.SparseCategoricalCrossentropy)
    y = rng.integers(0, units, (4, *middle)) if sparse else np.eye(units)[
        rng.integers(0, units, (4, *middle))
    ]  # fmt: skip
    found = messages(model, x, y)

    low, high = returned(activation)
    logits = getattr(loss, "from_logits", False)
    categorical = isinstance(loss, losses.CategoricalCrossentropy)
    probabilities = categorical or isinstance(loss, losses.BinaryCrossentropy | losses.KLDivergence)
    nothing = units == 1 and (
        activation in (activations.softmax, activations.log_softmax) or categorical
    )
    twice = logits and activation in (activations.sigmoid, activations.softmax)
    unfit = probabilities and not logits and (low < 0 or (high > 1 and not categorical))
    if found:
        assert len(found) == 1
        assert nothing or twice or unfit
    if form == "inside" and (nothing or twice or (unfit and told.range_of(activation))):
        assert found


PLAIN = [
    (Dense(1, "softmax"), "mse", "one unit and the activation softmax"),
    (Dense(1, "sigmoid"), "categorical_crossentropy", "one output is always the same"),
    (Dense(1), "binary_crossentropy", "takes probabilities.*linear. Give it 'sigmoid', or from_l"),
    (Dense(1, "sigmoid"), LOSSES[1], "has from_logits=True, and the last layer"),
    (Dense(1, "tanh"), "binary_crossentropy", "its activation is tanh"),
]


@pytest.mark.parametrize(("layer", "loss", "message"), PLAIN)
def test_each_says_what_to_do(layer, loss, message):
    model = Sequential([Input((2,)), Dense.from_config(layer.get_config())])
    model.compile("sgd", loss)
    with pytest.warns(UserWarning, match=message):
        model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=3, verbose=0)


def test_what_may_be_meant_is_left_alone():
    class Own(activations.Activation):
        def apply(self, z):
            return np.clip(z, 0, 1, out=z)

        def slope(self, z, a):
            return np.ones_like(a)

    averaging = Dense(1, use_bias=False, kernel_initializer="ones", trainable=False)
    for last in ([Dense(1, Own())], [Dense(2, "sigmoid"), averaging], [Dense(1), layers.ReLU(1.0)]):
        model = Sequential([Input((2,)), *last])
        model.compile("sgd", "binary_crossentropy")
        assert messages(model, np.ones((4, 2)), np.ones((4, 1))) == []


def test_a_normalization_that_was_never_adapted():
    def fitted(layer):
        model = Sequential([Input((1,)), layer, Dense(1)])
        model.compile("sgd", "mse")
        return messages(model, np.array([[1.0], [-1.0]]), np.ones((2, 1)))

    assert "'scale', a Normalization, was never adapted" in fitted(
        layers.Normalization(name="scale")
    )[0]  # fmt: skip
    adapted = layers.Normalization()
    adapted.adapt([[1.0], [-1.0]])  # whose mean is 0 and variance 1
    given_both = layers.Normalization(mean=0.0, variance=1.0)
    loaded = layers.Normalization()
    loaded.build((None, 1))
    loaded.set_weights([[2.0], [1.0], 0])
    for layer in (adapted, given_both, loaded):
        assert fitted(layer) == []


def nan_warnings(x, y, rate=0.01, epochs=3, as_stream=False):
    from tinyneuron import optimizers

    model = Sequential([Input((2,)), Dense(1)])
    model.compile(optimizers.SGD(rate), "mse")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if as_stream:
            model.fit([*zip(np.split(x, 2), np.split(y, 2), strict=True)].__iter__(), verbose=0)
        else:
            model.fit(x, y, batch_size=2, epochs=epochs, shuffle=False, verbose=0)
    assert all(w.filename == __file__ for w in caught)
    return [str(w.message) for w in caught if "The loss is" in str(w.message)]


def test_nan_in_the_data_is_said_once_with_its_place():
    x, y = np.ones((4, 2)), np.ones((4, 1))
    x[2, 0], y[3] = np.nan, np.inf
    (message,) = nan_warnings(x, y)
    assert "in epoch 1 from batch 2 on. x has 1 NaN (the first in row 2)" in message
    assert "y has 1 infinite numbers (the first in row 3)" in message
    (message,) = nan_warnings(x, y, as_stream=True)
    assert "In this batch x has 1 NaN (the first in row 0)" in message


def test_nan_from_finite_data_names_what_helps():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, 2)) * 1e10
    (message,) = nan_warnings(x, np.ones((8, 1)), rate=1e10, epochs=20)
    assert "The data are finite" in message
    assert "Normalization" in message
    assert "smaller learning rate" in message


def test_an_infinite_loss_is_said_at_once_and_not_again_when_it_becomes_nan():
    x, y = np.full((4, 2), 1e30), np.zeros((4, 1))
    (message,) = nan_warnings(x, y, rate=1e-9, epochs=5)
    assert message.startswith("The loss is infinite, in epoch 1 from batch 1 on.")
    assert "smaller learning rate" in message


def test_no_nan_no_warning():
    assert nan_warnings(np.ones((4, 2)), np.ones((4, 1))) == []
