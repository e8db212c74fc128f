"""One JupyterLab page in headless Chromium: opens the notebook, runs all cells, finds the figures.

Run: NOTEBOOK=path OUT=folder [CHROMIUM=path] python -m unittest -v test_lab_page
The notebook is copied without its outputs, so that what is found was drawn in
this run; the page's picture stays in OUT.
"""

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

NOTEBOOK = Path(os.environ.get("NOTEBOOK", ""))
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
RUN = 240_000  # milliseconds for the whole notebook


class Lab:
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


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not NOTEBOOK.is_file():
            raise AssertionError(f"NOTEBOOK={NOTEBOOK}: expected the path of an .ipynb file")
        if not CHROMIUM:
            raise AssertionError("no Chromium on PATH; install it or name it in CHROMIUM")
        OUT.mkdir(parents=True, exist_ok=True)
        cls.root = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        book = nbformat.read(NOTEBOOK, as_version=4)
        for cell in book.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(book, cls.root / NOTEBOOK.name)
        cls.cells = sum(bool(c.cell_type == "code" and c.source.strip()) for c in book.cells)
        cls.lab = Lab(cls.root)
        cls.addClassCleanup(cls.lab.close)

    def test_run_all_draws_the_figures(self):
        with sync_playwright() as p:
            browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env=os.environ | {"HOME": str(self.root)})
            page = browser.new_page(viewport={"width": 1280, "height": 1600})
            page.set_default_timeout(30_000)
            try:
                page.goto(f"{self.lab.url}/lab/tree/{NOTEBOOK.name}?reset&token={self.lab.token}")
                self.run_all(page)
                self.check(page)
            finally:
                page.screenshot(path=OUT / "jupyterlab.png")
                browser.close()

    def run_all(self, page):
        expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible(timeout=60_000)
        # The indicator says idle before a kernel is connected; the status bar says it after.
        status = page.locator("#jp-main-statusbar").get_by_text("| Idle")
        expect(status).to_be_visible(timeout=60_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator('[data-command="runmenu:run-all"]').first.click()
        # Every code cell gets its number; a cell that waits or runs shows a star.
        page.wait_for_function(
            """count => {
                const prompts = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputArea-prompt')]
                return prompts.filter(p => /\\[\\d+\\]/.test(p.textContent)).length >= count
            }""",
            arg=self.cells,
            timeout=RUN,
        )
        expect(status).to_be_visible(timeout=RUN)

    def saved(self, page):
        """The outputs in the file, once JupyterLab has saved it."""
        page.keyboard.press("Control+s")
        file = self.root / NOTEBOOK.name

        def ran():
            try:
                cells = [c for c in nbformat.read(file, as_version=4).cells if c.cell_type == "code"]
            except nbformat.reader.NotJSONError:  # it is being written
                return None
            return cells if sum(c.execution_count is not None for c in cells) >= self.cells else None

        until("JupyterLab saves the notebook", ran)
        outputs = [out for cell in ran() for out in cell.outputs]
        nbformat.validate(nbformat.read(file, as_version=4))
        return outputs

    def check(self, page):
        outputs = self.saved(page)
        errors = [f"{out.ename}: {out.evalue}" for out in outputs if out.output_type == "error"]
        self.assertEqual(errors, [])
        figures = page.locator(".jp-OutputArea-output :is(svg, img)")
        self.assertGreater(figures.count(), 0, "no figure on the page")
        for n, figure in enumerate(figures.all()):
            figure.scroll_into_view_if_needed()
            expect(figure).to_be_visible()
            shot = Image.open(io.BytesIO(figure.screenshot(path=OUT / f"jupyterlab-figure-{n + 1}.png"))).convert("L")
            self.assertGreaterEqual(min(shot.size), 100, f"figure {n + 1} is {shot.size} pixels")
            ink = sum(shot.histogram()[:200]) / (shot.width * shot.height)
            self.assertGreater(ink, 0.002, f"figure {n + 1} is blank")
            self.assertLess(ink, 0.9, f"figure {n + 1} is all ink")


if __name__ == "__main__":
    unittest.main()
