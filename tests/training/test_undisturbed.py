"""What training must not disturb: the layers, their arrays, the data, NumPy's warnings."""

import math
import threading

import numpy as np
import pytest

from small_models import BINARY, SILENT, X, Y, network, neuron
from tinyneuron import Input, Sequential, layers
from tinyneuron.layers import Dense


def test_data_are_left_as_they_were():
    arrays = [X.astype(np.float32), BINARY.astype(np.float32), np.ones(10, np.float32)]
    copies = [a.copy() for a in arrays]
    chain = [layers.Identity(), layers.Activation("relu"), layers.Flatten(), layers.Dropout(0.5)]
    model = Sequential([Input((3,)), *chain, Dense(1, "sigmoid")])
    model.compile("adam", "bce", weighted_metrics=["accuracy"])
    for shuffle in (False, True):
        model.fit(*arrays[:2], sample_weight=arrays[2], batch_size=10, shuffle=shuffle, **SILENT)
    model.evaluate(*arrays[:2], sample_weight=arrays[2], **SILENT)
    assert all(np.array_equal(*pair) for pair in zip(arrays, copies, strict=True))


def snapshot(model):
    """Return what each layer's attributes are, arrays with their contents."""
    parts = []
    for layer in [model, *model.layers]:
        for name, value in vars(layer).items():
            parts.append((layer.name, name, id(value)))
            if isinstance(value, np.ndarray):
                parts.append(value.tobytes())
    return parts


@pytest.mark.filterwarnings("ignore:Layer .* a Normalization:UserWarning")
def test_calling_a_model_writes_on_none_of_its_layers():
    model = network(layers.Dropout(0.5), layers.Activation("relu"), layers.Normalization())
    model.fit(X, BINARY, **SILENT)
    before = snapshot(model)
    model(X)
    model(X, training=True)
    model.predict(X)
    model.evaluate(X, BINARY, **SILENT)
    for layer in model.layers:
        names = set(vars(layer))
        layer.forward(np.zeros((2, layer.input.shape[-1]), np.float32))
        assert set(vars(layer)) == names  # while training, what is kept is on the tape
    assert snapshot(model) == before


def test_training_leaves_no_inputs_on_the_layers():
    model = network()
    model.build((None, 3))
    before = [set(vars(layer)) for layer in model.layers]
    model.fit(X, BINARY, epochs=2, **SILENT)
    assert [set(vars(layer)) for layer in model.layers] == before


def test_a_model_can_be_called_from_many_threads_at_once():
    model = network(layers.Activation("relu"))
    batches = [np.random.default_rng(i).normal(0, 1, (20 + i, 3)) for i in range(8)]
    wanted = [model.predict(batch) for batch in batches]
    failures = []

    def work(batch, result):
        for _ in range(50):
            if not np.array_equal(model(batch), result):
                failures.append(batch)

    threads = [
        threading.Thread(target=work, args=pair) for pair in zip(batches, wanted, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_weights_stay_in_the_arrays_they_have():
    model = network()
    arrays = model.weights
    kernel = model.layers[0].kernel
    model.fit(X, BINARY, epochs=2, **SILENT)
    assert all(a is b for a, b in zip(arrays, model.weights, strict=True))
    assert model.layers[0].kernel is kernel


@pytest.mark.parametrize("loss", ["mse", "bce", "mae", "huber", "poisson", "msle", "kld"])
@pytest.mark.filterwarnings("ignore:The loss is NaN:UserWarning")  # ours alone
def test_no_numbers_in_the_data_are_a_loss_that_is_none_without_warnings(loss):
    x = X.copy()
    x[2, 1] = math.nan
    model = neuron("sigmoid", loss=loss)
    history = model.fit(x, BINARY, epochs=2, validation_data=(x, BINARY), **SILENT).history
    assert all(map(math.isnan, history["loss"] + history["val_loss"]))
    assert math.isnan(model.evaluate(x, BINARY, **SILENT))


@pytest.mark.filterwarnings("ignore:The loss is infinite:UserWarning")  # ours alone
def test_a_training_that_diverges_is_silent():
    history = neuron(rate=1e20).fit(X, Y, epochs=5, **SILENT).history["loss"]
    assert not math.isfinite(history[-1])
