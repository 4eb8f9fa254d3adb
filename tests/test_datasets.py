"""Data sets and files from the web, with made files and a server on this machine."""

import hashlib
import io
import json
import os
import pickle
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import made_datasets
import tinyneuron as keras
from tinyneuron import _download, datasets, utils
from tinyneuron._common.files import replacing
from tinyneuron.datasets import (
    _reading,
    _table,
    boston_housing,
    california_housing,
    fashion_mnist,
    imdb,
    mnist,
    reuters,
)
from tinyneuron.datasets._shuffling import shuffled_and_split
from tinyneuron.datasets._words import Numbering, as_objects

CLOSED = "http://127.0.0.1:1/"  # a port that nobody listens at
REAL_TABLE, REAL_BASE = _table.FILES, _table.BASE


@pytest.fixture(scope="module")
def files():
    return made_datasets.made_files()


@pytest.fixture
def home(tmp_path, monkeypatch, files):
    """Keras' folder, empty, and no network; the table has the made files' sizes and hashes."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(_table, "BASE", CLOSED)
    monkeypatch.setattr(_table, "FILES", made_datasets.table_of(files))
    return tmp_path / "home"


@pytest.fixture
def server(home, monkeypatch, files):
    with made_datasets.running() as server:
        server.answers.update(files)
        monkeypatch.setattr(_table, "BASE", server.base)
        yield server


def everything_below(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


# What the data sets return -----------------------------------------------------------------------


def test_mnist_is_what_the_file_has(server, home, files):
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    with np.load(io.BytesIO(files["mnist.npz"])) as made:
        np.testing.assert_array_equal(x_train, made["x_train"], strict=True)
        np.testing.assert_array_equal(y_train, made["y_train"], strict=True)
        np.testing.assert_array_equal(x_test, made["x_test"], strict=True)
        np.testing.assert_array_equal(y_test, made["y_test"], strict=True)
    assert (home / "datasets" / "mnist.npz").read_bytes() == files["mnist.npz"]


@pytest.mark.usefixtures("server")
def test_fashion_mnist_has_its_shapes_and_can_be_written_to(home):
    (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()
    assert (x_train.shape, y_train.shape) == ((60_000, 28, 28), (60_000,))
    assert (x_test.shape, y_test.shape) == ((10_000, 28, 28), (10_000,))
    assert {array.dtype.name for array in (x_train, y_train, x_test, y_test)} == {"uint8"}
    np.testing.assert_array_equal(x_train[:, 3, 5], y_train)
    assert x_test.sum() == y_test.sum()
    x_train[0] = 1
    assert everything_below(home / "datasets" / "fashion-mnist") == sorted(
        f"{part}-{what}-ubyte.gz"
        for part in ("train", "t10k")
        for what in ("images-idx3", "labels-idx1")
    )


@pytest.mark.usefixtures("server")
def test_prices_are_the_files_rows_each_once(files):
    for name in ("boston_housing", "california_housing"):
        module = getattr(datasets, name)
        (x_train, y_train), (x_test, y_test) = module.load_data(test_split=0.25)
        with np.load(io.BytesIO(files[f"{name}.npz"])) as made:
            x, y = made["x"], made["y"]
        assert len(x_train) == int(len(x) * 0.75)
        order = np.argsort(np.concatenate([y_train, y_test]))
        np.testing.assert_array_equal(np.concatenate([x_train, x_test])[order], x[np.argsort(y)])
        assert x_train.dtype == x.dtype


@pytest.mark.usefixtures("server")
def test_the_small_version_is_the_first_600_rows(files):
    (_, y_train), (_, y_test) = california_housing.load_data(version="small")
    with np.load(io.BytesIO(files["california_housing.npz"])) as made:
        assert sorted([*y_train, *y_test]) == sorted(made["y"][:600])


@given(st.integers(0, 50), st.floats(0, 1, exclude_max=True), st.integers(0, 2**32 - 1))
def test_a_split_keeps_each_row_with_its_target_and_repeats(rows, test_split, seed):
    x = np.arange(rows, dtype=float)
    parts = shuffled_and_split(x, -x, test_split, seed)
    assert len(parts[0][0]) == int(rows * (1 - test_split))
    for part, negated in parts:
        np.testing.assert_array_equal(part, -negated)
    assert sorted([*parts[0][0], *parts[1][0]]) == list(x)
    again = shuffled_and_split(x, -x, test_split, seed)
    np.testing.assert_array_equal(parts[1][0], again[1][0])


@pytest.mark.usefixtures("server")
def test_texts_come_as_lists_with_their_labels(files):
    (x_train, y_train), (x_test, y_test) = imdb.load_data(start_char=None, index_from=0, seed=1)
    assert (x_train.shape, x_test.shape) == ((41,), (33,))
    assert x_train.dtype == object
    assert type(x_train[0]) is list
    with np.load(io.BytesIO(files["imdb.npz"]), allow_pickle=True) as made:
        largest = max(map(max, [*made["x_train"], *made["x_test"]]))
        for kind, texts, labels in [("train", x_train, y_train), ("test", x_test, y_test)]:
            with_labels = zip(made[f"x_{kind}"], made[f"y_{kind}"], strict=True)
            expected = [
                ([2 if word == largest else word for word in text], label)
                for text, label in with_labels
            ]
            assert sorted(expected) == sorted(zip(texts, labels, strict=True))


@pytest.mark.usefixtures("server")
def test_texts_of_one_length_stay_a_vector_of_lists():
    (x_train, _), (x_test, _) = reuters.load_data(maxlen=3)
    assert {len(text) for text in [*x_train, *x_test]} == {2}
    assert x_train.shape == (len(x_train),)
    assert as_objects([]).shape == (0,)


@pytest.mark.usefixtures("server")
def test_indices_of_words_and_names_of_topics(files):
    for module, name in [(imdb, "imdb"), (reuters, "reuters")]:
        assert module.get_word_index() == json.loads(files[f"{name}_word_index.json"])
    assert len(set(reuters.get_label_names())) == 46


def numbered(texts, num_words, skip_top, maxlen, start_char, oov_char, index_from):
    """The rules, one word at a time."""
    result = []
    for text in texts:
        numbers = [] if start_char is None else [start_char]
        for word in text:
            numbers.append(word + (index_from or 0))
        if maxlen is None or len(numbers) < maxlen:
            result.append(numbers)
    every = [number for numbers in result for number in numbers]
    limit = max(every, default=0) if num_words is None else num_words
    for numbers in result:
        for i, number in reversed(list(enumerate(numbers))):
            if number < skip_top or number >= limit:
                numbers[i : i + 1] = [] if oov_char is None else [oov_char]
    return result


maybe = st.one_of(st.none(), st.integers(0, 12))


@given(
    st.lists(st.lists(st.integers(1, 20), max_size=8), max_size=6),
    st.fixed_dictionaries(
        {
            "num_words": st.one_of(st.none(), st.integers(1, 25)),
            "skip_top": st.integers(0, 10),
            "maxlen": st.one_of(st.none(), st.integers(1, 10)),
            "start_char": maybe,
            "oov_char": maybe,
            "index_from": maybe,
        }
    ),
)
def test_words_are_numbered_as_the_arguments_say(texts, arguments):
    numbering, labels = Numbering(**arguments), np.arange(len(texts))
    expected = numbered(texts, **arguments)
    if not expected and arguments["maxlen"] is not None:
        with pytest.raises(ValueError, match="maxlen must be larger"):
            numbering.short(numbering.shifted(texts), labels)
        return
    short, kept = numbering.short(numbering.shifted(texts), labels)
    assert numbering.frequent(short) == expected
    start = arguments["start_char"] is not None
    maxlen = arguments["maxlen"] or 99
    assert [i for i, text in enumerate(texts) if len(text) + start < maxlen] == kept.tolist()


# Bad arguments -----------------------------------------------------------------------------------

BAD = [
    (boston_housing, {"test_split": 1}, "test_split must be"),
    (boston_housing, {"test_split": -0.1}, "test_split must be"),
    (california_housing, {"test_split": "0.2"}, "test_split must be"),
    (california_housing, {"version": "medium"}, "version must be 'large' or 'small'"),
    (reuters, {"test_split": float("nan")}, "test_split must be"),
    *[(module, {"seed": seed}, "seed must be")
      for module in (imdb, reuters) for seed in (-1, 2**32, 1.5, "a")],
    *[(module, {name: value}, f"{name} must be")
      for module in (imdb, reuters)
      for name, values in {
          "num_words": [0, -1, 2.5, "100", True],
          "skip_top": [-1, None, 0.5],
          "maxlen": [0, -1, "10"],
          "start_char": [-1, "<s>"],
          "oov_char": [-1, 2.0],
          "index_from": [-1, 3.0],
      }.items()
      for value in values],
    *[(module, {"path": path}, "The file's name must be")
      for module in (mnist, boston_housing, california_housing, imdb, reuters)
      for path in ("", ".", "..", "a/b.npz", "../b.npz", "/b.npz", "a\0b", 3)],
]  # fmt: skip


@pytest.mark.parametrize(("module", "arguments", "message"), BAD)
def test_bad_arguments_are_refused_before_anything_is_asked(server, module, arguments, message):
    with pytest.raises(ValueError, match=message):
        module.load_data(**arguments)
    assert not server.asked


def test_unknown_arguments_and_names_are_refused():
    with pytest.raises(TypeError, match="nb_words"):
        imdb.load_data(nb_words=3)
    with pytest.raises(AttributeError, match="cifar10"):
        datasets.cifar10  # noqa: B018


# The cache ---------------------------------------------------------------------------------------


def test_it_is_downloaded_once(server, files):
    for _ in range(3):
        mnist.load_data()
    assert server.asked == ["/mnist.npz"]
    mnist.load_data(path="other_name.npz")
    assert len(server.asked) == 2


def test_what_keras_has_fetched_is_found_without_a_network(home, files):
    made_datasets.put(files, home)
    for name in datasets.__all__:
        getattr(datasets, name).load_data()
    imdb.get_word_index()
    reuters.get_word_index()


def test_a_folder_that_cannot_be_written_to_is_read(home, files):
    made_datasets.put({"mnist.npz": files["mnist.npz"]}, home)
    (home / "datasets").chmod(0o500)
    try:
        mnist.load_data()
    finally:
        (home / "datasets").chmod(0o700)


def test_keras_home_is_where_the_environment_says(monkeypatch):
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.setenv("KERAS_HOME", "~/mine")
    assert _download.keras_home() == "/somewhere/mine"
    for unset in (lambda: monkeypatch.setenv("KERAS_HOME", ""),
                  lambda: monkeypatch.delenv("KERAS_HOME")):  # fmt: skip
        unset()
        assert _download.keras_home() == "/somewhere/.keras"


@pytest.mark.parametrize("name", datasets.__all__)
def test_without_a_network_the_error_says_what_to_put_where(home, name):
    with pytest.raises(ConnectionError) as caught:
        getattr(datasets, name).load_data()
    folder = home / "datasets" / ("fashion-mnist" if name == "fashion_mnist" else "")
    file = "train-labels-idx1-ubyte.gz" if name == "fashion_mnist" else f"{name}.npz"
    for part in (f"{file} is not in {folder}", f"get {CLOSED}{file}", f"as {folder / file}."):
        assert part in str(caught.value)
    assert everything_below(home) == []


@pytest.mark.parametrize("damage", [lambda c: c[:-1], lambda c: c + b"x", lambda c: b"X" + c[1:]])
@pytest.mark.parametrize("file", sorted(set(REAL_TABLE) - {"train-images-idx3-ubyte.gz"}))
def test_a_damaged_file_is_never_read_and_stays_until_the_right_one_is_there(
    server, home, files, file, damage, monkeypatch, capsys
):
    made_datasets.put({file: damage(files[file])}, home)
    [path] = home.rglob(file)
    damaged = path.read_bytes()
    known = len(damaged) != len(files[file]) or _table.FILES[file][1] is not None

    monkeypatch.setattr(_table, "BASE", CLOSED)
    if known:
        with pytest.raises(ConnectionError, match="is not the file that is wanted"):
            _table.fetch(file)
    assert path.read_bytes() == damaged

    monkeypatch.setattr(_table, "BASE", server.base)
    assert _table.fetch(file) == str(path)
    assert path.read_bytes() == (files[file] if known else damaged)
    assert ("is not the file that is wanted" in capsys.readouterr().out) == known


@pytest.mark.parametrize("sent", [b"", b"short", "longer", "changed"])
@pytest.mark.parametrize("length", [None, "none"])
def test_what_is_not_the_file_is_not_kept(server, home, files, sent, length):
    content = files["mnist.npz"]
    sent = {"longer": content + b"x", "changed": b"X" + content[1:]}.get(sent, sent)
    server.answers["mnist.npz"] = lambda handler: handler.send(sent, length)
    with pytest.raises(ValueError, match=r"did not send the file|sends more than the \d+ bytes"):
        mnist.load_data()
    assert everything_below(home) == []


def test_an_endless_answer_is_cut_at_the_tables_size(server, home, files):
    sent = []

    def endless(handler):
        handler.send(b"", "none")
        while len(sent) < 10_000:
            handler.wfile.write(bytes(2**16))
            sent.append(1)

    server.answers["boston_housing.npz"] = endless
    with pytest.raises(ValueError, match="sends more than"):
        boston_housing.load_data()
    assert everything_below(home) == []
    time.sleep(0.1)
    assert len(sent) < 10_000


def test_an_answer_that_breaks_off_is_not_kept(server, home, files):
    content = files["mnist.npz"]
    server.answers["mnist.npz"] = lambda handler: handler.send(content[:1000], len(content))
    with pytest.raises(ConnectionError, match=f"ended after 1000 of {len(content)} bytes"):
        mnist.load_data()
    assert everything_below(home) == []


def test_an_error_of_the_server_is_named(server, home):
    del server.answers["mnist.npz"]
    with pytest.raises(ConnectionError, match=r"failed: .*Not Found.* put it there as "):
        mnist.load_data()
    assert everything_below(home) == []


def test_several_threads_and_processes_at_once(server, home, files):
    def slow(handler):
        time.sleep(0.2)
        handler.send(files["mnist.npz"])

    server.answers["mnist.npz"] = slow
    code = (
        # a shell that runs the tests in the background lets them ignore Ctrl-C
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from tinyneuron.datasets import _table, mnist\n"
        f"_table.BASE, _table.FILES = {server.base!r}, {made_datasets.table_of(files)!r}\n"
        "print(len(mnist.load_data()[0][0]))"
    )
    command = [sys.executable, "-c", code]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    loaded = []
    threads = [
        threading.Thread(target=lambda: loaded.append(len(mnist.load_data()[0][0])))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    printed = [process.communicate()[0].split()[-1] for process in running]
    assert loaded == [1500] * 4
    assert printed == ["1500"] * 3
    assert everything_below(home) == ["mnist.npz"]


@pytest.mark.skipif(os.name == "nt", reason="has no such signals")
def test_ctrl_c_leaves_nothing(server, home, files):
    content, started, ended = files["mnist.npz"], threading.Event(), threading.Event()

    def half(handler):
        handler.send(content[: len(content) // 2], len(content))
        handler.wfile.flush()
        started.set()
        ended.wait(60)

    server.answers["mnist.npz"] = half
    code = (
        "from tinyneuron.datasets import _table, mnist\n"
        f"_table.BASE, _table.FILES = {server.base!r}, {made_datasets.table_of(files)!r}\n"
        "mnist.load_data()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    assert started.wait(30)
    deadline = time.monotonic() + 30
    while not everything_below(home) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "mnist.npz" not in everything_below(home)
    process.send_signal(signal.SIGINT)
    said = process.communicate()[1]
    ended.set()
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert everything_below(home) == []


def test_replacing_leaves_the_old_file_after_any_error(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(error):
        with replacing(str(path)) as file:
            file.write(b"new")
            raise error

    for error in (OSError, KeyboardInterrupt):
        with pytest.raises(error):
            fail(error)
        assert path.read_bytes() == b"old"
        assert everything_below(tmp_path) == ["file"]


# Safe reading ------------------------------------------------------------------------------------


def npy_of(pickled, shape=(1,), descr="|O"):
    buffer = io.BytesIO()
    header = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(buffer, header)
    return buffer.getvalue() + pickled


def archive_of(tmp_path, **parts):
    path = tmp_path / "words.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(f"{name}.npy", part)
    return str(path)


def objects(*items):
    array = np.empty(len(items), object)
    for i, item in enumerate(items):
        array[i] = item
    return array


integers = st.integers(-(2**70), 2**70) | st.integers(0, 300)


@given(st.lists(st.lists(integers, max_size=20), max_size=20), st.integers(3, 5))
def test_lists_are_read_from_any_pickle_of_an_array_of_lists(tmp_path, lists, protocol):
    pickled = pickle.dumps(objects(*lists), protocol=protocol)
    path = archive_of(tmp_path, x=npy_of(pickled, (len(lists),)))
    assert _reading.read_words(path, "x") == [lists]


def test_an_array_that_numpy_of_python_2_wrote_is_read(tmp_path):
    """Strings instead of bytes, the old name of the module, and no frames."""
    pickled = (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02K\x00\x85U\x01b\x87Rq\x03"
        b"(K\x01K\x02\x85cnumpy\ndtype\nq\x04U\x02O8K\x00K\x01\x87Rq\x05"
        b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89"
        b"]q\x06(]q\x07(K\x01M\x00\x02e]q\x08K\x05aetb."
    )
    path = archive_of(tmp_path, x=npy_of(pickled, (2,)))
    assert _reading.read_words(path, "x") == [[[1, 512], [5]]]


class Calls:
    """Pickled, it is a call of a function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def did_it(path):
    raise AssertionError("what a file names was called")


