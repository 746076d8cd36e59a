"""F8 over polls: who holds a time that is asked about, who chooses it, who takes it meanwhile."""

import asyncio
from collections import Counter
from typing import Any

from faults.arena import Arena
from faults.talks import both, local

DUE = local(250)[:10]  # before any day of an arena
HOURS = (8, 10, 12, 14)


async def _unsettle(arena: Arena, number: int, name: str) -> None:
    """The session is proposed again, for a day of its own."""
    body = {"local_start": local(arena.day()), "reason": "Nobody has said yes"}
    code = await arena.act(number, "move", body)
    arena.expect(code == 200, f"{name}: unsettling gives {code}")


async def _ask(arena: Arena, number: int, *starts: str) -> tuple[int, dict[str, Any], str]:
    """How it is answered, the poll and its version."""
    options = [{"local_start": start, "tz": "UTC"} for start in starts]
    path = f"/api/v1/sessions/{arena.sessions[number].id}/polls"
    answer = await arena.call(number, "POST", path, json={"due_on": DUE, "options": options})
    return answer.status_code, answer.json(), answer.headers.get("etag", "")


async def _act(arena: Arena, number: int, poll: str, tag: str, act: str, body: Any) -> Any:
    path, headers = f"/api/v1/polls/{poll}/{act}", {"If-Match": tag}
    return await arena.call(number, "POST", path, json=body, headers=headers)


async def _see(arena: Arena, number: int) -> str:
    """Its client reads the session's new version; its status."""
    one = arena.sessions[number]
    seen = await arena.call(number, "GET", f"/api/v1/sessions/{one.id}")
    one.tag = seen.headers["etag"]
    return str(seen.json()["status"])


def _told(arena: Arena, name: str, codes: list[int], allowed: set[int], winners: range) -> None:
    counted = Counter(codes)
    won = counted[200] + counted[201]
    arena.expect(won in winners, f"{name}: {won} winners, not {winners}: {dict(counted)}")
    arena.expect(set(counted) <= {*allowed, 503}, f"{name}: {dict(counted)}")


async def asking(arena: Arena, name: str) -> None:
    """Every client asks about the same hours for its session, or hours that overlap them."""
    day = arena.day()
    await _unsettle(arena, 0, name)
    starts = [local(day, 10, minutes) for minutes in (0, 30, 59)]
    found = await asyncio.gather(
        *(_ask(arena, n, arena.random.choice(starts)) for n in range(len(arena.sessions)))
    )
    _told(arena, name, [code for code, _, _ in found], {201, 409}, range(1, 2))
    for number, (code, poll, tag) in enumerate(found):
        if code == 201:
            answer = await _act(arena, number, poll["id"], tag, "close", {"reason": "Enough"})
            arena.expect(answer.status_code == 200, f"{name}: closing gives {answer.text[:200]}")


async def choosing(arena: Arena, name: str) -> None:
    """Half choose one of four times from the same version, half want to move to one of them.

    As long as they are held nobody else has them; of those that are let go each has one winner.
    """
    day = arena.day()
    await _unsettle(arena, 0, name)
    starts = [local(day, hour) for hour in HOURS]
    code, poll, tag = await _ask(arena, 0, *starts)
    arena.expect(code == 201, f"{name}: asking gives {code}: {poll}")
    options = [one["id"] for one in poll["options"]]
    for side in both(arena.sessions[0].slug):
        said = [{"option": one, "answer": "yes"} for one in options]
        answer = await _act(arena, 0, poll["id"], tag, "answer", {"answers": said, **side})
        tag = answer.headers["etag"]

    async def chosen(number: int) -> int:
        body = {"option": arena.random.choice(options)}
        answer = await _act(arena, number, poll["id"], tag, "choose", body)
        return int(answer.status_code)

    half = len(arena.sessions) // 2
    codes = await asyncio.gather(
        *map(chosen, range(half)),
        *(arena.move(n, arena.random.choice(starts)) for n in range(half, len(arena.sessions))),
    )
    _told(arena, name, codes[:half], {200, 409, 412}, range(1, 2))
    _told(arena, name, codes[half:], {200, 409}, range(len(HOURS)))
    status = await _see(arena, 0)
    arena.expect(status == "confirmed", f"{name}: what was chosen is {status}")


async def settling(arena: Arena, name: str) -> None:
    """One session is moved, confirmed where it stands, and one of its other times is chosen."""
    await _unsettle(arena, 0, name)
    one = arena.sessions[0]
    for side in both(one.slug):
        arena.expect(await arena.act(0, "accept", side) == 200, f"{name}: no consent")
    day = arena.day()
    code, poll, tag = await _ask(arena, 0, local(day, 8), local(day, 10))
    arena.expect(code == 201, f"{name}: asking gives {code}: {poll}")
    seen, elsewhere = {"If-Match": one.tag}, local(arena.day())

    async def act(number: int) -> int:
        if number % 3 == 0:
            body = {"option": arena.random.choice(poll["options"])["id"]}
            return int((await _act(arena, number, poll["id"], tag, "choose", body)).status_code)
        event, body = "confirm", {}
        if number % 3 == 1:
            event, body = "move", {"local_start": elsewhere, "reason": "Wanted"}
        path = f"/api/v1/sessions/{one.id}/{event}"
        return (await arena.call(number, "POST", path, json=body, headers=seen)).status_code

    codes = await asyncio.gather(*map(act, range(len(arena.sessions))))
    _told(arena, name, codes, {200, 409, 412}, range(1, 2))
    await _see(arena, 0)
