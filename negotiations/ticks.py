"""What runs again and again, and how often; the only import of APScheduler.

Truth is rows: every process looks, and one of them claims the run by moving the job's `next_run_at`
on, so that each period has one run however many processes there are. A process that dies in the
middle of a run leaves it to the next period.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update

from negotiations import waking
from negotiations.busy import telling
from negotiations.busy.jobs import refreshing_of
from negotiations.cleaning import clean_up
from negotiations.clock import Clock
from negotiations.db import Database, Db
from negotiations.invitations import writing as invitations
from negotiations.invitations.looking import Looking
from negotiations.mail import queries as mails
from negotiations.mail.jobs import Office
from negotiations.mail.sending import post_of
from negotiations.models import Fence, Job
from negotiations.notes.jobs import take_silence
from negotiations.notices import jobs as notices
from negotiations.outcomes.jobs import announce_overdue
from negotiations.plans import jobs as planning
from negotiations.polls.jobs import expire
from negotiations.scheduling.recomputing import recompute
from negotiations.settings import Settings
from negotiations.webhooks import queries as webhooks
from negotiations.webhooks import stopping
from negotiations.webhooks.jobs import dispatch_of

log = logging.getLogger("negotiations")
LOOK = timedelta(seconds=10)
PACE = 0.1  # seconds between two looks of one that is woken again and again
NextDue = Callable[[Db, datetime], Awaitable[datetime | None]]


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that is due once in each period of `every`, over all processes.

    `by_all` processes at once where it claims by itself what it works on. One that `sends` rests in
    a restored copy. One that `wakes` also runs as soon as something is left to do for it, in every
    process; with `next_due` at that time too.
    """

    name: str
    every: timedelta
    run: Callable[[Database, Clock], Awaitable[object]]
    by_all: bool = False
    sends: bool = False
    wakes: bool = False
    next_due: NextDue | None = None


async def follow_zones(database: Database, clock: Clock) -> int:
    """Let future sessions follow the time-zone rules; returns how many changed."""
    async with database.write() as db:
        return await recompute(db, clock.now())


def jobs_of(settings: Settings) -> Sequence[Periodic]:
    """Every job, as an installation with these settings does it."""
    writers = {
        **notices.WRITERS, **invitations.WRITERS, **stopping.WRITERS, **telling.WRITERS,
    }  # fmt: skip
    office = Office(settings, post_of(settings), writers, Looking(settings).look)
    often, dispatch = timedelta(seconds=2), dispatch_of(settings)
    return (
        *JOBS,
        Periodic(
            waking.MAIL, often, office.send_due, by_all=True, sends=True, wakes=True,
            next_due=mails.next_due,
        ),
        Periodic(
            waking.WEBHOOKS, often, dispatch.send_due, by_all=True, sends=True, wakes=True,
            next_due=webhooks.next_due,
        ),
        Periodic(
            waking.BUSY, LOOK, refreshing_of(settings).refresh_due, by_all=True, sends=True,
            wakes=True,
        ),
    )  # fmt: skip


JOBS = (
    Periodic("clean-up", timedelta(hours=1), clean_up),
    Periodic("time-zones", timedelta(hours=1), follow_zones),
    Periodic("silence", timedelta(minutes=5), take_silence),
    Periodic("polls", timedelta(minutes=5), expire),
    Periodic("overdue", timedelta(minutes=5), announce_overdue),
    Periodic(waking.REMINDERS, timedelta(seconds=10), notices.remind, wakes=True),
    Periodic(
        waking.PLANS, timedelta(seconds=5), planning.work, by_all=True, wakes=True,
        next_due=planning.next_due,
    ),
    Periodic("chasing", timedelta(minutes=5), notices.chase),
    Periodic("digests", timedelta(minutes=10), notices.digest),
)  # fmt: skip