HOSTILE = {
    "os.system": lambda path: Calls(os.system, f"touch {path}"),
    "eval": lambda path: Calls(eval, f"open({str(path)!r}, 'w')"),
    "exec": lambda path: Calls(exec, f"open({str(path)!r}, 'w')"),
    "open": lambda path: Calls(open, str(path), "w"),
    "numpy.load": lambda path: Calls(np.load, str(path)),
    "numpy.save": lambda path: Calls(np.save, str(path), [1]),
    "subprocess": lambda path: Calls(subprocess.Popen, ["touch", str(path)]),
    "getattr": lambda path: Calls(getattr, path, "touch"),
    "import": lambda path: Calls(__import__, "antigravity"),
    "a function of ours": lambda path: Calls(did_it, str(path)),
    "shutil": lambda path: Calls(shutil.copy, __file__, str(path)),
    "a tuple": lambda path: (1, 2),
    "a string": lambda path: "text",
    "a float": lambda path: 1.0,
    "True": lambda path: True,
    "bytes": lambda path: b"abc",
    "None": lambda path: None,
    "a dict": lambda path: {1: 2},
    "a set": lambda path: {1},
    "an integer of NumPy's": lambda path: np.int64(3),
    "an array": lambda path: np.arange(3),
    "a dtype": lambda path: np.dtype("O"),
    "a list": lambda path: [1],
}


