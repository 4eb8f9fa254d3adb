"""Models between symbolic tensors, and models with a call of their own."""

import copy
import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinyneuron as keras
from tinyneuron import Input, Model, Sequential, layers
from tinyneuron.layers import Dense, Dropout
from tinyneuron.models import Functional, clone_model, model_from_json

X = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")


def chain(widths):
    tensors = [Input((4,))]
    for width in widths:
        tensors.append(Dense(width, activation="tanh")(tensors[-1]))
    return tensors


def same(a, b):
    np.testing.assert_array_equal(a, b)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.data())
def test_a_model_between_any_two_tensors_is_its_layers_one_after_the_other(widths, data):
    tensors = chain(widths)
    first = data.draw(st.integers(0, len(widths) - 1))
    last = data.draw(st.integers(first + 1, len(widths)))
    whole = Model(tensors[0], tensors[-1])
    part = Model(inputs=[tensors[first]], outputs=[tensors[last]])
    assert part.layers[1:] == whole.layers[first + 1 : last + 1]
    x = X[:, :1].repeat(part.input_shape[1], 1)
    wanted = x
    for layer in whole.layers[first + 1 : last + 1]:
        wanted = layer(wanted)
    same(part.predict(x), wanted)
    assert part.output_shape == (None, wanted.shape[1])


