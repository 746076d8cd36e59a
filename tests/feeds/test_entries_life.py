"""A commitment and minutes over their lives: at each step, for each audience, what programs go by.

calendar.md 38, and for what they say over time 10, 13 to 16, 40, 45.
"""

from typing import Any

import pytest
from factories import World, act, in_days, propose, signed_in
from including import (
    ALL,
    AT_THE_TABLE,
    PUBLIC,
    change,
    commit,
    entries,
    feeds,
    held,
    render_again,
    run_sql,
    write_minutes,
)
from notes.rounds import act as summary_act
from notes.rounds import circulate, decide
from readers import blocks
from sqlmodel import col, delete, select

from negotiations.models import EventBytes
from negotiations.models.feeds import EventAudience, EventComponent

DUE = "2030-01-31"
# what changes; SEQUENCE, STATUS, PERCENT-COMPLETE, whether COMPLETED is told, the title's beginning
STEPS: list[tuple[dict[str, Any], tuple[int, str, int | None, bool, str]]] = [
    ({}, (0, "NEEDS-ACTION", 0, False, "X: Agency: Send the form")),
    ({"evidence": "A letter"}, (0, "NEEDS-ACTION", 0, False, "X: Agency: Send the form")),
    ({"due_on": "2030-02-28"}, (1, "NEEDS-ACTION", 0, False, "X: Agency: Send the form")),
    ({"text": "Send\nit"}, (2, "NEEDS-ACTION", 0, False, "X: Agency: Send it")),
    ({"status": "in_progress"}, (3, "IN-PROCESS", None, False, "X: Agency: Send it")),
    ({"status": "done"}, (4, "COMPLETED", 100, True, "X: Agency: Send it")),
    ({"evidence": "Receipt 7"}, (4, "COMPLETED", 100, True, "X: Agency: Send it")),
    ({"status": "disputed"}, (5, "NEEDS-ACTION", None, False, "DISPUTED: X: Agency: Send it")),
    ({"status": "dropped"}, (6, "CANCELLED", None, False, "DROPPED: X: Agency: Send it")),
    ({"status": "open"}, (7, "NEEDS-ACTION", 0, False, "X: Agency: Send it")),
    ({"due_on": None}, (8, "NEEDS-ACTION", 0, False, "X: Agency: Send it")),
]


async def test_the_life_of_a_commitment_as_a_to_do(world: World) -> None:
    """calendar.md 38, 10, 14 to 16, 40: each step for each audience, and none for anybody else."""
    session = await propose(world)
    others = {*world.feeds, *PUBLIC} - AT_THE_TABLE
    before = await feeds(world, ALL)
    made = await commit(world, session=session["id"], due_on=DUE, beneficiary="x")
    uids, done_at = set(), None
    for fields, (sequence, status, percent, completed, title) in STEPS:
        world.clock.forward(minutes=7)
        if fields:
            await change(world, made["id"], **fields)
        after = await feeds(world, ALL)
        for name in sorted(AT_THE_TABLE):
            assert after[name].etag != before[name].etag, (name, fields)
            [todo] = entries(after[name].body, "VTODO")
            told = (todo["SEQUENCE"], todo["STATUS"], todo.get("PERCENT-COMPLETE"))
            assert told == (sequence, status, percent), (name, fields)
            assert str(todo["SUMMARY"]) == title
            assert ("COMPLETED" in todo) == completed
            assert todo["LAST-MODIFIED"].dt == todo["DTSTAMP"].dt
            if old := entries(before[name].body, "VTODO"):
                assert todo["LAST-MODIFIED"].dt > old[0]["LAST-MODIFIED"].dt
                assert todo["CREATED"].dt == old[0]["CREATED"].dt
            if completed:
                done_at = done_at or world.clock.now().replace(microsecond=0)
                assert todo["COMPLETED"].dt == done_at
            uids.add(str(todo["UID"]))
        assert {name: after[name] for name in others} == {name: before[name] for name in others}
        before = after
    assert len(uids) == 1