@pytest.mark.parametrize("protocol", [3, 4, 5])
@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_but_lists_of_integers_is_read(tmp_path, name, protocol):
    mark = tmp_path / "it_was_here"
    for hide in (
        lambda thing: objects([1], [thing]),
        lambda thing: objects([1], thing) if type(thing) is not list else thing,
        lambda thing: thing,
        lambda thing: [[1], thing],
    ):
        hidden = hide(HOSTILE[name](mark))
        content = pickle.dumps(hidden, protocol=protocol)
        path = archive_of(tmp_path, x=npy_of(content, (2,)))
        with pytest.raises(ValueError, match=r"words\.npz"):
            _reading.read_words(path, "x")
        assert not mark.exists()


@pytest.mark.parametrize(
    "pickled",
    [
        b"",
        b".",
        b"N.",
        b"cos\nsystem\n(S'true'\ntR.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
        b"cnumpy\nndarray\n.",
        b"cnumpy\ndtype\n.",
        b"cnumpy\nndarray\n)R.",
        b"cnumpy\nndarray\n(I1000000000000\ntR.",
        b"cnumpy\ndtype\n(S'V2000000000'\nI00\nI01\ntR.",
        b"cnumpy.core.multiarray\n_reconstruct\n.",
        b"cnumpy.core.multiarray\n_reconstruct\n)R.",
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I1000000000000\ntS'b'\ntR.",
        b"cnumpy.core.multiarray\n_reconstruct\n}S'__setstate__'\nNsb.",
        b"cnumpy.core.multiarray\n_reconstruct\nN}S'__init__'\nNs\x86b.",
        b"cnumpy.core.multiarray\nscalar\n.",
        b"cnumpy.core.multiarray\n_reconstruct.__globals__\n.",
        b"cnumpy.core.multiarray\n_reconstruct\n)\x81.",
        b"cnumpy.core.multiarray\n_reconstruct\n)\x81((((]t0]t0]t0]tb.",
        b"P1\n.",
        b"\x82\x01.",
        b"(lp0\ng0\na.",
        b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",
    ],
)
def test_hand_made_pickles_are_refused(tmp_path, pickled):
    path = archive_of(tmp_path, x=npy_of(pickled))
    before = dict(vars(_reading._Array)), dict(vars(_reading._Dtype))
    with pytest.raises(ValueError, match=r"words\.npz"):
        _reading.read_words(path, "x")
    assert (dict(vars(_reading._Array)), dict(vars(_reading._Dtype))) == before


