"""What is typed on the live page is saved; what fails meanwhile is tests/faults/live_notes.py."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from running import demo
from test_walks import signed_in

NOW = ("--now", "2010-11-12T23:00:00Z")
SESSION = "Arlington / ICE: session 1"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with demo(tmp_path_factory.mktemp("live") / "data", *NOW) as found:
        yield found


@pytest.fixture(scope="module")
def login(browser: Browser, told: dict[str, Any]) -> Any:
    """The cookies of the note-taker, whose link opens once."""
    page = signed_in(browser, told["logins"]["note_taker"])
    state = page.context.storage_state()
    page.context.close()
    return state


@pytest.fixture
def page(browser: Browser, told: dict[str, Any], login: Any) -> Iterator[Page]:
    """The live page of a session, as the note-taker has it."""
    found = browser.new_context(storage_state=login).new_page()
    found.goto(told["base_url"])
    found.get_by_role("link", name="Secure Communities").first.click()
    found.get_by_role("link", name=SESSION).first.click()
    found.get_by_role("link", name="Notes", exact=True).click()
    expect(found.get_by_text("Only the secretariat can read this").first).to_be_visible()
    yield found
    found.context.close()


def box(page: Page, place: int = 1) -> Any:
    return page.locator("section[data-item] textarea").nth(place)


def type_in(page: Page, words: str, place: int = 1) -> None:
    box(page, place).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def saved(page: Page, place: int = 1) -> Any:
    return page.locator("section[data-item] [data-saved]").nth(place)


def again(page: Page) -> Page:
    """The same page in another tab of the same browser."""
    other = page.context.new_page()
    other.goto(page.url)
    return other


def test_it_is_saved_while_one_types_and_the_page_says_so(page: Page) -> None:
    type_in(page, "First words.")
    expect(saved(page)).to_have_text(re.compile(r"^Saved \d\d:\d\d:\d\d [A-Z]+, revision \d+$"))
    # At the latest every two seconds, though nobody rests.
    before, began, numbers = saved(page).inner_text(), time.monotonic(), set()
    while time.monotonic() - began < 6:
        page.keyboard.type("and on ", delay=60)
        numbers.add(saved(page).inner_text())
    assert len(numbers - {before}) >= 2
    expect(page.locator("[data-status]")).to_contain_text("Saved")
    other = again(page)
    expect(box(other)).to_have_value(re.compile("^First words.and on "))


def test_a_tag_is_suggested_and_entered_by_keyboard_alone(page: Page) -> None:
    type_in(page, "\nACTION ICE: send the form by 2030-01-31\n", 2)
    confirm = page.locator("section[data-item]").nth(2).get_by_role("button", name="Confirm")
    expect(confirm).to_be_visible()
    for _ in range(8):
        if confirm.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("the commitment entered")
    expect(page.get_by_text("✓ recorded")).to_be_visible()


def test_an_old_copy_of_what_was_saved_asks_nobody_to_choose(page: Page) -> None:
    """A browser that was killed as a whole comes back with what its disk had got by then."""
    type_in(page, "All of it, and more.", 3)
    expect(saved(page, 3)).to_have_text(re.compile("^Saved "))
    page.evaluate("""() => {
        const {copyOf} = document.querySelector("form[data-autosave]").dataset;
        const {item} = document.querySelectorAll("section[data-item]")[3].dataset;
        const copy = text => JSON.stringify({text, base: "1-old", at: Date.now()});
        localStorage.setItem(`live:${copyOf}:${item}`, copy("All of it"));
    }""")
    other = again(page)
    expect(box(other, 3)).to_have_value("All of it, and more.")
    expect(other.locator(".differ")).to_have_count(0)
    assert other.evaluate("Object.keys(localStorage)") == []


def test_a_page_made_before_the_last_save_shows_what_was_saved(page: Page) -> None:
    """Loaded anew, it was made while a save was on its way, and came after that was saved."""

    def late(route: Route) -> None:
        answer = route.fetch()
        page.wait_for_timeout(2500)
        route.fulfill(response=answer)

    type_in(page, "Loaded anew in mid-sen", 4)
    page.route(page.url, late, times=1)
    page.reload()
    expect(box(page, 4)).to_have_value(re.compile("Loaded anew in mid-sen$"))
    type_in(page, "tence.", 4)
    expect(saved(page, 4)).to_have_text(re.compile("^Saved "))
    expect(page.locator(".differ")).to_have_count(0)
    expect(box(again(page), 4)).to_have_value(re.compile("Loaded anew in mid-sentence.$"))


def test_a_tab_that_ended_during_a_save_asks_nobody_to_choose(page: Page) -> None:
    """The service has what was on its way, the browser what was typed since."""
    taken = []

    def unanswered(route: Route) -> None:
        taken.append(route.fetch().status)

    page.route("**/live/save", unanswered)
    type_in(page, "Sent, and never", 0)
    page.wait_for_timeout(2500)
    assert taken == [200]
    type_in(page, " answered.", 0)
    other = again(page)
    expect(box(other, 0)).to_have_value(re.compile("Sent, and never answered.$"))
    expect(saved(other, 0)).to_have_text(re.compile("^Saved "))
    expect(other.locator(".differ")).to_have_count(0)
    page.unroute_all(behavior="ignoreErrors")


def test_what_a_tab_sent_at_its_end_may_come_after_the_next_tab(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/live/save", hold)
    type_in(page, "Sent, and late", 2)
    page.wait_for_timeout(2500)
    type_in(page, " to come.", 2)
    other = page.context.new_page()

    def after_it(route: Route) -> None:
        assert held[0].fetch().status == 200
        route.continue_()

    other.route("**/live/save", after_it, times=1)
    other.goto(page.url)
    expect(box(other, 2)).to_have_value(re.compile("Sent, and late to come.$"))
    expect(saved(other, 2)).to_have_text(re.compile("^Saved "))
    expect(other.locator(".differ")).to_have_count(0)
    page.unroute_all(behavior="ignoreErrors")


def test_an_ended_login_loses_nothing(page: Page, told: dict[str, Any]) -> None:
    page.context.clear_cookies()
    type_in(page, "After the login ended.", 1)
    expect(saved(page, 1)).to_contain_text("your sign-in has ended")
    assert "After the login ended." in box(page, 1).input_value()
    link = saved(page, 1).get_by_role("link")
    link.evaluate("one => one.kept = true")
    expect(link).to_have_attribute("href", "/sign-in")
    expect(link).to_have_attribute("target", "_blank")
    page.wait_for_timeout(2500)  # it tries again, and the link stays the one it was
    assert link.evaluate("one => one.kept")
    other = page.context.new_page()
    other.goto(told["logins"]["coordinator"])  # another login, with another seal
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("link", name="Secure Communities").first).to_be_visible()
    expect(saved(page, 1)).to_have_text(re.compile("^Saved "), timeout=15_000)
    expect(box(again(page), 1)).to_have_value(re.compile("After the login ended."))


def test_two_who_type_at_once_choose_what_stands(page: Page) -> None:
    other = again(page)
    type_in(other, "From the other tab.", 2)
    expect(saved(other, 2)).to_have_text(re.compile("^Saved "))
    type_in(page, "From this tab.", 2)
    pane = page.locator(".differ")
    expect(pane).to_contain_text("From the other tab.")
    expect(pane).to_contain_text("From this tab.")
    pane.get_by_role("button", name="Keep both").click()
    expect(saved(page, 2)).to_have_text(re.compile("^Saved "))
    both = box(again(page), 2).input_value()
    assert "From the other tab." in both
    assert "From this tab." in both