async def test_a_calendar_without_to_dos_learns_nothing_of_them(world: World) -> None:
    """calendar.md 38, 43, 45: neither a byte nor Last-Modified moves; with them both do."""
    session = await propose(world)
    made = await commit(world, session=session["id"], due_on=DUE)
    plain, full = await feeds(world), await feeds(world, ALL)
    for fields in ({"evidence": "A letter"}, {"evidence": "Two letters"}):
        world.clock.forward(minutes=5)
        await change(world, made["id"], **fields)
        assert await feeds(world) == plain
        assert await feeds(world, "include=minutes") == plain
        later = await feeds(world, ALL)
        for name in AT_THE_TABLE:
            assert later[name].modified != full[name].modified
            assert blocks(later[name].body) == blocks(plain[name].body)
        full = later
    assert not any(b"VTODO" in one.body or b"VJOURNAL" in one.body for one in plain.values())
    # In the secretariat's brief texts no commitment is told of: nothing of its life is seen there.
    for fields in ({"text": "Another"}, {"status": "done"}, {"status": "dropped"}):
        await change(world, made["id"], **fields)
        assert (await feeds(world))["coordinator"] == plain["coordinator"]


async def test_two_changes_in_one_second_are_told_apart(world: World) -> None:
    """calendar.md 14, 45: also where one is of a to-do and the next of its session."""
    session = await propose(world)
    made = await commit(world, session=session["id"])
    seen = []
    for step in ("A", "B", "C"):
        await change(world, made["id"], evidence=step)
        seen.append((await feeds(world, ALL))["delegate_x"].modified)
        reason = {"location": step, "reason": "Rain"}
        assert (await act(world.coordinator, session["id"], "relocate", reason)).status_code == 200
        seen.append((await feeds(world, ALL))["delegate_x"].modified)
    assert len(set(seen)) == 6


async def test_the_life_of_minutes_as_a_journal(world: World) -> None:
    """calendar.md 38, 10, 14, 15, 40: drafts are the secretariat's; nobody else sees one byte."""
    session = await held(world, "# First\n\nThey met; all agreed.")
    full, plain = await feeds(world, ALL), await feeds(world)
    others = {*world.feeds, *PUBLIC} - {"coordinator"}
    assert not any(b"VJOURNAL" in full[name].body for name in others)
    [first] = entries(full["coordinator"].body, "VJOURNAL")
    assert (first["SEQUENCE"], first["STATUS"], first["CLASS"]) == (0, "DRAFT", "PRIVATE")
    assert str(first["SUMMARY"]) == "Minutes: X / Agency: session 1"
    assert str(first["DESCRIPTION"]).split("\n")[:4] == [
        "WT-X/S1/SUM: draft", "", "# First", "",
    ]  # fmt: skip
    assert f"{first['DTSTART'].dt}" == in_days(-1)[:10]
    world.clock.forward(minutes=7)
    await write_minutes(world, session["id"], "# Second\n\nThey met.")
    later = await feeds(world, ALL)
    assert {name: later[name] for name in others} == {name: full[name] for name in others}
    assert await feeds(world) == plain
    [second] = entries(later["coordinator"].body, "VJOURNAL")
    assert (str(second["UID"]), second["SEQUENCE"]) == (str(first["UID"]), 0)
    assert second["CREATED"].dt == first["CREATED"].dt
    assert second["LAST-MODIFIED"].dt > first["LAST-MODIFIED"].dt
    assert ("Second" in second["DESCRIPTION"], "First" in second["DESCRIPTION"]) == (True, False)
    assert later["coordinator"].modified != full["coordinator"].modified


async def test_delegations_read_minutes_from_when_they_went_round(world: World) -> None:
    """calendar.md 38, 10, 14: the text that they may read, and not a byte of what is written on."""
    session = await held(world, "# First\n\nThey met.")
    path = f"/api/v1/sessions/{session['id']}/summary"
    table, before = AT_THE_TABLE - {"coordinator"}, await feeds(world, ALL)
    others = {*world.feeds, *PUBLIC} - AT_THE_TABLE
    seen: list[Any] = []

    async def told(state: str, text: str, status: str) -> None:
        world.clock.forward(minutes=7)
        full = await feeds(world, ALL)
        assert {one: full[one] for one in others} == {one: before[one] for one in others}
        for name in table:
            [journal] = entries(full[name].body, "VJOURNAL")
            words = str(journal["DESCRIPTION"])
            assert words.startswith(f"WT-X/S1/SUM: {state}\n\n# {text}\n"), (name, words)
            assert (journal["STATUS"], str(journal["RELATED-TO"])) == (status, session["uid"])
        assert f"Summary: {state}" in str(event_of(full[min(table)].body, session)["DESCRIPTION"])
        seen.append({one: full[one] for one in table})

    world.clock.forward(minutes=7)
    await circulate(world, path)
    await told("circulated", "First", "DRAFT")
    first = entries(seen[0]["delegate_x"].body, "VJOURNAL")[0]
    assert first["CREATED"].dt > session_created(before["delegate_x"].body, session)
    await write_minutes(world, session["id"], "# Second\n\nThey met.")
    await told("being revised", "First", "DRAFT")
    await write_minutes(world, session["id"], "# Third\n\nThey met.")
    await told("being revised", "First", "DRAFT")
    assert seen[-1] == seen[-2]
    assert b"Third" in (await feeds(world, ALL))["coordinator"].body
    await circulate(world, path)
    await told("circulated", "Third", "DRAFT")
    for client in (world.head_x, world.agency_head):
        done = await decide(client, path, "approved", "# Third\n\nThey met.")
        assert done.status_code == 200
    await told("agreed", "Third", "FINAL")
    assert (await summary_act(world.coordinator, path, "publish")).status_code == 200
    await told("published", "Third", "FINAL")
    plain = await feeds(world)
    assert not any(b"VJOURNAL" in one.body for one in plain.values())