def test_lists_that_claim_more_than_the_file_has_are_refused(tmp_path):
    """One list in a thousand places would be a thousand when it is numbered."""
    shared = list(range(1000))
    pickled = pickle.dumps(objects(*[shared] * 1000), protocol=3)
    assert len(pickled) < 20_000
    with pytest.raises(ValueError, match="does not hold"):
        _reading.read_words(archive_of(tmp_path, x=npy_of(pickled, (1000,))), "x")
    itself = []
    itself.append(itself)
    with pytest.raises(ValueError, match="other things than integers"):
        _reading.read_words(archive_of(tmp_path, x=npy_of(pickle.dumps(objects(itself)))), "x")


@given(st.data())
def test_a_pickle_damaged_anywhere_is_refused_or_holds_lists_of_integers(tmp_path, data):
    pickled = bytearray(pickle.dumps(objects([1, 2, 300], [70_000], [3] * 9), protocol=3))
    for _ in range(data.draw(st.integers(1, 3))):
        pickled[data.draw(st.integers(0, len(pickled) - 1))] = data.draw(
            # LONG_BINPUT with a large number takes memory before anybody can refuse it
            st.integers(0, 255).filter(lambda byte: byte != ord("r"))
        )
    path = archive_of(tmp_path, x=npy_of(bytes(pickled), (3,)))
    try:
        [lists] = _reading.read_words(path, "x")
    except ValueError:
        return
    assert len(lists) == 3
    assert all(type(number) is int for numbers in lists for number in numbers)


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"not a npy file",
        npy_of(pickle.dumps(objects([1])))[:-3],
        npy_of(pickle.dumps(objects([1])), shape=(2,)),
        npy_of(pickle.dumps(objects([1])), shape=()),
        npy_of(pickle.dumps(objects([1])), descr="<i8"),
        b"\x93NUMPY\x09\x00" + bytes(100),
    ],
)
def test_damaged_parts_are_refused(tmp_path, part):
    with pytest.raises(ValueError, match=r"Cannot read .*words\.npz"):
        _reading.read_words(archive_of(tmp_path, x=part), "x")
    with pytest.raises(ValueError, match=r"it lacks .*Remove it"):
        _reading.read_words(archive_of(tmp_path, y=part), "x")
    if b"<i8" not in part:  # that one is read: eight bytes are there
        with pytest.raises(ValueError, match=r"Cannot read .*words\.npz"):
            _reading.read_arrays(archive_of(tmp_path, x=part), "x")


