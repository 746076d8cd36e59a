"""What a page says on paper: which text it is, whether it is agreed, and nothing to press."""

import hashlib
import re
from collections.abc import Callable, Iterator

import pytest
from pages.conftest import Site, stirred
from playwright.sync_api import Locator, Page, expect

OLD = "Arlington / ICE: session 1"
Print = Callable[..., Page]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Of its own: which summary is agreed may not hang on what other tests did."""
    with stirred(tmp_path_factory.mktemp("printed")) as site:
        yield site


@pytest.fixture
def paper(filled: Site, window: Callable[..., Page]) -> Iterator[Print]:
    """A page as it is printed: paper("coordinator", "/path")."""
    made = []

    def open_(name: str, address: str) -> Page:
        page = window(filled, name, width=680)
        made.append(page)
        page.emulate_media(media="print")
        page.goto(filled.base + address)
        return page

    yield open_
    for page in made:
        page.context.close()


def summary_of(site: Site, text: str) -> str:
    """The address of the coordinator's summary page that says this."""
    client = site.people["coordinator"]
    return next(
        one for one in site.pages("coordinator") if re.fullmatch(r"/s/\w+/summary", one)
        and text in client.get(one).text
    )  # fmt: skip


def hash_of(page: Page) -> str:
    """Of the text as it was saved, which the page has as well."""
    text = page.locator("details:has-text('Text as saved') pre").last.text_content() or ""
    return hashlib.sha256(text.encode()).hexdigest()


def style(one: Locator, *names: str) -> list[str]:
    got: list[str] = one.evaluate("(one, names) => names.map(n => getComputedStyle(one)[n])", names)
    return got


def test_a_draft_says_so_on_each_page_with_its_symbol_revision_and_hash(
    filled: Site, paper: Print
) -> None:
    address = summary_of(filled, ">DRAFT</span>")
    page = paper("coordinator", address)
    running = page.locator(".running")
    named = "PT-SOU/S1/SUM · revision 1 · SHA-256"
    expect(running).to_have_text(f"DRAFT · {named} {hash_of(page)}")
    # A head that Chromium repeats on each page, and a word that lies over each.
    assert style(running, "display", "breakInside") == ["table-header-group", "avoid"]
    mark = page.locator(".unagreed")
    laid = mark.evaluate("one => { const s = getComputedStyle(one, '::before');"
                         " return [s.content, s.position, s.display]; }")  # fmt: skip
    assert laid == ['"DRAFT"', "fixed", "block"]
    expect(page.get_by_text("The form was explained.")).to_be_visible()
    for one in ("form", "button", "nav.self", ".acts"):
        assert [each.is_visible() for each in page.locator(one).all()].count(True) == 0, one


def test_what_is_agreed_bears_no_mark_of_a_draft(filled: Site, paper: Print) -> None:
    address = summary_of(filled, ">AGREED</span>")
    for name in ("coordinator", "north"):
        page = paper(name, address)
        named = f"PT-NOR/S1/SUM · revision 2 · SHA-256 {hash_of(page)}"
        expect(page.locator(".running")).to_have_text(named)
        expect(page.locator(".unagreed")).to_have_count(0)
        expect(page.get_by_text(re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"))).to_be_visible()
        expect(page.get_by_text(re.compile(r"As it was read .* UTC\."))).to_be_visible()


def test_a_session_a_matrix_and_a_timeline_on_paper(filled: Site, paper: Print) -> None:
    page = paper("arlington", "/n/secure-communities-2010")
    expect(page.get_by_role("table", name="What happened, and when")).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("link", name=OLD).first.click()
    page.emulate_media(media="print")
    facts = page.locator("dl.facts").inner_text()
    page.get_by_role("link", name="SC-ARL/S1/SUM").click()
    assert f"SC-ARL/S1/SUM, published, revision 1, SHA-256 {hash_of(page)}" in facts
    page = paper("coordinator", "/n/secure-communities-2010/matrix")
    expect(page.get_by_text("ICE answered no, “with finality”.").first).to_be_visible()
    assert not page.get_by_text("Positions and answers").first.is_visible()


def test_every_sheet_counts_its_pages(filled: Site, paper: Print) -> None:
    """Chromium makes the numbers of what the style says, so that a long page is several."""
    page = paper("coordinator", "/n/secure-communities-2010/matrix")
    rules = page.evaluate("[...document.styleSheets[0].cssRules].map(one => one.cssText)")
    rule = next(one for one in rules if one.startswith("@page {"))
    assert 'counter(page) " of " counter(pages)' in rule
    pages = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", pages)) >= 2


def test_what_stands_beside_fields_and_buttons_is_on_paper_without_them(
    filled: Site, paper: Print
) -> None:
    """Forms stay away from it, and neither what is asked about nor a note is in one alone."""
    poll = next(one for one in filled.pages("coordinator") if one.endswith("/poll"))
    page = paper("north", poll)
    asked = page.get_by_role("table", name="Times asked about")
    heads = [one.inner_text() for one in asked.get_by_role("columnheader").all()]
    assert heads == ["Time", "Agency", "North"]
    expect(asked.get_by_role("cell", name="if need be Pat, by telephone")).to_be_visible()
    page = paper("coordinator", "/")
    others = page.get_by_role("region", name="Waiting on others")
    expect(others.get_by_role("listitem").first).to_be_visible()
    live = next(one for one in filled.pages("coordinator") if one.endswith("/live"))
    page = paper("note_taker", live)
    written = page.locator("textarea[name='body/general']")
    expect(written).to_be_visible()
    scrolls = "one => one.scrollHeight > one.clientHeight + 1"
    assert not written.evaluate(scrolls)  # a sheet can't be scrolled
    for name in ("button", "input:not([type=hidden])", "select"):
        assert [one.is_visible() for one in page.locator(name).all()].count(True) == 0, name
