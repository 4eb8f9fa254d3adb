"""These tests build the site. Without MkDocs they are not collected: pip install -e ".[docs]"."""

import functools
import http.server
import importlib.util
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
needed = ("mkdocs", "material", "mkdocstrings", "latex2mathml", "ziamath", "matplotlib")
collect_ignore_glob = [] if all(map(importlib.util.find_spec, needed)) else ["test_*.py"]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Build the site once, every warning being an error, and return its directory."""
    directory = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", directory]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return directory


@pytest.fixture(scope="session")
def browse(site, tmp_path_factory):
    """Return a function that opens a page of the site in Chromium, and returns what it posts."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("there is no Chromium")
    posted = queue.Queue()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_POST(self):
            posted.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    def browse(page):
        address = f"http://127.0.0.1:{server.server_port}/{page}"
        command = [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
            f"--user-data-dir={tmp_path_factory.mktemp('profile')}", "--window-size=1540,1000",
            address,
        ]  # fmt: skip
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return posted.get(timeout=300)
        finally:
            browser.terminate()
            browser.wait()

    serve = functools.partial(Handler, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield browse
        server.shutdown()
