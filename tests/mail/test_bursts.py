"""From what happens to one mail for each person: when it goes, to whom, and its whole text."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from factories import NEG, World, act, caucus_body, confirmed, in_days, plenary_body, propose
from mail.post import AT_X, Box, later, look
from sqlalchemy import event

from negotiations.mail.gathering import gather

WHEN = "2030-11-05T10:00"  # in Los Angeles, two days after its clocks went back
FOOT = """\
You get this because you take part in these talks. To get no more of them:
http://testserver/me
"""


async def test_a_proposal_goes_to_who_answers_and_says_what_to_do(world: World) -> None:
    box = Box()
    session = await propose(world, local_start=WHEN)
    await look(world, box)
    world.clock.forward(seconds=9.9)
    assert await look(world, box) == 0
    world.clock.forward(seconds=0.1)
    assert await look(world, box) == 2
    assert box.to == ["agency_head", "head_x"]
    letter = box.of("agency_head")
    assert letter.text.subject == "[water-talks] Proposed: X / Agency: session 1"
    assert (
        letter.text.body
        == f"""\
Water Talks

X / Agency: session 1
  Proposed
    for: Tue 5 Nov 2030, 10:00 PST · 13:00 EST your time
  Now: Tue 5 Nov 2030, 10:00 to 12:00 PST (Los Angeles) · 13:00 EST your time
  Place: City Hall
  Status: proposed
  Your side hasn't accepted it yet: accept, decline or propose another time there.
  http://testserver/s/{session["id"]}

{FOOT}"""
    )
    world.clock.forward(hours=1)
    assert await look(world, box) == 0


async def test_what_happens_in_one_burst_comes_in_one_mail_in_its_order(world: World) -> None:
    box = Box()
    session = await confirmed(world, local_start=WHEN)
    assert {letter.to for letter in await later(world, box)} == {
        f"{one}@example.org" for one in AT_X
    }
    consents = [{"party": side, "by": "Head", "how": "by telephone"} for side in ("x", "agency")]
    moved = {
        "local_start": "2030-11-06T20:00",
        "reason": "The room\nis taken",
        "consents": consents,
    }
    assert (await act(world.coordinator, session["id"], "move", moved)).status_code == 200
    await look(world, box)
    world.clock.forward(seconds=8)
    place = {"location": "Library", "room": None, "reason": "It is larger", "consents": consents}
    answer = await act(world.coordinator, session["id"], "relocate", place)
    assert answer.status_code == 200, answer.text
    await look(world, box)
    world.clock.forward(seconds=9)
    assert await look(world, box) == 0  # nine seconds of quiet
    assert len(await later(world, box, 1)) == 6
    world.clock.forward(hours=1)
    assert await look(world, box) == 0


async def test_the_text_of_a_burst(world: World) -> None:
    box = Box()
    session = await confirmed(world, local_start=WHEN)
    await later(world, box)
    consents = [{"party": side, "by": "Head", "how": "by telephone"} for side in ("x", "agency")]
    moved = {
        "local_start": "2030-11-06T22:00",
        "reason": "The room\nis taken",
        "consents": consents,
    }
    assert (await act(world.coordinator, session["id"], "move", moved)).status_code == 200
    place = {"location": "Library", "room": None, "reason": "It is larger", "consents": consents}
    assert (await act(world.coordinator, session["id"], "relocate", place)).status_code == 200
    letters = {one.to: one for one in await later(world, box)}
    assert letters["head_x@example.org"].text.subject == (
        "[water-talks] 2 changes: X / Agency: session 1"
    )
    told = {
        "agency_head": """\
    from: Tue 5 Nov 2030, 10:00 PST · 13:00 EST your time
    to: Wed 6 Nov 2030, 22:00 PST · Thu 7 Nov 01:00 EST your time
""",
        "head_x": """\
    from: Tue 5 Nov 2030, 10:00 PST
    to: Wed 6 Nov 2030, 22:00 PST
""",
    }
    now = {
        "agency_head": " · Thu 7 Nov 01:00 EST your time",
        "head_x": "",
    }
    for name, dates in told.items():
        assert (
            letters[f"{name}@example.org"].text.body
            == f"""\
Water Talks

X / Agency: session 1
  Moved
{dates}    Reason: The room is taken
  Place changed
    from: City Hall
    to: Library
    Reason: It is larger
  Now: Wed 6 Nov 2030, 22:00 to Thu 7 Nov 00:00 PST (Los Angeles){now[name]}
  Place: Library
  Status: confirmed
  http://testserver/s/{session["id"]}

{FOOT}"""
        )


async def test_a_burst_that_never_rests_is_told_after_a_minute(world: World) -> None:
    box = Box()
    session = await confirmed(world, local_start=WHEN)
    await later(world, box)
    went = []
    for place in range(9):  # one change every eight seconds
        body = {"location": f"Room {place}", "reason": "Once more", "consents": []}
        assert (await act(world.coordinator, session["id"], "relocate", body)).status_code == 200
        await look(world, box)
        world.clock.forward(seconds=8)
        went.append(await look(world, box))
    assert went == [0, 0, 0, 0, 0, 0, 0, 6, 0]
    assert {letter.text.body.count("Place changed") for letter in box.empty()} == {8}
    [rest] = {letter.text.body.count("Place changed") for letter in await later(world, box)}
    assert rest == 1


async def test_a_cancellation_goes_at_once_and_takes_along_what_waits(world: World) -> None:
    box = Box()
    session = await propose(world, local_start=WHEN)
    await look(world, box)
    answer = await act(world.coordinator, session["id"], "cancel", {"reason": "No need"})
    assert answer.status_code == 200
    assert await look(world, box) == 6
    assert box.of("delegate_x").text.subject == "[water-talks] Cancelled: X / Agency: session 1"
    assert box.of("head_x").text.subject == (
        "[water-talks] Cancelled: X / Agency: session 1, and 1 more"
    )
    assert (
        box.of("head_x").text.body
        == f"""\
