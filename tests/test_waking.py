"""Who has something to send is woken by the commit that leaves it, and when a burst is over; the
ticks, which come only once an hour here, are the fallback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from factories import World, act, confirmed, propose, send_form, signed_in
from mail.post import AT_X, Box
from sqlmodel import col, select, update

from negotiations import ticks, waking
from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.mail import jobs as mail_jobs
from negotiations.mail import queries as mails
from negotiations.models import Mail, Notice, OutboxEvent
from negotiations.models.mail import MailKind
from negotiations.notices.writing import WRITERS
from negotiations.ticks import Periodic, jobs_of
from negotiations.webhooks import queries as webhooks

HOUR = timedelta(hours=1)


@asynccontextmanager
async def ticking(world: World, *jobs: Periodic, clock: Clock | None = None) -> AsyncIterator[None]:
    """These jobs in a process whose ticks come once an hour."""
    usual, ticks.LOOK = ticks.LOOK, HOUR
    each = [replace(one, every=HOUR) for one in jobs]
    started = ticks.Ticking(world.database, clock or world.clock, each)
    started.start()
    try:
        yield
        await started.stop(seconds=20)
    finally:
        ticks.LOOK = usual


async def until(happened: Callable[[], bool]) -> None:
    """Wait for it, but not for ever."""
    async with asyncio.timeout(60):
        while not happened():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def relocated(world: World, session: dict[str, Any], to: str = "Other") -> None:
    """Of which everybody at the table is told."""
    answer = await act(
        world.coordinator, session["id"], "relocate", {"location": to, "reason": "Full"}
    )
    assert answer.status_code == 200, answer.text


def counting(name: str, told: list[str]) -> Periodic:
    async def run(*_: object) -> int:
        told.append(name)
        return 0

    return Periodic(name, HOUR, run, by_all=True, sends=True, wakes=True)


async def test_a_commit_wakes_the_senders_that_have_something_to_do(world: World) -> None:
    told: list[str] = []
    session = await propose(world)
    async with ticking(world, *(counting(name, told) for name in sorted(waking.NAMES))):
        if not world.database.is_sqlite:
            await until(lambda: len(told) == len(waking.NAMES))  # once it listens
            told.clear()
        await relocated(world, session)
        await until(lambda: {*told} >= {"mail", "webhooks"})
        assert "reminders" not in told
    heard = list(told)
    await relocated(world, session, to="Another")
    await asyncio.sleep(0.3)
    assert told == heard  # once it has stopped it hears of nothing


async def test_what_tells_nobody_of_anything_wakes_nobody(world: World) -> None:
    """A note is nobody else's business."""
    session = await propose(world)
    woken: list[set[str]] = []
    world.database.after_commit.append(lambda info: woken.append(waking.woken_in(info)))
    path = f"/api/v1/sessions/{session['id']}/notes/mine/general"
    answer = await world.head_x.put(path, json={"body": "Mine"}, headers={"If-None-Match": "*"})
    assert (answer.status_code, woken) == (201, [set()])


async def test_a_sign_in_link_goes_at_once(world: World) -> None:
    box = Box()
    office = mail_jobs.Office(world.settings, box, WRITERS)
    job = Periodic("mail", HOUR, office.send_due, by_all=True, wakes=True)
    async with ticking(world, job):
        await send_form(world.nobody, "/sign-in", email="head_x@example.org")
        await until(lambda: box.to == ["head_x"])


async def test_a_mail_goes_when_its_burst_is_over(world: World) -> None:
    box, clock = Box(), Clock(world.clock.now())
    office = mail_jobs.Office(world.settings, box, WRITERS)
    job = Periodic("mail", HOUR, office.send_due, by_all=True, wakes=True, next_due=mails.next_due)
    session = await confirmed(world, local_start="2030-11-05T10:00")
    async with world.database.write() as db:
        await db.exec(update(OutboxEvent).values(to_mail=False))
    async with ticking(world, job, clock=clock):
        await relocated(world, session)
        async with asyncio.timeout(60):
            while not await _shorten(world, clock.now() + timedelta(seconds=1)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        # Of this change nobody is told by mail, but the senders look and set the alarm.
        async with world.database.write() as db:
            waking.wake(db, waking.MAIL)
        await until(lambda: len(box.letters) == len(AT_X))
        assert box.to == sorted(AT_X)


async def _shorten(world: World, due_at: datetime) -> bool:
    """Let the burst be over then, instead of ten seconds later; False where nothing is gathered."""
    async with world.database.write() as db:
        of_changes = update(Mail).where(
            col(Mail.kind) == MailKind.changes, col(Mail.ended_as).is_(None)
        )
        found = await db.exec(of_changes.values(due_at=due_at))
    return bool(found.rowcount == len(AT_X))


async def test_whoever_the_coordinator_has_reminded_is_told_at_once(world: World) -> None:
    box = Box()
    office = mail_jobs.Office(world.settings, box, WRITERS)
    mail = Periodic("mail", HOUR, office.send_due, by_all=True, wakes=True)
    reminders = next(one for one in jobs_of(world.settings) if one.name == "reminders")
    await propose(world)
    async with world.database.write() as db:
        await db.exec(update(Mail).values(ended_as="dropped", ended_at=world.clock.now()))
    async with ticking(world, reminders, mail):
        browser = await signed_in(world, "coordinator")
        await send_form(browser, "/remind", keys=f"session:{await _only_session(world)}")
        await until(lambda: {"agency_head", "head_x"} <= {*box.to})
    async with world.database.read() as db:
        assert not [one for one in await db.exec(select(Notice)) if one.to_mail]


async def _only_session(world: World) -> str:
    listed = await world.coordinator.get("/api/v1/negotiations/water-talks/sessions")
    [session] = listed.json()["items"]
    return str(session["id"])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_another_process_is_woken_as_well(world: World) -> None:
    told: list[str] = []
    async with ticking(world, counting("mail", told)):
        await until(lambda: told == ["mail"])  # once it listens
        other = open_database(world.settings, Clock())
        async with other.write() as db:
            waking.wake(db, waking.MAIL)
        await other.close()
        await until(lambda: told == ["mail", "mail"])


async def test_of_a_pause_and_of_a_retry_it_is_known_when_they_are_over(world: World) -> None:
    now = world.clock.now()
    async with world.database.read() as db:
        assert (await mails.next_due(db, now), await webhooks.next_due(db, now)) == (None, None)
    session = await propose(world)
    assert (await act(world.head_x, session["id"], "accept")).status_code == 200
    await mail_jobs.Office(world.settings, Box(), WRITERS).send_due(world.database, world.clock)
    async with world.database.read() as db:
        due = (await db.exec(select(Mail.due_at))).first()
        assert due is not None and due > now
        assert await mails.next_due(db, now) == due
        assert await mails.next_due(db, due) is None
