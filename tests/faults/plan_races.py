"""F8 over plans: two drafts want one place of the agency's team, and so do those who move there."""

import asyncio
from collections import Counter
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from faults.arena import Arena
from faults.talks import NEG, local

API = "/api/v1"
HOUR = 18  # in UTC: from Washington to Los Angeles every office is open then


def _working_day(arena: Arena) -> int:
    while date.fromisoformat(local(day := arena.day())[:10]).weekday() > 4:
        pass
    return day


async def _drafted(arena: Arena, number: int, day: int, name: str) -> tuple[str, str]:
    """A plan that has a new session of that client's jurisdiction at the hour; and its version."""
    start = local(day, HOUR)
    body: dict[str, Any] = {
        "title": "A day", "first_on": start[:10], "last_on": start[:10], "minutes": 120,
        "jurisdictions": [arena.sessions[number].slug],
    }  # fmt: skip
    made = (await arena.call(number, "POST", f"{NEG}/plans", json=body)).json()
    path = f"{API}/plans/{made['id']}"
    item = (await arena.call(number, "GET", f"{path}/items")).json()["items"][0]["id"]
    seen = await arena.call(number, "GET", f"{API}/plan-items/{item}")
    asked, zone = f"{API}/plan-items/{item}", ZoneInfo(seen.json()["tz"])
    clock = datetime.fromisoformat(f"{start}Z").astimezone(zone)
    there = {"local_start": f"{clock:%Y-%m-%dT%H:%M}", "team": made["teams"][0]}
    tag = {"If-Match": seen.headers["etag"]}
    put = await arena.call(number, "PATCH", asked, json=there, headers=tag)
    arena.expect(put.status_code == 200, f"{name}: putting gives {put.text[:200]}")
    return path, (await arena.call(number, "GET", path)).headers["etag"]


async def releasing(arena: Arena, name: str) -> None:
    """Half release one of two drafts from the same version, half want to move into the place."""
    day = _working_day(arena)
    drafts = [await _drafted(arena, number, day, name) for number in (0, 1)]

    async def release(number: int) -> int:
        path, tag = drafts[number % 2]
        headers = {"If-Match": tag}
        answer = await arena.call(number, "POST", f"{path}/release", json={}, headers=headers)
        return answer.status_code

    half = len(arena.sessions) // 2
    codes = await asyncio.gather(
        *map(release, range(half)),
        *(arena.move(n, local(day, HOUR)) for n in range(half, len(arena.sessions))),
    )
    counted = Counter(codes)
    arena.expect(counted[200] == 1, f"{name}: {counted[200]} winners: {dict(counted)}")
    arena.expect(set(counted) <= {200, 409, 412, 503}, f"{name}: {dict(counted)}")
