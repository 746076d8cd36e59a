"""An event over its life: at each step, for each audience, what calendar programs go by.

calendar.md 10, 13 to 16, 33, 40 and invariants 2 to 4 of domain.md.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
from factories import NEG, World, act, confirmed, in_days, propose
from icalendar import Calendar
from readers import blocks, events

PUBLIC = "/public/water-talks.ics"
PUBLIC_X = "/public/water-talks/x.ics"
PUBLIC_Y = "/public/water-talks/y.ics"
BOTH = [{"party": "x", "how": "by mail"}, {"party": "agency", "how": "by mail"}]


async def feeds(world: World) -> dict[str, httpx2.Response]:
    """Every audience's feed as it is now."""
    addresses = {**world.feeds, "public": PUBLIC, "public_x": PUBLIC_X, "public_y": PUBLIC_Y}
    found = {name: await world.nobody.get(address) for name, address in addresses.items()}
    assert {answer.status_code for answer in found.values()} == {200}
    return found


async def bodies(world: World) -> dict[str, bytes]:
    return {name: answer.content for name, answer in (await feeds(world)).items()}


async def close(world: World, session: str) -> Any:
    path = f"/api/v1/sessions/{session}/summary"
    result = {
        "body": "Done.",
        "close": "concluded",
        "outcomes": [
            {"issue": "1", "value": "clarified", "text": "It is so."},
            {"issue": "2", "value": "agreed", "text": "Yes."},
        ],
    }
    return await world.note_taker.put(path, json=result, headers={"If-None-Match": "*"})


Step = Callable[[World, str], Awaitable[Any]]
SEEN_BY = {"delegate_x", "agency_delegate", "coordinator"}
EVERYONE = SEEN_BY | {"public", "public_x"}
# name, what happens, SEQUENCE after, STATUS after, who sees a byte change
STEPS: list[tuple[str, Step, int, str, set[str]]] = [
    ("accept x", lambda w, s: act(w.head_x, s, "accept"), 0, "TENTATIVE", set()),
    ("accept agency", lambda w, s: act(w.agency_head, s, "accept"), 0, "TENTATIVE", set()),
    ("confirm", lambda w, s: act(w.coordinator, s, "confirm"), 1, "CONFIRMED", SEEN_BY),
    ("publish", lambda w, s: act(w.coordinator, s, "publish"), 1, "CONFIRMED", set()),
    (
        "move with consent",
        lambda w, s: act(
            w.coordinator,
            s,
            "move",
            {"local_start": in_days(12, 14), "reason": "Rain", "consents": BOTH},
        ),
        2,
        "CONFIRMED",
        EVERYONE,
    ),
    (
        "move by a head",
        lambda w, s: act(w.head_x, s, "move", {"local_start": in_days(13, 9), "reason": "Snow"}),
        3,
        "TENTATIVE",
        SEEN_BY,  # the public keeps what was last confirmed
    ),
    (
        "decline",
        lambda w, s: act(w.agency_head, s, "decline", {"reason": "Not then"}),
        3,
        "TENTATIVE",
        set(),
    ),
    (
        "relocate",
        lambda w, s: act(
            w.coordinator,
            s,
            "relocate",
            {"location": "Library", "reason": "Flood", "consents": BOTH},
        ),
        4,
        "TENTATIVE",
        SEEN_BY,
    ),
    ("confirm again", lambda w, s: act(w.coordinator, s, "confirm"), 5, "CONFIRMED", EVERYONE),
    (
        "cancel",
        lambda w, s: act(w.coordinator, s, "cancel", {"reason": "Settled"}),
        6,
        "CANCELLED",
        EVERYONE,
    ),
]


async def test_each_step_changes_exactly_the_bytes_its_audiences_see(world: World) -> None:
    session = await propose(world)
    await follow(world, session, STEPS)
    last = events((await bodies(world))["public"])[session["uid"]]
    assert (last["SUMMARY"], last["TRANSP"]) == ("CANCELLED: X / Agency: session 1", "TRANSPARENT")
    assert "Settled" not in last["DESCRIPTION"]


async def hold(world: World, session: str) -> Any:
    world.clock.forward(days=3)
    return await close(world, session)


async def supersede(world: World, session: str) -> Any:
    path = f"/api/v1/sessions/{session}/outcomes"
    listed = (await world.coordinator.get(path)).json()["items"]
    first = next(one["id"] for one in listed if one["issue"] == "1")
    body = {"issue": "1", "value": "agreed", "text": "Both agree.", "supersedes": first}
    return await world.coordinator.post(path, json=body)


async def read_draft(world: World, session: str) -> Any:
    return await world.coordinator.get(f"/api/v1/sessions/{session}/summary")


