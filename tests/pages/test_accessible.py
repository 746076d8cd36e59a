"""No page has a fault that axe-core finds, or scrolls sideways in 320 px, in any of its states.

Every page that a reader comes to by links is looked at, one of each kind; `make browser` looks at
three of each, for more people, and in the dark.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pages.axe import faults
from pages.conftest import Site
from playwright.sync_api import Page
from starlette.routing import Route

from negotiations.app import create_app
from negotiations.settings import Settings

Window = Callable[..., Page]
NARROW, WIDE, HEIGHT = 320, 1280, 800
PAPER = 680  # CSS pixels between the margins of a portrait A4
# The kinds of pages that the demonstration must lead to: a crawl that finds few is no proof.
LEAST = {"coordinator": 40, "arlington": 18, "north": 18, "note_taker": 22, "nobody": 4}


def looked_at(
    site: Site, window: Window, name: str, *widths: int, each: int = 1, state: str = "", **more: str
) -> Iterator[list[str]]:
    """The faults of page after page in a window of these widths, one after the other; `state` may
    be `printed` or `scriptless`."""
    page = window(site, name, width=widths[0], bypass_csp=True, **more)
    if state == "printed":
        page.emulate_media(media="print")
    elif state == "scriptless":  # without those of the pages: axe is one itself
        page.route("**/static/*.js", lambda route: route.abort())
    for address in site.pages(name, each):
        page.set_viewport_size({"width": widths[0], "height": HEIGHT})
        answer = page.goto(site.base + address)
        assert answer is not None and answer.status == 200, address
        found = faults(page)
        for width in widths[1:]:  # no script asks how wide it is, and so nothing is fetched again
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found += faults(page)
        yield found
    page.context.close()


@pytest.mark.parametrize(
    ("name", "widths"),
    [("coordinator", (NARROW, WIDE)), ("arlington", (NARROW,)), ("nobody", (NARROW,))],
)
def test_every_page_of_the_demonstration(
    filled: Site, window: Window, name: str, widths: tuple[int, ...]
) -> None:
    found = list(looked_at(filled, window, name, *widths))
    assert len(found) >= LEAST[name]
    assert [one for each in found for one in each] == []


# Answers that are files, for machines, or show themselves in other tests.
NO_PAGES = {
    "/feeds/{token}.ics", "/public/{neg}.ics", "/public/{neg}/{jurisdiction}.ics",
    "/public/{neg}.json", "/n/{neg}/matrix.csv", "/n/{neg}/matrix.json", "/n/{neg}/own-notes.zip",
    "/static/{name}", "/healthz", "/readyz", "/metrics", "/robots.txt",
    "/answer/{token}",  # tests/invitations/test_in_browser.py
    "/sign-in/{secret}",  # each person of the site came by it
    "/s/{id}/notes",  # leads on to the live page
}  # fmt: skip


def test_every_page_there_is_can_be_come_to(filled: Site, tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/none.db")
    routes = [
        one for one in create_app(settings, ticking=False).routes
        if isinstance(one, Route) and "GET" in (one.methods or ()) and "/api/" not in one.path
    ]  # fmt: skip
    found = [one.partition("?")[0] for name in LEAST for one in filled.pages(name, each=3)]
    reached = {
        next(one.path for one in routes if one.path_regex.match(address)) for address in found
    }
    assert {one.path for one in routes} - reached == NO_PAGES


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("name", list(LEAST))
def test_three_pages_of_each_kind(
    filled: Site, window: Window, name: str, width: int, scheme: str
) -> None:
    found = list(looked_at(filled, window, name, width, each=3, color_scheme=scheme))
    assert [one for each in found for one in each] == []


@pytest.mark.browser
@pytest.mark.parametrize("state", ["printed", "scriptless"])
@pytest.mark.parametrize("name", list(LEAST))
def test_pages_on_paper_and_without_script(
    filled: Site, window: Window, name: str, state: str
) -> None:
    width = PAPER if state == "printed" else NARROW
    found = list(looked_at(filled, window, name, width, state=state))
    assert len(found) >= LEAST[name]
    assert [one for each in found for one in each] == []


def test_talks_in_which_nothing_has_happened(empty: Site, window: Window) -> None:
    found = list(looked_at(empty, window, "coordinator", NARROW, WIDE))
    assert len(found) >= 12
    assert [one for each in found for one in each] == []


def wrongly_sent(page: Page) -> bool:
    """Send the page's main form with nothing in it, past the browser's own checks."""
    form = page.locator("main form[method=post]:has(:required)").first
    if not form.count():
        return False
    form.evaluate("""form => {
        form.noValidate = true;
        for (const one of form.querySelectorAll('input:not([type=hidden]), textarea'))
            if (one.required) one.value = '';
    }""")
    with page.expect_navigation() as answer:
        form.evaluate("form => form.requestSubmit(form.querySelector('button:not([name])'))")
    return answer.value.status >= 400


def test_forms_that_come_back_with_what_is_wrong(filled: Site, window: Window) -> None:
    page = window(filled, "coordinator", width=NARROW, bypass_csp=True)
    refused = 0
    for address in filled.pages("coordinator"):
        page.goto(filled.base + address)
        if wrongly_sent(page):
            refused += 1
            assert page.locator(".problem, .error").count(), address
            assert faults(page) == []
    assert refused >= 8


def test_what_is_not_there_and_a_login_that_is_over(filled: Site, window: Window) -> None:
    page = window(filled, "coordinator", width=NARROW, bypass_csp=True)
    answer = page.goto(f"{filled.base}/s/{'0' * 20}")
    assert answer is not None and answer.status == 404
    assert faults(page) == []
    page.context.clear_cookies()
    page.goto(f"{filled.base}/n/secure-communities-2010/matrix")
    assert page.url.startswith(f"{filled.base}/sign-in")
    assert faults(page) == []
