"""Epochs of a number of batches, data sets, and what is said of metrics."""

import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from small_models import SILENT, X, Y, neuron, weights_bytes
from tinyneuron.callbacks import Callback
from tinyneuron.utils import PyDataset, Sequence


class Again:
    def __iter__(self):
        return iter(batches())


class Numbered(PyDataset):
    def __len__(self):
        return len(batches())

    def __getitem__(self, i):
        return batches()[i]


def batches():
    return [(X[i : i + 2], Y[i : i + 2]) for i in range(0, 10, 2)]


SOURCES = {
    "arrays": lambda: {"x": X, "y": Y, "batch_size": 2},
    "iterable": lambda: {"x": Again()},
    "list": lambda: {"x": batches()},
    "dataset": lambda: {"x": Numbered()},
}


def epochs_by_hand(steps, epochs):
    """Each goes on where the last ended; where batches run out it ends, and they start over."""
    rest = []
    for _ in range(epochs):
        rest = rest or batches()
        yield rest[:steps]
        rest = rest[steps:]


@pytest.mark.parametrize("source", SOURCES)
@given(steps=st.integers(1, 7), epochs=st.integers(1, 5))
def test_an_epoch_goes_on_where_the_last_one_ended(source, steps, epochs):
    model, twin = neuron(), neuron()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        given = SOURCES[source]()
        model.fit(**given, steps_per_epoch=steps, epochs=epochs, shuffle=False, **SILENT)
    taken = list(epochs_by_hand(steps, epochs))
    for batch in itertools.chain(*taken):
        twin.train_on_batch(*batch)
    assert weights_bytes(model) == weights_bytes(twin)
    assert len(warned) == sum(len(epoch) < steps for epoch in taken)


@pytest.mark.parametrize("source", SOURCES)
def test_evaluating_and_predicting_so_many_batches(source):
    model, given = neuron(), SOURCES[source]()
    assert model.evaluate(**given, steps=2, **SILENT) == pytest.approx(
        model.evaluate(X[:4], Y[:4], **SILENT)
    )
    given.pop("y", None)
    np.testing.assert_allclose(model.predict(**given, steps=2), model.predict(X[:4]), rtol=1e-6)
    np.testing.assert_allclose(model.predict(**given), model.predict(X), rtol=1e-6)


@pytest.mark.parametrize("data", [(X, Y), [X, Y], Again(), Numbered()])
def test_a_validation_starts_with_the_first_batch_each_time(data):
    model = neuron(rate=0.0)
    size = {"validation_batch_size": 2} if isinstance(data, tuple | list) else {}
    fit = {"validation_data": data, "validation_steps": 2, "epochs": 3, **size}
    wanted = model.evaluate(X[:4], Y[:4], **SILENT)
    assert model.fit(X, Y, **fit, **SILENT).history["val_loss"] == pytest.approx([wanted] * 3)


@given(st.sets(st.integers(1, 6)), st.integers(1, 4))
def test_validations_after_chosen_epochs(chosen, every):
    model = neuron()
    for freq, epochs in ((sorted(chosen), chosen), (every, range(every, 5, every))):
        fit = {"validation_data": (X, Y), "validation_freq": freq, "epochs": 4}
        history = model.fit(X, Y, **fit, **SILENT).history
        assert len(history.get("val_loss", [])) == len({*epochs} & {1, 2, 3, 4})


def test_a_data_set_is_shuffled_and_told_of_epochs():
    taken, told = [], []

    class Told(Numbered):
        def __getitem__(self, i):
            taken.append(i)
            return super().__getitem__(i)

        def on_epoch_begin(self):
            told.append("begin")

        def on_epoch_end(self):
            told.append("end")

    neuron().fit(Told(), epochs=4, **SILENT)
    orders = [taken[i : i + 5] for i in range(0, 20, 5)]
    assert all(sorted(order) == [0, 1, 2, 3, 4] for order in orders)
    assert any(order != orders[0] for order in orders)
    assert told == ["begin", "end"] * 4
    assert Sequence is PyDataset


def test_a_data_set_says_what_it_lacks_and_that_it_has_no_workers():
    with pytest.warns(UserWarning, match="by no workers"):
        PyDataset(workers=2)
    with pytest.raises(NotImplementedError, match=r"PyDataset must define __len__\(\)"):
        neuron().fit(PyDataset(), **SILENT)


def test_callbacks_of_a_prediction():
    calls = []

    class Listening(Callback):
        def on_predict_begin(self, logs=None):
            calls.append(self.params["steps"])

        def on_predict_batch_end(self, batch, logs=None):
            calls.append((batch, logs["outputs"].shape))

        def on_predict_end(self, logs=None):
            calls.append("end")

    neuron().predict(np.ones((70, 3)), callbacks=[Listening()])
    assert calls == [3, (0, (32, 1)), (1, (32, 1)), (2, (6, 1)), "end"]


def test_a_prediction_of_no_batches_is_no_prediction():
    with (
        pytest.raises(ValueError, match="x has yielded no batch"),
        pytest.warns(UserWarning, match="ran out after 0 of the batches"),
    ):
        neuron().predict(iter([]))


def test_metrics_have_the_names_of_what_evaluate_returns():
    model = neuron(compiled={"metrics": ["mae", "mse"], "weighted_metrics": ["mae"]})
    names = ["loss", "mae", "mse", "weighted_mae"]
    assert model.metrics_names == names
    values = model.evaluate(X, Y, **SILENT)
    assert dict(zip(names, values, strict=True)) == model.evaluate(X, Y, return_dict=True, **SILENT)
    assert [metric.result() for metric in model.metrics] == values
    assert model.metrics_names == names
