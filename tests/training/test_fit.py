"""fit repeats itself with the same seed, goes on where it stopped, and can be interrupted."""

import warnings

import numpy as np
import pytest

from small_models import BINARY, SILENT, X, Y, network, neuron, weights_bytes
from tinyneuron import layers, utils
from tinyneuron.callbacks import Callback, EarlyStopping
from tinyneuron.optimizers import SGD


def train_from(seed):
    utils.set_random_seed(seed)
    utils.clear_session()
    model = network(layers.Dropout(0.3))
    history = model.fit(X, BINARY, batch_size=3, epochs=3, validation_split=0.2, **SILENT)
    return weights_bytes(model), history.history


def test_the_same_seed_trains_the_same_bit_for_bit():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first, again, other = train_from(1), train_from(1), train_from(2)
    assert first == again
    assert first != other


def test_fit_goes_on_where_it_stopped():
    once, twice = network(), network()
    twice.set_weights(once.get_weights())
    once.fit(X, BINARY, epochs=4, shuffle=False, **SILENT)
    twice.fit(X, BINARY, epochs=2, shuffle=False, **SILENT)
    twice.fit(X, BINARY, epochs=4, initial_epoch=2, shuffle=False, **SILENT)
    assert weights_bytes(once) == weights_bytes(twice)
    assert twice.optimizer.iterations == 4


def test_compiling_again_starts_the_optimizer_over_and_keeps_the_weights():
    model = network()
    model.fit(X, BINARY, epochs=3, **SILENT)
    before = model.get_weights()
    model.compile(SGD(0.5), "mse", metrics=["accuracy"])
    assert all(np.array_equal(*pair) for pair in zip(model.weights, before, strict=True))
    assert model.optimizer.iterations == 0
    results = model.evaluate(X, BINARY, return_dict=True, **SILENT)
    a = model.predict(X)[:, 0]
    assert results["loss"] == pytest.approx(((a - BINARY) ** 2).mean(), rel=1e-6)
    assert results["accuracy"] == pytest.approx(((a > 0.5) == BINARY).mean())


@pytest.mark.parametrize(("epochs", "initial", "wanted"), [(4, 2, [2, 3]), (1, 2, []), (0, 0, [])])
def test_epochs_are_counted_from_the_initial_one(epochs, initial, wanted):
    model = neuron()
    before = weights_bytes(model)
    history = model.fit(X, Y, epochs=epochs, initial_epoch=initial, **SILENT)
    assert history.epoch == wanted
    assert len(history.history.get("loss", [])) == len(wanted)
    assert (weights_bytes(model) == before) == (not wanted)


def test_an_interrupt_is_passed_on_and_the_model_goes_on():
    class Interrupt(Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                raise KeyboardInterrupt

    model, twin = neuron(), neuron()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, batch_size=2, epochs=5, shuffle=False, callbacks=[Interrupt()], **SILENT)
    twin.train_on_batch(X[:2], Y[:2])
    twin.train_on_batch(X[2:4], Y[2:4])
    assert weights_bytes(model) == weights_bytes(twin)
    for each in (model, twin):
        each.fit(X, Y, epochs=2, shuffle=False, **SILENT)
    assert weights_bytes(model) == weights_bytes(twin)


def test_a_stop_in_one_training_is_no_stop_in_the_next():
    model = neuron()
    model.fit(X, Y, epochs=9, callbacks=[EarlyStopping("loss", min_delta=1e9)], **SILENT)
    assert model.stop_training
    assert model.fit(X, Y, epochs=3, **SILENT).epoch == [0, 1, 2]
