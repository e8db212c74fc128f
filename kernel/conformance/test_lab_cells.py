"""Working in a JupyterLab page: help while typing, Interrupt in a long descent, a new kernel.

Run: OUT=folder [CHROMIUM=path] python -m unittest -v test_lab_cells
Pictures of the page stay in OUT.
"""

import unittest

from frontend import until
from lab_page import Open, new_book
from playwright.sync_api import expect

CELLS = [
    "g := glass.New(3, 60, glass.Seed(1))",
    "many := optim.Descend(g, 100_000, optim.DescendOptions{Together: 64})",
    'fmt.Println("kept:", 0 < many.Len() && many.Len() < 100_000)',
    "glass.Log",
    "glass.Complexity(3, -1.6)",
    "g",
]
GLASS, DESCENT, USE, TO_COMPLETE, CALL, NAME = range(len(CELLS))


class Cells(Open):
    @classmethod
    def setUpClass(cls):
        cls.open("cells.ipynb", new_book(CELLS))

    def test_tab_completes(self):
        self.edit(TO_COMPLETE, "Tab")
        items = self.page.locator(".jp-Completer-item")
        item = items.filter(has=self.page.get_by_text("LogMinima", exact=True))
        expect(item).to_contain_text("function")
        self.assertGreater(items.count(), 3, "names that begin with Log")
        self.picture("tab")
        item.click()
        expect(self.cell(TO_COMPLETE).locator(".cm-content")).to_have_text("glass.LogMinima")

    def test_shift_tab_explains(self):
        self.edit(CALL, "ArrowLeft", "Shift+Tab")
        tooltip = self.page.locator(".jp-Tooltip")
        expect(tooltip).to_contain_text("func glass.Complexity(p int, u float64) float64")
        expect(tooltip).to_contain_text("(2.11)")  # its formula in the thesis
        self.picture("shift-tab")
        self.page.keyboard.press("Escape")
        expect(tooltip).to_have_count(0)

    def test_interrupt_keeps_what_is_done(self):
        self.run_cell(GLASS)
        descent = self.run_cell(DESCENT)
        bar = descent.locator(".jp-OutputArea-output", has_text="descents")
        until("some descents have arrived", lambda: bar.count() and " 0/" not in bar.first.inner_text(), 60)
        self.picture("descending")
        self.page.locator('[data-jp-item-name="interrupt"]').first.click()
        expect(descent.locator(".jp-InputArea-prompt")).to_contain_text("[2]")
        expect(descent).not_to_contain_text("does not stop")
        expect(self.run_cell(USE).locator(".jp-OutputArea-output")).to_have_text("kept: true")
        self.picture("interrupted")

    def test_restart_forgets(self):
        self.menu("Kernel", "kernelmenu:restart")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.idle()
        expect(self.run_cell(NAME).locator(".jp-OutputArea-output")).to_contain_text("undefined: g")
        self.picture("restarted")
        expect(self.run_cell(GLASS).locator(".jp-InputArea-prompt")).to_contain_text("[2]")
        expect(self.run_cell(NAME).locator(".jp-OutputArea-output")).to_contain_text("3-spin glass of N = 60 spins")


if __name__ == "__main__":
    unittest.main()
