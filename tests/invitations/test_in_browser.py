"""Choosing invitations and answering one, in a real browser: wide and narrow, without script."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pages.axe import faults
from playwright.sync_api import Browser, Page, expect
from running import demo

from negotiations.invitations import signing

WIDTHS = (320, 1200)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("answering") / "data"
    with demo(folder) as found:
        yield {**found, "folder": folder}


def answer_page(told: dict[str, Any], title: str) -> str:
    """The link that North's delegate has in their invitation to this session."""
    token, base = told["tokens"]["practice_delegates"]["north"], told["base_url"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=f"{base}/api/v1", headers=headers) as client:
        me = client.get("/me").json()
        listed = client.get("/negotiations/practice-talks/sessions").json()["items"]
    [session] = [
        one["id"] for one in listed if (one["title"], one["status"]) == (title, "confirmed")
    ]
    keys = json.loads((Path(told["folder"]) / "demo.json").read_text())["keys"]
    return f"{base}/answer/{signing.answer_token(keys['webhooks'], me['id'], session, me['email'])}"


def signed_in(browser: Browser, link: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


def fits(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_an_answer_takes_one_button_without_script_and_without_signing_in(
    browser: Browser, told: dict[str, Any], width: int
) -> None:
    link = answer_page(told, "North / Agency: session 2")
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("North / Agency: session 2")
    page.get_by_role("button", name="Perhaps").click()
    expect(page.get_by_role("status")).to_contain_text("Perhaps")
    page.get_by_role("button", name="I come", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("I come")
    expect(page.get_by_role("link", name="Sign out")).to_have_count(0)
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_of_it_has_a_fault(browser: Browser, told: dict[str, Any], width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    page = context.new_page()
    link = answer_page(told, "North / Agency: session 2")
    for address in (link, f"{link}?answered", f"{link[:-1]}"):
        page.goto(address)
        assert faults(page) == []
        fits(page, width)
    context.close()


def test_one_chooses_by_a_tick_and_reads_what_it_means(
    browser: Browser, told: dict[str, Any]
) -> None:
    page = signed_in(browser, told["logins"]["practice_delegates"]["north"])
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{told['base_url']}/me")
        fits(page, width)
        tick = page.get_by_role("checkbox", name="Invite me by mail")
        expect(tick).to_be_checked(checked=width == WIDTHS[1])
        expect(page.get_by_text("each session that you accept is shown twice")).to_be_visible()
        tick.check()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("checkbox", name="Invite me by mail")).to_be_checked()
    page.context.close()
