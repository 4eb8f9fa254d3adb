"""Small data sets in the files and forms of the real ones, and a server that has them."""

import contextlib
import gzip
import hashlib
import http.server
import io
import json
import threading

import numpy as np

from tinyneuron.datasets import _table


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def idx(array):
    """Return the bytes of a gzipped IDX file."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return gzip.compress(header + array.tobytes(), compresslevel=1, mtime=0)


def texts(rng, number, longest=30):
    """Return lists of word numbers, small ones more often; no two of one length in a row."""
    lists = np.empty(number, object)
    for i in range(number):
        length = 1 + (i * 7) % longest
        lists[i] = np.minimum(rng.geometric(0.02, length), 300).tolist()
    return lists


def digits(rng, number):
    """Return pictures that can be told apart: the digit's column is dark, and some noise."""
    labels = rng.integers(0, 10, number).astype(np.uint8)
    pictures = rng.integers(0, 60, (number, 28, 28)).astype(np.uint8)
    pictures[np.arange(number), :, 2 * labels + 4] += 150
    return pictures, labels


def made_files(seed=0):
    """Return the bytes of every file of the table. All but Fashion-MNIST's are small."""
    rng = np.random.default_rng(seed)
    (x_train, y_train), (x_test, y_test) = digits(rng, 1500), digits(rng, 300)
    words = {f"word{i}": i for i in range(1, 301)} | {"café": 301}
    files = {
        "mnist.npz": npz(x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test),
        "boston_housing.npz": npz(x=rng.normal(size=(57, 13)), y=rng.normal(size=57)),
        "california_housing.npz": npz(
            x=rng.normal(size=(907, 8)).astype(np.float32), y=rng.normal(size=907)
        ),
        "imdb.npz": npz(
            x_train=texts(rng, 41),
            y_train=rng.integers(0, 2, 41),
            x_test=texts(rng, 33),
            y_test=rng.integers(0, 2, 33),
        ),
        "imdb_word_index.json": json.dumps(words).encode(),
        "reuters.npz": npz(x=texts(rng, 83), y=rng.integers(0, 46, 83)),
        "reuters_word_index.json": json.dumps(words, ensure_ascii=False).encode(),
    }
    for part, number in [("train", 60_000), ("t10k", 10_000)]:
        labels = (np.arange(number) % 10).astype(np.uint8)
        pictures = np.zeros((number, 28, 28), np.uint8)
        pictures[:, 3, 5] = labels
        files[f"{part}-labels-idx1-ubyte.gz"] = idx(labels)
        files[f"{part}-images-idx3-ubyte.gz"] = idx(pictures)
    return files


def table_of(files):
    """Return the library's table with the sizes and hashes of these files."""
    table = {}
    for name, (_, digest, folder) in _table.FILES.items():
        content = files[name]
        algorithm = {None: None, 32: "md5", 64: "sha256"}[digest and len(digest)]
        digest = algorithm and hashlib.new(algorithm, content).hexdigest()
        table[name] = (len(content), digest, folder)
    return table


def put(files, home):
    """Write the files where Keras has them, below `home`."""
    for name, content in files.items():
        folder = home.joinpath(*_table.FILES[name][2].split("/"))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


class Server(http.server.ThreadingHTTPServer):
    """Answers with what `answers` has for a path: bytes, or a function of the handler."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.asked = {}, []
        self.base = f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, request, client_address):
        """A client that goes away is no error."""


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        answer = self.server.answers.get(self.path[1:])
        if answer is None:
            self.send_error(404)
        elif callable(answer):
            answer(self)
        else:
            self.send(answer)

    def send(self, content, length=None, status=200, **headers):
        self.send_response(status)
        if length != "none":
            self.send_header("Content-Length", str(len(content) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def running():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
