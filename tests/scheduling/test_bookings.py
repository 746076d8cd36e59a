"""Nobody sits at two tables at a time, whoever asks, however many at once, even by SQL."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from beginnings import once_made
from checksum import state
from factories import NEG, World, act, confirmed, in_days, propose, session_body, weekday
from permissions.tries import NEW_PARTY
from problems import problem
from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from negotiations.access.actor import operator
from negotiations.models import Booking, NegotiationSession, new_id
from negotiations.scheduling import bookings
from negotiations.scheduling.rules import set_time
from negotiations.scheduling.times import Slot, resolve

LA = "America/Los_Angeles"
CLIENTS = 16


def interval(start: str) -> str:
    """How a clash tells the time asked for, two hours from a local start in Los Angeles."""
    begins = datetime.fromisoformat(start)
    slot = resolve(begins, begins + timedelta(hours=2), LA)
    return f"{begins:%a} {begins.day} {begins:%b %H:%M} to " + bookings.clock_time(slot.ends_at, LA)


async def overlaps(world: World) -> list[Any]:
    """Pairs of bookings that the database should never have taken, asked for in SQL."""
    async with world.database.read() as db:
        found = await db.exec(
            text(
                "SELECT a.id, b.id FROM booking a JOIN booking b ON a.resource_no = b.resource_no "
                "AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
            )
        )
        return list(found.all())


async def taken(world: World, session: str) -> int:
    async with world.database.read() as db:
        rows = await db.exec(select(Booking).where(col(Booking.session_id) == session))
        return len(rows.all())


async def another_team(world: World, name: str = "Two") -> str:
    answer = await world.coordinator.post(f"{NEG}/teams", json={"party": "agency", "name": name})
    return str(answer.json()["id"])


async def refused(world: World, **more: Any) -> str:
    before = await state(world)
    answer = await world.coordinator.post(f"{NEG}/sessions", json=session_body(**more))
    detail = problem(answer, 409)
    assert await state(world) == before
    return detail


async def test_a_team_sits_at_one_table_and_another_team_at_the_next(world: World) -> None:
    start = in_days(10)
    await propose(world, local_start=start, title="The first")
    assert await refused(world, local_start=start, jurisdiction="y") == (
        f"Agency's team is not free {interval(start)}: The first. "
        "Choose another time, or another team."
    )
    team = await another_team(world)
    assert await propose(world, local_start=start, jurisdiction="y", teams=[team])
    third = await another_team(world, "Three")
    inside = {"local_start": in_days(10, 11), "local_end": f"{start[:11]}11:30"}
    assert "X's team is not free" in await refused(world, **inside, teams=[third])


async def test_a_chair_and_an_indispensable_person_are_at_one_table(world: World) -> None:
    start, person = in_days(10), world.people["agency_head"]
    team = await another_team(world)
    first = await propose(world, local_start=start, chair=person)
    other = {"local_start": start, "jurisdiction": "y", "teams": [team]}
    for more in ({"chair": person}, {"indispensable": [person]}):
        assert f"The agency_head is not free {interval(start)}: " in await refused(
            world, **other, **more
        )
    path = f"/api/v1/sessions/{first['id']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    freed = await world.coordinator.patch(path, json={"chair": None}, headers={"If-Match": tag})
    assert freed.status_code == 200
    second = await propose(world, **other, chair=person)
    both = {"person": person, "rsvp": "accepted"}
    attendance = f"/api/v1/sessions/{first['id']}/attendance"
    tag = (await world.coordinator.get(attendance)).headers["etag"]
    put = {"json": {"items": [both]}, "headers": {"If-Match": tag}}
    # Being expected books nobody; being indispensable does.
    assert (await world.coordinator.put(attendance, **put)).status_code == 200
    tag = (await world.coordinator.get(path)).headers["etag"]
    body = {"indispensable": [person]}
    answer = await world.coordinator.patch(path, json=body, headers={"If-Match": tag})
    assert second["title"] in problem(answer, 409)


async def test_a_clash_names_the_other_session_only_to_who_may_see_it(world: World) -> None:
    start = in_days(10)
    await propose(world, local_start=start, jurisdiction="y", title="The secret of Y")
    session = (await propose(world, local_start=in_days(11)))["id"]
    told = {}
    for name in ("head_x", "agency_head"):
        body = {"local_start": start, "reason": "Sooner"}
        told[name] = problem(await act(world.clients[name], session, "move", body), 409)
    not_free = f"Agency's team is not free {interval(start)}"
    assert told == {
        "head_x": f"{not_free}. Choose another time, or another team.",
        "agency_head": f"{not_free}: The secret of Y. Choose another time, or another team.",
    }


async def test_back_to_back_is_no_overlap_but_short_of_the_travel_buffer(world: World) -> None:
    await propose(world, local_start=weekday(10, 10))
    answer = await world.coordinator.post(
        f"{NEG}/sessions", json=session_body(local_start=weekday(10, 12), jurisdiction="y")
    )
    assert answer.status_code == 201
    assert answer.json()["warnings"] == [
        "Less than 60 minutes lie between this and another session of Agency's team."
    ]
    later = session_body(local_start=weekday(10, 15), jurisdiction="y")
    answer = await world.coordinator.post(f"{NEG}/sessions", json=later)
    assert answer.json()["warnings"] == []


async def test_cancelled_and_held_sessions_are_free_again(world: World) -> None:
    start = in_days(10)
    session = (await propose(world, local_start=start))["id"]
    assert await taken(world, session) == 2
    assert (await act(world.coordinator, session, "cancel", {"reason": "No"})).status_code == 200
    assert await taken(world, session) == 0
    await propose(world, local_start=start, jurisdiction="y")
    past = in_days(-1)
    held = (await confirmed(world, local_start=past, agenda=[{"title": "Any"}]))["id"]
    body = {"close_kind": "concluded"}
    assert (await act(world.note_taker, held, "close", body)).status_code == 200
    assert await taken(world, held) == 0
    await propose(world, local_start=past, jurisdiction="y")


async def test_two_sessions_can_swap_their_times(world: World) -> None:
    ids = [(await propose(world, local_start=in_days(day)))["id"] for day in (10, 11)]
    async with world.database.write() as db:
        rows = await db.exec(
            select(NegotiationSession)
            .where(col(NegotiationSession.id).in_(ids))
            .order_by(col(NegotiationSession.starts_at))
        )
        first, second = rows.all()
        slots = [
            Slot(one.local_start, one.local_end, one.tz, one.fold, one.starts_at, one.ends_at)
            for one in (first, second)
        ]
        set_time(first, slots[1])
        set_time(second, slots[0])
        await bookings.rebook(db, operator(first.negotiation_id), [first, second])
    assert await overlaps(world) == []


@once_made
async def jurisdictions(world: World) -> list[str]:
    slugs = [f"z{place}" for place in range(CLIENTS)]
    for slug in slugs:
        body = {**NEW_PARTY, "slug": slug, "short_name": slug.upper()}
        assert (await world.coordinator.post(f"{NEG}/parties", json=body)).status_code == 201
    return slugs


async def test_of_many_at_once_one_gets_the_slot(world: World) -> None:
    slugs, ids = await jurisdictions(world), []
    for place, slug in enumerate(slugs):
        start = in_days(30 + place)
        ids.append((await propose(world, local_start=start, jurisdiction=slug))["id"])

    async def try_to_propose(slug: str) -> Any:
        body = session_body(local_start=in_days(20), jurisdiction=slug)
        return await world.coordinator.post(f"{NEG}/sessions", json=body)

    async def try_to_move(session: str) -> Any:
        body = {"local_start": in_days(21), "reason": "Sooner"}
        return await act(world.coordinator, session, "move", body)

    async def try_to_confirm(tag: str) -> Any:
        path = f"/api/v1/sessions/{ids[0]}/confirm"
        return await world.coordinator.post(path, headers={"If-Match": tag})

    proposed = await asyncio.gather(*map(try_to_propose, slugs))
    assert Counter(one.status_code for one in proposed) == {201: 1, 409: CLIENTS - 1}
    moved = await asyncio.gather(*map(try_to_move, ids))
    assert Counter(one.status_code for one in moved) == {200: 1, 409: CLIENTS - 1}
    for party in ("agency", slugs[0]):
        consent = {"party": party, "how": "by mail"}
        assert (await act(world.coordinator, ids[0], "accept", consent)).status_code == 200
    tag = (await world.coordinator.get(f"/api/v1/sessions/{ids[0]}")).headers["etag"]
    agreed = await asyncio.gather(*map(try_to_confirm, [tag] * CLIENTS))
    assert Counter(one.status_code for one in agreed) == {200: 1, 412: CLIENTS - 1}
    assert await overlaps(world) == []


async def test_the_database_itself_refuses_an_overlap_written_by_sql(world: World) -> None:
    first = (await propose(world))["id"]
    await propose(world, local_start=in_days(11))
    free = (await propose(world, local_start=in_days(12)))["id"]
    await act(world.coordinator, free, "cancel", {"reason": "No"})
    async with world.database.read() as db:
        held = (await db.exec(select(Booking).where(col(Booking.session_id) == first))).all()[0]
    minute, values = timedelta(minutes=1), held.model_dump(exclude={"id", "session_id"})
    for starts_at in (held.starts_at - minute, held.ends_at - minute):
        values |= {"starts_at": starts_at, "ends_at": starts_at + 2 * minute}
        await broken(world, insert(Booking).values(id=new_id(), session_id=free, **values))
    into_it = update(Booking).where(col(Booking.id) != held.id)
    await broken(world, into_it.values(starts_at=held.starts_at, ends_at=held.ends_at))
    touching = {"starts_at": held.ends_at, "ends_at": held.ends_at + minute}
    async with world.database.write() as db:
        row = {**values, **touching}
        await db.exec(insert(Booking).values(id=new_id(), session_id=free, **row))
    assert await overlaps(world) == []


async def broken(world: World, statement: Any) -> None:
    async with world.database.write() as db:
        with pytest.raises(IntegrityError, match="booking_no_overlap"):
            await db.exec(statement)
        await db.rollback()


async def test_the_refusal_lives_in_the_migrated_schema(world: World) -> None:
    sqlite = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'booking' "
        "ORDER BY name"
    )
    postgresql = "SELECT conname FROM pg_constraint WHERE conname LIKE 'booking_no_overlap%'"
    async with world.database.read() as db:
        found = await db.exec(text(sqlite if world.database.is_sqlite else postgresql))
        names = [name for (name,) in found]
    triggers = ["booking_no_overlap_insert", "booking_no_overlap_update"]
    assert names == (triggers if world.database.is_sqlite else ["booking_no_overlap"])
