"""Ticks that tests run by hand, and the mails that come of them."""

from datetime import datetime, timedelta
from typing import Any

from factories import World, act, confirmed
from mail.post import Box, look

from negotiations.mail.encoding import Letter
from negotiations.notices.jobs import chase, digest, remind

JOBS = {"remind": remind, "chase": chase, "digest": digest}


async def after(world: World, at: datetime, *jobs: str) -> list[Letter]:
    """What these ticks send at this moment, by the clock of all."""
    world.clock.at = at
    for name in jobs:
        await JOBS[name](world.database, world.clock)
    box = Box()
    await look(world, box)
    return sorted(box.letters, key=lambda one: one.to)


def to(letters: list[Letter]) -> list[str]:
    return [letter.to.partition("@")[0] for letter in letters]


async def told(world: World, **more: Any) -> tuple[dict[str, Any], datetime]:
    """A confirmed session of which everybody has had their mails, and when it begins."""
    session = await confirmed(world, **more)
    starts_at = datetime.fromisoformat(session["starts_at"])
    await after(world, world.clock.now() + timedelta(minutes=2))
    return session, starts_at


async def moved(world: World, session: dict[str, Any], local_start: str) -> datetime:
    """When it begins after the move, which both sides accepted and everybody has had a mail of."""
    body = {"local_start": local_start, "reason": "Rain"}
    for client, event, given in (
        (world.coordinator, "move", body), (world.head_x, "accept", None),
        (world.agency_head, "accept", None), (world.coordinator, "confirm", None),
    ):  # fmt: skip
        answer = await act(client, session["id"], event, given)
        assert answer.status_code == 200, answer.text
    await after(world, world.clock.now() + timedelta(minutes=2))
    return datetime.fromisoformat(answer.json()["starts_at"])