# Between these the other side agrees, which changes what nobody's calendar shows.
SECOND_LIFE: list[tuple[str, Step, int, str, set[str]]] = [
    ("accept x", lambda w, s: act(w.head_x, s, "accept"), 0, "TENTATIVE", set()),
    ("accept agency", lambda w, s: act(w.agency_head, s, "accept"), 0, "TENTATIVE", set()),
    ("confirm", lambda w, s: act(w.coordinator, s, "confirm"), 1, "CONFIRMED", SEEN_BY),
    ("publish", lambda w, s: act(w.coordinator, s, "publish"), 1, "CONFIRMED", set()),
    (
        "postpone",
        lambda w, s: act(w.coordinator, s, "postpone", {"reason": "Storm"}),
        2,
        "CANCELLED",
        EVERYONE,
    ),
    (
        "reinstate",
        lambda w, s: act(
            w.coordinator, s, "reinstate", {"local_start": in_days(1), "consents": BOTH}
        ),
        3,
        "TENTATIVE",
        SEEN_BY,
    ),
    ("confirm again", lambda w, s: act(w.coordinator, s, "confirm"), 4, "CONFIRMED", EVERYONE),
    ("hold", hold, 4, "CONFIRMED", EVERYONE),
    ("supersede", supersede, 4, "CONFIRMED", SEEN_BY),
    ("the same draft again", read_draft, 4, "CONFIRMED", set()),
]


async def test_the_rest_of_a_life_is_seen_by_exactly_its_audiences(world: World) -> None:
    """calendar.md 10, 13 to 16, 33, 43, 45: postponed, reinstated, held, an outcome superseded."""
    session = await propose(world)
    await follow(world, session, SECOND_LIFE)
    texts = {
        name: events(body)[session["uid"]]["DESCRIPTION"].split("\n")[0]
        for name, body in (await bodies(world)).items()
        if session["uid"] in events(body)
    }
    held = "HELD. 2 agreed."
    assert texts == {
        "delegate_x": held, "agency_delegate": held, "coordinator": held,
        "public": "HELD.", "public_x": "HELD.",
    }  # fmt: skip


async def follow(
    world: World, session: dict[str, Any], steps: list[tuple[str, Step, int, str, set[str]]]
) -> None:
    """Take each step, and look at what every audience's programs go by."""
    uid, created, in_public = session["uid"], None, (0, "")
    sent = await feeds(world)
    before = {name: answer.content for name, answer in sent.items()}
    for name, step, sequence, status, seen_by in steps:
        world.clock.forward(minutes=7)
        answer = await step(world, session["id"])
        assert answer.status_code in (200, 201), (name, answer.text)
        now = await feeds(world)
        after = {one: answer.content for one, answer in now.items()}
        for one, answer in now.items():  # the validators follow the bytes
            old_tag, new_tag = sent[one].headers["etag"], answer.headers["etag"]
            dates = [modified(sent[one]), modified(answer)]
            if before[one] == after[one]:
                assert (old_tag, dates[0]) == (new_tag, dates[1]), (name, one)
            else:
                assert old_tag != new_tag and dates[0] < dates[1], (name, one)
        sent = now
        changed = {one for one in after if blocks(before[one]) != blocks(after[one])}
        appeared = {"public", "public_x"} if name == "publish" else set()
        assert changed == seen_by | appeared, name
        if name == "publish" or "public" in seen_by:
            in_public = (sequence, status)
        for audience in EVERYONE:
            old, new = events(before[audience]).get(uid), events(after[audience]).get(uid)
            if new is None:
                assert audience not in SEEN_BY
                continue
            meant = (sequence, status) if audience in SEEN_BY else in_public
            assert (new["SEQUENCE"], new["STATUS"]) == meant, (name, audience)
            assert new["LAST-MODIFIED"].dt == new["DTSTAMP"].dt
            if old is not None:
                assert old["CREATED"].dt == new["CREATED"].dt
                rose = new["LAST-MODIFIED"].dt > old["LAST-MODIFIED"].dt
                assert rose == (audience in seen_by), (name, audience)
        created = created or events(after["coordinator"])[uid]["CREATED"].dt
        before = after


def modified(answer: httpx2.Response) -> datetime:
    return parsedate_to_datetime(answer.headers["last-modified"])


