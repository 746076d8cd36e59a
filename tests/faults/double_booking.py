"""F8: sixty-four clients at once after one place in the agency's calendar.

Each race sends 64 requests to the running service over create, move, confirm, reinstate and
adjourn beside moves, and two sessions that trade places through a free slot while others want all
three, over polls (`poll_races`) and the release of plans (`plan_races`). However it ends, the
winners don't overlap (asked by SQL, over all bookings), as many win as can, each loser is told 409
(412 where the version changed, 503 where a lock wasn't had within ten seconds on a busy machine),
and nobody 500.

SQLite has one serving process; PostgreSQL is served by two, on one database.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from faults import plan_races, poll_races
from faults.arena import Arena, Report
from faults.checker import State, check
from faults.engines import Databases, engine_of
from faults.reading import bookings
from faults.serving import Serving, client_to
from faults.talks import both, local, seed

KINDS = (
    "create",
    "same",
    "overlapping",
    "back_to_back",
    "confirm",
    "trade",
    "reinstate",
    "adjourn",
    "asking",
    "choosing",
    "settling",
    "releasing",
)
WEIGHTS = (
    2,
    4,
    4,
    3,
    3,
    4,
    3,
    3,
    3,
    4,
    3,
    3,
)  # created sessions stay, and every one makes its track dearer
Race = Callable[[Arena, str], Coroutine[Any, Any, None]]


def _told(arena: Arena, name: str, codes: list[int], allowed: set[int], winners: int) -> None:
    # 503 after ten seconds of waiting for a lock says that nothing was done: who gets it has lost.
    counted = Counter(codes)
    won = counted[200] + counted[201]
    arena.expect(won == winners, f"{name}: {won} winners instead of {winners}: {dict(counted)}")
    arena.expect(set(counted) <= {*allowed, 503}, f"{name}: {dict(counted)}")


async def create(arena: Arena, name: str) -> None:
    start = local(arena.day())
    codes = await asyncio.gather(*(arena.create(n, start) for n in range(len(arena.sessions))))
    _told(arena, name, codes, {201, 409}, 1)


async def same(arena: Arena, name: str) -> None:
    start = local(arena.day())
    codes = await asyncio.gather(*(arena.move(n, start) for n in range(len(arena.sessions))))
    _told(arena, name, codes, {200, 409}, 1)


async def overlapping(arena: Arena, name: str) -> None:
    """Starts within two hours of one another: any two of them overlap, and one can win."""
    day = arena.day()
    starts = [local(day, 10 + n // 60, n % 60) for n in range(119)]
    chosen = [arena.random.choice(starts) for _ in range(len(arena.sessions))]
    codes = await asyncio.gather(*(arena.move(n, start) for n, start in enumerate(chosen)))
    _told(arena, name, codes, {200, 409}, 1)


async def back_to_back(arena: Arena, name: str) -> None:
    """Four slots that touch: each has one winner."""
    day = arena.day()
    starts = [local(day, hour) for hour in (8, 10, 12, 14)]
    codes = await asyncio.gather(
        *(arena.move(n, starts[n % 4]) for n in range(len(arena.sessions)))
    )
    _told(arena, name, codes, {200, 409}, 4)


async def confirm(arena: Arena, name: str) -> None:
    """Half confirm one session from the same version, half want its place."""
    start = local(arena.day())
    one = arena.sessions[0]
    body = {"local_start": start, "reason": "Wanted"}
    arena.expect(await arena.act(0, "move", body) == 200, f"{name}: no move")
    for side in both(one.slug):
        arena.expect(await arena.act(0, "accept", side) == 200, f"{name}: no consent")
    path, tag = f"/api/v1/sessions/{one.id}/confirm", {"If-Match": one.tag}

    async def confirming(number: int) -> int:
        answer = await arena.call(number, "POST", path, json={}, headers=tag)
        one.tag = answer.headers.get("etag", one.tag)
        return answer.status_code

    half = range(1, len(arena.sessions) // 2)
    confirmers = len(arena.sessions) - len(half)
    codes = await asyncio.gather(
        *map(confirming, range(confirmers)), *(arena.move(n, start) for n in half)
    )
    _told(arena, name, codes[:confirmers], {200, 412}, 1)
    _told(arena, name, codes[confirmers:], {409}, 0)


async def trade(arena: Arena, name: str) -> None:
    """Two sessions trade places through a free slot; the others want all three slots."""
    day = arena.day()
    here, there, free = (local(day, hour) for hour in (8, 10, 12))
    for number, start in ((0, here), (1, there)):
        arena.expect(await arena.move(number, start) == 200, f"{name}: no place to begin from")

    async def trading() -> list[int]:
        return [
            await arena.move(0, free),
            await arena.move(1, here),
            await arena.move(0, there),
        ]

    others = (
        arena.move(n, arena.random.choice((here, there, free)))
        for n in range(2, len(arena.sessions))
    )
    traded, *codes = await asyncio.gather(trading(), *others)
    arena.expect({*traded, *codes} <= {200, 409, 503}, f"{name}: {traded} {Counter(codes)}")
    # Whatever was left or not had was had by another: the slots that were there are taken.
    arena.expect(200 in {*traded, *codes}, f"{name}: nobody moved")


async def reinstate(arena: Arena, name: str) -> None:
    """Postponed sessions come back into a place that others move to."""
    start, back = local(arena.day()), range(8)
    for number in back:
        code = await arena.act(number, "postpone", {"reason": "Rain"})
        arena.expect(code == 200, f"{name}: postponing gives {code}")
    coming = (arena.act(n, "reinstate", {"local_start": start}) for n in back)
    others = (arena.move(n, start) for n in range(len(back), len(arena.sessions)))
    codes = await asyncio.gather(*coming, *others)
    _told(arena, name, codes, {200, 409}, 1)
    day = arena.day()
    for number in back:  # who came too late comes back elsewhere
        if codes[number] != 200:
            body = {"local_start": local(day, 1 + 2 * number)}
            code = await arena.act(number, "reinstate", body)
            arena.expect(code == 200, f"{name}: coming back gives {code}")


async def adjourn(arena: Arena, name: str) -> None:
    """Sessions that have begun adjourn to a date that others move to; who can't stays open."""
    start, going_on = local(arena.day()), range(8)
    for number in going_on:
        if number not in arena.adjourning:
            arena.adjourning[number] = await arena.begun(number)
    body = {"close_kind": "adjourned_to_date", "next": {"local_start": start}}
    ending = (arena.act(n, "close", body, arena.adjourning[n]) for n in going_on)
    others = (arena.move(n, start) for n in range(len(going_on), len(arena.sessions)))
    codes = await asyncio.gather(*ending, *others)
    _told(arena, name, codes, {200, 409}, 1)
    for number in going_on:
        if codes[number] == 200:
            del arena.adjourning[number]


