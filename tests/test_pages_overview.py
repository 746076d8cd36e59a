"""The start page, one negotiation and one track: who sees what, and at what cost."""

import re
from datetime import date
from typing import Any

import pytest
from browsing import TALKS, TO_SIGN_IN, seat_of, text_of, title_of, told
from factories import NEG, World, act, client_of, confirmed, in_days, propose, send_form, signed_in
from sqlalchemy import Engine, event

from negotiations.overview.clock_changes import clock_changes


@pytest.mark.parametrize(
    ("path", "coordinator", "head_x", "delegate_y", "elsewhere", "nobody"),
    [
        ("/", "200", "200", "200", "200", TO_SIGN_IN),
        (TALKS, "200", "200", "200", "404", TO_SIGN_IN),
        (f"{TALKS}/schedule", "200", "200", "200", "404", TO_SIGN_IN),
        (f"{TALKS}/tracks/x", "200", "200", "404", "404", TO_SIGN_IN),
        (f"{TALKS}/tracks/y", "200", "404", "200", "404", TO_SIGN_IN),
        (f"{TALKS}/tracks/none", "404", "404", "404", "404", TO_SIGN_IN),
        (f"{TALKS}/people", "200", "200", "200", "404", TO_SIGN_IN),
        ("SEAT", "200", "403", "404", "404", TO_SIGN_IN),
        ("/feeds", "200", "200", "200", "200", TO_SIGN_IN),
        ("/public/water-talks", "200", "200", "200", "200", "200"),
        ("/public/none", "404", "404", "404", "404", "404"),
        ("/sign-in", "200", "200", "200", "200", "200"),
    ],
)
async def test_each_page_is_there_for_whom_it_is_for(
    world: World,
    path: str,
    coordinator: str,
    head_x: str,
    delegate_y: str,
    elsewhere: str,
    nobody: str,
) -> None:
    if path == "SEAT":
        path = f"{TALKS}/people/{await seat_of(world, 'delegate_x')}"
    readers = ("coordinator", "head_x", "delegate_y", "coordinator_elsewhere")
    answers = [await (await signed_in(world, name)).get(path) for name in readers]
    answers.append(await world.nobody.get(path))
    assert [told(one) for one in answers] == [coordinator, head_x, delegate_y, elsewhere, nobody]
    for one in answers:
        assert one.status_code == 303 or title_of(one)
        public = path.startswith("/public") and one.status_code in (200, 404)
        if public:
            assert one.headers["cache-control"] == "public, no-cache"
            assert one.headers["referrer-policy"] == "no-referrer"
        elif one.status_code in (200, 403, 404):
            assert "no-store" in one.headers["cache-control"]
        assert "set-cookie" not in one.headers


async def test_a_track_one_may_not_see_answers_like_one_that_is_not_there(world: World) -> None:
    browser = await signed_in(world, "delegate_y")
    unseen, unknown = [await browser.get(f"{TALKS}/tracks/{one}") for one in ("x", "none")]
    assert (unseen.status_code, unseen.content) == (unknown.status_code, unknown.content)


async def test_what_x_and_the_agency_say_reaches_neither_y_nor_the_public(world: World) -> None:
    session = await confirmed(
        world,
        title="Privateword",
        location="Privateword hall",
        room="Privateword room",
        conference_url="https://meet.example.org/privateword",
        access_note="Privateword note",
        agenda=[{"issue": "1", "title": "Privateword item"}],
    )
    for name in ("coordinator", "head_x", "agency_delegate"):
        browser = await signed_in(world, name)
        for path in ("/", TALKS, f"{TALKS}/tracks/x"):
            assert "privateword" in (await browser.get(path)).text.lower(), (name, path)
    y = await signed_in(world, "delegate_y")
    pages = ("/", TALKS, f"{TALKS}/schedule", f"{TALKS}/tracks/x", f"{TALKS}/tracks/y",
             f"{TALKS}/people", "/feeds", "/public/water-talks")  # fmt: skip
    for client in (y, world.nobody):
        for path in pages:
            answer = await client.get(path)
            assert "privateword" not in answer.text.lower(), path
            assert session["id"] not in answer.text
            assert session["uid"].partition("@")[0] not in answer.text


