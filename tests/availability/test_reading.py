"""What a planner is told of when tracks and people are free, on both engines."""

from datetime import UTC, datetime, timedelta
from typing import Any

from factories import World
from sqlmodel import col, select

from negotiations.availability.intervals import Intervals
from negotiations.availability.reading import Free, booked, free_of
from negotiations.models import Availability, BusyBlock, Negotiation, Party, Track

# Monday the 8th to Friday the 12th: the day after the clocks went back; a holiday on Thursday.
DAYS = range(8, 13)
WINDOW = (datetime(2049, 11, 8, tzinfo=UTC), datetime(2049, 11, 13, tzinfo=UTC))
HOLIDAY = "2049-11-11"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2049, 11, day, hour, minute, tzinfo=UTC)


def daily(start: int, end: int, *but: int) -> Intervals:
    return tuple((at(one, start), at(one, end)) for one in DAYS if one not in but)


async def talks(db: Any) -> tuple[Negotiation, dict[str, Track]]:
    found = select(Negotiation).where(col(Negotiation.slug) == "water-talks")
    negotiation = (await db.exec(found)).one()
    rows = await db.exec(select(Party.slug, Track).join(Track, col(Track.party_id) == Party.id))
    return negotiation, dict(rows.all())


async def ask(world: World, *people: str) -> tuple[Free, dict[str, Track]]:
    async with world.database.read() as db:
        negotiation, tracks = await talks(db)
        ids = [world.people[name] for name in people]
        found = await free_of(db, negotiation, WINDOW, tracks=[*tracks.values()], person_ids=ids)
    return found, tracks


async def test_without_a_word_of_theirs_offices_keep_usual_hours_and_people_are_free(
    world: World,
) -> None:
    found, tracks = await ask(world, "head_x")
    # Washington 9 to 17 EST; Los Angeles 9 to 17 PST.
    assert found == Free(
        tracks={tracks["x"].id: daily(17, 22), tracks["y"].id: daily(14, 22)},
        people={world.people["head_x"]: (WINDOW,)},
    )


async def test_hours_exceptions_holidays_and_what_people_are_busy_with_count(world: World) -> None:
    now, head = world.clock.now(), world.people["head_x"]
    async with world.database.write() as db:
        negotiation, tracks = await talks(db)
        negotiation.holidays = [HOLIDAY]
        db.add(negotiation)
        party = tracks["x"].party_id
        exceptions = [{"on": "2049-11-09", "hours": ""}, {"on": HOLIDAY, "hours": "10:00-11:00"}]
        db.add(
            Availability(
                created_at=now, party_id=party, tz="America/Phoenix",
                weekly=["08:00-10:00, 12:00-13:00"] * 5 + ["", ""], exceptions=exceptions,
            )
        )  # fmt: skip
        db.add(
            Availability(
                created_at=now, person_id=head, tz="Asia/Kathmandu",
                weekly=["00:00-24:00"] * 4 + ["", "", ""],
            )
        )  # fmt: skip
        times = [(at(8, 10), at(8, 12)), (at(8, 11), at(8, 13)), (at(7, 0), at(8, 1))]
        db.add_all(
            BusyBlock(created_at=now, person_id=head, starts_at=one, ends_at=other)
            for one, other in times
        )
    found, tracks = await ask(world, "head_x", "delegate_x")
    # The agency keeps its holiday, so that hours of the other side's alone are of no use.
    assert found.tracks[tracks["x"].id] == (
        (at(8, 15), at(8, 17)), (at(8, 19), at(8, 20)), (at(10, 15), at(10, 17)),
        (at(10, 19), at(10, 20)), (at(12, 15), at(12, 17)), (at(12, 19), at(12, 20)),
    )  # fmt: skip
    assert found.tracks[tracks["y"].id] == daily(14, 22, 11)
    # Monday to Thursday in Kathmandu, 5:45 ahead; the holiday is none of the hours there.
    assert found.people == {
        head: (
            (at(8, 1), at(8, 10)), (at(8, 13), at(10, 18, 15)),
        ),
        world.people["delegate_x"]: (WINDOW,),
    }  # fmt: skip


async def test_rows_that_say_nothing_are_read_as_closed(world: World) -> None:
    now = world.clock.now()
    async with world.database.write() as db:
        _, tracks = await talks(db)
        broken = [{"on": "never", "hours": "09:00-10:00"}, {"on": "2049-11-08", "hours": "x"}]
        db.add(
            Availability(
                created_at=now, party_id=tracks["x"].party_id, tz="Nowhere/At all",
                weekly=["soon", "17:00-18:00"], exceptions=broken, preparation_minutes=-5,
            )
        )  # fmt: skip
    found, tracks = await ask(world)
    assert found.tracks[tracks["x"].id] == ((at(9, 17), at(9, 18)),)


async def test_what_is_booked_is_told_by_its_interval(world: World) -> None:
    async with world.database.read() as db:
        assert await booked(db, [1, 2], WINDOW) == ()
        negotiation, _ = await talks(db)
        empty = await free_of(db, negotiation, (WINDOW[1], WINDOW[0] + timedelta(days=1)))
    assert empty == Free({}, {})
