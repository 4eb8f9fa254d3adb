"""The progress of `fit`, `evaluate` and `predict`: on terminals, in notebooks, in files."""

import contextlib
import io
import os
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyneuron import Input, Sequential, models
from tinyneuron.callbacks import (
    Callback,
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ProgbarLogger,
    TerminateOnNaN,
)
from tinyneuron.callbacks.progress import EpochLogger, LiveLine, Screen, _folded, is_live, loggers
from tinyneuron.layers import Dense
from tinyneuron.optimizers import SGD

X, Y = np.arange(6.0).reshape(-1, 1) / 6, np.ones((6, 1))
WIPE = "\r\x1b[K"


def neuron(**options):
    model = Sequential([Input((1,)), Dense(1)])
    model.compile(SGD(0.1), "mse", **options)
    return model


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    """A clock that only the test moves on."""

    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def progress(stream, clock, epochs=1, steps=4, verbose=1, cls=ProgbarLogger):
    logger = cls(stream, clock)
    logger.set_model(SimpleNamespace(stop_training=False))
    logger.set_params({"epochs": epochs, "steps": steps, "verbose": verbose})
    return logger


LOGS = {"loss": 0.5}


def train(logger, clock, steps, seconds, logs=LOGS, after=lambda: None):
    """Run the hooks of a training whose batches take some seconds each."""
    for epoch in range(logger.params["epochs"]):
        logger.on_epoch_begin(epoch)
        for batch in range(steps):
            logger.on_train_batch_begin(batch)
            clock.now += seconds
            logger.on_train_batch_end(batch, logs)
            after()
        logger.on_epoch_end(epoch, {**logs, "val_loss": 0.00025})
        after()


# Finished lines ------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", [EpochLogger, ProgbarLogger])
def test_a_stream_gets_two_finished_lines_an_epoch(clock, cls):
    stream = io.StringIO()
    train(progress(stream, clock, epochs=2, cls=cls), clock, 4, 1.0)
    line = "4/4 - 4s - 1s/step - loss: 0.5000 - val_loss: 2.5000e-04\n"
    assert stream.getvalue() == f"Epoch 1/2\n{line}Epoch 2/2\n{line}"


@pytest.mark.parametrize(("seconds", "text"), [(2.0, "2s"), (0.0025, "2ms"), (2e-5, "20us")])
def test_a_step_has_its_time_in_a_fitting_unit(clock, seconds, text):
    stream = io.StringIO()
    train(progress(stream, clock), clock, 4, seconds)
    assert f" - {text}/step - " in stream.getvalue()


@pytest.mark.parametrize(
    ("terminal", "verbose"), [(io.StringIO, 1), (io.StringIO, 2), (Terminal, 2)]
)
def test_a_file_and_verbose_2_get_each_epoch_however_short(clock, terminal, verbose):
    stream = terminal()
    train(progress(stream, clock, epochs=1000, steps=1, verbose=verbose), clock, 1, 1e-4)
    lines = stream.getvalue().replace(WIPE, "").splitlines()
    assert lines[::2] == [f"Epoch {epoch}/1000" for epoch in range(1, 1001)]
    assert all(line.startswith("1/1 - 0s - ") for line in lines[1::2])


def test_verbose_0_prints_nothing(clock):
    for stream in (Terminal(), io.StringIO()):
        train(progress(stream, clock, verbose=0), clock, 9, 1.0)
        assert stream.getvalue() == ""


@pytest.mark.parametrize(("epochs", "least", "most"), [(100, 100, 100), (1000, 4, 6)])
def test_many_short_epochs_are_few_lines_on_a_terminal(clock, epochs, least, most):
    stream = Terminal()
    train(progress(stream, clock, epochs=epochs), clock, 1, 0.001)
    words = stream.getvalue()
    assert least <= words.count("Epoch") - words.count("left") <= most
    assert f"Epoch 1/{epochs}\n" in words
    assert f"Epoch {epochs}/{epochs}\n" in words


def test_the_last_line_is_shown_of_a_training_that_stops_early(clock):
    stream = Terminal()
    logger = progress(stream, clock, epochs=1000)
    for epoch in range(6):
        logger.model.stop_training = epoch == 5
        logger.on_epoch_begin(epoch)
        logger.on_epoch_end(epoch, LOGS)
    assert "Epoch 5/1000\n" not in stream.getvalue()
    assert "Epoch 6/1000\n" in stream.getvalue()


