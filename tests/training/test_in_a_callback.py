"""What a callback may do while its model trains, and what the epoch's numbers are then."""

import numpy as np
import pytest

from tinyneuron import Input, Sequential, metrics
from tinyneuron.callbacks import LambdaCallback
from tinyneuron.initializers import GlorotUniform
from tinyneuron.layers import Dense

X = np.linspace(-1, 1, 24, dtype=np.float32).reshape(8, 3)
Y = X.sum(axis=1, keepdims=True)


def model():
    made = Sequential([Input((3,)), Dense(1, kernel_initializer=GlorotUniform(1))])
    made.compile("sgd", "mse", metrics=["mae", metrics.RootMeanSquaredError(name="root")])
    return made


def history_with(hook, act):
    trained = model()
    listening = LambdaCallback(**{hook: lambda *_: act(trained)})
    history = trained.fit(
        X, Y, batch_size=2, epochs=2, shuffle=False, validation_data=(X, 2 * Y), verbose=0,
        callbacks=[listening],
    )  # fmt: skip
    return history.history


@pytest.mark.parametrize(
    "hook", ["on_train_batch_begin", "on_train_batch_end", "on_test_batch_end", "on_epoch_end"]
)
@pytest.mark.parametrize(
    "act",
    [
        lambda m: m.evaluate(X[:3], Y[:3] + 9, verbose=0),
        lambda m: m.test_on_batch(X[:3], Y[:3] + 9),
        lambda m: m.predict(X),
    ],
    ids=["evaluate", "test_on_batch", "predict"],
)
def test_looking_at_the_model_leaves_the_epochs_numbers_alone(hook, act):
    assert history_with(hook, act) == history_with(hook, lambda m: None)


def test_what_it_looks_at_is_right():
    trained, seen = model(), []

    def look(*_):
        loss, error, root = trained.evaluate(X, Y, verbose=0)
        difference = trained.predict(X).astype(float) - Y
        expected = (difference**2).mean(), np.abs(difference).mean()
        seen.append(np.allclose([loss, error, root**2], [*expected, expected[0]], rtol=1e-5))

    trained.fit(X, Y, batch_size=4, verbose=0, callbacks=[LambdaCallback(on_train_batch_end=look)])
    assert seen == [True, True]


@pytest.mark.parametrize(
    ("what", "act"),
    [
        ("fit", lambda m: m.fit(X, Y, verbose=0)),
        ("compile", lambda m: m.compile("adam", "mae")),
    ],
)
def test_training_anew_in_mid_training_is_refused(what, act):
    trained = model()
    callback = LambdaCallback(on_epoch_end=lambda *_: act(trained))
    with pytest.raises(RuntimeError, match=f"{what} of 'sequential' was called by a callback"):
        trained.fit(X, Y, verbose=0, callbacks=[callback])
    trained.compile("sgd", "mse")  # which is over now
    trained.fit(X, Y, verbose=0)
