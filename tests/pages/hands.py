"""A reader's hands: by mouse or by keyboard alone, with each press counted."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 150
FOCUSED = "one => one === document.activeElement"


class Hands:
    """Works a page. A press is a click, or Enter or Space on what has the focus; typing is none."""

    def __init__(self, page: Page, *, keyboard: bool) -> None:
        self.page, self.keyboard, self.presses = page, keyboard, 0

    def press(self, what: Locator) -> None:
        self.presses += 1
        what = what.first
        expect(what).to_be_visible()
        if not self.keyboard:
            what.click()
            return
        self._reach(what)
        ticked = what.evaluate("one => ['checkbox', 'radio'].includes(one.type)")
        self.page.keyboard.press("Space" if ticked else "Enter")

    def link(self, name: str, **more: Any) -> None:
        self.press(self.page.get_by_role("link", name=name, **more))

    def button(self, name: str, **more: Any) -> None:
        self.press(self.page.get_by_role("button", name=name, **more))

    def write(self, where: Locator, text: str) -> None:
        """Into a field, in place of what it holds."""
        where = where.first
        if not self.keyboard or where.get_attribute("type") in ("date", "time"):
            where.fill(text)
            return
        self._reach(where)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, where: Locator, label: str) -> None:
        """Of a list: a press."""
        self.presses += 1
        if not self.keyboard:
            where.select_option(label=label)
            return
        self._reach(where)
        self.page.keyboard.type(label)

    def _reach(self, what: Locator) -> None:
        """By Tab; a radio button by the arrows within its group."""
        for _ in range(MOST_TABS):
            if what.evaluate(FOCUSED):
                return None
            self.page.keyboard.press("Tab")
            name = what.get_attribute("name")
            if what.get_attribute("type") == "radio" and self.page.evaluate(
                "name => document.activeElement.name === name", name
            ):
                return self._turn(what)
        raise AssertionError(f"{what} can't be reached by the keyboard")

    def _turn(self, what: Locator) -> None:
        for _ in range(30):
            if what.evaluate(FOCUSED):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{what} can't be reached among its like")