async def test_the_start_page_says_where_to_be_and_who_must_act(world: World) -> None:
    waiting = await propose(world, title="To be answered")
    over = await confirmed(world, title="To be closed", local_start=in_days(-2))
    soon = await confirmed(
        world, title="Soon", local_start=in_days(3), conference_url="https://meet.example.org/soon"
    )
    late = await world.coordinator.post(
        f"{NEG}/commitments",
        json={"jurisdiction": "x", "owner": "x", "text": "Send meters", "due_on": "2020-01-31"},
    )
    assert late.status_code == 201, late.text

    async def waits(name: str) -> tuple[list[str], list[str]]:
        text = (await (await signed_in(world, name)).get("/")).text
        mine, others = text.split('id="on-others"')
        mine = mine.split('id="on-me"')[1]
        others = others.split("<h2>My talks</h2>")[0]
        found = r'<li>(?:<input [^>]+> )?<a href="[^"]+">([^<]+)</a>: ([^<]+?)\s*(?:<br>|</li>)'
        return tuple(  # type: ignore[return-value]
            [f"{title}: {text}" for title, text in re.findall(found, part)]
            for part in (mine, others)
        )

    assert await waits("coordinator") == (
        ["To be closed: It is over: post its result."],
        ["To be answered: Agency and X haven’t answered.",
         "Send meters: X undertook it by 31 Jan 2020."],
    )  # fmt: skip
    assert await waits("note_taker") == (
        ["To be closed: It is over: post its result."],
        ["Send meters: X undertook it by 31 Jan 2020."],
    )
    assert await waits("head_x") == (
        ["To be answered: Accept or decline it.", "Send meters: X undertook it by 31 Jan 2020."],
        [],
    )
    assert await waits("delegate_y") == ([], [])
    await act(world.head_x, waiting["id"], "accept")
    assert (await waits("head_x"))[1] == ["To be answered: Agency hasn’t answered."]
    await act(world.agency_head, waiting["id"], "decline", {"reason": "Too early"})
    assert "To be answered: Agency declined: move or cancel it." in (await waits("coordinator"))[0]
    text = (await (await signed_in(world, "delegate_x")).get("/")).text
    assert f'href="/s/{soon["id"]}"' in text
    assert 'href="https://meet.example.org/soon"' in text
    assert "City Hall" in text
    assert over["id"] not in text
    assert "Nothing waits" not in await text_of(world, "head_x", "/")
    assert "You have no session today." in await text_of(world, "delegate_y", "/")


async def test_a_negotiation_lists_what_lies_ahead_before_what_is_past(world: World) -> None:
    await confirmed(world, title="Long ago", local_start=in_days(-20))
    await propose(world, title="Still to come")
    text = await text_of(world, "coordinator", TALKS)
    order = [text.index(one) for one in ("<h2>Ahead", "Still to come", "<h2>Past", "Long ago")]
    assert order == sorted(order)
    assert "no session recorded" in text  # of y
    assert "/sessions/new" in text
    assert "/sessions/new" not in await text_of(world, "head_x", TALKS)


