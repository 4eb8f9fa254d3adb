import functools
import gc
import math
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

from tinyneuron import Input, Sequential, callbacks, losses, metrics
from tinyneuron.callbacks import (
    Callback,
    EarlyStopping,
    History,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from tinyneuron.layers import Dense
from tinyneuron.optimizers import SGD
from tinyneuron.optimizers.schedules import PiecewiseConstantDecay

X, Y = np.arange(6.0).reshape(-1, 1) / 6, np.ones((6, 1))
HOOKS = [name for name in vars(Callback) if name.startswith("on_")]


def neuron(**options):
    model = Sequential([Input((1,)), Dense(1)])
    model.set_weights([[[0.5]], [0.0]])
    model.compile(SGD(0.1), "mse", **options)
    return model


class Recorder(Callback):
    """Writes down every hook that is called, with its arguments."""

    def __init__(self):
        self.calls = []


def _recording(name):
    def hook(self, *args):
        self.calls.append((name.removeprefix("on_"), *args))

    return hook


for _name in HOOKS:
    setattr(Recorder, _name, _recording(_name))


class FakeModel(SimpleNamespace):
    """A model whose weights are the number of the epoch."""

    def __init__(self, **options):
        scores = SimpleNamespace(metrics=None)
        super().__init__(stop_training=False, epoch=None, _scores=scores, **options)

    def get_weights(self):
        return [self.epoch]

    def set_weights(self, weights):
        (self.epoch,) = weights


def watch(callback, values, name="val_loss"):
    """Run a callback on an epoch's number for each epoch; return the model when it is over."""
    model = FakeModel(optimizer=SGD(1.0))
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        model.epoch = epoch
        callback.on_epoch_end(epoch, {name: value})
        if model.stop_training:
            break
    if isinstance(callback, EarlyStopping):
        callback.on_train_end()
    return model


# Hooks ---------------------------------------------------------------------------------------


def test_hooks_are_called_in_keras_order():
    recorder = Recorder()
    fit = {"batch_size": 4, "epochs": 2, "verbose": 0, "callbacks": [recorder]}
    neuron().fit(X, Y, validation_data=(X[:2], Y[:2]), **fit)
    batches = [
        ("train_batch_begin", 0), ("train_batch_end", 0),
        ("train_batch_begin", 1), ("train_batch_end", 1),
    ]  # fmt: skip
    test = [("test_begin",), ("test_batch_begin", 0), ("test_batch_end", 0), ("test_end",)]
    epochs = [[("epoch_begin", e), *batches, *test, ("epoch_end", e)] for e in (0, 1)]
    wanted = [("train_begin",), *epochs[0], *epochs[1], ("train_end",)]
    assert [call[:-1] for call in recorder.calls] == wanted  # without the logs


def test_hooks_get_the_numbers_there_are():
    recorder = Recorder()
    model = neuron(metrics=["mae"])
    fit = {"batch_size": 4, "verbose": 0, "callbacks": [recorder], "validation_data": (X, Y)}
    model.fit(X, Y, **fit)
    logs = {call[0]: call[-1] for call in recorder.calls}
    for hook in ("train_batch_end", "test_batch_end", "test_end"):
        assert list(logs[hook]) == ["loss", "mae"]
    every = ["loss", "mae", "val_loss", "val_mae"]
    assert list(logs["epoch_end"]) == list(logs["train_end"]) == every
    assert not logs["train_begin"]
    assert not logs["epoch_begin"]


def test_a_batchs_logs_are_the_means_so_far():
    recorder = Recorder()
    model = neuron()
    model.optimizer.learning_rate = 0.0
    model.fit(X, Y, batch_size=4, shuffle=False, verbose=0, callbacks=[recorder])
    losses = [call[-1]["loss"] for call in recorder.calls if call[0] == "train_batch_end"]
    errors = (0.5 * X - Y)[:, 0] ** 2
    assert losses == pytest.approx([errors[:4].mean(), errors.mean()], rel=1e-6)


def test_evaluate_calls_the_test_hooks_alone():
    recorder = Recorder()
    neuron().evaluate(X, Y, batch_size=3, verbose=0, callbacks=[recorder])
    names = [name for name, *_ in recorder.calls]
    assert names == ["test_begin", *["test_batch_begin", "test_batch_end"] * 2, "test_end"]


def test_a_callback_knows_the_model_and_how_long_it_trains():
    recorder, model = Recorder(), neuron()
    model.fit(X, Y, batch_size=4, epochs=3, verbose=0, callbacks=[recorder])
    assert recorder.model is model
    assert recorder.params == {"epochs": 3, "steps": 2, "verbose": 0}


def test_every_callback_is_called_in_turn_and_history_holds_what_the_others_add():
    seen = []

    class Adds(Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append("adds")
            logs["twice"] = 2 * epoch

    class Reads(Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(logs["twice"])

    history = neuron().fit(X, Y, epochs=2, verbose=0, callbacks=[Adds(), Reads()])
    assert seen == ["adds", 0, "adds", 2]
    assert history.history["twice"] == [0, 2]


def test_one_callback_need_not_be_in_a_list():
    recorder = Recorder()
    neuron().fit(X, Y, verbose=0, callbacks=recorder)
    assert recorder.calls


def test_keras_older_names_of_the_batch_hooks_are_called_too():
    seen = []

    class Old(Callback):
        def on_batch_begin(self, batch, logs=None):
            seen.append(("begin", batch))

        def on_batch_end(self, batch, logs=None):
            seen.append(("end", batch))

    neuron().fit(X, Y, batch_size=6, verbose=0, callbacks=[Old()])
    assert seen == [("begin", 0), ("end", 0)]


@pytest.mark.parametrize("wrong", [EarlyStopping, "early_stopping", print])
def test_what_is_no_callback_is_refused_before_training(wrong):
    model = neuron()
    with pytest.raises(TypeError, match=r"callbacks takes instances of callbacks"):
        model.fit(X, Y, callbacks=[wrong])
    assert model.get_weights()[0] == 0.5


def test_a_base_callback_does_nothing():
    callback = Callback()
    for name in HOOKS:
        args = (
            ()
            if name in ("on_train_begin", "on_train_end", "on_test_begin", "on_test_end")
            else (0,)
        )
        assert getattr(callback, name)(*args) is None
    assert callbacks.CallbackList([callback], None).hooks("on_epoch_end") == []


def test_a_callback_may_stop_training_in_the_middle_of_an_epoch():
    class Stop(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    recorder = Recorder()
    history = neuron().fit(X, Y, batch_size=1, epochs=5, verbose=0, callbacks=[Stop(), recorder])
    assert history.epoch == [0]
    assert [call[1] for call in recorder.calls if call[0] == "train_batch_end"] == [0, 1]
    assert recorder.calls[-1][0] == "train_end"


# History -------------------------------------------------------------------------------------


def test_history_has_a_number_for_each_epoch():
    model = neuron(metrics=["mae"])
    history = model.fit(X, Y, epochs=3, verbose=0, validation_data=(X, Y))
    assert isinstance(history, History)
    assert history.epoch == [0, 1, 2]
    assert {name: len(values) for name, values in history.history.items()} == {
        "loss": 3, "mae": 3, "val_loss": 3, "val_mae": 3,
    }  # fmt: skip
    assert history.model is model
    assert history.params["epochs"] == 3


def test_the_model_keeps_its_last_history_as_in_keras():
    model = neuron()
    history = model.fit(X, Y, epochs=2, verbose=0)
    assert model.history is history


# Early stopping --------------------------------------------------------------------------------

# values, options -> epoch stopped at, best epoch, epoch whose weights remain (all seen in Keras)
EARLY = [
    ([3, 2, 1, 2, 3], {}, 3, 2, 3),
    ([3, 2, 1, 2, 3, 4], {"patience": 2}, 4, 2, 4),
    ([3, 2, 1, 2, 3, 4], {"patience": 2, "restore_best_weights": True}, 4, 2, 2),
    ([1, 2, 3], {}, 1, 0, 1),
    ([1, 1.05, 0.98, 0.9, 0.85], {"patience": 2}, None, 4, 4),
    ([1, 1.05, 0.98, 0.9, 0.85], {"patience": 2, "min_delta": 0.1}, 2, 0, 2),
    ([1, 1.05, 0.98, 0.9, 0.85], {"patience": 2, "min_delta": -0.1}, 2, 0, 2),
    ([3, 2, 1, 2, 3], {"baseline": 0.5, "patience": 2}, 3, 2, 3),
    ([3, 2, 1, 2, 3], {"baseline": 2.5, "patience": 1}, 3, 2, 3),
    ([3, 2, 1, 2, 3], {"baseline": 0.5, "patience": 2, "restore_best_weights": True}, 3, 2, 2),
    ([1, 2, 3, 4], {"start_from_epoch": 2, "patience": 1}, 3, 2, 3),
    ([1, 2, 3, 4], {"start_from_epoch": 2, "restore_best_weights": True}, 3, 2, 2),
    ([1, 2, 3, 2, 1], {"mode": "max"}, 3, 2, 3),
    ([3, 2, 1], {"restore_best_weights": True}, None, 2, 2),
    ([1, 2, 3, 4], {"restore_best_weights": True, "patience": 9}, None, 0, 0),
    ([2.0, math.nan, 1.0], {}, 1, 0, 1),
    ([math.inf, 2, 1], {}, None, 2, 2),
]


@pytest.mark.parametrize(("values", "options", "stopped", "best", "weights"), EARLY)
def test_early_stopping(values, options, stopped, best, weights):
    callback = EarlyStopping(**options)
    model = watch(callback, values)
    assert model.stop_training == (stopped is not None)
    assert callback.stopped_epoch == (stopped or 0)
    assert callback.best_epoch == best
    assert model.epoch == weights


def worst(y_true, y_pred):
    return np.abs(y_true - y_pred).max()


MODES = [
    ("val_loss", None, "min"),
    ("loss", None, "min"),
    ("mae", "mae", "min"),
    ("val_accuracy", "accuracy", "max"),
    ("hits", metrics.BinaryAccuracy(name="hits"), "max"),
    ("val_r2", metrics.R2Score(name="r2"), "max"),
    ("acc_of_errors", metrics.MeanAbsoluteError(name="acc_of_errors"), "min"),
    ("hub", losses.Huber(name="hub"), "min"),
]


@pytest.mark.parametrize(("monitor", "metric", "mode"), MODES)
def test_the_metric_that_is_watched_says_which_way_is_better(monitor, metric, mode):
    stop = EarlyStopping(monitor, patience=9)
    model = neuron(metrics=None if metric is None else [metric])
    model.fit(X, Y, epochs=2, verbose=0, validation_data=(X, Y), callbacks=[stop])
    assert stop.mode == mode


@pytest.mark.parametrize("mode", ["min", "max"])
def test_a_function_that_is_watched_needs_a_mode(mode):
    message = "EarlyStopping cannot tell whether 'val_worst' is better when .* mode='max' or"
    fit = {"validation_data": (X, Y), "verbose": 0}
    with pytest.raises(ValueError, match=message):
        neuron(metrics=[worst]).fit(X, Y, callbacks=[EarlyStopping("val_worst")], **fit)
    stop = EarlyStopping("val_worst", mode=mode)
    neuron(metrics=[worst]).fit(X, Y, callbacks=[stop], **fit)
    assert stop.mode == mode


def test_early_stopping_starts_over_with_each_training():
    callback = EarlyStopping()
    watch(callback, [1, 2])
    model = watch(callback, [9, 8, 7])
    assert not model.stop_training
    assert callback.best == 7


def test_early_stopping_in_fit_restores_the_weights_of_the_best_epoch():
    model, seen = neuron(), []
    model.optimizer.learning_rate = 3.0  # too far: the loss rises
    record = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.get_weights()))
    stop = EarlyStopping("loss", patience=2, restore_best_weights=True)
    history = model.fit(X, Y, epochs=20, verbose=0, callbacks=[record, stop])
    losses = history.history["loss"]
    assert len(losses) == 3 < 20
    assert losses == sorted(losses)
    for ours, first in zip(model.get_weights(), seen[0], strict=True):
        assert np.array_equal(ours, first)


def test_early_stopping_says_so_when_asked(capsys):
    watch(EarlyStopping(verbose=1, restore_best_weights=True), [1, 2])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 2: early stopping"
    assert lines[1] == "Restoring model weights from the best epoch: 1."
    watch(EarlyStopping(restore_best_weights=True), [1, 2])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("cls", [EarlyStopping, ReduceLROnPlateau])
def test_a_number_that_is_not_there_is_named_with_those_that_are(cls):
    with pytest.warns(
        UserWarning, match="watches 'val_loss', which .* there are loss.* Values of val"
    ):
        model = watch(cls(), [1.0], name="loss")
    assert not model.stop_training
    assert model.optimizer.learning_rate == 1.0


@pytest.mark.parametrize("cls", [EarlyStopping, ReduceLROnPlateau])
def test_without_any_numbers_there_is_nothing_to_watch(cls):
    callback = cls()
    callback.set_model(FakeModel(optimizer=SGD(1.0)))
    callback.on_train_begin()
    with pytest.warns(
        UserWarning, match="watches 'val_loss', which this training does not compute"
    ):
        callback.on_epoch_end(0)
    assert callback.wait == 0


@pytest.mark.parametrize("cls", [EarlyStopping, ReduceLROnPlateau])
def test_an_unknown_mode_is_refused(cls):
    with pytest.raises(ValueError, match="mode must be 'auto', 'min' or 'max', got 'up'"):
        cls(mode="up")


# Learning rates --------------------------------------------------------------------------------

# values, options -> learning rate after each epoch, from 1.0 (all seen in Keras)
PLATEAUS = [
    ([3, 2, 2, 2, 2], {"patience": 1}, [1, 1, 0.1, 0.01, 0.001]),
    ([3, 2, 2, 2, 2, 2], {"patience": 2, "factor": 0.5}, [1, 1, 1, 0.5, 0.5, 0.25]),
    ([3, 2, 2, 2, 2, 2], {"patience": 1, "cooldown": 2}, [1, 1, 0.1, 0.1, 0.01, 0.01]),
    ([3, 2, 2, 2, 2], {"patience": 1, "min_lr": 0.04}, [1, 1, 0.1, 0.04, 0.04]),
    ([1, 0.99995, 0.9999], {"patience": 1}, [1, 0.1, 0.01]),
    ([1, 0.99995, 0.9999], {"patience": 1, "min_delta": 0}, [1, 1, 1]),
    ([1, 2, 3, 3], {"patience": 1, "mode": "max"}, [1, 1, 1, 0.1]),
]


@pytest.mark.parametrize(("values", "options", "rates"), PLATEAUS)
def test_the_learning_rate_falls_on_a_plateau(values, options, rates):
    callback = ReduceLROnPlateau(**options)
    for number, rate in enumerate(rates, start=1):  # each time from the beginning
        model = watch(callback, values[:number])
        assert model.optimizer.learning_rate == pytest.approx(rate, rel=1e-12)


def test_a_plateau_is_logged_and_told(capsys):
    callback, logs = ReduceLROnPlateau("loss", patience=1, verbose=1), {"loss": 1.0}
    callback.set_model(FakeModel(optimizer=SGD(1.0)))
    callback.on_train_begin()
    for epoch in (0, 1):
        callback.on_epoch_end(epoch, logs)
    assert capsys.readouterr().out == "Epoch 2: ReduceLROnPlateau reducing learning rate to 0.1.\n"
    assert logs["learning_rate"] == 1.0  # that of the epoch
    quiet = ReduceLROnPlateau("loss", patience=1)
    quiet.set_model(FakeModel(optimizer=SGD(1.0)))
    quiet.on_train_begin()
    for epoch in (0, 1):
        quiet.on_epoch_end(epoch, {"loss": 1.0})
    assert capsys.readouterr().out == ""
    assert quiet.model.optimizer.learning_rate == 0.1
    with pytest.raises(ValueError, match="factor must be a number from 0 up and below 1, got 1"):
        ReduceLROnPlateau(factor=1)


@pytest.mark.parametrize(
    "schedule",
    [
        lambda epoch, rate: rate / 2 if epoch else rate,
        lambda epoch: 0.1 / 2**epoch,
        PiecewiseConstantDecay([0, 1], [0.1, 0.05, 0.025]),
    ],
)
def test_a_schedule_sets_the_learning_rate_of_each_epoch(schedule):
    model = neuron()
    used = []
    look = LambdaCallback(
        on_train_batch_begin=lambda batch, logs: used.append(model.optimizer.learning_rate)
    )
    callback = LearningRateScheduler(schedule)
    history = model.fit(X, Y, epochs=3, verbose=0, callbacks=[callback, look])
    assert used == history.history["learning_rate"] == [0.1, 0.05, 0.025]


def test_a_schedule_speaks_when_asked(capsys):
    neuron().fit(X, Y, verbose=0, callbacks=[LearningRateScheduler(lambda e: 0.25, verbose=1)])
    wanted = "Epoch 1: LearningRateScheduler setting learning rate to 0.25.\n"
    assert capsys.readouterr().out == wanted
    callback = LearningRateScheduler(lambda e: 0.25)
    callback.set_model(FakeModel(optimizer=SGD(1.0)))
    assert callback.on_epoch_end(0) is None  # without logs there is nothing to note


# Not a number, functions, checkpoints ------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:The loss is NaN:UserWarning")  # ours alone
def test_training_ends_with_the_batch_whose_loss_is_no_number(capsys):
    x = X.copy()
    x[3] = math.nan
    recorder = Recorder()
    history = neuron().fit(
        x, Y, batch_size=2, epochs=5, shuffle=False, verbose=0,
        callbacks=[TerminateOnNaN(), recorder],
    )  # fmt: skip
    assert capsys.readouterr().out == "Epoch 1, batch 1: the loss is nan. Training stops.\n"
    assert math.isnan(history.history["loss"][-1])
    assert [call[1] for call in recorder.calls if call[0] == "train_batch_end"] == [0, 1]


@pytest.mark.filterwarnings("ignore:The loss is:UserWarning")  # ours alone
def test_a_loss_that_is_no_number_can_be_an_error():
    model = neuron()
    model.optimizer.learning_rate = 1e30
    with pytest.raises(RuntimeError, match=r"Epoch \d, batch 0: the loss is (inf|nan)\."):
        model.fit(X, Y, epochs=9, verbose=0, callbacks=[TerminateOnNaN(raise_error=True)])


def test_functions_are_hooks():
    seen = []
    callback = LambdaCallback(
        on_train_begin=lambda logs: seen.append("begin"),
        on_epoch_end=lambda epoch, logs: seen.append((epoch, list(logs))),
        on_train_end=None,
    )
    neuron().fit(X, Y, epochs=2, verbose=0, callbacks=[callback])
    assert seen == ["begin", (0, ["loss"]), (1, ["loss"])]


@pytest.mark.parametrize("name", ["on_epoch", "set_model", "on_tea_time"])
def test_a_hook_that_there_is_not_is_refused(name):
    with pytest.raises(ValueError, match=f"there is no hook '{name}'"):
        LambdaCallback(**{name: print})


CHECKPOINTS = [  # options -> the epochs that are saved, of values 3, 1, 2, 0.5
    ({}, [1, 2, 3, 4]),
    ({"save_best_only": True}, [1, 2, 4]),
    ({"save_best_only": True, "mode": "max"}, [1]),
    ({"save_best_only": True, "initial_value_threshold": 1.5}, [2, 4]),
]


@pytest.mark.parametrize("weights_only", [False, True])
@pytest.mark.parametrize(("options", "epochs"), CHECKPOINTS)
def test_checkpoints(options, epochs, weights_only):
    ending = ".weights.h5" if weights_only else ".keras"
    saved = {"save": [], "save_weights": []}
    model = FakeModel(**{name: paths.append for name, paths in saved.items()})
    callback = ModelCheckpoint(
        f"{{epoch:02d}}-{{val_loss:.1f}}{ending}", save_weights_only=weights_only, **options
    )
    callback.set_model(model)
    callback.on_train_begin()
    values = [3, 1, 2, 0.5]
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"val_loss": value})
    paths = [f"{epoch:02d}-{values[epoch - 1]:.1f}{ending}" for epoch in epochs]
    used = "save_weights" if weights_only else "save"
    assert saved.pop(used) == paths
    assert list(saved.values()) == [[]]