def test_a_part_that_unpacks_to_very_much_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(_reading, "_LARGEST", 1000)
    with pytest.raises(ValueError, match="'x' unpacks to 2000 bytes"):
        _reading.read_words(archive_of(tmp_path, x=bytes(2000)), "x")


def test_arrays_of_objects_are_no_arrays_of_numbers(tmp_path):
    path = tmp_path / "words.npz"
    np.savez(path, x=objects([1], [2]))
    with pytest.raises(ValueError, match=r"Cannot read .*allow_pickle"):
        _reading.read_arrays(str(path), "x")


IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
GZIPPED = made_datasets.idx(IMAGES)


def test_an_idx_file_is_read(tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(GZIPPED)
    np.testing.assert_array_equal(_reading.read_idx(str(path), (2, 3, 4)), IMAGES, strict=True)


@pytest.mark.parametrize(
    ("content", "shape"),
    [
        (GZIPPED, (3, 2, 4)),
        (GZIPPED, (24,)),
        (GZIPPED, (2, 3, 4, 1)),
        (GZIPPED[:-9], (2, 3, 4)),
        (GZIPPED[:-1], (2, 3, 4)),
        (GZIPPED[:-8] + bytes(8), (2, 3, 4)),
        (b"", (2, 3, 4)),
        (b"no gzip", (2, 3, 4)),
        (made_datasets.idx(IMAGES.astype(np.uint16)), (2, 3, 4)),
        (made_datasets.idx(np.arange(25, dtype=np.uint8))[:0], (2, 3, 4)),
    ],
)
def test_a_damaged_idx_file_is_refused(tmp_path, content, shape):
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"Cannot read .*images\.gz.*Remove it"):
        _reading.read_idx(str(path), shape)