def test_a_window_across_a_clock_change_says_so() -> None:
    """T5 of the record: on 7 November the coasts change at their own two o'clock."""
    zones = ["America/New_York", "America/Los_Angeles", "America/Phoenix", "America/New_York"]
    found = clock_changes(date(2010, 11, 5), date(2010, 11, 9), zones)
    assert [(one.on, one.text) for one in found] == [
        (
            date(2010, 11, 7),
            (
                "Clocks change on Sun 7 Nov 2010: in New York from 02:00 EDT back to 01:00 EST; "
                "in Los Angeles from 02:00 PDT back to 01:00 PST."
            ),
        )
    ]
    assert clock_changes(date(2010, 11, 8), date(2010, 11, 9), zones) == []
    assert clock_changes(None, date(2010, 11, 9), zones) == []
    forward = clock_changes(date(2010, 3, 28), date(2010, 3, 28), ["Europe/Berlin"])
    assert [one.text for one in forward] == [
        "Clocks change on Sun 28 Mar 2010: in Berlin from 02:00 CET forward to 03:00 CEST."
    ]


async def test_a_track_tells_its_outcomes_commitments_and_changes(world: World) -> None:
    session = await confirmed(world, local_start=in_days(-1))
    answer = await world.note_taker.put(
        f"/api/v1/sessions/{session['id']}/summary",
        headers={"If-None-Match": "*"},
        json={
            "body": "Secretdraft.",
            "close": "concluded",
            "outcomes": [
                {"issue": "1", "value": "declined", "text": "No.", "reason": "The law",
                 "decided_by": "agency"},
                {"issue": "2", "value": "not_reached", "text": ""},
            ],
            "commitments": [{"owner": "agency", "text": "Write a letter", "due_on": "2030-01-31"}],
        },
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    text = await text_of(world, "delegate_x", f"{TALKS}/tracks/x")
    plain = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    for one in ("✕ declined, by Agency", "Reason: The law", "· not reached", "? not recorded",
                "Write a letter", "Thu 31 Jan 2030", "Closed. By The note_taker.",
                "Consent: X (The head_x, signed in)."):  # fmt: skip
        assert one in plain, one
    assert plain.index("Closed.") < plain.index("Proposed for")
    assert "Secretdraft" not in plain
    assert "No session recorded." in await text_of(world, "delegate_y", f"{TALKS}/tracks/y")


class Queries:
    """Counts the statements that are run while it is entered; not what is asked once for ever."""

    def __enter__(self) -> "Queries":
        self.count = 0
        event.listen(Engine, "before_cursor_execute", self._one)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._one)

    def _one(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.count += "wall.key" not in statement


async def test_pages_ask_the_database_as_often_for_thirty_sessions_as_for_one(
    world: World,
) -> None:
    browser = await signed_in(world, "coordinator")
    paths = ("/", TALKS, f"{TALKS}/tracks/x", f"{TALKS}/people", "/public/water-talks")

    async def counted() -> list[int]:
        counts = []
        for path in paths:
            with Queries() as queries:
                assert (await browser.get(path)).status_code == 200
            counts.append(queries.count)
        return counts

    first = await confirmed(world, local_start=in_days(-40))
    await act(world.coordinator, first["id"], "publish")
    await propose(world, local_start=in_days(5))
    await world.coordinator.post(f"{NEG}/commitments", json=_late(0))
    few = await counted()
    for number in range(28):
        await propose(world, local_start=in_days(6 + number), jurisdiction="xy"[number % 2])
        await world.coordinator.post(f"{NEG}/commitments", json=_late(number))
    assert await counted() == few
    assert max(few) < 24


def _late(number: int) -> dict[str, str]:
    return {"jurisdiction": "xy"[number % 2], "owner": "agency", "text": f"Late {number}",
            "due_on": "2020-01-31"}  # fmt: skip


async def test_signing_out_ends_the_login_and_says_how_to_come_back(world: World) -> None:
    browser = await signed_in(world, "delegate_x")
    cookie = browser.cookies["login"]
    answer = await send_form(browser, "/sign-out")
    assert told(answer) == "303 /sign-in"
    page = await browser.get("/sign-in")
    assert (page.status_code, "You are not signed in" in page.text) == (200, True)
    copied = client_of(world.app)
    copied.cookies.set("login", cookie)
    assert told(await copied.get("/")) == TO_SIGN_IN
    await copied.aclose()
