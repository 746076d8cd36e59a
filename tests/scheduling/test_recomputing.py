"""What a new edition of the time-zone rules does to sessions that lie ahead (calendar.md 26)."""

import re
import zoneinfo
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from checksum import state
from factories import (
    NEG,
    Standing,
    World,
    act,
    caucus_body,
    confirmed,
    make_world,
    plenary_body,
    propose,
)
from readers import events
from scheduling.test_bookings import overlaps
from sqlmodel import col, select

from negotiations import audit
from negotiations.app import freshen
from negotiations.ics.timezones import vtimezone
from negotiations.models import Booking, OutboxEvent
from negotiations.settings import Settings
from negotiations.ticks import follow_zones

LA = "America/Los_Angeles"
Rules = Callable[[str, str], None]


def forget() -> None:
    zoneinfo.ZoneInfo.clear_cache()
    vtimezone.cache_clear()


@pytest.fixture
def new_rules(tmp_path: Path) -> Iterator[Rules]:
    """Gives a zone the rules of another one, as a later edition of tzdata might."""

    def use(tz: str, like: str) -> None:
        file = tmp_path / "zoneinfo" / tz
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(files("tzdata").joinpath("zoneinfo", *like.split("/")).read_bytes())
        zoneinfo.reset_tzpath(to=[str(tmp_path / "zoneinfo")])
        forget()

    yield use
    zoneinfo.reset_tzpath(to=[])
    forget()


@pytest.fixture
async def january(settings: Settings) -> AsyncIterator[World]:
    """The talks on New Year's Day of 2027, when no clocks are on summer time."""
    made = await make_world(settings, Standing(datetime(2027, 1, 1, 12, tzinfo=UTC)))
    yield made
    await made.close()


def at(hour: int, day: int = 12, **more: Any) -> dict[str, Any]:
    start = f"2027-01-{day:02}T{hour:02}:00"
    return {"local_start": start, "local_end": f"2027-01-{day:02}T{hour + 2:02}:00", **more}


async def show(world: World, session: str) -> dict[str, Any]:
    return dict((await world.coordinator.get(f"/api/v1/sessions/{session}")).json())


async def log_of(world: World, session: str) -> list[tuple[str, str, str]]:
    items = (await world.coordinator.get(f"/api/v1/sessions/{session}/changes")).json()["items"]
    return [(one["kind"], one["recorded_by"], one["reason"]) for one in items]


async def event_of(world: World, uid: str, address: str) -> Any:
    return events((await world.nobody.get(address)).content)[uid]


async def test_a_confirmed_session_keeps_its_local_time_and_its_instants_follow(
    january: World, new_rules: Rules
) -> None:
    world, public = january, "/public/water-talks.ics"
    session = await confirmed(world, **at(10))
    await act(world.coordinator, session["id"], "publish")
    assert await follow_zones(world.database, world.clock) == 0
    seen = {
        name: await event_of(world, session["uid"], address)
        for name, address in {**world.feeds, "public": public}.items()
        if name != "delegate_y"
    }
    old = (await world.nobody.get(world.feeds["delegate_x"])).headers
    world.clock.forward(minutes=5)
    new_rules(LA, "America/Denver")
    assert await follow_zones(world.database, world.clock) == 1
    now = await show(world, session["id"])
    assert (session["starts_at"], now["starts_at"]) == (
        "2027-01-12T18:00:00Z", "2027-01-12T17:00:00Z",
    )  # fmt: skip
    assert now["ends_at"] == "2027-01-12T19:00:00Z"
    assert (now["local_start"], now["status"]) == (session["local_start"], "confirmed")
    assert now["sequence"] == session["sequence"] + 1
    for name, before in seen.items():
        address = {**world.feeds, "public": public}[name]
        after = await event_of(world, session["uid"], address)
        assert after["SEQUENCE"] == before["SEQUENCE"] + 1, name
        assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
        assert after["DTSTART"].dt.replace(tzinfo=None) == before["DTSTART"].dt.replace(tzinfo=None)
        assert "10:00 PST X = 13:00 EST Washington" in before["DESCRIPTION"]
        assert "10:00 MST X = 12:00 EST Washington" in after["DESCRIPTION"]
        assert "Moved" not in after["DESCRIPTION"]
    new = (await world.nobody.get(world.feeds["delegate_x"])).headers
    assert all(old[name] != new[name] for name in ("etag", "last-modified"))
    reason = (
        f"The rules of {LA} changed. The local time stays; it now begins at "
        "2027-01-12 17:00 UTC instead of 2027-01-12 18:00 UTC."
    )
    assert (await log_of(world, session["id"]))[-1] == ("recomputed", "service", reason)
    async with world.database.read() as db:
        rows = await db.exec(select(Booking).where(col(Booking.session_id) == session["id"]))
        assert {one.starts_at for one in rows} == {datetime(2027, 1, 12, 17, tzinfo=UTC)}
        told = await db.exec(select(OutboxEvent.type).order_by(col(OutboxEvent.created_at).desc()))
        assert told.first() == "session.changed"
    settled = await state(world)
    assert await follow_zones(world.database, world.clock) == 0
    assert await state(world) == settled