def test_labels_beyond_the_kinds_are_refused(home, files, monkeypatch):
    wrong = files | {"train-labels-idx1-ubyte.gz": made_datasets.idx(np.full(60_000, 10, np.uint8))}
    monkeypatch.setattr(_table, "FILES", made_datasets.table_of(wrong))
    made_datasets.put(wrong, home)
    with pytest.raises(ValueError, match=r"train-labels.*labels up to 10"):
        fashion_mnist.load_data()


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"a": "b"}', b'{"a": 1.5}', b"\xff"])
def test_a_damaged_index_of_words_is_refused(tmp_path, content):
    path = tmp_path / "index.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"Cannot read .*index\.json"):
        _reading.read_index(str(path))


# get_file ----------------------------------------------------------------------------------------

CONTENT = b"some bytes" * 1000
SHA256, MD5 = hashlib.sha256(CONTENT).hexdigest(), hashlib.md5(CONTENT).hexdigest()


@pytest.fixture
def notes(server):
    server.answers["folder/notes.txt"] = CONTENT
    server.answers["folder/notes.txt?version=2"] = CONTENT
    return f"{server.base}folder/notes.txt"


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"file_hash": SHA256},
        {"file_hash": MD5},
        {"file_hash": SHA256.upper()},
        {"md5_hash": MD5},
        {"file_hash": SHA256, "hash_algorithm": "sha256"},
        {"file_hash": MD5, "hash_algorithm": "md5"},
    ],
)
def test_get_file_fetches_once(server, home, notes, known):
    for _ in range(2):
        path = utils.get_file("mine.txt", notes, **known)
    assert path == str(home / "datasets" / "mine.txt")
    assert (home / "datasets" / "mine.txt").read_bytes() == CONTENT
    assert len(server.asked) == 1
    utils.get_file("mine.txt", notes, **known, force_download=True)
    assert len(server.asked) == 2
    assert everything_below(home) == ["mine.txt"]