# The live line -------------------------------------------------------------------------------


def test_a_terminal_gets_a_line_that_is_written_over_with_the_time_left(clock):
    stream = Terminal()
    train(progress(stream, clock, epochs=3, steps=10), clock, 10, 1.0)
    lines = stream.getvalue().split(WIPE)
    assert lines[1] == "Epoch 1/3 [=>........] 1/10 - 9s left - loss: 0.5000 - 1s/step"
    assert lines[10] == "Epoch 1/3 [==========] 10/10 - 0s left - loss: 0.5000 - 1s/step"
    assert lines[11].startswith("Epoch 1/3\n10/10 - 10s - 1s/step")
    assert lines[12].startswith("Epoch 2/3 [=>........] 1/10 - 9s left")
    assert len(lines) == 1 + 3 * 11


def test_without_a_known_end_the_time_so_far_is_shown(clock):
    stream = Terminal()
    train(progress(stream, clock, steps=None), clock, 3, 1.0)
    assert "Epoch 1/1 2/? - 2s - loss: 0.5000 - 1s/step" in stream.getvalue()
    assert "3/3 - 3s - 1s/step" in stream.getvalue()
    assert "left" not in stream.getvalue()


@pytest.mark.parametrize("epochs", [1, 100])
def test_the_live_line_is_written_at_most_five_times_a_second(clock, epochs):
    stream = Terminal()
    train(progress(stream, clock, epochs, steps=1000 // epochs), clock, 1000 // epochs, 0.01)
    assert 40 <= stream.getvalue().count("left") <= 50  # in ten seconds


def test_nothing_is_written_over_in_the_first_half_second(clock):
    stream = Terminal()
    logger = progress(stream, clock, steps=50)
    logger.on_epoch_begin(0)
    for batch, now in enumerate([100.0, 100.4999]):
        clock.now = now
        logger.on_train_batch_end(batch, LOGS)
    assert stream.getvalue() == ""
    clock.now = 100.5
    logger.on_train_batch_end(2, LOGS)
    assert "left" in stream.getvalue()


MANY = {"loss": 0.5, "accuracy": 0.75, "precision": 0.25, "recall": 0.125, "損失": 0.5, "mae": 1.0}


@given(st.lists(st.text(max_size=8), min_size=1), st.integers(1, 30))
def test_parts_are_folded_where_they_do_not_fit_and_none_is_lost(parts, width):
    lines = _folded(parts, width)
    assert " - ".join(lines) == " - ".join(parts)
    for line in lines:
        assert len(line) <= width or line in parts


class Emulator:
    """A terminal of some width that counts the lines which it had to break."""

    def __init__(self, width):
        self.width, self.column, self.broken, self.rows = width, 0, 0, [""]

    def show(self, text):
        text = text.replace("\x1b[K", "\x1b")
        for letter in text:
            if letter == "\n":
                self.rows.append("")
            elif letter == "\r":
                self.column = 0
            elif letter == "\x1b":
                self.rows[-1] = self.rows[-1][: self.column]
            else:
                self.column += 2 if letter in "損失" else 1
                self.rows[-1] += letter
                self.broken += self.column >= self.width


@contextlib.contextmanager
def terminal_of(width):
    """Yield a stream to a terminal, a function that resizes it, and one that reads what it got."""
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    import struct

    ours, theirs = os.openpty()

    def resize(width):
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))

    def read():
        stream.write("\0")  # all before it has been read when it comes
        stream.flush()
        got = b""
        while not got.endswith(b"\0"):
            got += os.read(ours, 4096)
        return got[:-1].decode("utf-8")

    resize(width)
    with os.fdopen(theirs, "w", encoding="utf-8") as stream:
        yield stream, resize, read
    os.close(ours)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("then", [None, 40, 50, 120])
def test_no_line_is_wider_than_the_terminal_resized_while_it_runs_or_not(clock, width, then):
    with terminal_of(width) as (stream, resize, read):
        emulator, shown = Emulator(width), []

        def look():
            shown.append(read())
            emulator.show(shown[-1])
            if then is not None and len(shown) == 7:
                emulator.width = then
                resize(then)

        logger = progress(stream, clock, epochs=2, steps=10)
        train(logger, clock, 10, 1.0, logs=MANY, after=look)
    assert emulator.broken == 0
    lives = [text for text in shown if "left" in text]
    assert len(lives) == 20
    assert all("Epoch" in text and "[=" in text for text in lives)
    fits = {40: 0, 50: 0, 60: 1, 80: 2, 120: 4, 200: 6}[emulator.width]
    assert [name for name in MANY if f"{name}: " in lives[-1]] == list(MANY)[:fits]
    rows = " - ".join(emulator.rows)
    for name, value in MANY.items():  # a finished line is folded, never cut
        assert rows.count(f"{name}: {value:.4f}") == 2


