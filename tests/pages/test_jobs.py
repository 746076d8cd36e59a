"""The jobs to be done, end to end in a browser, by mouse and by keyboard alone, presses counted.

D1 to C6 are the jobs' names in the design; each says after how many presses it is done. Those that
must be possible without a script are done without one too. N2, that no word is lost, is
tests/live/test_in_browser.py and `make faults F=N2`.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from pages.conftest import Site, site_of
from pages.hands import Hands
from pages.stirring import Stirring
from playwright.sync_api import Page, expect
from running import demo

APPLE = {"User-Agent": "iOS/17.5 (21F79) dataaccessd/1.0"}
Open = Callable[..., Hands]
# The day of the end is named where the session goes on past midnight.
OVER = re.compile(r"\d\d:\d\d to (\w{3} \d+ \w{3} )?\d\d:\d\d P[SD]T")
WAYS = ["mouse", "keyboard"]
also_scriptless = pytest.mark.parametrize("talks", [*WAYS, "scriptless"], indirect=True)


class Talks:
    """A demonstration of one's own, by one way of working."""

    def __init__(self, told: dict[str, Any], site: Site, stirring: Stirring) -> None:
        self.told, self.site, self.stirring = told, site, stirring
        self.practice = f"{site.base}/n/{told['practice']}"
        self.record = f"{site.base}/n/{told['negotiation']}"

    def session(self, title: str, status: str) -> str:
        return f"{self.site.base}/s/{self.stirring.session(title, status)}"


@pytest.fixture(scope="module", params=WAYS)
def talks(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Talks]:
    with demo(tmp_path_factory.mktemp(request.param) / "data") as told:
        site, stirring = site_of(told), Stirring(told)
        stirring.all_must_agree()
        yield Talks(told, site, stirring)
        stirring.close()
        site.close()


@pytest.fixture
def hands(
    request: pytest.FixtureRequest, talks: Talks, window: Callable[..., Page]
) -> Iterator[Open]:
    made = []

    def open_(name: str, address: str = "", **more: Any) -> Hands:
        scripts = "scriptless" not in request.node.name
        page = window(talks.site, name, java_script_enabled=scripts, **more)
        made.append(page)
        page.goto(address or talks.site.base)
        return Hands(page, keyboard="keyboard" in request.node.name)

    yield open_
    for page in made:
        page.context.close()


@also_scriptless
def test_d1_my_sessions_on_my_phone(talks: Talks, hands: Open) -> None:
    hand = hands("north")
    hand.link("Calendar", exact=True)
    hand.button("Make an address")
    address = hand.page.locator("code.address").inner_text()
    assert hand.presses == 2
    expect(hand.page.get_by_role("link", name="Subscribe on this device")).to_have_attribute(
        "href", re.compile("^webcal://")
    )
    expect(hand.page.locator("img.qr")).to_be_visible()
    assert httpx2.get(address, headers=APPLE).status_code == 200
    for _ in range(45):  # fetches are written after a second, or with those of thirty more
        hand.page.goto(f"{talks.site.base}/feeds")
        if "Apple Calendar" in hand.page.locator("main table").inner_text():
            break
        hand.page.wait_for_timeout(1000)
    expect(hand.page.locator("main table")).to_contain_text("by Apple Calendar")


def test_d2_where_to_be_in_my_time(talks: Talks, hands: Open) -> None:
    """On a phone's screen, at the first look; the agency's people have another time at home."""
    own = hands("agency", width=390).page.locator(".card").first
    expect(own).to_contain_text(re.compile(r"P[SD]T\s.*\d\d:\d\d E[SD]T your time", re.DOTALL))
    hand = hands("south", width=390)
    card = hand.page.locator(".card").first
    expect(card).to_contain_text(OVER)
    expect(card.get_by_role("link", name="Join by link")).to_be_in_viewport()


def test_d3_arrive_prepared(talks: Talks, hands: Open) -> None:
    """The address is the one in the calendar's event."""
    hand = hands("north", talks.session("North / Agency: session 2", "confirmed"))
    expect(hand.page.get_by_role("heading", name="Last time")).to_be_visible()
    expect(hand.page.get_by_role("heading", name="Outstanding with North")).to_be_visible()
    expect(hand.page.get_by_text("Longer hours, if the agency's head office")).to_be_visible()