async def test_sessions_that_follow_one_another_move_together(
    january: World, new_rules: Rules
) -> None:
    world = january
    ids = [(await propose(world, **at(hour)))["id"] for hour in (10, 12, 14)]
    off = (await propose(world, **at(16)))["id"]
    await act(world.coordinator, off, "postpone", {"reason": "Flood"})
    gone = (await propose(world, **at(18)))["id"]
    await act(world.coordinator, gone, "cancel", {"reason": "No"})
    new_rules(LA, "America/Denver")
    assert await follow_zones(world.database, world.clock) == 4
    new_rules(LA, "America/Anchorage")
    await freshen(world.database)  # as at the start of serving
    starts = [(await show(world, one))["starts_at"] for one in (*ids, off, gone)]
    assert [start[11:16] for start in starts] == ["19:00", "21:00", "23:00", "01:00", "02:00"]
    assert await overlaps(world) == []


async def test_plenaries_and_caucus_sessions_follow_too(january: World, new_rules: Rules) -> None:
    world = january
    body = plenary_body(**at(10))
    plenary = (await world.coordinator.post(f"{NEG}/sessions", json=body)).json()
    caucus = await world.head_x.post(f"{NEG}/caucuses", json={"name": "Ours"})
    body = caucus_body(caucus.json()["id"], **at(14))
    private = (await world.head_x.post(f"{NEG}/sessions", json=body)).json()
    new_rules(LA, "America/Denver")
    assert await follow_zones(world.database, world.clock) == 2
    assert (await show(world, plenary["id"]))["starts_at"] == "2027-01-12T17:00:00Z"
    event = await event_of(world, private["uid"], world.feeds["delegate_x"])
    assert (event["SEQUENCE"], event["DTSTART"].dt.astimezone(UTC).hour) == (1, 21)
    async with world.database.read() as db:
        report = await audit.verify(db)
    assert [one["faults"] for one in report.values()] == [[] for _ in report]
    chain = report[f"caucus:{caucus.json()['id']}"]
    assert chain["entries"] == 3  # founded, proposed, changed


async def test_who_cannot_follow_says_so_once_and_holds_nobody_up(
    january: World, new_rules: Rules
) -> None:
    world = january
    skipped = await propose(
        world, local_start="2027-03-28T01:30", local_end="2027-03-28T04:00", jurisdiction="y",
        tz="America/Denver",
    )  # fmt: skip
    first = await propose(world, **at(10))
    second = await propose(world, **at(12))
    # Under the new rules the first would begin at 17:00 UTC, when the team is here until 18:00.
    other = await propose(
        world, **at(11), jurisdiction="y", tz="America/New_York", title="Of Y alone"
    )
    alone = await propose(world, **at(10, day=13))
    new_rules(LA, "America/Denver")
    new_rules("America/Denver", "Europe/London")
    for changed in (1, 0, 0):
        assert await follow_zones(world.database, world.clock) == changed
    stands = {
        name: (await show(world, one["id"]))["starts_at"][8:16]
        for name, one in (("first", first), ("second", second), ("other", other), ("alone", alone))
    }
    # The second can't take the time that the first keeps.
    assert stands == {
        "first": "12T18:00", "second": "12T20:00", "other": "12T16:00", "alone": "13T17:00",
    }  # fmt: skip
    log = await log_of(world, first["id"])
    assert [kind for kind, _, _ in log] == ["created", "recomputed"]
    assert "can't follow. Agency's team is not free" in log[-1][2]
    assert "Of Y alone" not in log[-1][2]
    log = await log_of(world, skipped["id"])
    assert [kind for kind, _, _ in log] == ["created", "recomputed"]
    assert "01:30 doesn't exist in America/Denver on 28 March 2027" in log[-1][2]
    assert await overlaps(world) == []
    feed = await world.nobody.get(world.feeds["delegate_y"])
    assert feed.status_code == 200
    moved = await act(
        world.coordinator, first["id"], "move", {"local_start": "2027-01-20T10:00", "reason": "So"}
    )
    assert moved.status_code == 200


