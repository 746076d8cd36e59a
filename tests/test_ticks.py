"""The ticks: each period one run over all processes; what ended long ago is removed."""

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from claiming import EVERY
from factories import World, person
from sqlmodel import select

from negotiations.access.logins import end_login, make_link, make_token, open_link
from negotiations.cleaning import KEPT, clean_up
from negotiations.models import ApiToken, Job, Login
from negotiations.models.access import TokenScope
from negotiations.ticks import Periodic, Ticking, claim, jobs_of


async def test_the_clean_up_removes_only_what_ended_long_ago(world: World) -> None:
    now = world.clock.now()
    async with world.database.write() as db:
        owner = await person(db, world, "coordinator")
        await make_link(db, owner.id, now=now, minutes=60)  # never used
        used = await make_link(db, owner.id, now=now, minutes=60)
        await open_link(db, used, now=now, days=400)  # good for long
        left = await make_link(db, owner.id, now=now, minutes=60)
        await open_link(db, left, now=now, days=400)
        await db.flush()
        logins = (await db.exec(select(Login))).all()
        await end_login(db, logins[-1], now=now)
        await make_token(db, owner, label="old", scope=TokenScope.read, days=1, now=now)
    kept = {"tokens": 0, "logins": 0}
    for days, removed in ((0, 0), (KEPT.days - 1, 0), (KEPT.days + 2, None)):
        world.clock.at = now + timedelta(days=days)
        count = await clean_up(world.database, world.clock)
        async with world.database.read() as db:
            kept = {
                "tokens": len((await db.exec(select(ApiToken))).all()),
                "logins": len((await db.exec(select(Login))).all()),
            }
        if removed is not None:
            assert (days, count, kept["logins"]) == (days, removed, 3)
    assert kept["logins"] == 1  # the one that is good for 400 days


async def test_a_process_looks_after_every_job(world: World) -> None:
    assert Ticking(world.database, world.clock, jobs_of(world.settings)).names == [
        "clean-up", "time-zones", "silence", "polls", "overdue", "reminders", "plans", "chasing",
        "digests", "mail", "webhooks", "busy-calendars",
    ]  # fmt: skip


def test_over_three_processes_each_period_has_one_run(database_url: str) -> None:
    script = str(Path(__file__).parent / "claiming.py")
    words = [sys.executable, script, database_url, "2030-01-01T00:00:00+00:00", "60"]
    processes = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    claimed = [json.loads(process.communicate(timeout=120)[0]) for process in processes]
    assert sorted(one for part in claimed for one in part) == list(range(60)), claimed


async def test_missed_periods_are_made_up_for_by_one_run(world: World) -> None:
    first = datetime(2030, 1, 1, tzinfo=UTC)
    job = Periodic("count", EVERY, lambda *_: asyncio.sleep(0))
    seen = [
        await claim(world.database, job, first + timedelta(seconds=after))
        for after in (0, 59, 60, 61, 100, 400, 401, 419, 420)
    ]
    assert seen == [True, False, True, False, False, True, False, False, True]
    async with world.database.read() as db:
        [row] = (await db.exec(select(Job))).all()
    assert row.next_run_at == first + timedelta(seconds=480)


async def test_a_run_that_fails_stops_no_other_and_a_stop_waits_for_one_under_way(
    world: World,
) -> None:
    done: list[str] = []
    under_way = asyncio.Event()

    async def fails(*_: object) -> None:
        raise ValueError("no")

    async def lasts(*_: object) -> None:
        under_way.set()
        await asyncio.sleep(0.2)
        done.append("lasted")

    soon = timedelta(seconds=0.01)
    jobs = [Periodic("fails", soon, fails), Periodic("lasts", soon, lasts)]
    ticking = Ticking(world.database, world.clock, jobs)
    ticking.start()
    await asyncio.wait_for(under_way.wait(), 20)
    await ticking.stop(seconds=20)
    assert done == ["lasted"]