def test_a_terminal_that_does_not_know_its_width_has_80_columns(clock):
    with terminal_of(0) as (stream, _, _):
        assert Screen(stream).width() == 80
    assert Screen(io.StringIO()).width() == 80


def test_names_of_metrics_cannot_write_to_the_terminal(clock):
    stream = Terminal()
    train(progress(stream, clock, steps=4), clock, 4, 1.0, logs={"a\x1b[2J\nb": 1.0})
    assert "a\\x1b[2J\\nb: 1.0000" in stream.getvalue()
    assert "\x1b[2J" not in stream.getvalue()


# Notebooks -----------------------------------------------------------------------------------


def kernel(monkeypatch, shell):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    return stream


def test_a_notebook_has_the_live_line_and_nothing_that_only_terminals_know(monkeypatch, clock):
    stream = kernel(monkeypatch, SimpleNamespace(kernel=object()))
    assert is_live()
    assert [type(logger) for logger in loggers(1)] == [ProgbarLogger]
    logger = progress(None, clock, steps=20)
    train(logger, clock, 20, 1.0)
    words = stream.getvalue()
    assert words.count("left") == 20
    assert "\x1b" not in words
    shown = []  # as a browser shows it: what comes later covers what was there
    for line in words.split("\n"):
        row = ""
        for part in line.split("\r"):
            row = part + row[len(part) :]
        shown.append(row.rstrip())
    finished = "20/20 - 20s - 1s/step - loss: 0.5000 - val_loss: 2.5000e-04"
    assert shown == ["Epoch 1/1", finished, ""]


@pytest.mark.parametrize("shell", [None, SimpleNamespace(), SimpleNamespace(kernel=None)])
def test_ipython_on_a_terminal_or_not_running_is_no_notebook(monkeypatch, shell):
    kernel(monkeypatch, shell)
    assert not is_live()


def test_a_file_that_is_written_from_a_notebook_is_a_file(monkeypatch, clock):
    kernel(monkeypatch, SimpleNamespace(kernel=object()))
    stream = io.StringIO()
    train(progress(stream, clock), clock, 4, 1.0)
    assert "left" not in stream.getvalue()


# fit, evaluate and predict -------------------------------------------------------------------


@pytest.mark.parametrize("verbose", [0, "auto"])
def test_fit_and_evaluate_are_silent_unless_asked(capsys, verbose):
    model = neuron()
    model.fit(X, Y, verbose=verbose)
    model.evaluate(X, Y, verbose=verbose)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("verbose", [1, 2])
def test_fit_and_evaluate_print_when_asked(capsys, verbose):
    model = neuron(metrics=["mae"])
    model.fit(X, Y, epochs=20, verbose=verbose, validation_data=(X, Y))
    lines = capsys.readouterr().out.splitlines()
    assert lines[::2] == [f"Epoch {epoch}/20" for epoch in range(1, 21)]
    for line in lines[1::2]:
        assert line.startswith("1/1 - 0s - ")
        assert [part.split(":")[0] for part in line.split(" - ")[3:]] == [
            "loss", "mae", "val_loss", "val_mae",
        ]  # fmt: skip
    model.evaluate(X, Y, verbose=verbose)
    (line,) = capsys.readouterr().out.splitlines()
    assert [part.split(":")[0] for part in line.split(" - ")] == ["loss", "mae"]