def event_of(body: bytes, session: dict[str, Any]) -> Any:
    return next(one for one in entries(body, "VEVENT") if str(one["UID"]) == session["uid"])


def session_created(body: bytes, session: dict[str, Any]) -> Any:
    return event_of(body, session)["CREATED"].dt


async def test_the_clock_and_another_start_change_no_byte(world: World) -> None:
    """calendar.md 13: also what has a SEQUENCE and a day of completion is rendered as it was."""
    await held(world, "Done.")
    made = await commit(world, due_on=DUE)
    for fields in ({"text": "Another"}, {"status": "done"}):
        await change(world, made["id"], **fields)
    before = await feeds(world, ALL)
    world.clock.forward(days=700)
    await render_again(world)
    assert await feeds(world, ALL) == before


@pytest.mark.parametrize("kind", [EventComponent.vtodo, EventComponent.vjournal])
async def test_one_bad_row_keeps_its_last_good_bytes(world: World, kind: EventComponent) -> None:
    """calendar.md, fail closed: of an unknown state the rest follows; a new one is left out."""
    session = await held(world, "Done.")
    made = await commit(world, session=session["id"], text="Good")
    bad = await commit(world, session=session["id"], text="Bad")
    before = (await feeds(world, ALL))["coordinator"]
    table = "commitment" if kind is EventComponent.vtodo else "summary"
    column = "status" if kind is EventComponent.vtodo else "state"
    where = f"id = '{bad['id']}'" if kind is EventComponent.vtodo else "1 = 1"
    await run_sql(world, f"UPDATE {table} SET {column} = 'eaten' WHERE {where}")
    await change(world, made["id"], text="Better")
    after = (await feeds(world, ALL))["coordinator"]
    titles = [str(one["SUMMARY"]) for one in entries(after.body, "VTODO")]
    assert sorted(titles) == ["X: Agency: Bad", "X: Agency: Better"]
    assert entries(after.body, "VJOURNAL") == entries(before.body, "VJOURNAL")
    async with world.database.read() as db:
        found = await db.exec(
            select(EventBytes.component, EventBytes.audience).where(
                col(EventBytes.defect).is_not(None)
            )
        )
        audiences = {EventAudience.track, EventAudience.secretariat}
        if kind is EventComponent.vjournal:
            audiences = {EventAudience.secretariat}
        assert set(found.all()) == {(kind, one) for one in audiences}
    note = "Calendars show its last good text"
    for name, shown in (("coordinator", True), ("note_taker", False), ("delegate_x", False)):
        page = await (await signed_in(world, name)).get("/")
        assert (page.status_code, note in page.text) == (200, shown), name


async def test_what_was_never_good_is_left_out_and_takes_nothing_with_it(world: World) -> None:
    """calendar.md, fail closed: a to-do has no least form; the events are all there."""
    session = await propose(world)
    made = await commit(world, session=session["id"])
    plain = await feeds(world)
    async with world.database.write() as db:
        todos = col(EventBytes.component) == EventComponent.vtodo
        await db.exec(delete(EventBytes).where(todos))
    await run_sql(world, f"UPDATE commitment SET status = 'eaten' WHERE id = '{made['id']}'")
    await render_again(world)
    full = await feeds(world, ALL)
    assert not any(b"VTODO" in one.body for one in full.values())
    for name in AT_THE_TABLE:
        assert blocks(full[name].body).keys() == blocks(plain[name].body).keys()