@pytest.mark.usefixtures("server")
def test_get_file_names_folders_as_keras_does(notes, home, tmp_path):
    assert utils.get_file(origin=f"{notes}?version=2") == str(home / "datasets" / "notes.txt")
    assert utils.get_file(origin=notes, cache_subdir="a/b") == str(home / "a" / "b" / "notes.txt")
    assert utils.get_file(origin=notes, cache_subdir=tmp_path / "c") == str(
        tmp_path / "c" / "notes.txt"
    )
    there = utils.get_file(Path("x.txt"), notes, cache_dir=tmp_path / "d")
    assert there == str(tmp_path / "d" / "datasets" / "x.txt")


def test_get_file_replaces_a_file_of_another_hash_by_the_right_one_only(home, notes, capsys):
    (home / "datasets").mkdir(parents=True)
    path = home / "datasets" / "notes.txt"
    path.write_bytes(b"mine")
    with pytest.raises(ValueError, match=f"its sha256 is {SHA256}, not {'0' * 64}"):
        utils.get_file(origin=notes, file_hash="0" * 64)
    assert path.read_bytes() == b"mine"
    utils.get_file(origin=notes)
    assert path.read_bytes() == b"mine"
    utils.get_file(origin=notes, file_hash=SHA256)
    assert path.read_bytes() == CONTENT
    assert f"{path} is not the file that is wanted" in capsys.readouterr().out


def test_a_forced_download_that_fails_leaves_the_file(server, home, notes):
    path = utils.get_file(origin=notes)
    server.answers.clear()
    with pytest.raises(ConnectionError, match=r"notes\.txt is there, and downloading it failed"):
        utils.get_file(origin=notes, force_download=True)
    assert Path(path).read_bytes() == CONTENT
    assert everything_below(home) == ["notes.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"origin": None}, "origin must be a string"),
        ({"origin": 3}, "origin must be a string"),
        ({"origin": ""}, "https"),
        ({"origin": "http://example.org/a"}, "https"),
        ({"origin": "http://127.0.0.1.example.org/a"}, "https"),
        ({"origin": "http://localhost@example.org/a"}, "https"),
        ({"origin": "ftp://example.org/a"}, "https"),
        ({"origin": "file:///etc/passwd"}, "https"),
        ({"origin": "https:///a"}, "https"),
        ({"origin": "/etc/passwd"}, "https"),
        ({"origin": "https://example.org"}, "The file's name"),
        ({"origin": "https://example.org/a/"}, "The file's name"),
        ({"fname": "../a"}, "The file's name"),
        ({"fname": "a/b"}, "The file's name"),
        ({"fname": ".."}, "The file's name"),
        ({"fname": ""}, "The file's name"),
        ({"fname": 3}, "The file's name"),
        ({"untar": True}, "untar, extract and archive_format are not offered"),
        ({"extract": True}, "untar, extract and archive_format are not offered"),
        ({"archive_format": "zip"}, "untar, extract and archive_format are not offered"),
        ({"extract": "no"}, "extract must be True or False"),
        ({"force_download": "yes"}, "force_download must be True or False"),
        ({"file_hash": "abc"}, "file_hash must be 32 .md5. or 64 .sha256. hexadecimal digits"),
        ({"file_hash": "g" * 64}, "file_hash must be"),
        ({"file_hash": MD5, "hash_algorithm": "sha256"}, r"file_hash must be 64 \(sha256\)"),
        ({"file_hash": SHA256, "hash_algorithm": "md5"}, "file_hash must be 32"),
        ({"md5_hash": SHA256}, "file_hash must be 32"),
        ({"file_hash": 3}, "file_hash must be a string"),
        ({"hash_algorithm": "sha1"}, "hash_algorithm must be"),
        ({"file_hash": MD5, "md5_hash": MD5}, "and not both"),
        ({"cache_dir": 3}, "cache_dir must be"),
        ({"cache_subdir": None}, "cache_subdir must be"),
    ],
)
def test_get_file_refuses(home, arguments, message):
    with pytest.raises(ValueError, match=message):
        utils.get_file(**{"origin": "https://example.org/a.txt"} | arguments)
    assert everything_below(home) == []