def test_a_checkpoint_without_its_number_saves_nothing_and_warns(capsys):
    paths = []
    callback = ModelCheckpoint("best.npz", save_best_only=True, verbose=1)
    callback.set_model(FakeModel(save=paths.append))
    with pytest.warns(UserWarning, match="ModelCheckpoint watches 'val_loss'"):
        callback.on_epoch_end(0, {"loss": 1.0})
    assert paths == []
    callback.on_epoch_end(1, {"val_loss": 1.0})
    assert paths == ["best.npz"]
    assert capsys.readouterr().out == "Epoch 2: saving to best.npz\n"


def test_checkpoints_between_batches_count_through_the_epochs(tmp_path):
    model = Sequential([Input((1,)), Dense(1)])
    model.compile("sgd", "mse")
    path = str(tmp_path / "{epoch}-{batch}.npz")
    checkpoint = ModelCheckpoint(path, save_freq=5)
    x = np.ones((64, 1))
    for _ in range(2):  # from fit to fit, too
        model.fit(x, x, batch_size=8, epochs=2, verbose=0, callbacks=[checkpoint])
    places = sorted(file.stem for file in tmp_path.iterdir())
    after = [5, 10, 15, 20, 25, 30]  # batches
    assert places == sorted({f"{(n - 1) % 16 // 8 + 1}-{(n - 1) % 8 + 1}" for n in after})
    for wrong in (0, 2.5, "batch"):
        with pytest.raises(ValueError, match="save_freq, if it is not 'epoch', must be a positive"):
            ModelCheckpoint("path.keras", save_freq=wrong)


