"""`/help`: what each calendar program does with a feed, and how a calendar is handed to it."""

import re
from html import unescape

import pytest
from browsing import text_of
from factories import World, send_form, signed_in

from negotiations.feeds import links
from negotiations.feeds.behaviour import PROGRAMS, Basis, Known
from negotiations.feeds.programs import FAMILIES, UNKNOWN

NOT_KNOWN = "We don’t know."
COLUMNS = ("looks", "cancelled", "reminders", "others")


def rows_of(text: str) -> dict[str, list[str]]:
    """The table's pairs of rows by their anchors: the words of each cell."""
    found = {}
    for anchor, row in re.findall(r'<tr id="([\w-]+)">(.*?</tr>.*?)</tr>', text, re.DOTALL):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        found[anchor] = [" ".join(unescape(re.sub("<[^>]+>", " ", one)).split()) for one in cells]
    return found


def test_every_program_that_we_recognise_has_its_row() -> None:
    told = {family for one in PROGRAMS for family in one.families}
    assert sorted(set(FAMILIES) - told) == []
    assert sorted(told - set(FAMILIES)) == [], "nobody is told so under Last fetched"
    assert UNKNOWN not in told
    assert len({one.anchor for one in PROGRAMS}) == len(PROGRAMS)


def test_every_row_says_how_to_subscribe() -> None:
    assert [one.name for one in PROGRAMS if not one.subscribe] == []


def test_nothing_is_told_without_how_we_know() -> None:
    for one in PROGRAMS:
        for name in (*COLUMNS, "besides"):
            for fact in getattr(one, name):
                assert (bool(fact.text), isinstance(fact.basis, Basis)) == (True, True), one.name


async def test_the_page_tells_each_program_and_what_we_dont_know(world: World) -> None:
    answer = await world.nobody.get("/help")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, no-cache")
    assert "set-cookie" not in answer.headers
    rows = rows_of(answer.text)
    assert list(rows) == [one.anchor for one in PROGRAMS]
    assert rows["google"] == [
        "Google Calendar",
        "Every 4 to 18 hours, whatever a calendar asks for. reported by users",
        "Hidden: it goes out of sight. reported by users",
        "Ignored. reported by users",
        NOT_KNOWN,
        (
            "How to subscribe "
            "On a computer, press Google Calendar beside your new address, then Add. "
            "Or press + beside Other calendars, choose From URL, and paste the address. "
            "It may keep an old state for longer. The address with #v2 at its end is read anew. "
            "reported by users"
        ),
    ]
    assert rows["thunderbird"] == [
        "Thunderbird",
        NOT_KNOWN,
        "Struck through. reported by users",
        "Kept. measured by us",
        "To-dos are kept, minutes are dropped. measured by us",
        (
            "How to subscribe In its calendar: New Calendar, On the Network. "
            "Paste the address as the location, press Find Calendars, then Subscribe. "
            "After an error it turns the calendar off and tries again later; once an address is "
            "revoked, the calendar stays off. read in its source"
        ),
    ]
    assert rows["nextcloud"][1:5] == [
        (
            "Every hour, as our calendars ask it to. read in its source "
            "Sometimes much later. reported by users"
        ),
        NOT_KNOWN,
        "Taken out by default. read in its source",
        "To-dos are taken out by default. Of minutes we don’t know. read in its source",
    ]
    unknown = [(one.anchor, name) for one in PROGRAMS for name in COLUMNS if not getattr(one, name)]
    assert answer.text.count(f">{NOT_KNOWN}") == len(unknown) > 5


def test_what_was_measured_is_what_we_have_the_programs_for() -> None:
    """Nobody here has run Google's, Apple's or Microsoft's programs: of them users report."""
    measured = {
        one.anchor
        for one in PROGRAMS
        for name in (*COLUMNS, "besides")
        if any(fact.basis is Basis.measured for fact in getattr(one, name))
    }
    assert measured == {"thunderbird", "evolution", "khal"}
    khal = next(one for one in PROGRAMS if one.anchor == "khal")
    assert khal.looks == (Known("When you run vdirsyncer sync, and only then.", Basis.measured),)


async def test_it_says_that_a_calendar_is_no_notice(world: World) -> None:
    text = " ".join((await world.nobody.get("/help")).text.split())
    assert (
        "<strong>A calendar is no notice.</strong> Programs fetch calendars at their own pace"
        in text
    )
    assert "Google up to a day later" in text


async def test_the_page_is_the_same_for_everybody_and_linked_where_one_looks(world: World) -> None:
    answer = await world.nobody.get("/help")
    own = await signed_in(world, "delegate_x")
    assert (await own.get("/help")).content == answer.content
    made = await send_form(own, "/feeds", label="My phone")
    footer = '<a class="on-screen" href="/help">Help with calendars</a>'
    for text in (
        made.text, await text_of(world, "delegate_x", "/feeds"),
        (await world.nobody.get("/public/water-talks")).text,
    ):  # fmt: skip
        assert (text.count('<a class="more" href="/help">'), text.count(footer)) == (1, 1)
    assert footer in (await world.nobody.get("/sign-in")).text
    assert footer not in answer.text


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "https://talks.example.org"])
def test_each_program_is_handed_the_address_as_it_takes_it(base: str) -> None:
    """calendar.md 50: webcal for Apple and for Google's cid, plain for Outlook, never webcals."""
    address = f"{base}/feeds/a-B_9.ics"
    host = base.partition("://")[2]
    quoted = host.replace(":", "%3A")
    assert links.webcal(address) == f"webcal://{host}/feeds/a-B_9.ics"
    assert links.google(address) == (
        f"https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2F{quoted}%2Ffeeds%2Fa-B_9.ics"
    )
    scheme = base.partition(":")[0]
    assert links.outlook(address, "A & B", "outlook.live.com") == (
        "https://outlook.live.com/calendar/0/addfromweb"
        f"?url={scheme}%3A%2F%2F{quoted}%2Ffeeds%2Fa-B_9.ics&name=A%20%26%20B"
    )
    assert links.reachable_from_outside(base) is (scheme == "https")