def test_get_file_has_keras_arguments_in_keras_order():
    import inspect

    parameters = inspect.signature(utils.get_file).parameters
    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "fname": None, "origin": None, "untar": False, "md5_hash": None, "file_hash": None,
        "cache_subdir": "datasets", "hash_algorithm": "auto", "extract": False,
        "archive_format": "auto", "cache_dir": None, "force_download": False,
    }  # fmt: skip


# The web -----------------------------------------------------------------------------------------


def test_the_table_asks_over_https_alone():
    assert REAL_BASE.startswith("https://")
    for size, digest, folder in REAL_TABLE.values():
        assert size < 30_000_000
        assert (digest is None) == ("fashion" in folder)
        assert digest is None or len(digest) in (32, 64)


def redirect(to):
    return lambda handler: handler.send(b"", status=302, Location=to)


def test_redirects_are_followed_to_where_they_may_lead(server, home, notes):
    server.answers["elsewhere"] = redirect(notes)
    with open(utils.get_file("a", f"{server.base}elsewhere"), "rb") as file:
        assert file.read() == CONTENT
    for to in ("http://example.org/a", "ftp://example.org/a", "file:///etc/passwd"):
        server.answers["elsewhere"] = redirect(to)
        with pytest.raises(ConnectionError, match=r"leads to|is not allowed"):
            utils.get_file("b", f"{server.base}elsewhere")
    assert everything_below(home) == ["a"]


def test_redirects_from_https_lead_to_https_alone():
    redirects = _download._Redirects()

    def followed(origin, to):
        request = _download.urllib.request.Request(origin)
        return redirects.redirect_request(request, None, 302, "Found", {}, to)

    assert followed("https://a.org/x", "https://b.org/y").full_url == "https://b.org/y"
    for to in ("http://b.org/y", "http://127.0.0.1/y", "http://localhost/y"):
        with pytest.raises(OSError, match="not an https address"):
            followed("https://a.org/x", to)


def test_a_certificate_that_nobody_vouches_for_is_refused(home, tmp_path, notes):
    if not shutil.which("openssl"):
        pytest.skip("needs openssl to make a certificate")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
    command += " -addext subjectAltName=DNS:localhost -keyout key -out certificate"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    with made_datasets.running() as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.answers["a"] = CONTENT
        with pytest.raises(ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            utils.get_file("a", f"https://localhost:{server.server_port}/a")
        assert not server.asked
    assert everything_below(home) == []


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_on_a_terminal_while_it_takes_long(server, home, monkeypatch):
    def slow(handler):
        handler.send(b"x" * 2_000_000, 4_000_000)
        handler.wfile.flush()
        time.sleep(0.6)
        handler.wfile.write(b"x" * 2_000_000)

    server.answers["slow"] = slow
    monkeypatch.setattr(sys, "stdout", Terminal())
    utils.get_file("slow.bin", f"{server.base}slow")
    printed = sys.stdout.getvalue()
    assert printed.startswith(f"slow.bin is not in {home / 'datasets'}. Downloading {server.base}")
    assert "slow.bin [============" in printed
    assert " of 4.0 MB" in printed
    assert printed.endswith("\r\x1b[K")


def test_elsewhere_one_line_says_what_is_downloaded(server, home, notes, capsys):
    utils.get_file(origin=notes)
    assert capsys.readouterr().out == (
        f"notes.txt is not in {home / 'datasets'}. Downloading {notes}\n"
    )
    utils.get_file(origin=notes)
    assert capsys.readouterr().out == ""


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_bar_is_as_full_as_the_file(done, total):
    done = min(done, total) if total else done
    drawn = _download.bar("a", done, total)
    assert f"{done / 1e6:.1f}" in drawn
    if total:
        assert drawn.count("=") == 24 * done // total
        assert len(drawn.split("]")[0]) == len("a [") + 24