@pytest.mark.parametrize(
    ("name", "weights_only", "endings"),
    [("a.txt", False, "'.npz' or '.keras'"), ("a", False, "'.npz' or '.keras'"),
     ("a.keras", True, "'.npz' or '.weights.h5'"), ("a.h5", True, "'.npz' or '.weights.h5'")],
)  # fmt: skip
def test_a_checkpoint_with_a_wrong_ending_is_refused_before_training(name, weights_only, endings):
    with pytest.raises(ValueError, match=f"ModelCheckpoint: filepath must end in {endings}, got"):
        ModelCheckpoint(name, save_weights_only=weights_only)


def test_a_checkpoint_makes_its_folder_and_names_places_it_cannot_fill(tmp_path):
    inner = tmp_path / "some" / "where"
    callback = ModelCheckpoint(inner / "{epoch}.npz")
    neuron().fit(X, Y, epochs=2, verbose=0, callbacks=[callback])
    assert sorted(path.name for path in inner.iterdir()) == ["1.npz", "2.npz"]
    with pytest.raises(ValueError, match="has a place for 'acc', and there are epoch, loss"):
        neuron().fit(X, Y, verbose=0, callbacks=[ModelCheckpoint(tmp_path / "{acc}.npz")])


def test_begin_hooks_get_empty_logs_as_in_keras():
    seen = []
    names = ["train_begin", "epoch_begin", "train_batch_begin", "test_begin", "test_batch_begin"]
    hooks = {f"on_{name}": lambda *args: seen.append(args[-1]) for name in names}
    neuron().fit(X, Y, verbose=0, callbacks=[LambdaCallback(**hooks)], validation_data=(X, Y))
    assert seen == [{}] * len(names)