def test_d4_another_time_and_yes(talks: Talks, hands: Open) -> None:
    hand = hands("south", talks.session("South / Agency: session 2", "proposed"))
    hand.link("Propose another time")
    day = datetime.now(ZoneInfo("America/New_York")) + timedelta(days=9)
    hand.write(hand.page.locator("[name=date]"), f"{day:%Y-%m-%d}")
    hand.button("Propose")
    assert hand.presses == 2
    expect(hand.page.locator(".status").first).to_have_text("proposed")
    agency = hands("agency", hand.page.url.partition("?")[0])
    agency.button("Accept for Agency")
    assert agency.presses == 1
    expect(agency.page.get_by_text("Agency: accepted")).to_be_visible()


def test_d5_check_the_record_and_approve(talks: Talks, hands: Open) -> None:
    session = talks.session("North / Agency: session 1", "held")
    path = f"/sessions/{session.rpartition('/')[2]}/summary"
    talks.stirring.act("coordinator", path, "circulate")
    hand = hands("north", f"{session}/summary")
    hand.link("To your side’s decision")
    hand.button("Approve", exact=True)
    assert hand.presses == 2
    expect(hand.page.get_by_role("cell", name="North").first).to_be_visible()
    expect(hand.page.get_by_text("approved").first).to_be_visible()


def test_d6_notes_of_my_party_alone(talks: Talks, hands: Open) -> None:
    hand = hands("north", talks.session("North / Agency: session 2", "confirmed"))
    hand.link("Notes", exact=True)
    hand.press(hand.page.get_by_label("Whose notes").get_by_role("link", name="Caucus"))
    assert hand.presses == 2
    expect(hand.page.get_by_text("Only North can read this.", exact=True)).to_be_visible()
    hand.write(hand.page.locator("section[data-item] textarea"), "We can live with Thursday.")
    expect(hand.page.locator("[data-saved]").first).to_contain_text("Saved")
    assert "We can live" not in hands("agency", hand.page.url).page.content()


def at_table(talks: Talks) -> str:
    """The session of South that is under way; the first test that asks opens it."""
    session = talks.session("South / Agency: session 1", "confirmed")
    seen = talks.stirring.ask("coordinator", "GET", f"/sessions/{session.rpartition('/')[2]}")
    if seen["status"] == "confirmed":
        talks.stirring.open(seen["id"])
    return session


def test_n1_n3_n4_notes_outcome_commitment(talks: Talks, hands: Open) -> None:
    at_table(talks)
    hand = hands("note_taker")
    hand.link("Take notes")
    assert hand.presses == 1
    page = hand.page
    box = page.locator("section[data-item]").nth(1)
    expect(page.get_by_text("Who is there").first).to_be_visible()

    hand.presses = 0
    hand.write(box.locator("textarea"), "ACTION Agency: send the form by 2030-01-31")
    hand.press(box.get_by_role("button", name="Confirm"))
    assert hand.presses == 1
    expect(page.get_by_role("status").first).to_contain_text("the commitment entered")

    hand.presses = 0
    box = page.locator("section[data-item]").nth(1)
    hand.press(box.get_by_role("radio", name="clarified"))
    hand.write(box.get_by_label("One sentence"), "From nine to five, on weekdays.")
    hand.press(box.get_by_role("button", name="Record the outcome"))
    assert hand.presses == 2
    expect(page.get_by_role("status").first).to_contain_text("the outcome recorded")
    page.goto(f"{talks.practice}/matrix")
    expect(page.get_by_text("From nine to five").first).to_be_attached()


