"""The debugger of a JupyterLab page: a breakpoint, the line that is stopped at, a variable, and on.

Run: OUT=folder [CHROMIUM=path] python -m unittest -v test_lab_debugger
Pictures of the page stay in OUT.
"""

import contextlib
import re
import unittest

from lab_page import Open, new_book
from kernels import GO
from playwright.sync_api import expect


class Debugger(Open):
    @classmethod
    def setUpClass(cls):
        cls.open("debugged.ipynb", new_book([GO.debugged, GO.debugged_result]))

    def test_breakpoint(self):
        page = self.page
        bug = page.locator(".jp-DebuggerBugButton").first
        expect(bug).to_be_enabled()
        sidebar = page.locator(".jp-DebuggerSidebar")
        cell = self.cell(0)
        line = cell.locator(".cm-breakpoint-gutter .cm-gutterElement").nth(2)  # the first element is a spacer
        listed = sidebar.locator(".jp-DebuggerBreakpoint")
        for _ in range(6):
            bug.click()
            expect(bug).to_have_attribute("aria-pressed", "true")
            line.click()
            with contextlib.suppress(AssertionError):
                expect(listed).to_have_count(1, timeout=10_000)
                break
            # JupyterLab's own session sometimes begins empty, and takes no breakpoint
            # until it is begun again.
            bug.click()
            expect(bug).to_have_attribute("aria-pressed", "false")
        expect(listed).to_have_count(1)
        self.run_cell(0)

        stopped = cell.locator(".jp-DebuggerEditor-highlight")
        expect(stopped).to_contain_text("m := 2 * n")
        expect(sidebar.locator(".jp-DebuggerCallstackFrame").first).to_contain_text("twice")
        expect(self.variable(sidebar, "n")).to_contain_text("21")
        self.picture("stopped")

        page.locator('[data-command="debugger:next"]').first.click()
        expect(stopped).to_contain_text("return m")
        expect(self.variable(sidebar, "m")).to_contain_text("42")
        self.picture("stepped")

        page.locator('[data-command="debugger:continue"]').first.click()
        expect(cell.locator(".jp-InputArea-prompt")).to_contain_text("[1]")
        expect(stopped).to_have_count(0)
        # Between cells the sidebar lists the session's variables.
        expect(self.variable(sidebar, "kept")).to_contain_text("42")
        bug.click()
        expect(bug).to_have_attribute("aria-pressed", "false")

    @staticmethod
    def variable(sidebar, name):
        """The line of a variable in the sidebar."""
        return sidebar.locator(".jp-DebuggerVariables-name", has_text=re.compile(f"^{name}$")).locator("xpath=..")


if __name__ == "__main__":
    unittest.main()