def test_fit_speaks_on_a_terminal_by_itself(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr("sys.stdout", stream)
    neuron().fit(X, Y)
    assert "Epoch 1/1\n1/1 - 0s - " in stream.getvalue()


def test_fit_speaks_in_a_notebook_by_itself(monkeypatch):
    stream = kernel(monkeypatch, SimpleNamespace(kernel=object()))
    neuron().fit(X, Y)
    assert "Epoch 1/1\n1/1 - 0s - " in stream.getvalue()


def test_a_live_line_in_fit_counts_the_steps_of_a_generator_too(clock):
    def batches():
        for _ in range(3):
            clock.now += 1
            yield X, Y

    stream = Terminal()
    neuron().fit(batches(), verbose=1, callbacks=[ProgbarLogger(stream, clock)])
    lines = stream.getvalue().split(WIPE)
    assert [line.split(" - ")[0] for line in lines[1:4]] == [f"Epoch 1/1 {n}/?" for n in (1, 2, 3)]
    assert lines[4].startswith("Epoch 1/1\n3/3 - 3s - 1s/step - loss: ")


def test_where_nobody_looks_on_the_numbers_are_not_asked_for_after_each_batch(capsys):
    assert [type(logger) for logger in loggers(1) + loggers(2)] == [EpochLogger, EpochLogger]
    assert EpochLogger.on_train_batch_end is Callback.on_train_batch_end
    assert loggers(0) == []


def test_any_other_verbose_is_refused():
    with pytest.raises(ValueError, match="verbose must be 'auto', 0, 1 or 2, got 'loud'"):
        neuron().fit(X, Y, verbose="loud")


def test_a_logger_of_ones_own_is_silent_with_verbose_0_as_in_keras(capsys):
    neuron().fit(X, Y, verbose=0, callbacks=[ProgbarLogger()])
    assert not capsys.readouterr().out
    neuron().evaluate(X, Y, verbose=0, callbacks=[ProgbarLogger()])
    assert not capsys.readouterr().out


def test_a_prediction_that_takes_long_shows_how_far_it_is(monkeypatch, clock):
    stream = Terminal()

    def slow_line():
        line = LiveLine(Screen(stream), clock)
        clock.now += 1
        return line

    monkeypatch.setattr(models.model, "LiveLine", slow_line)
    neuron().predict(np.ones((10, 1)), batch_size=5)
    assert stream.getvalue() == f"{WIPE}0 of 10 rows{WIPE}"
    neuron().predict(np.ones((10, 1)), batch_size=5, verbose=0)
    assert stream.getvalue().count("rows") == 1


# Streams that fail ---------------------------------------------------------------------------


class WriteOnly:
    def write(self, text):
        pass


class Full(Terminal):
    """A terminal that takes nothing."""

    def write(self, text):
        raise OSError("No space left on device")


class AskedTooMuch(io.StringIO):
    def isatty(self):
        raise RuntimeError("no such thing")

    def flush(self):
        raise BrokenPipeError


def closed():
    stream = io.StringIO()
    stream.close()
    return stream


STREAMS = {
    "none": lambda: None, "closed": closed, "nothing": object, "write only": WriteOnly,
    "full": Full, "asked too much": AskedTooMuch,
    "ascii": lambda: io.TextIOWrapper(io.BytesIO(), "ascii"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:The loss is NaN")
@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("verbose", ["auto", 0, 1, 2])
def test_a_stream_that_fails_stops_no_work(monkeypatch, tmp_path, stream, verbose):
    model, mean = neuron(metrics=["mae"]), neuron()
    talking = [
        EarlyStopping("loss", verbose=1, mode="max", restore_best_weights=True),
        ModelCheckpoint(tmp_path / "a.npz", verbose=1),
        LearningRateScheduler(lambda epoch: 0.1, verbose=1),
    ]
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", STREAMS[stream]())
        history = model.fit(X, Y, epochs=3, verbose=verbose, callbacks=talking)
        results = model.evaluate(X, Y, verbose=verbose)
        outputs = model.predict(X, batch_size=2, verbose=verbose)
        mean.fit(X, Y * np.nan, verbose=verbose, callbacks=[TerminateOnNaN()])
    assert len(history.epoch) == 2
    assert mean.stop_training
    assert results == model.evaluate(X, Y)
    assert np.array_equal(outputs, model.predict(X))


@pytest.mark.parametrize("stream", STREAMS)
def test_a_live_line_survives_a_stream_that_fails(monkeypatch, clock, stream):
    monkeypatch.setattr(sys, "stdout", STREAMS[stream]())
    screen = Screen()
    screen.is_live = True
    line = LiveLine(screen, clock)
    clock.now += 1
    assert line.is_due()
    line.write("1 of 2 rows")
    line.close()
    train(progress(None, clock, epochs=2), clock, 4, 1.0, logs={"損失": 1.0})


def test_ctrl_c_in_a_write_is_not_taken_for_a_failing_stream(clock):
    class Interrupted(Terminal):
        def write(self, text):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Screen(Interrupted()).print("text")