async def test_a_held_session_says_its_result_to_who_may_know(world: World) -> None:
    session = await propose(world, local_start=in_days(-1))
    await act(world.head_x, session["id"], "accept")
    await act(world.agency_head, session["id"], "accept")
    for event in ("confirm", "publish"):
        assert (await act(world.coordinator, session["id"], event)).status_code == 200
    assert (await close(world, session["id"])).status_code == 201
    texts = {
        name: events(body)[session["uid"]]["DESCRIPTION"].split("\n")[:2]
        for name, body in (await bodies(world)).items()
        if session["uid"] in events(body)
    }
    assert texts == {
        "delegate_x": ["HELD. 1 agreed, 1 clarified.", texts["delegate_x"][1]],
        "agency_delegate": ["HELD. 1 agreed, 1 clarified.", texts["delegate_x"][1]],
        "coordinator": ["HELD. 1 agreed, 1 clarified.", "Summary: draft"],
        "public": ["HELD.", texts["public"][1]],
        "public_x": ["HELD.", texts["public"][1]],
    }


async def test_the_clock_alone_changes_no_byte(world: World) -> None:
    """calendar.md 13: no byte depends on the clock of the request."""
    await propose(world)
    before = await bodies(world)
    for later in ({"hours": 1}, {"days": 3}, {"days": 730}):
        world.clock.forward(**later)
        assert await bodies(world) == before


async def test_the_old_time_stands_in_the_text_until_the_session_begins(world: World) -> None:
    session = await propose(world, local_start=in_days(10))
    move = {"local_start": in_days(11), "reason": "Rain"}
    await act(world.coordinator, session["id"], "move", move)
    for name in sorted(SEEN_BY):
        body = (await bodies(world))[name]
        event = events(body)[session["uid"]]
        old = (world.clock.now() + timedelta(days=10)).date()
        first = event["DESCRIPTION"].split("\n")[0]
        assert first.startswith(f"Moved from {old:%a} {old.day} {old:%b} 10:00 P")
        assert first.endswith("T: Rain")
        assert len(events(body)) == len(blocks(body))


async def test_two_changes_in_one_second_still_raise_what_programs_go_by(world: World) -> None:
    """calendar.md 14, 45: LAST-MODIFIED and the feed's Last-Modified rise at each change."""
    session = await propose(world)
    seen = []
    for title in ("One", "Two", "Three"):
        path = f"/api/v1/sessions/{session['id']}"
        tag = (await world.coordinator.get(path)).headers["etag"]
        answer = await world.coordinator.patch(
            path, json={"title": title}, headers={"If-Match": tag}
        )
        assert answer.status_code == 200
        feed = await world.nobody.get(world.feeds["delegate_x"])
        event = events(feed.content)[session["uid"]]
        seen.append((event["LAST-MODIFIED"].dt, feed.headers["last-modified"]))
    assert len({one for one, _ in seen}) == len({two for _, two in seen}) == 3
    assert sorted(one for one, _ in seen) == [one for one, _ in seen]


async def test_what_one_side_cannot_see_leaves_their_validators_alone(world: World) -> None:
    """calendar.md 35, 43: another track's life moves neither bytes, ETag nor Last-Modified."""
    await propose(world)
    before = await world.nobody.get(world.feeds["delegate_y"])
    world.clock.forward(minutes=5)
    other = await propose(world, local_start=in_days(20))
    await act(world.coordinator, other["id"], "cancel", {"reason": "No"})
    after = await world.nobody.get(world.feeds["delegate_y"])
    names = ("etag", "last-modified", "content-length", "cache-control")
    assert {name: after.headers[name] for name in names} == {
        name: before.headers[name] for name in names
    }
    assert after.content == before.content


async def test_nobody_but_the_coordinator_can_say_a_word_in_public(world: World) -> None:
    """A head moves, relocates and rewrites the agenda of a published session: not one byte."""
    session = (await confirmed(world))["id"]
    await act(world.coordinator, session, "publish")
    addresses = (PUBLIC, PUBLIC_X, "/public/water-talks")
    before = [(await world.nobody.get(address)).content for address in addresses]
    for event, body in (
        ("move", {"local_start": in_days(14), "reason": "R"}),
        ("relocate", {"location": "HEAD X SAYS", "reason": "R"}),
    ):
        assert (await act(world.head_x, session, event, body)).status_code == 200
    path = f"/api/v1/sessions/{session}/agenda"
    tag = (await world.head_x.get(path)).headers["etag"]
    items = {"items": [{"title": "HEAD X ASKS"}]}
    assert (await world.head_x.put(path, json=items, headers={"If-Match": tag})).status_code == 200
    assert [(await world.nobody.get(address)).content for address in addresses] == before
    await act(world.coordinator, session, "cancel", {"reason": "Enough"})
    after = [(await world.nobody.get(address)).content for address in addresses]
    assert after != before
    assert not any(b"HEAD X" in body or b"Enough" in body for body in after)