async def test_the_time_that_the_public_still_sees_follows_too(
    january: World, new_rules: Rules
) -> None:
    world, public = january, "/public/water-talks.ics"
    session = await confirmed(world, **at(10))
    await act(world.coordinator, session["id"], "publish")
    move = {"local_start": "2027-01-20T10:00", "tz": "America/New_York", "reason": "East"}
    moved = await act(world.head_x, session["id"], "move", move)
    assert moved.json()["status"] == "proposed"
    before = await event_of(world, session["uid"], public)
    new_rules(LA, "America/Denver")
    assert await follow_zones(world.database, world.clock) == 1
    after = await event_of(world, session["uid"], public)
    assert "10:00 MST X = 12:00 EST Washington" in after["DESCRIPTION"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["SEQUENCE"] <= (await show(world, session["id"]))["sequence"]
    assert await follow_zones(world.database, world.clock) == 0


async def test_the_log_says_which_session_cannot_follow_and_names_nobody(
    january: World, new_rules: Rules, caplog: pytest.LogCaptureFixture
) -> None:
    chair = january.people["agency_delegate"]
    body = {"party": "agency", "name": "Second"}
    team = (await january.coordinator.post(f"{NEG}/teams", json=body)).json()["id"]
    await propose(january, **at(10), chair=chair)
    await propose(
        january, **at(11), jurisdiction="y", tz="America/New_York", chair=chair, teams=[team]
    )
    new_rules(LA, "America/Denver")
    await follow_zones(january.database, january.clock)
    [told] = [one for one in caplog.messages if "follow" in one]
    assert re.fullmatch(r"session \w{20} can't follow the new rules of America/Los_Angeles", told)


async def test_times_that_are_asked_about_follow_and_one_that_cant_is_let_go(
    january: World, new_rules: Rules
) -> None:
    session = await propose(january, **at(10, tz=LA))
    path = f"/api/v1/sessions/{session['id']}/polls"
    times = [{"local_start": f"2027-01-{day}T10:00"} for day in (13, 14)]
    asked = await january.coordinator.post(path, json={"due_on": "2027-01-05", "options": times})
    assert asked.status_code == 201, asked.text
    before = asked.json()["options"]
    # What the second would move onto is taken by others then.
    await propose(january, **at(9, 14, tz="America/Denver", jurisdiction="y"))
    new_rules(LA, "America/Denver")
    await follow_zones(january.database, january.clock)
    [poll] = (await january.coordinator.get(path)).json()["items"]
    assert [
        (one["local_start"], one["starts_at"], one["sequence"], one["status"])
        for one in poll["options"]
    ] == [
        ("2027-01-13T10:00", "2027-01-13T17:00:00Z", 1, "offered"),
        ("2027-01-14T10:00", before[1]["starts_at"], 1, "released"),
    ]
    async with january.database.read() as db:
        rows = await db.exec(
            select(Booking.starts_at).where(
                col(Booking.session_id) == session["id"], col(Booking.option_id).is_not(None)
            )
        )
        assert {f"{one:%m-%d %H}" for one in rows} == {"01-13 17"}
    assert await follow_zones(january.database, january.clock) == 0


@pytest.mark.parametrize("like", ["America/Denver", "America/Anchorage"])
async def test_times_one_after_the_other_follow_together_with_the_sessions_between(
    january: World, new_rules: Rules, like: str
) -> None:
    """Forward or back, none is in the way of another by where it was."""
    session = await propose(january, **at(10, tz=LA))
    await propose(january, **at(14, tz=LA))
    path = f"/api/v1/sessions/{session['id']}/polls"
    hours = ("12T12", "12T16", "13T10", "13T12")
    times = [{"local_start": f"2027-01-{hour}:00"} for hour in hours]
    asked = await january.coordinator.post(path, json={"due_on": "2027-01-05", "options": times})
    assert asked.status_code == 201, asked.text
    before = asked.json()["options"]
    new_rules(LA, like)
    assert await follow_zones(january.database, january.clock) == 6
    later = timedelta(hours=-1 if like == "America/Denver" else 1)
    [poll] = (await january.coordinator.get(path)).json()["items"]
    assert [(one["status"], instant(one)) for one in poll["options"]] == [
        ("offered", instant(one) + later) for one in before
    ]
    assert await overlaps(january) == []
    assert await follow_zones(january.database, january.clock) == 0


def instant(one: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(one["starts_at"])
