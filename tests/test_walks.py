"""A newcomer's first read: the whole path, in a real browser with a real calendar client beside it.

A coordinator makes a session with Washington, DC, both heads accept, it is confirmed and moved;
vdirsyncer follows; the note-taker posts the result and the matrix tells. The public sees nothing.
"""

from pathlib import Path
from typing import Any

import httpx2
import icalendar
from clients.vdirsyncer import Vdirsyncer
from playwright.sync_api import Browser, Page, expect
from readers import events
from running import demo, free_port

# The clock of the two starts: before the session, and after it.
BEFORE, AFTER = ("--now", "2010-11-10T12:00:00Z"), ("--now", "2010-11-12T23:00:00Z")


class Phone(Vdirsyncer):
    """A calendar program subscribed to one feed."""

    def sees(self) -> list[icalendar.Event]:
        """The sessions on the phone after it asked, by start; the talks' window left out."""
        self.refresh()
        found = [
            event
            for file in self.items.glob("*.ics")
            for event in events(file.read_bytes()).values()
            if hasattr(event["DTSTART"].dt, "hour")
        ]
        return sorted(found, key=lambda event: event["DTSTART"].dt)


def signed_in(browser: Browser, link: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Secure Communities").first).to_be_visible()
    return page


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"[name='{name}']").fill(value)


def propose(page: Page) -> str:
    """The coordinator proposes Friday 12 November, 10:00; returns the session's address."""
    page.get_by_role("link", name="Secure Communities").first.click()
    page.get_by_role("link", name="New session").click()
    page.get_by_label("With", exact=True).select_option("dc")
    fill(page, date="2010-11-12", start="10:00", end="12:00", location="Wilson Building")
    page.get_by_label("Withhold fingerprint data").check()
    page.get_by_role("button", name="Propose", exact=True).click()
    expect(page.get_by_role("heading", name="DC / ICE: session 1 proposed")).to_be_visible()
    # Outside the talks' window: a warning only.
    expect(page.locator(".note.warning").first).to_contain_text("outside")
    return page.url.partition("?")[0]


def test_a_newcomer_plays_it_through(browser: Browser, tmp_path: Path) -> None:
    port = ("--port", str(free_port()))  # the same at both starts, as for a real phone
    with demo(tmp_path / "data", *BEFORE, *port) as told:
        phone = Phone(tmp_path / "phone", told["feeds"]["delegates"]["dc"])
        assert phone.sees() == []
        coordinator = signed_in(browser, told["logins"]["coordinator"])
        session = propose(coordinator)
        assert [str(one["SUMMARY"]) for one in phone.sees()] == ["TENTATIVE: DC / ICE: session 1"]
        for side, name in (("dc", "DC"), ("ice", "ICE")):
            head = signed_in(browser, told["logins"]["delegates"][side])
            head.goto(session)
            head.get_by_role("button", name=f"Accept for {name}").click()
            expect(head.get_by_text(f"{name}: accepted")).to_be_visible()
            head.context.close()
        coordinator.goto(session)
        coordinator.get_by_role("button", name="Confirm", exact=True).click()
        expect(coordinator.locator(".status").first).to_have_text("confirmed")
        [first] = phone.sees()
        before = uids(told)
        assert (first["STATUS"], first["SEQUENCE"]) == ("CONFIRMED", 1)
        move(coordinator)
        [moved] = phone.sees()
        assert uids(told) == before
        assert moved["SEQUENCE"] == 2
        assert moved["DTSTART"].dt.isoformat() == "2010-11-12T14:00:00-05:00"
        assert moved["DESCRIPTION"].startswith(
            "Moved from Fri 12 Nov 10:00 EST: The room is taken until noon"
        )
        coordinator.context.close()
    path = session.partition("/s/")[2]
    with demo(tmp_path / "data", *AFTER, *port) as told:
        post_result(browser, told, f"{told['base_url']}/s/{path}")
        assert uids(told) == before
        [held] = phone.sees()
        assert held["DESCRIPTION"].split("\n")[0] == "HELD. 1 clarified."
        look_at_the_matrix(browser, told)
        public = httpx2.get(f"{told['base_url']}/public/secure-communities-2010/dc.ics").content
        assert [str(one["SUMMARY"]) for one in events(public).values()] == [
            "No session recorded with Washington, DC"
        ]
        assert b"Wilson Building" not in public


def uids(told: dict[str, Any]) -> set[str]:
    return set(events(httpx2.get(told["feeds"]["delegates"]["dc"]).content))


def move(page: Page) -> None:
    """To the afternoon, with both sides' consent; first what would happen, then it happens."""
    page.get_by_role("link", name="Move").click()
    fill(page, start="14:00", end="16:00", reason="The room is taken until noon")
    for number, side in enumerate(("ICE", "DC")):
        page.get_by_label(f"{side} agrees").check()
        fill(page, **{f"consents/{number}/how": "by telephone"})
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Nothing has changed yet")).to_be_visible()
    page.get_by_role("button", name="Move it").click()
    expect(page.locator(".status").first).to_have_text("confirmed")
    expect(page.get_by_text("14:00 to 16:00 EST").first).to_be_visible()


def post_result(browser: Browser, told: dict[str, Any], session: str) -> None:
    """The note-taker posts summary, outcome and commitment, which closes the session."""
    page = signed_in(browser, told["logins"]["note_taker"])
    page.goto(session)
    page.get_by_role("link", name="Post the result").click()
    page.locator("textarea[name=body]").fill("# DC and ICE\n\nIt was **explained**.")
    item = page.get_by_role("group", name="Withhold fingerprint data")
    item.get_by_label("Outcome").select_option("clarified")
    item.get_by_label("One sentence").fill("The data go to the federal side in any case.")
    page.get_by_label("What is undertaken").first.fill("Send the form")
    page.get_by_label("By", exact=True).first.select_option(label="ICE")
    page.get_by_role("button", name="Save everything").click()
    expect(page.get_by_text("explained").first).to_be_visible()
    page.goto(session)
    expect(page.locator(".status").first).to_have_text("held")
    expect(page.get_by_text("Send the form").first).to_be_visible()
    page.context.close()


def look_at_the_matrix(browser: Browser, told: dict[str, Any]) -> None:
    page = signed_in(browser, told["logins"]["coordinator"])
    page.goto(f"{told['base_url']}/n/{told['negotiation']}/matrix")
    table = page.get_by_role("table")
    head = table.get_by_role("columnheader").all_inner_texts()
    row = table.get_by_role("row").filter(has_text="Withhold fingerprint data")
    cell = row.get_by_role("cell").nth(head.index("DC") - 1)
    expect(cell).to_contain_text("○ clarified")
    expect(cell).to_contain_text("12 Nov 2010")
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.context.close()


def test_one_signs_in_by_the_machines_own_address_too(browser: Browser, tmp_path: Path) -> None:
    """Over plain http off the loopback a browser says less of where a form comes from."""
    with demo(tmp_path / "data", "--host", "0.0.0.0") as told:
        page = signed_in(browser, told["logins"]["coordinator"])
        page.goto(f"{told['base_url']}/feeds")
        page.get_by_role("button", name="Make an address").click()
        address = page.locator("code.address").inner_text()
        assert address.startswith(f"{told['base_url']}/feeds/")
        assert events(httpx2.get(address).content)
        expect(page.locator("img.qr")).to_be_visible()
        page.context.close()
