"""JupyterLab in headless Chromium: one server and one browser for all tests of a run.

CHROMIUM names the browser; pictures of its pages go to the folder OUT.
"""

import atexit
import contextlib
import functools
import io
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

import nbformat
import nbformat.reader
from frontend import until
from PIL import Image
from playwright.sync_api import expect, sync_playwright

OUT = Path(os.environ.get("OUT", "out"))
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 120_000  # milliseconds for anything on a page
expect.set_options(timeout=PATIENCE)


class Server:
    """A JupyterLab server on a free port, with settings and state of its own."""

    def __init__(self, root: Path):
        self.token = secrets.token_hex(16)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        own = root / ".jupyter"
        data = subprocess.check_output([sys.executable, "-m", "jupyter_core", "--data-dir"], text=True).strip()
        env = os.environ | {
            "JUPYTER_PATH": os.pathsep.join(filter(None, [os.environ.get("JUPYTER_PATH"), data])),  # kernelspecs
            "JUPYTER_DATA_DIR": str(own / "data"),
            "JUPYTER_CONFIG_DIR": str(own / "config"),
            "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
            "IPYTHONDIR": str(own / "ipython"),
        }
        self.log = (OUT / "jupyterlab.log").open("w")
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
        command += ["--ip=127.0.0.1", f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={root}"]
        quiet = own / "config" / "labconfig"
        quiet.mkdir(parents=True)
        quiet.joinpath("page_config.json").write_text(
            '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}'
        )
        self.process = subprocess.Popen(command, env=env, stdout=self.log, stderr=subprocess.STDOUT)
        self._await(60)

    def _await(self, seconds):
        end = time.monotonic() + seconds
        while True:
            try:
                return urllib.request.urlopen(f"{self.url}/api/status?token={self.token}", timeout=2).read()
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"JupyterLab did not start; its words are in {self.log.name}") from None
                time.sleep(0.1)

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()


@functools.cache
def started():
    """The server's folder, the server, and the browser; ended with the process."""
    if not CHROMIUM:
        raise AssertionError("no Chromium on PATH; install it or name it in CHROMIUM")
    OUT.mkdir(parents=True, exist_ok=True)
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    root = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
    server = Server(root)
    stack.callback(server.close)
    playwright = stack.enter_context(sync_playwright())
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env=os.environ | {"HOME": str(root)})
    stack.callback(browser.close)
    context = browser.new_context(viewport={"width": 1280, "height": 1400})  # one cache for all pages
    context.set_default_timeout(PATIENCE)
    return root, server, context


def new_book(cells, metadata=None):
    """A notebook of Go cells."""
    spec = {"kernelspec": {"name": "glassy", "display_name": "Go (Glassy)", "language": "go"}}
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells], metadata=metadata or spec)


class Open(unittest.TestCase):
    """Tests on one page with one notebook: setUpClass of a test opens it."""

    @classmethod
    def open(cls, name, book):
        """Writes the notebook, opens it and waits for its kernel."""
        root, server, context = started()
        cls.file = root / name
        nbformat.write(book, cls.file)
        cls.page = context.new_page()
        cls.addClassCleanup(cls.page.close)
        cls.addClassCleanup(cls.picture, "end")
        cls.page.goto(f"{server.url}/lab/tree/{name}?reset&token={server.token}")
        # The indicator says idle before a kernel is connected; the status bar says it after.
        cls.idle()

    @classmethod
    def idle(cls, timeout=PATIENCE):
        expect(cls.page.locator("#jp-main-statusbar").get_by_text("| Idle")).to_be_visible(timeout=timeout)

    @classmethod
    def picture(cls, what):
        cls.page.screenshot(path=OUT / f"jupyterlab-{cls.file.stem}-{what}.png")

    @classmethod
    def menu(cls, bar, command):
        cls.page.get_by_role("menuitem", name=bar, exact=True).click()
        cls.page.locator(f'[data-command="{command}"]').first.click()

    @classmethod
    def cell(cls, n):
        """The code cell n on the page."""
        return cls.page.locator(".jp-Notebook .jp-CodeCell").nth(n)

    def edit(self, n, *keys):
        """Puts the cursor to the end of cell n, and presses keys."""
        self.cell(n).locator(".cm-content").click()
        for key in ("Control+End", *keys):
            self.page.keyboard.press(key)
        return self.cell(n)

    def run_cell(self, n):
        return self.edit(n, "Shift+Enter")

    def saved(self, what, condition):
        """The code cells in the file, once JupyterLab has saved them and the condition holds of them."""
        self.page.keyboard.press("Control+s")

        def there():
            try:
                cells = [c for c in nbformat.read(self.file, as_version=4).cells if c.cell_type == "code"]
            except nbformat.reader.NotJSONError:  # it is being written
                return None
            return cells if condition(cells) else None

        until(f"the saved notebook has {what}", there, 30)
        nbformat.validate(nbformat.read(self.file, as_version=4))
        return there()


def pixels(element, file=None):
    """An element of a page as a picture in greys."""
    return Image.open(io.BytesIO(element.screenshot(path=file))).convert("L")


def ink(picture):
    """The share of a picture that is not white."""
    return sum(picture.histogram()[:200]) / (picture.width * picture.height)
