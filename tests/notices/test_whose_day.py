"""Whose day it is, what is told of again, and talks that are over."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from factories import NEG, World, propose
from mail.post import Box, later
from notices.looking import after, to, told
from scheduling.test_recomputing import LA, Rules, at, january, new_rules  # noqa: F401

from negotiations.ticks import follow_zones

NEW_YORK = ZoneInfo("America/New_York")


async def change(world: World, path: str, **fields: Any) -> None:
    tag = (await world.coordinator.get(path)).headers["etag"]
    answer = await world.coordinator.patch(path, json=fields, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text


async def asked_at(world: World, key: str, *moments: datetime) -> list[list[str]]:
    """Whom the coordinator's wish at these moments reminds."""
    found = []
    for moment in moments:
        world.clock.at = moment
        answer = await world.coordinator.post("/api/v1/me/waiting/remind", json={"keys": [key]})
        assert answer.status_code == 202, answer.text
        found.append(to(await after(world, moment, "remind")))
    return found


async def test_others_are_reminded_once_on_each_day_of_who_wishes_it(world: World) -> None:
    key = f"session:{(await propose(world))['id']}"
    await later(world, Box(), 60)
    heads = ["agency_head", "head_x"]
    day = world.clock.at.astimezone(NEW_YORK).date() + timedelta(days=2)
    evening = [datetime.combine(day, time(*at_), NEW_YORK) for at_ in ((18, 50), (19, 30))]
    morning = datetime.combine(day + timedelta(days=1), time(9), NEW_YORK)
    assert await asked_at(world, key, *(one.astimezone(UTC) for one in (*evening, morning))) == [
        heads,
        [],
        heads,
    ]


async def test_new_rules_of_a_zone_less_than_a_day_before_are_told_by_mail(
    january: World,  # noqa: F811
    new_rules: Rules,  # noqa: F811
) -> None:
    world = january
    _, starts_at = await told(world, **at(10))
    [of_agency] = [
        one for one in await after(world, starts_at - timedelta(days=1), "remind")
        if one.to == "agency_head@example.org"
    ]  # fmt: skip
    assert "13:00 EST your time" in of_agency.text.body
    world.clock.at = starts_at - timedelta(hours=20)
    new_rules(LA, "America/Denver")
    assert await follow_zones(world.database, world.clock) == 1
    letters = await after(world, world.clock.at + timedelta(minutes=2), "remind")
    [of_agency] = [one for one in letters if one.to == "agency_head@example.org"]
    assert "12:00 EST your time" in of_agency.text.body


async def abandon(world: World) -> None:
    await change(world, NEG, status="abandoned")
    await later(world, Box(), 70)


async def test_nobody_is_reminded_of_sessions_of_abandoned_talks(world: World) -> None:
    _, starts_at = await told(world)
    await abandon(world)
    assert to(await after(world, starts_at - timedelta(days=1), "remind")) == []
