"""Feeds with to-dos and journals: making what they tell of, and reading every audience's."""

from dataclasses import dataclass
from typing import Any

import icalendar
from beginnings import once_made
from factories import NEG, World, act, in_days, propose
from readers import blocks, find_octet_faults
from sqlalchemy import text, update

from negotiations.feeds import projection
from negotiations.models import EventBytes

PUBLIC = ("/public/water-talks.ics", "/public/water-talks/x.ics", "/public/water-talks/y.ics")
ALL = "include=commitments,minutes"
AT_THE_TABLE = {"agency_delegate", "coordinator", "delegate_x"}


@dataclass(frozen=True)
class Answer:
    """A feed as it was answered."""

    body: bytes
    etag: str
    modified: str


async def feeds(world: World, query: str = "") -> dict[str, Answer]:
    """Every audience's feed as it is now."""
    found = {}
    for name, address in [*world.feeds.items(), *((one, one) for one in PUBLIC)]:
        got = await world.nobody.get(f"{address}?{query}" if query else address)
        assert got.status_code == 200, (name, got.text)
        assert find_octet_faults(got.content) == []
        found[name] = Answer(got.content, got.headers["etag"], got.headers["last-modified"])
    return found


def entries(body: bytes, kind: str) -> list[Any]:
    return list(icalendar.Calendar.from_ical(body).walk(kind))


async def commit(world: World, **more: Any) -> dict[str, Any]:
    body = {"jurisdiction": "x", "owner": "agency", "text": "Send the form", **more}
    answer = await world.coordinator.post(f"{NEG}/commitments", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def change(world: World, id_: str, **fields: Any) -> None:
    path = f"{NEG}/commitments/{id_}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    answer = await world.coordinator.patch(path, json=fields, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text


async def write_minutes(world: World, session: str, text: str, **more: Any) -> None:
    path = f"/api/v1/sessions/{session}/summary"
    tag = (await world.note_taker.get(path)).headers.get("etag")
    headers = {"If-Match": tag} if tag else {"If-None-Match": "*"}
    answer = await world.note_taker.put(path, json={"body": text, **more}, headers=headers)
    assert answer.status_code in (200, 201), answer.text


@once_made
async def held(world: World, text: str, **more: Any) -> dict[str, Any]:
    """A session of yesterday that was closed with these minutes."""
    session = await propose(world, local_start=in_days(-1))
    for client in (world.head_x, world.agency_head):
        assert (await act(client, session["id"], "accept")).status_code == 200
    for event in ("confirm", "publish"):
        assert (await act(world.coordinator, session["id"], event)).status_code == 200
    outcomes = [{"issue": one, "value": "noted", "text": "So."} for one in ("1", "2")]
    result = {"close": "concluded", "outcomes": outcomes, **more}
    await write_minutes(world, session["id"], text, **result)
    return session


def timed(body: bytes) -> bytes:
    """Without the window, whose days the readers here don't compare."""
    [window] = [one for one in blocks(body).values() if b"VALUE=DATE" in one]
    return body.replace(window, b"")


async def run_sql(world: World, statement: str) -> None:
    async with world.database.write() as db:
        await db.exec(text(statement))


async def render_again(world: World) -> None:
    """As a new version of the program would at its start."""
    async with world.database.write() as db:
        await db.exec(update(EventBytes).values(stamp="another"))
        await projection.refresh_stale(db)