@also_scriptless
def test_n5_n6_close_circulate_and_mend(talks: Talks, hands: Open) -> None:
    session = at_table(talks)
    outcomes = f"/sessions/{session.rpartition('/')[2]}/outcomes"
    recorded = talks.stirring.ask("coordinator", "GET", outcomes)["items"]
    for issue in {"1", "2"} - {one["issue"] for one in recorded}:
        last = {"issue": issue, "value": "noted", "text": "Said."}
        talks.stirring.ask("note_taker", "POST", outcomes, last)
    hand = hands("coordinator", session)
    hand.link("Close", exact=True)
    hand.choose(hand.page.get_by_label("How it ended"), "broken off")
    hand.button("Close it")
    assert hand.presses == 3
    expect(hand.page.locator(".status").first).to_have_text("held")
    # Compiled with the closing: it is looked at, and goes round.
    hand.link("Summary", exact=True)
    hand.button("Send revision", exact=False)
    assert hand.presses == 5
    expect(hand.page.get_by_text("To be answered")).to_be_visible()

    side = hands("south", f"{session}/summary")
    side.write(side.page.get_by_label("Statement"), "The hours are wrong.")
    side.button("Object", exact=True)
    assert side.presses == 1
    expect(side.page.get_by_role("cell", name="objected").first).to_be_visible()

    hand.presses = 0
    hand.page.goto(f"{session}/summary")
    expect(hand.page.get_by_text("The hours are wrong.").first).to_be_visible()
    body = hand.page.locator("[name=body]")
    hand.write(body, f"{body.input_value()}\n\nFrom eight, not from nine.")
    hand.button("Save everything")
    hand.button("Send revision 2 round")
    assert hand.presses == 2
    expect(hand.page.get_by_text("counts no more: the text was changed")).to_be_visible()
    expect(hand.page.get_by_role("button", name="Compare")).to_be_visible()


@also_scriptless
def test_c4_publish_the_record(talks: Talks, hands: Open) -> None:
    """What is shown before is what becomes public, to the byte."""
    path = talks.stirring.agree("North / Agency: session 1")
    hand = hands("coordinator", f"{talks.site.base}{path}")
    hand.link("Publish", exact=False)
    shown = hand.page.locator("pre").last.inner_text()
    hand.button("Publish it")
    assert hand.presses == 2
    public = httpx2.get(f"{talks.site.base}/public/{talks.told['practice']}.json")
    assert shown in public.text


@also_scriptless
def test_c1_where_every_jurisdiction_stands(talks: Talks, hands: Open) -> None:
    hand = hands("coordinator")
    hand.link("Secure Communities")
    hand.link("Outcomes", exact=True)
    assert hand.presses == 2
    table = hand.page.get_by_role("table").first
    expect(table.get_by_role("columnheader", name="DC")).to_be_visible()
    expect(table.get_by_role("cell", name="no session").first).to_be_visible()


@also_scriptless
def test_c2_move_a_session_safely(talks: Talks, hands: Open) -> None:
    hand = hands("coordinator", talks.session("North / Agency: session 2", "confirmed"))
    hand.link("Move", exact=True)
    hand.write(hand.page.locator("[name=start]"), "16:00")
    hand.write(hand.page.locator("[name=end]"), "17:00")
    hand.write(hand.page.locator("[name=reason]"), "The hall is free an hour later")
    hand.button("Check")
    expect(hand.page.get_by_text("Nothing has changed yet")).to_be_visible()
    hand.button("Move it")
    assert hand.presses == 3
    expect(hand.page.get_by_text("16:00 to 17:00").first).to_be_visible()


def test_c3_chase_what_is_late(talks: Talks, hands: Open) -> None:
    hand = hands("coordinator")
    expect(hand.page.get_by_role("heading", name="Waiting on others")).to_be_visible()
    others = hand.page.get_by_role("region", name="Waiting on others")
    expect(others).to_contain_text("South / Agency: session 2")
    hand.press(others.get_by_role("checkbox", name="South / Agency: session 2"))
    hand.button("Remind by mail")
    assert hand.presses == 2
    expect(others).to_contain_text("Reminded today.")


def test_c5_documents_by_when_they_are_needed(talks: Talks, hands: Open) -> None:
    hand = hands("coordinator", talks.record)
    hand.link("Documents", exact=True)
    assert hand.presses == 1
    expect(hand.page.locator(".warn, .late").first).to_be_visible()


def test_c6_a_file_to_hand_over(talks: Talks, hands: Open) -> None:
    hand = hands("coordinator", talks.record)
    hand.link("Arlington")
    assert hand.presses == 1
    hand.page.emulate_media(media="print")
    expect(hand.page.get_by_text("Arlington / ICE: session 1").first).to_be_visible()
    expect(hand.page.get_by_role("navigation", name="Yourself")).to_be_hidden()
