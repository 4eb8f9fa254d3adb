"""Validation: which rows it takes, when, and what it reports."""

import numpy as np
import pytest

from small_models import BINARY, SILENT, Seen, X, Y, affine, neuron, sigmoid
from tinyneuron.callbacks import LambdaCallback


@pytest.mark.parametrize(("share", "number"), [(0.2, 2), (0.25, 3), (0.5, 5), (0.8, 9)])
def test_validation_takes_the_last_rows_and_never_trains_on_them(share, number):
    seen = Seen()
    model = neuron(loss=seen, rate=0.0)
    y = np.array([3.0, 1, 4, 1.5, 9, 2, 6, 5, 3.5, 8])
    history = model.fit(X, y, validation_split=share, batch_size=10, epochs=2, **SILENT).history
    train, test, again, test_again = seen.batches
    assert test == test_again == pytest.approx(y[10 - number :].tolist())
    assert sorted(train) == sorted(again) == pytest.approx(sorted(y[: 10 - number]))
    errors = (affine(model.get_weights()) - y[:, np.newaxis]) ** 2
    assert history["val_loss"] == pytest.approx([errors[10 - number :].mean()] * 2, rel=1e-5)
    assert history["loss"] == pytest.approx([errors[: 10 - number].mean()] * 2, rel=1e-5)


def test_batches_and_steps_of_a_split_are_heeded():
    sizes = []
    listening = LambdaCallback(on_test_batch_end=lambda batch, logs: sizes.append(batch))
    size, steps = {"validation_batch_size": 2}, {"validation_steps": 2}
    for options, number in ((size, 3), (steps | {"batch_size": 1}, 2), ({}, 1), (size | steps, 2)):
        sizes.clear()
        neuron().fit(X, Y, validation_split=0.5, callbacks=[listening], **options, **SILENT)
        assert sizes == [*range(number)]
    first = neuron(rate=0.0)
    history = first.fit(
        X, Y, validation_split=0.5, validation_batch_size=2, validation_steps=1, **SILENT
    ).history
    assert history["val_loss"] == pytest.approx([first.evaluate(X[5:7], Y[5:7], verbose=0)])
    with pytest.raises(ValueError, match="validation_batch_size must be a positive integer, got 0"):
        first.fit(X, Y, validation_split=0.5, validation_batch_size=0, **SILENT)


def test_sample_weights_are_split_with_their_rows():
    model, w = neuron(rate=0.0), np.arange(1.0, 11)
    history = model.fit(X, Y, sample_weight=w, validation_split=0.3, **SILENT).history
    errors = (affine(model.get_weights()) - Y)[:, 0] ** 2 * w
    assert history["loss"] == pytest.approx([errors[:7].mean()], rel=1e-5)
    assert history["val_loss"] == pytest.approx([errors[7:].mean()], rel=1e-5)


SORTED = [np.arange(10) // 5, np.eye(2)[np.arange(10) // 5], 1 - np.arange(10) // 5]


@pytest.mark.parametrize("y", SORTED, ids=["classes", "one-hot", "falling"])
def test_classes_in_order_are_warned_of(y):
    model = neuron(units=2 if y.ndim > 1 else 1)
    with pytest.warns(
        UserWarning, match="sorted by class, and validation_split takes the last .* 8 on"
    ):
        model.fit(X, y, validation_split=0.2, **SILENT)


UNSORTED = np.array([0, 0, 1, 1, 1, 0, 0, 0, 1, 1])


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32"])
@pytest.mark.parametrize(
    "y", [UNSORTED, 1 - UNSORTED, np.zeros(10, int)], ids=["up", "down", "one"]
)
def test_classes_that_are_not_in_order_are_not_warned_of(y, dtype):
    history = neuron().fit(X, y.astype(dtype), validation_split=0.2, **SILENT)
    assert "val_loss" in history.history  # a warning would be an error here


def test_rising_numbers_are_no_classes_in_order():
    assert neuron().fit(X, np.arange(10.0), validation_split=0.2, **SILENT).epoch == [0]


def test_validation_data_are_evaluated_after_each_epoch(wide):
    model, ends = neuron(compiled={"metrics": ["mae"]}), []
    keep = LambdaCallback(on_epoch_end=lambda epoch, logs: ends.append(model.get_weights()))
    x, y, w = X[:4] + 1, Y[:4] - 1, np.arange(4.0)
    for data, weights in (((x, y), np.ones(4)), ((x, y, w), w), ([x, y], np.ones(4))):
        ends.clear()
        history = model.fit(
            X, Y, epochs=2, validation_data=data, callbacks=[keep], **SILENT
        ).history
        for epoch, end in enumerate(ends):
            error = (affine(end, x) - y)[:, 0]
            assert history["val_loss"][epoch] == pytest.approx(
                (error**2 * weights).mean(), rel=1e-12
            )
            assert history["val_mae"][epoch] == pytest.approx(abs(error).mean(), rel=1e-12)


def test_class_weights_are_for_training_alone(wide):
    heavy = {"class_weight": {0: 5.0, 1: 7.0}, "shuffle": False, "batch_size": 8}
    model = neuron("sigmoid", compiled={"weighted_metrics": ["mae"]})
    history = model.fit(X, BINARY, validation_split=0.2, **heavy, **SILENT).history
    error = (sigmoid(affine(model.get_weights())) - BINARY[:, np.newaxis])[8:]
    assert history["val_loss"] == [pytest.approx((error**2).mean())]
    assert history["val_mae"] == [pytest.approx(abs(error).mean())]


def test_an_error_in_validation_data_says_so():
    for data, error in (((X, Y[:3]), ValueError), (5, TypeError), (X, ValueError)):
        with pytest.raises(error, match=r"^validation_data"):
            neuron().fit(X, Y, validation_data=data, **SILENT)


def test_validation_may_be_rarer_and_in_batches_of_its_own():
    seen = Seen()
    model = neuron(loss=seen)
    fit = {"validation_data": (X, Y), "validation_freq": 2, "validation_batch_size": 4}
    history = model.fit(X, Y, batch_size=10, epochs=5, **fit, **SILENT).history
    assert [len(batch) for batch in seen.batches] == [10, 10, 4, 4, 2, 10, 10, 4, 4, 2, 10]
    assert (len(history["loss"]), len(history["val_loss"])) == (5, 2)