RACES: dict[str, Race] = {
    "create": create, "same": same, "overlapping": overlapping, "back_to_back": back_to_back,
    "confirm": confirm, "trade": trade, "reinstate": reinstate, "adjourn": adjourn,
    "asking": poll_races.asking, "choosing": poll_races.choosing, "settling": poll_races.settling,
    "releasing": plan_races.releasing,
}  # fmt: skip


def overlaps(url: str) -> list[str]:
    """What the checker finds in all bookings, and sessions whose bookings aren't their row's."""
    with engine_of(url).connect() as connection:
        booked, wrong = bookings(connection)
    found = check([], State(bookings=booked), idempotent=False)
    return [one.text for one in found] + wrong


async def run(
    databases: Databases,
    rounds: int,
    seconds: float,
    seed_: str,
    folder: Path,
    lanes: int = 1,
    clients: int = 64,
) -> Report:
    """`rounds` races in all; each lane has a database and its service (or two) to itself."""
    report, began = Report(seed_, clients), time.monotonic()
    template = databases.new()
    seeded = await seed(template, tracks=clients, people=8, held=False)
    left = iter(range(rounds))

    async def lane(number: int) -> None:
        url = databases.copy(template)
        servings = [
            Serving(url, folder / "service.log")
            for _ in range(2 if databases.name == "postgresql" else 1)
        ]
        links = [client_to(one, clients) for one in servings]
        try:
            for one in servings:
                await one.ready()
            arena = Arena(links, seeded, report, f"{seed_}/{number}")
            await arena.read()
            for place in left:
                if time.monotonic() - began > seconds:
                    return
                kind = (
                    arena.random.choices(KINDS, WEIGHTS)[0] if place >= len(KINDS) else KINDS[place]
                )
                await RACES[kind](arena, f"{kind} {place}")
                report.rounds[kind] += 1
                wrong = await asyncio.to_thread(overlaps, url)
                arena.expect(not wrong, f"{kind} {place}: {wrong[:3]}")
        finally:
            for client in links:
                await client.aclose()
            for one in servings:
                one.kill()

    await asyncio.gather(*map(lane, range(lanes)))
    bad = {code: n for code, n in report.answers.items() if code >= 500 and code != 503}
    if bad:
        report.broken.append(f"answers {bad}")
    report.seconds = time.monotonic() - began
    return report