@given(st.lists(st.integers(1, 5), min_size=2, max_size=5), st.data())
def test_hidden_layers_are_seen_by_their_output_also_in_copies(widths, data):
    model = Sequential([Input((4,)), *(Dense(width) for width in widths)])
    for twin in (model, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        number = data.draw(st.integers(0, len(widths) - 1))
        hidden = Model(twin.inputs, twin.layers[number].output)
        wanted = X
        for layer in twin.layers[: number + 1]:
            wanted = layer(wanted)
        same(hidden.predict(X), wanted)
        rest = Model(twin.layers[number].output, twin.output) if number + 1 < len(widths) else None
        if rest:
            same(rest.predict(wanted), twin.predict(X))


def autoencoder():
    x = Input((4,), name="x")
    code = Dense(2, activation="relu", name="code")(x)
    whole = Model(x, Dense(4, name="out")(code))
    z = Input((2,), name="z")
    return whole, Model(x, code), Model(z, whole.layers[-1](z))


def test_models_that_share_layers_train_them_together():
    whole, encoder, decoder = autoencoder()
    nested = Model(whole.input, decoder(encoder(whole.input)))
    for trained in (whole, nested):
        before = whole.get_weights()
        trained.compile("sgd", "mse")
        trained.fit(X, X, verbose=0)
        assert all(np.any(a != b) for a, b in zip(before, whole.get_weights(), strict=True))
        same(nested.predict(X), whole.predict(X))
        same(decoder.predict(encoder.predict(X)), whole.predict(X))


def test_the_frozen_half_of_two_models_stays():
    generator = Sequential([Input((4,)), Dense(3)])
    critic = Sequential([Input((3,)), Dense(1, activation="sigmoid")])
    critic.trainable = False
    both = Model(x := Input((4,)), critic(generator(x)))
    both.compile("sgd", "binary_crossentropy")
    before, start = critic.get_weights(), generator.get_weights()
    both.fit(X, np.ones(6), verbose=0)
    same(critic.get_weights()[0], before[0])
    assert np.any(generator.get_weights()[0] != start[0])


def test_configurations_make_the_same_model_again():
    whole, encoder, decoder = autoencoder()
    nested = Model(whole.input, decoder(encoder(whole.input)))
    twice = Dense(4, name="again")
    repeated = Model(x := Input((4,)), twice(twice(x)), trainable=False)
    for model in (whole, nested, repeated):
        for again in (clone_model(model), model_from_json(model.to_json())):
            again.set_weights(model.get_weights())
            same(again.predict(X), model.predict(X))
            assert json.dumps(again.get_config()) == json.dumps(model.get_config())
            assert isinstance(again, Functional)
    assert repeated.layers[1:] == [twice]
    assert not repeated.trainable_weights


def test_a_configuration_with_a_branch_is_refused_by_the_layer():
    config = autoencoder()[0].get_config()
    node = config["layers"][2]["inbound_nodes"][0]
    node["args"] = [node["args"] * 2]
    with pytest.raises(ValueError, match="Layer 'out' does not take the outputs of just one layer"):
        Functional.from_config(config)


def tensors():
    x = Input((4,), name="x")
    return x, Dense(3, name="d")(x)


BAD = [
    (lambda x, d: Model(x, [d, d]), ValueError, r"outputs are 2 tensors, \['d_output', 'd_out"),
    (lambda x, d: Model(Input((4,), name="other"), d), ValueError, "inputs 'other'.* x -> d"),
    (lambda x, d: Model(x, x), ValueError, "no layer between"),
    (lambda x, d: Model(X, d), TypeError, "inputs must be a symbolic tensor"),
    (lambda x, d: Model(x, Dense(1, name="d")(d)), ValueError, "two are called 'd'"),
    (lambda x, d: Dense(1)(d, training=True), ValueError, "whether a model trains is said when"),
    (lambda x, d: Sequential([d]), ValueError, "starts with an Input, not with the outputs"),
    (lambda x, d: d + 1, TypeError, r"'d_output' is a symbolic tensor of shape \(None, 3\)"),
    (lambda x, d: 2 * d, TypeError, "symbolic tensor"),
    (lambda x, d: d[:, 0], TypeError, "symbolic tensor"),
    (lambda x, d: bool(d > 0), TypeError, "symbolic tensor"),
    (lambda x, d: np.tanh(d), TypeError, "symbolic tensor"),
    (lambda x, d: np.mean(d), TypeError, "symbolic tensor"),
    (lambda x, d: np.asarray(d), TypeError, "symbolic tensor"),
    (lambda x, d: keras.activations.relu(d), TypeError, "symbolic tensor"),
    (lambda x, d: Dense(1)([d, d]), TypeError, "symbolic tensor"),
]


@pytest.mark.parametrize(("wrong", "error", "message"), BAD)
def test_what_is_no_chain_is_refused(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong(*tensors())


class Own(Model):
    def __init__(self):
        super().__init__()
        self.last, self.first = Dense(2), Dense(3, activation="relu")
        self.dropout = Dropout(0.5, seed=1)


class InRow(Own):
    def call(self, x, training=False):
        x = self.first(x)
        if training:
            x = self.dropout(x, training=training)
        return self.last(x)


def test_a_call_that_is_a_row_of_layers_trains_as_that_row():
    own = InRow()
    own(X)
    assert [w.shape for w in own.get_weights()] == [(3, 2), (2,), (4, 3), (3,)]  # as in Keras
    twin = Sequential([Input((4,)), Dense(3, activation="relu"), Dropout(0.5, seed=1), Dense(2)])
    twin.set_weights([*own.get_weights()[2:], *own.get_weights()[:2]])
    for model in (own, twin):
        model.compile("sgd", "mse")
        model.fit(X, X[:, :2], epochs=3, shuffle=False, verbose=0)
    assert own.evaluate(X, X[:, :2]) == twin.evaluate(X, X[:, :2])
    same(own.predict(X), twin.predict(X))


CALLS = [
    (lambda self, x: self.last(self.first(x) + 1), "holds no numbers"),
    (lambda self, x: np.tanh(self.last(self.first(x))), "holds no numbers"),
    (lambda self, x: self.last(self.dropout(self.first(x), training=True)), "training=True"),
    (lambda self, x: Dense(2, name="new")(x), "makes the layer 'new' anew each time"),
    (lambda self, x: x, "calls no layer"),
    (lambda self, x: np.zeros((len(X), 2)), "from a symbolic tensor it makes array"),
]


@pytest.mark.parametrize(("call", "reason"), CALLS)
def test_another_call_predicts_and_is_refused_by_name_when_it_is_to_be_trained(call, reason):
    model = type("Odd", (Own,), {"call": call})()
    assert model.predict(X).shape[0] == 6
    model.compile("sgd", "mse")
    before = model.get_weights()
    with pytest.raises(NotImplementedError, match=rf"'odd.*Odd must define backward.*{reason}"):
        model.fit(X, np.zeros((6, model.predict(X).shape[1])), verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_a_call_that_trains_other_layers_than_it_predicts_with_is_refused():
    class Other(Own):
        def call(self, x, training=False):
            x = self.first(x)
            return x if training else self.last(x)

    model = Other()
    model.compile("sgd", "mse")
    with pytest.raises(NotImplementedError, match="other layers while training than when it pre"):
        model.fit(X, X[:, :2], verbose=0)


@given(st.integers(1, 9), st.integers(1, 9))
def test_the_size_of_a_batch_is_shown_and_any_number_of_rows_taken(size, rows):
    x = Input((4,), batch_size=size)
    for model in (Model(x, Dense(2)(x)), Sequential([x, Dense(2)])):
        assert (model.input_shape, model.output_shape) == ((size, 4), (size, 2))
        assert model.predict(np.ones((rows, 4))).shape == (rows, 2)
        assert clone_model(model).output_shape == (size, 2)


def test_penalties_are_seen_as_they_are():
    model = Sequential([Input((4,)), Dense(2, kernel_regularizer="l2", bias_regularizer="l1")])
    kernel, bias = model.weights
    bias[...] = [1, -2]
    assert model.losses == pytest.approx([0.01 * (kernel**2).sum(), 0.03], rel=1e-5)
    assert model.layers[0].losses == model.losses
    model.trainable = False
    assert model.losses == []
    assert layers.ReLU().losses == []


def test_a_layer_with_the_name_of_the_input_is_refused():
    """A file that had both by one name would not open."""
    x = Input((2,), name="start")
    with pytest.raises(ValueError, match="different names, and two are called 'start'"):
        Model(x, Dense(1, name="start")(x))
