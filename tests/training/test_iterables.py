"""Training on generators and other iterables of batches."""

import itertools

import numpy as np
import pytest

from small_models import SILENT, Again, X, Y, affine, halves, neuron, weights_bytes
from tinyneuron import Sequential
from tinyneuron.callbacks import LambdaCallback
from tinyneuron.layers import Dense
from tinyneuron.optimizers import SGD


def by_hand(batches, model=None):
    model = model or neuron()
    for batch in batches:
        model.train_on_batch(*batch)
    return weights_bytes(model)


@pytest.mark.parametrize(
    ("source", "options", "batches"),
    [
        (lambda: halves(), {}, lambda: halves()),
        (Again, {"epochs": 3}, lambda: halves(3)),
        (lambda: halves(weights=True), {}, lambda: halves(weights=True)),
        (lambda: itertools.cycle(halves()), {"epochs": 2, "steps_per_epoch": 3}, lambda: halves(3)),
        (lambda: halves(2), {"epochs": 2, "steps_per_epoch": 2}, lambda: halves(2)),
        (lambda: iter([*halves()]), {"steps_per_epoch": 1}, lambda: [next(halves())]),
    ],
    ids=["generator", "iterable", "weights", "infinite", "finite", "first"],
)
def test_batches_are_taken_as_they_come(source, options, batches):
    model = neuron()
    history = model.fit(source(), **options, **SILENT)
    assert weights_bytes(model) == by_hand(batches())
    assert len(history.epoch) == options.get("epochs", 1)


def test_weights_of_a_batch_that_are_no_numbers_are_named():
    with pytest.raises(TypeError, match=r"^sample_weight must be real numbers"):
        neuron().fit(iter([(X, Y, ["a"] * 10)]), **SILENT)


def test_batches_of_any_length_build_the_model_and_weigh_as_many_rows():
    model = Sequential([Dense(1)])
    model.compile(SGD(0.0), "mse")
    history = model.fit(((X[:n], Y[:n]) for n in (1, 4, 10)), **SILENT).history
    squares = (affine(model.get_weights()) - Y) ** 2
    wanted = (squares[:1].sum() + squares[:4].sum() + squares[:10].sum()) / 15
    assert history["loss"] == [pytest.approx(wanted, rel=1e-5)]


def test_evaluating_and_validating_on_batches():
    model = neuron()
    loss = model.evaluate(X, Y, **SILENT)
    assert model.evaluate(halves(), **SILENT) == pytest.approx(loss)
    first = model.evaluate(X[:5], Y[:5], **SILENT)
    assert model.evaluate(halves(), steps=1, **SILENT) == pytest.approx(first)
    model.optimizer.learning_rate = 0.0
    for data, steps, wanted in ((Again(), None, loss), (Again(), 1, first), (halves(2), 2, loss)):
        fit = {"epochs": 2, "validation_data": data, "validation_steps": steps}
        history = model.fit(X, Y, **fit, **SILENT).history
        assert history["val_loss"] == pytest.approx([wanted, wanted])


def test_a_generator_that_runs_out_is_warned_of_and_ends_the_training():
    model = neuron()
    with pytest.warns(
        UserWarning, match=r"ran out after \d of 2 batches .* must yield steps_per_ep"
    ):
        history = model.fit(itertools.islice(halves(2), 3), epochs=4, steps_per_epoch=2, **SILENT)
    assert weights_bytes(model) == by_hand(itertools.islice(halves(2), 3))
    assert 0.0 not in history.history["loss"]  # no epoch of no batches
    assert len(history.epoch) <= 2


def test_a_generator_that_ends_with_an_epoch_ends_the_training_after_it():
    model, begun = neuron(), []
    count = LambdaCallback(on_epoch_begin=lambda epoch, logs: begun.append(epoch))
    with pytest.warns(UserWarning, match="ran out after 0 of 2 batches") as warned:
        history = model.fit(halves(2), epochs=9, steps_per_epoch=2, callbacks=[count], **SILENT)
    assert (len(warned), begun, history.epoch) == (1, [0, 1, 2], [0, 1])


def test_metrics_over_batches_count_what_was_seen_and_no_more():
    model = neuron(rate=0.0, compiled={"metrics": ["mae"]})
    history = model.fit(Again(), **SILENT).history
    wanted = abs(affine(model.get_weights()) - Y).mean()
    assert history["mae"] == [pytest.approx(wanted, rel=1e-5)]


def test_a_generator_is_no_source_for_a_second_epoch():
    model = neuron()
    with pytest.warns(UserWarning, match="ran out after 0 of the batches"):
        history = model.fit(halves(), epochs=3, **SILENT)
    assert history.epoch == [0]
    assert weights_bytes(model) == by_hand(halves())


BAD_BATCHES = [
    ([X, Y], ValueError, r"must yield tuples \(x, y\) or \(x, y, sample_weight\), got a list"),
    ((X, Y, Y, Y), ValueError, "must yield tuples"),
    ((X,), ValueError, "There are no targets"),
    ((X, Y[:3]), ValueError, "targets of shape"),
    ((X[:, :2], Y), ValueError, "needs inputs of shape"),
    ((X, ["a"] * 10), TypeError, "y must be real numbers"),
    ((X, Y, np.ones(3)), ValueError, "sample_weight of shape"),
]


@pytest.mark.parametrize(("batch", "error", "message"), BAD_BATCHES)
def test_a_bad_batch_is_refused_before_it_changes_anything(batch, error, message):
    model = neuron()
    before = weights_bytes(model)
    with pytest.raises(error, match=message):
        model.fit(iter([batch]), **SILENT)
    assert weights_bytes(model) == before
