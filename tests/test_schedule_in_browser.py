"""The schedule in a real browser: wide and narrow, printed, without script, by keyboard alone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from running import demo
from test_walks import signed_in

NOW = ("--now", "2010-11-12T23:00:00Z")
NARROW = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with demo(tmp_path_factory.mktemp("schedule") / "data", *NOW) as found:
        yield found


@pytest.fixture(scope="module")
def login(browser: Browser, told: dict[str, Any]) -> Any:
    """The cookies of the coordinator, whose link opens once."""
    page = signed_in(browser, told["logins"]["coordinator"])
    state = page.context.storage_state()
    page.context.close()
    return state


def opened(browser: Browser, login: Any, told: dict[str, Any], path: str, **how: Any) -> Page:
    page = browser.new_context(storage_state=login, **how).new_page()
    page.goto(f"{told['base_url']}/n/{path}")
    return page


RECORD, PRACTICE = "secure-communities-2010/schedule", "practice-talks/schedule"
PATHS = (RECORD, PRACTICE, f"{RECORD}?week=2010-W44", f"{PRACTICE}?week=2010-W45&times=utc")


@pytest.mark.parametrize("path", PATHS)
def test_a_phone_scrolls_in_one_direction_and_hits_every_link(
    browser: Browser, login: Any, told: dict[str, Any], path: str
) -> None:
    page = opened(browser, login, told, path, viewport=NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    small = """[...document.querySelectorAll("main a, main button, main select, main input")]
        .filter(one => one.getClientRects().length && one.getBoundingClientRect().height < 24)
        .map(one => one.outerHTML)"""
    assert page.evaluate(small) == []
    if "week=" in path:
        expect(page.locator("table.week")).to_be_hidden()
        expect(page.locator("main table.stack")).to_be_visible()
    page.context.close()


def test_a_desk_has_the_week_as_a_table(browser: Browser, login: Any, told: dict[str, Any]) -> None:
    page = opened(browser, login, told, PATHS[2], viewport={"width": 1280, "height": 800})
    expect(page.get_by_role("columnheader", name="Fri 5 Nov")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Arlington County, Virginia")).to_be_visible()
    expect(page.get_by_role("region", name="The week as a table")).to_be_visible()
    expect(page.locator("main table.stack")).to_be_hidden()
    expect(page.get_by_text("Clocks change on Sun 7 Nov 2010")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.context.close()


@pytest.mark.parametrize("path", PATHS)
def test_on_paper_are_the_sessions_with_utc_and_nothing_to_press(
    browser: Browser, login: Any, told: dict[str, Any], path: str
) -> None:
    page = opened(browser, login, told, path)
    page.emulate_media(media="print")
    for one in ("form", "nav.line", ".offer", ".self", ".clocks", ".skip"):
        assert page.locator(f"{one}:visible").count() == 0, one
    expect(page.locator("main table:visible")).to_have_count(1)
    assert page.get_by_text("UTC").locator("visible=true").count() > 0
    boxes = """[...document.styleSheets].flatMap(one => [...one.cssRules]).flatMap(one =>
        one.type === CSSRule.MEDIA_RULE ? [...one.cssRules] : [one])
        .filter(one => one instanceof CSSPageRule).map(one => one.cssText).join("\\n")"""
    assert "counter(page)" in page.evaluate(boxes)
    page.context.close()


def test_a_session_is_moved_by_keyboard_alone_with_three_presses(
    browser: Browser, login: Any, told: dict[str, Any]
) -> None:
    page = opened(browser, login, told, PRACTICE, java_script_enabled=False)
    pressed = 0

    def press(role: Any, name: str) -> None:
        nonlocal pressed
        found = page.get_by_role(role, name=name)
        for _ in range(120):
            if found.evaluate("one => one === document.activeElement"):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        pressed += 1

    press("link", "Move North / Agency: session 2")
    expect(page).to_have_url(re.compile("/move$"))
    before = page.locator("[name=date]").input_value()
    page.locator("[name=start]").fill("16:15")
    page.locator("[name=end]").fill("17:15")
    page.locator("[name=reason]").fill("The hall is taken until four")
    press("button", "Check")
    expect(page.get_by_text("Nothing has changed yet")).to_be_visible()
    expect(page.get_by_text("Told by mail, unless they turned that off")).to_be_visible()
    press("button", "Move it")
    expect(page.get_by_role("heading", name="North / Agency: session 2")).to_be_visible()
    assert pressed == 3
    page.goto(f"{told['base_url']}/n/{PRACTICE}?from={before}&to={before}")
    expect(page.get_by_text("16:15 to 17:15 EST")).to_be_visible()
    page.context.close()


def test_the_clock_is_kept_without_script(
    browser: Browser, login: Any, told: dict[str, Any]
) -> None:
    page = opened(browser, login, told, PATHS[2], java_script_enabled=False)
    page.get_by_role("link", name="UTC", exact=True).click()
    expect(page.locator("table.week").get_by_text("18:00 to 20:00 UTC")).to_be_visible()
    page.get_by_role("button", name="Always so").click()
    page.goto(f"{told['base_url']}/n/{RECORD}")
    expect(page.get_by_text("18:00 to 20:00 UTC").first).to_be_visible()
    page.get_by_role("link", name="Venue", exact=True).click()
    page.get_by_role("button", name="Always so").click()
    expect(page.get_by_text("14:00 to 16:00 EDT").first).to_be_visible()
    expect(page.get_by_role("button", name="Always so")).to_have_count(0)
    page.context.close()
