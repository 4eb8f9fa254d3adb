"""Functional models and epochs by steps, beside real Keras: same configurations, same numbers."""

import warnings

import numpy as np
import pytest

import tinyneuron

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import keras

pytestmark = pytest.mark.filterwarnings("ignore")

X = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)


def autoencoders(k):
    x = k.Input((4,), name="x")
    code = k.layers.Dense(3, activation="tanh", name="code")(x)
    whole = k.Model(x, k.layers.Dense(4, name="out")(code))
    encoder = k.Model(x, code)
    z = k.Input((3,), name="z")
    decoder = k.Model(z, whole.layers[-1](z))
    values = np.random.default_rng(1)
    whole.set_weights([values.normal(size=w.shape) for w in whole.get_weights()])
    return whole, k.Model(x, decoder(encoder(x)))


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(("reader", "writer"), [(keras, tinyneuron), (tinyneuron, keras)])
def test_configurations_go_both_ways(reader, writer, number):
    model = autoencoders(writer)[number]
    again = reader.models.model_from_json(model.to_json())
    again.set_weights(model.get_weights())
    wanted = model.predict(X, verbose=0)
    np.testing.assert_allclose(again.predict(X, verbose=0), wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("steps", [2, 3, 5, 7, None])
def test_training_gives_the_same_numbers(number, steps):
    histories, weights = [], []
    for k in (keras, tinyneuron):
        whole, nested = autoencoders(k)
        model = (whole, nested)[number]
        model.compile(k.optimizers.SGD(0.1), "mse")
        fit = {"steps_per_epoch": steps, "validation_data": [X, X], "validation_steps": 1}
        fit |= {"validation_freq": [1, 4], "epochs": 4, "batch_size": 4, "shuffle": False}
        histories.append(model.fit(X, X, **fit, verbose=0).history)
        weights.append(whole.get_weights())
    for name in histories[0]:
        np.testing.assert_allclose(histories[1][name], histories[0][name], rtol=1e-5)
    for ours, theirs in zip(*weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