def faulty(epoch, rate):
    return rate + None


def faulty_of_the_epoch(epoch):
    return epoch + None


@pytest.mark.parametrize("schedule", [faulty, faulty_of_the_epoch, lambda e, *rest: e + None])
def test_a_type_error_inside_a_schedule_is_the_users_own(schedule):
    with pytest.raises(TypeError, match=r"^unsupported operand type\(s\) for \+: .* 'NoneType'$"):
        neuron().fit(X, Y, verbose=0, callbacks=[LearningRateScheduler(schedule)])


def halved(epoch, learning_rate, factor=0.5):
    return learning_rate * factor


class Half:
    def __call__(self, epoch, rate):
        return rate / 2

    def of_the_epoch(self, epoch, *, rate=0.05):
        return rate


@pytest.mark.parametrize(
    "schedule",
    [halved, functools.partial(halved, factor=0.5), Half(), Half().of_the_epoch,
     {0: 0.05}.get, [0.05].__getitem__, lambda *given: given[1] / 2, lambda epoch=0: 0.05],
)  # fmt: skip
def test_a_schedule_is_asked_with_as_many_arguments_as_it_takes(schedule):
    callback = LearningRateScheduler(schedule)
    history = neuron().fit(X, Y, verbose=0, callbacks=[callback])
    assert history.history["learning_rate"] == [0.05]


@pytest.mark.parametrize("schedule", [lambda: 0.1, lambda epoch, rate, more: 0.1])
def test_a_schedule_of_no_or_of_three_arguments_is_refused_when_it_is_given(schedule):
    with pytest.raises(TypeError, match=r"must be callable as schedule\(epoch, learning_rate\) or"):
        LearningRateScheduler(schedule)


def test_a_learning_rate_that_is_none_is_refused_in_the_schedulers_name():
    with pytest.raises(ValueError, match="LearningRateScheduler: what schedule returns must be"):
        neuron().fit(X, Y, verbose=0, callbacks=[LearningRateScheduler(lambda epoch: None)])


def test_a_history_does_not_keep_its_model():
    model = neuron()
    history = model.fit([[1.0]], [[1.0]], verbose=0)
    assert history.model is model
    gone = weakref.ref(model)
    gc.disable()  # nothing waits for the collector
    try:
        del model
        assert gone() is None
        assert history.model is None
    finally:
        gc.enable()
