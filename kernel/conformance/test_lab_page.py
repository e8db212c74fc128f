"""The tour in a JupyterLab page: all cells run, the figures are drawn, a slider is dragged and its figure follows.

Run: NOTEBOOK=notebooks/00-tour.ipynb OUT=folder [CHROMIUM=path] python -m unittest -v test_lab_page
The notebook is copied without its outputs, so that what is found was drawn in
this run; pictures of the page stay in OUT.
"""

import os
import re
import unittest
from pathlib import Path
from urllib.parse import unquote

import nbformat
from frontend import until
from lab_page import OUT, Open, ink, pixels
from PIL import ImageChops
from playwright.sync_api import expect

NOTEBOOK = Path(os.environ.get("NOTEBOOK", ""))
RUN = 400_000  # milliseconds for the whole notebook
VIEW = "application/vnd.jupyter.widget-view+json"


class Tour(Open):
    @classmethod
    def setUpClass(cls):
        if not NOTEBOOK.is_file():
            raise AssertionError(f"NOTEBOOK={NOTEBOOK}: expected the path of an .ipynb file")
        book = nbformat.read(NOTEBOOK, as_version=4)
        for cell in book.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        cls.count = sum(bool(c.cell_type == "code" and c.source.strip()) for c in book.cells)
        cls.open(NOTEBOOK.name, book)
        cls.menu("Run", "runmenu:run-all")
        # A code cell that has run shows its number, but for one that is folded: the last number says that all have.
        cls.page.wait_for_function(
            """count => {
                const prompts = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputArea-prompt')]
                return prompts.some(p => p.textContent.includes(`[${count}]`))
            }""",
            arg=cls.count,
            timeout=RUN,
        )
        cls.idle(RUN)

    def all_ran(self, cells):
        return sum(c.execution_count is not None for c in cells) >= self.count

    def test_all_cells_draw_their_figures(self):
        for cell in self.saved("all cells' numbers", self.all_ran):
            errors = [f"{out.ename}: {out.evalue}" for out in cell.outputs if out.output_type == "error"]
            self.assertEqual(bool(errors), "raises-exception" in cell.metadata.get("tags", []), errors)
        figures = self.page.locator(".jp-OutputArea-output :is(svg, img)")
        self.assertGreater(figures.count(), 4, "figures on the page")
        for n, figure in enumerate(figures.all()):
            figure.scroll_into_view_if_needed()
            expect(figure).to_be_visible()
            shot = pixels(figure, OUT / f"jupyterlab-figure-{n + 1}.png")
            self.assertGreaterEqual(min(shot.size), 100, f"figure {n + 1} is {shot.size} pixels")
            self.assertGreater(ink(shot), 0.002, f"figure {n + 1} is blank")
            self.assertLess(ink(shot), 0.9, f"figure {n + 1} is all ink")

    def slider(self):
        """The second slider of the notebook's: the tilt."""
        return self.page.locator(".jp-OutputArea-output .widget-slider").nth(1)

    def figure(self):
        """The figure of the sliders."""
        cell = self.page.locator(".jp-CodeCell").filter(has=self.page.locator(".widget-slider"))
        return cell.locator(".jp-RenderedSVG")

    def title(self):
        """The tilt in the title of the figure on the page, None before there is one."""
        # In one go: a figure that is being replaced is not waited for.
        source = self.page.evaluate(
            """() => [...document.querySelectorAll('.jp-RenderedSVG')].map(e => e.innerHTML).find(s => unescape(s).includes('tilt')) ?? ''"""
        )
        found = re.search(r'aria-label="[^"]*tilt (-?[0-9.]+)"', unquote(source.replace("&quot;", '"')))
        return float(found[1]) if found else None

    def readout(self):
        return float(self.slider().locator(".widget-readout").inner_text().replace("\N{MINUS SIGN}", "-"))

    def drag(self, to, steps=20):
        """Drags the handle to a fraction of its way; returns the titles seen on the way."""
        handle, track = (self.slider().locator(at).bounding_box() for at in (".noUi-handle", ".noUi-base"))
        mouse, y = self.page.mouse, handle["y"] + handle["height"] / 2
        begin = handle["x"] + handle["width"] / 2
        mouse.move(begin, y)
        mouse.down()
        seen = set()
        for step in range(1, steps + 1):
            mouse.move(begin + (track["x"] + to * track["width"] - begin) * step / steps, y)
            seen.add(self.title())
        mouse.up()
        return seen

    def test_figure_follows_the_slider_and_stays(self):
        self.slider().scroll_into_view_if_needed()
        until("the first figure", lambda: self.title() == 0, 30)
        before = pixels(self.figure(), OUT / "jupyterlab-slider-begin.png")

        seen = self.drag(0.2)
        until("the figure is that of the slider", lambda: self.title() == self.readout(), 30)
        self.assertAlmostEqual(self.readout(), -0.3, delta=0.05)
        after = pixels(self.figure(), OUT / "jupyterlab-slider-dragged.png")
        changed = sum(ImageChops.difference(before, after.resize(before.size)).histogram()[64:])
        self.assertGreater(changed, 200, "pixels that changed")
        self.assertGreater(len(seen), 2, f"figures drawn while dragging: {seen}")

        wanted = f"tilt {self.title():.2f}"
        drawn = self.saved(f"the figure of {wanted}", lambda cells: any(wanted in str(c.outputs) for c in cells))
        [outputs] = [c.outputs for c in drawn if "lab.Interact" in c.source]
        self.assertEqual([VIEW in out.data for out in outputs], [True, False])
        self.assertIn(wanted, str(outputs[1].data["image/svg+xml"]))
        self.assertIn("tilt = ", outputs[0].data["text/plain"])


if __name__ == "__main__":
    unittest.main()