async def claim(database: Database, job: Periodic, now: datetime) -> bool:
    """Whether this run is ours: it was due, and nobody else had moved it on."""
    async with database.read() as db:
        row = (await db.exec(select(Job).where(col(Job.name) == job.name))).first()
    if row is None:
        return await _first_claim(database, job, now)
    if row.next_run_at > now:
        return False
    missed = (now - row.next_run_at) // job.every
    after = row.next_run_at + (missed + 1) * job.every
    async with database.write() as db:
        moved = await db.exec(
            update(Job)
            .where(col(Job.name) == job.name, col(Job.next_run_at) == row.next_run_at)
            .values(next_run_at=after)
        )
    return moved.rowcount == 1


async def _first_claim(database: Database, job: Periodic, now: datetime) -> bool:
    try:
        async with database.write() as db:
            db.add(Job(created_at=now, name=job.name, next_run_at=now + job.every))
    except IntegrityError:
        return False  # another process was first
    return True


async def is_fenced(database: Database) -> bool:
    """Whether this is a restored copy that nobody has released."""
    async with database.read() as db:
        return (await db.exec(select(Fence.id))).first() is not None


class Ticking:
    """The ticks of one process, and what wakes it between them."""

    def __init__(self, database: Database, clock: Clock, jobs: Sequence[Periodic]) -> None:
        self._database, self._clock = database, clock
        self._running: set[asyncio.Task[None]] = set()
        self._standby = {job.name: (job, waking.Standby()) for job in jobs if job.wakes}
        self._waking = waking.Waking(database, self._woken)
        self._watching: list[asyncio.Task[None]] = []
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for job in jobs:
            self._scheduler.add_job(
                self._tick,
                "interval",
                args=[job],
                seconds=min(job.every, LOOK).total_seconds(),
                id=job.name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )

    @property
    def names(self) -> list[str]:
        """What this process looks after."""
        return [job.id for job in self._scheduler.get_jobs()]

    def start(self) -> None:
        """Look from now on."""
        self._scheduler.start()
        self._watching = [asyncio.create_task(self._watch(*one)) for one in self._standby.values()]
        self._waking.start()

    async def stop(self, seconds: float = 1) -> None:
        """Look no more; a run that is under way may take `seconds` to end, then it is undone."""
        if self._scheduler.running:
            self._scheduler.pause()
            await self._waking.stop()
            for _, standby in self._standby.values():
                standby.end()
            if self._running:
                await asyncio.wait(self._running, timeout=seconds)
            self._scheduler.shutdown(wait=False)
            for task in self._watching:
                task.cancel()
            await asyncio.gather(*self._watching, return_exceptions=True)

    def _woken(self, name: str) -> None:
        if name in self._standby:
            self._standby[name][1].wake(early=True)

    async def _tick(self, job: Periodic) -> None:
        """Of one that can be woken the task that watches for it does both, one after the other."""
        if job.wakes:
            self._standby[job.name][1].wake(early=False)
        else:
            await self._look(job)

    async def _watch(self, job: Periodic, standby: waking.Standby) -> None:
        while True:
            early = await standby.woken()
            looking = asyncio.create_task(self._look(job, early=early))
            try:
                await asyncio.shield(looking)
            except asyncio.CancelledError:
                looking.cancel()
                await asyncio.gather(looking, return_exceptions=True)
                raise
            if job.next_due is not None:
                await self._set_alarm(standby, job.name, job.next_due)
            await asyncio.sleep(PACE)

    async def _set_alarm(self, standby: waking.Standby, name: str, next_due: NextDue) -> None:
        """Wake it when the next thing is due, where that is before a tick that comes anyway."""
        now = self._clock.now()
        try:
            async with self._database.read() as db:
                due = await next_due(db, now)
        except Exception as error:
            log.warning("can't see when %s is due: %s", name, type(error).__name__)
            return
        if due is not None and due - now <= LOOK:
            standby.wake_in((due - now).total_seconds())

    async def _look(self, job: Periodic, *, early: bool = False) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            if job.sends and await is_fenced(self._database):
                return
            if early or job.by_all or await claim(self._database, job, self._clock.now()):
                done = await job.run(self._database, self._clock)
                if done and not job.sends:  # what it queued goes at once
                    self._woken(waking.MAIL)
        except Exception:
            log.exception("the job %s failed", job.name)
        finally:
            self._running.discard(task)