Water Talks

X / Agency: session 1
  Proposed
    for: Tue 5 Nov 2030, 10:00 PST
  Cancelled
    was: Tue 5 Nov 2030, 10:00 to 12:00 PST (Los Angeles)
    Reason: No need
  Status: cancelled
  http://testserver/s/{session["id"]}

{FOOT}"""
    )


async def test_nobody_is_told_of_what_they_did_and_no_other_track_of_anything(
    world: World,
) -> None:
    box = Box()
    session = await propose(world, local_start=WHEN)
    await later(world, box)
    moved = {"local_start": "2030-11-06T10:00", "reason": "Earlier is worse"}
    assert (await act(world.head_x, session["id"], "move", moved)).status_code == 200
    told = {letter.to.partition("@")[0] for letter in await later(world, box)}
    assert told == {*AT_X, "coordinator"} - {"head_x"}


async def test_many_events_are_gathered_by_as_many_queries_as_one(world: World) -> None:
    asked: list[int] = []
    days = itertools.count(5)
    for many in (1, 4):
        for _ in range(many):
            start = f"2030-11-{next(days):02}T10:00"
            assert (await propose(world, local_start=start))["status"] == "proposed"
        with selects(world) as found:
            async with world.database.write() as db:
                assert await gather(db, now=world.clock.now()) == many
        asked.append(len(found))
    assert asked[0] == asked[1] > 0


@contextmanager
def selects(world: World) -> Iterator[list[str]]:
    """What ticks ask of the database meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            found.append(statement)

    engine = world.database.engines["writers"].sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("kind", ["caucus", "plenary"])
async def test_of_other_tables_who_sits_there_is_told(world: World, kind: str) -> None:
    box = Box()
    if kind == "caucus":
        made = await world.head_x.post(f"{NEG}/caucuses", json={"name": "Ours", "parties": []})
        body = caucus_body(made.json()["id"], local_start=WHEN)
        answer = await world.head_x.post(f"{NEG}/sessions", json=body)
        told = {"delegate_x", "party_note_taker_x"}
    else:
        body = plenary_body("agency", "y", local_start=WHEN)
        answer = await world.coordinator.post(f"{NEG}/sessions", json=body)
        told = {"agency_head"}  # y has no head
    assert answer.status_code == 201, answer.text
    letters = await later(world, box)
    assert {letter.to.partition("@")[0] for letter in letters} == told
    postponed = {"reason": "They must not know why"}
    client = world.head_x if kind == "caucus" else world.coordinator
    answer = await act(client, answer.json()["id"], "postpone", postponed)
    assert answer.status_code == 200, answer.text
    letters = await later(world, box)
    everybody = {"agency_head", "agency_delegate", "delegate_y", "note_taker"}
    assert {letter.to.partition("@")[0] for letter in letters} == (
        told if kind == "caucus" else everybody
    )
    # A mail leaves the house: why a caucus doesn't meet stays in it.
    assert ("must not know" in letters[0].text.body) == (kind == "plenary")


async def test_who_lost_the_right_before_it_goes_gets_nothing(world: World) -> None:
    box = Box()
    await confirmed(world, local_start=WHEN)
    await look(world, box)
    listed = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    for name in ("delegate_x", "agency_delegate"):
        seat = next(one for one in listed if one["person"] == world.people[name])
        path = f"{NEG}/memberships/{seat['id']}"
        tag = (await world.coordinator.get(path)).headers["etag"]
        assert (await world.coordinator.delete(path, headers={"If-Match": tag})).status_code == 200
    letters = await later(world, box)
    assert {letter.to.partition("@")[0] for letter in letters} == {*AT_X} - {
        "delegate_x",
        "agency_delegate",
    }


async def test_what_is_over_is_not_told(world: World) -> None:
    box = Box()
    await confirmed(world)
    await look(world, box)
    world.clock.forward(days=20)
    assert await look(world, box) == 0


async def test_that_what_was_postponed_is_cancelled_is_told_after_its_old_day(world: World) -> None:
    session = await confirmed(world, local_start=in_days(3))
    await act(world.coordinator, session["id"], "postpone", {"reason": "Flood"})
    await later(world, Box(), 60)
    world.clock.forward(days=5)
    await act(world.coordinator, session["id"], "cancel", {"reason": "No other day was found"})
    letters = await later(world, Box())
    assert sorted(one.to for one in letters) == [f"{one}@example.org" for one in AT_X]
    for letter in letters:
        assert letter.text.subject.startswith("[water-talks] Cancelled: ")
        assert "Reason: No other day was found" in letter.text.body
