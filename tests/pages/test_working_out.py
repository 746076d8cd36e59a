"""While a plan is worked out its page tells of it, and nobody's place on it is lost by that."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pages.axe import faults
from pages.conftest import Site
from playwright.sync_api import Page, expect

PLANS = "/n/practice-talks/plans"
LONG = 120_000  # ms that a planner on a busy machine may take


def opened(site: Site, window: Callable[..., Page], plan: str, **how: object) -> Page:
    page = window(site, "coordinator", bypass_csp=True, **how)
    page.goto(site.base + PLANS)
    page.get_by_role("link", name=plan, exact=True).click()
    return page


def test_a_page_that_waits_for_the_planner_is_told_and_not_taken_away(
    filled: Site, window: Callable[..., Page]
) -> None:
    page = window(filled, "coordinator", bypass_csp=True, width=320)
    page.goto(filled.base + PLANS)
    day = datetime.now(UTC) + timedelta(days=28)  # one, in which not all can have their place
    for label, value in (
        ("Title", "Another day"), ("First day", f"{day:%Y-%m-%d}"), ("Last day", f"{day:%Y-%m-%d}"),
        ("Sessions of each jurisdiction", "9"),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Begin the draft").click()
    page.get_by_text("How long, how often").click()
    page.get_by_label("Seconds at most").fill("120")
    page.get_by_label("Tries to better it").fill("100000")
    page.get_by_role("button", name="Work it out").click()
    again = page.get_by_role("link", name="Look again")
    expect(again).to_be_visible()
    assert faults(page) == []
    again.focus()
    other = opened(filled, window, "Another day")
    other.get_by_role("button", name="Stop it").click()
    done = page.get_by_role("status").filter(has_text="The planner has come to an end.")
    expect(done).to_be_visible(timeout=LONG)
    assert faults(page) == []
    done.get_by_role("link", name="See it").click()
    expect(page.get_by_role("button", name="Work it out")).to_be_visible()


def test_an_answer_shows_itself_to_who_only_waits_for_it(
    filled: Site, window: Callable[..., Page]
) -> None:
    page = opened(filled, window, "A week")
    page.get_by_text("How long, how often").click()
    page.get_by_label("Seed").fill("7")
    page.get_by_role("button", name="Work it out again").click()
    expect(page.get_by_text("Everything has its place.")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("button", name="Work it out again")).to_be_visible()