async def test_a_year_that_no_zone_can_tell_breaks_no_feed(world: World) -> None:
    """calendar.md 20, 34: zones without whole minutes then are written in UTC."""
    session = await propose(world)
    move = {"reason": "Slip", "tz": "Africa/Monrovia", "local_start": "1971-06-01T10:00"}
    answer = await act(world.head_x, session["id"], "move", move)
    assert answer.status_code == 200, answer.text
    for name in sorted(SEEN_BY):
        feed = await world.nobody.get(world.feeds[name])
        assert (feed.status_code, b"DTSTART:1971" in feed.content) == (200, True)
    early = {"reason": "Slip", "local_start": "1900-06-01T10:00"}
    assert (await act(world.head_x, session["id"], "move", early)).status_code == 422


async def test_a_window_that_moves_says_so_by_its_sequence(world: World) -> None:
    """calendar.md 15, 45: days and title raise SEQUENCE, the subject LAST-MODIFIED only."""
    seen = []
    for body in ({}, {"closes_on": "2190-01-01"}, {"subject": "Rivers"}, {"title": "Rivers"}):
        world.clock.forward(minutes=1)
        tag = (await world.coordinator.get(NEG)).headers["etag"]
        answer = await world.coordinator.patch(NEG, json=body, headers={"If-Match": tag})
        assert answer.status_code == 200
        feed = await world.nobody.get(PUBLIC)
        [window] = events(feed.content).values()
        seen.append((window["SEQUENCE"], feed.headers["last-modified"]))
    assert [sequence for sequence, _ in seen] == [0, 1, 1, 2]
    assert len({modified for _, modified in seen}) == 4


async def test_a_window_of_one_jurisdiction_says_by_its_sequence_that_there_is_a_session(
    world: World,
) -> None:
    """calendar.md 15: its title is that no session is recorded, until one is."""
    seen = [await windows_of_x(world)]
    session = (await confirmed(world))["id"]
    seen.append(await windows_of_x(world))
    await act(world.coordinator, session, "publish")
    seen.append(await windows_of_x(world))
    for days in ("2190-01-01", "2190-01-02"):
        tag = (await world.coordinator.get(NEG)).headers["etag"]
        body = {"closes_on": days}
        await world.coordinator.patch(NEG, json=body, headers={"If-Match": tag})
        seen.append(await windows_of_x(world))
    none, some = "No session recorded with X County", "Water Talks: window"
    assert seen == [
        ((none, 0), (none, 0)), ((some, 1), (none, 0)), ((some, 1), (some, 1)),
        ((some, 2), (some, 2)), ((some, 3), (some, 3)),
    ]  # fmt: skip


async def windows_of_x(world: World) -> tuple[tuple[str, int], ...]:
    """Title and SEQUENCE of the window for a delegate of x and for the public of x."""
    found = []
    for address in (world.feeds["delegate_x"], PUBLIC_X):
        listed = Calendar.from_ical((await world.nobody.get(address)).content).walk("VEVENT")
        [window] = [one for one in listed if not hasattr(one["DTSTART"].dt, "hour")]
        found.append((str(window["SUMMARY"]), int(window["SEQUENCE"])))
    return tuple(found)


async def test_a_long_reason_leaves_room_for_when_and_where(world: World) -> None:
    session = await confirmed(world, conference_url="https://meet.example.org/1")
    reason = " ".join(["Rain, and then more rain"] * 40)[:990].strip()
    body = {"local_start": in_days(12, 14), "reason": reason, "consents": BOTH}
    assert (await act(world.coordinator, session["id"], "move", body)).status_code == 200
    for name, most in (("coordinator", 300), ("delegate_x", 1500)):
        text = await description(world, name)
        assert len(text) <= most
        first, zones, *rest = text.split("\n")
        assert first.startswith("Moved from ") and "Rain, and then" in first
        assert zones.startswith("14:00 P") and "Join: https://meet.example.org/1" in rest
        assert rest[-1] == f"Details: http://testserver/s/{session['id']}"
    await act(world.coordinator, session["id"], "cancel", {"reason": reason})
    text = await description(world, "coordinator")
    assert text.startswith("CANCELLED: Rain, and then more rain") and len(text) <= 300
    assert (await description(world, "delegate_x")).startswith(f"CANCELLED: {reason}\n")


async def description(world: World, name: str) -> str:
    """The text of the one session in this calendar, as a reader has it."""
    answer = await world.nobody.get(world.feeds[name])
    calendar = Calendar.from_ical(answer.content)
    [event] = [one for one in calendar.walk("VEVENT") if hasattr(one["DTSTART"].dt, "hour")]
    return str(event["DESCRIPTION"])
