"""A real Jupyter kernel: the live line of `fit`, and what models and histories show there.

pip install ipykernel jupyter_client
"""

import queue

import pytest

pytest.importorskip("ipykernel")
manager = pytest.importorskip("jupyter_client.manager")
pytestmark = pytest.mark.filterwarnings("ignore")  # theirs

START = """
import time, sys
import numpy as np
import tinyneuron as keras
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, name="<one>")])
model.compile("sgd", "mse", metrics=["mae"])
slow = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: time.sleep(0.2))
x = np.zeros((8, 1))
"""


@pytest.fixture(scope="module")
def run():
    """Start a kernel; yield a function that runs code in it and returns its messages' contents."""
    kernel, client = manager.start_new_kernel(kernel_name="python3")

    def run(code):
        found = {"stream": [], "execute_result": [], "error": []}
        asked = client.execute(code)
        while True:
            try:
                message = client.get_iopub_msg(timeout=60)
            except queue.Empty:
                pytest.fail(f"no answer to {code!r}")
            if message["parent_header"].get("msg_id") != asked:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind in found:
                found[kind].append(content)
            if kind == "status" and content["execution_state"] == "idle":
                assert not found["error"], found["error"]
                return found

    run(START)
    yield run
    client.stop_channels()
    kernel.shutdown_kernel(now=True)


def printed(messages):
    return "".join(content["text"] for content in messages["stream"])


def as_shown(text):
    """Return the lines as a notebook shows them: what follows a carriage return covers the line."""
    lines = []
    for line in text.split("\n"):
        row = ""
        for part in line.split("\r"):
            row = part + row[len(part) :]
        lines.append(row.rstrip())
    return lines


def test_fit_has_a_live_line_with_the_epoch_a_bar_and_the_time_left(run):
    text = printed(run("history = model.fit(x, x, batch_size=2, epochs=2, callbacks=[slow])"))
    assert "Epoch 1/2 [" in text
    assert "s left - loss: 0.0000 - mae: 0.0000" in text
    assert "\x1b" not in text
    titles, ends = as_shown(text)[:4:2], as_shown(text)[1:4:2]
    assert titles == ["Epoch 1/2", "Epoch 2/2"]
    assert all(end.startswith("4/4 - 1s - ") for end in ends)
    assert as_shown(text)[4:] == [""]


def test_with_verbose_2_there_are_finished_lines_alone(run):
    text = printed(run("_ = model.fit(x, x, batch_size=2, epochs=3, verbose=2)"))
    assert text.count("\n") == 6
    assert "\r" not in text
    assert text.splitlines()[::2] == [f"Epoch {n}/3" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("code", "plain", "html"),
    [
        ("model", "<Sequential name=sequential", "&lt;one&gt; (Dense)"),
        ("history", "<tinyneuron.callbacks.base.History", ">loss: 0<"),
        ("model.explain([[1.0]])", "sequential\n    x = (1.00)", "<i>x</i> = (1.00)"),
    ],
)
def test_what_a_cell_ends_with_shows_itself(run, code, plain, html):
    (result,) = run(code)["execute_result"]
    assert result["data"]["text/plain"].startswith(plain)
    assert html in result["data"]["text/html"]


def test_matplotlib_is_not_imported_for_it(run):
    assert printed(run("print('matplotlib.pyplot' in sys.modules)")) == "False\n"
