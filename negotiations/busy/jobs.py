"""The tick by which busy calendars are read: those that are due, many at once, each by itself.

One that answers slowly, or never, holds up no other: while it is waited for, all the others are
read, and some places are kept for those that were well the last time.
"""

import asyncio
import base64
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from negotiations.busy import parsing, queries, sealing, verdicts
from negotiations.busy.claiming import Came, Held, claim, settle
from negotiations.busy.faults import MOST_BYTES
from negotiations.busy.sealing import Unsealable
from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.models import BusyCalendar
from negotiations.models.availability import BusyFault, BusyState
from negotiations.outgoing.answers import Answer, Unreached, rule_of
from negotiations.outgoing.crowd import Crowd
from negotiations.settings import Settings
from negotiations.webhooks.retries import asked_for

if TYPE_CHECKING:
    from negotiations.outgoing.client import Outgoing

log = logging.getLogger("negotiations")
MOST = 160  # calendars that are asked for at once
FOR_THE_WELL = 32  # of them those that only calendars get that were well the last time
AT_A_TIME = 20  # calendars that one transaction claims
READ_AT_ONCE = max(1, (os.cpu_count() or 1) // 2)  # in processes of their own, beside serving
BEFORE = timedelta(days=1)  # of what is past so much is kept
HOPS = 3
# What is kept of an answer to ask by the next time.
VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
LONGEST_VALIDATOR = 300


@dataclass(frozen=True, slots=True)
class Refreshing:
    """Reads what is due, through what `open` makes, with the key of these settings."""

    settings: Settings
    open: Callable[[], "Outgoing"]
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(READ_AT_ONCE))

    async def refresh_due(self, database: Database, clock: Clock) -> int:
        """Read until nothing more is due or under way; returns how many were tried."""
        async with database.read() as db:
            if not await queries.is_due(db, clock.now()):
                return 0
        tried = 0
        async with self.open() as outgoing, Crowd(MOST, FOR_THE_WELL, AT_A_TIME) as crowd:
            while True:
                await crowd.fill(
                    lambda most, well: claim(database, clock.now(), most=most, well=well),
                    lambda held: self._turn(database, clock, outgoing, held),
                    lambda held: held.calendar.state is BusyState.good,
                )
                if not crowd:
                    return tried
                tried += await crowd.some_done()

    async def _turn(
        self, database: Database, clock: Clock, outgoing: "Outgoing", held: Held
    ) -> bool:  # fmt: skip
        try:
            came = await self._try(clock, outgoing, held)
        except Exception as error:
            # A row that can't be read holds up no other.
            log.exception("busy calendar %s can't be read", held.calendar.id)
            came = Came(BusyFault.unreached)
            log.warning("busy calendar %s: %s", held.calendar.id, type(error).__name__)
        return await settle(database, held, came, now=clock.now())

    async def _try(self, clock: Clock, outgoing: "Outgoing", held: Held) -> Came:
        """Ask for it, and read what comes."""
        row, now = held.calendar, clock.now()
        try:
            secret = sealing.opened(self.settings.secret_key, row.id, "address", row.sealed)
            given = headers_of(row, secret, self._validators(row), now)
        except Unsealable:
            return Came(BusyFault.sealed)
        try:
            answer = await outgoing.get(
                secret["url"], most=MOST_BYTES + 1, hops=HOPS, headers=given.open,
                secrets=given.secret,
            )  # fmt: skip
        except Unreached as error:
            log.info("busy calendar %s not reached: %s", row.id, error.kind)
            return Came(BusyFault.unreached)
        fault = verdicts.fault_of(answer.status)
        if fault is not None:
            return Came(fault, asked=asked_for(answer.headers.get("retry-after"), now))
        if answer.status == 304:
            return Came() if given.open else Came(BusyFault.answered_wrong)
        return await self._read(held, answer, now)

    async def _read(self, held: Held, answer: Answer, now: datetime) -> Came:
        if answer.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
            return Came(BusyFault.packed)
        if len(answer.body) > MOST_BYTES:
            return Came(BusyFault.too_large)
        async with self.turns:
            found = await parsing.read(answer.body, held.tz, now - BEFORE, now + verdicts.HORIZON)
        if found.fault is not None:
            return Came(found.fault)
        kept = {name: answer.headers.get(name, "") for name in VALIDATORS}
        kept = {name: one for name, one in kept.items() if _may_be_sent(one)}
        key, id_ = self.settings.secret_key, held.calendar.id
        sealed = sealing.seal(key, id_, "validators", kept) if kept else None
        return Came(blocks=found.blocks, validators=sealed)

    def _validators(self, row: BusyCalendar) -> dict[str, str]:
        if row.validators is None:
            return {}
        return sealing.opened(self.settings.secret_key, row.id, "validators", row.validators)


def _may_be_sent(validator: str) -> bool:
    fits = 0 < len(validator) <= LONGEST_VALIDATOR
    return fits and validator.isascii() and validator.isprintable()


@dataclass(frozen=True, slots=True)
class Given:
    """The headers of a request; `secret` ones go to the place that was typed and nowhere else."""

    open: dict[str, str]
    secret: dict[str, str]


def headers_of(
    row: BusyCalendar, secret: dict[str, str], validators: dict[str, str], now: datetime
) -> Given:
    """Whether anything changed is asked as long as what is here reaches far enough ahead."""
    is_fresh = row.expanded_at is not None and now - row.expanded_at < verdicts.AFRESH
    open_ = {VALIDATORS[name]: one for name, one in validators.items() if is_fresh}
    if not secret.get("user"):
        return Given(open_, {})
    told = f"{secret['user']}:{secret.get('password', '')}".encode()
    return Given(open_, {"Authorization": f"Basic {base64.b64encode(told).decode()}"})


def refreshing_of(settings: Settings) -> Refreshing:
    """How an installation with these settings reads."""

    def client() -> "Outgoing":
        from negotiations.outgoing.client import Outgoing  # see outgoing.answers

        return Outgoing(rule_of(settings))

    return Refreshing(settings, client)
