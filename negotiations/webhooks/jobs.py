"""The tick that programs are told by: what was announced is gathered, what is due is sent.

Any number of processes may do so at once. While one answer is waited for, the look goes on: it
gathers what is new and sends to all the others.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.models import WebhookDelivery
from negotiations.outgoing.answers import Unreached, rule_of
from negotiations.outgoing.crowd import Crowd
from negotiations.settings import Settings
from negotiations.webhooks import queries
from negotiations.webhooks.claiming import Held, claim, settle
from negotiations.webhooks.gathering import gather
from negotiations.webhooks.messages import body_of, keys_of
from negotiations.webhooks.retries import Outcome
from negotiations.webhooks.signing import headers_of

if TYPE_CHECKING:
    from negotiations.outgoing.client import Outgoing

log = logging.getLogger("negotiations")
MOST = 160  # endpoints that are sent to at once
FOR_THE_WELL = 32  # of them those that only endpoints without failures get
AT_A_TIME = 16  # endpoints that one transaction claims
STREAK = 50  # things sent to one endpoint before another's turn


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Sends what is due, through what `open` makes, with addresses and keys of these settings."""

    settings: Settings
    open: Callable[[], "Outgoing"]

    async def send_due(self, database: Database, clock: Clock) -> int:
        """Gather and send until nothing more is due or under way; returns how many were tried."""
        if not await self._is_due(database, clock):
            return 0
        tried = 0
        async with self.open() as outgoing, Crowd(MOST, FOR_THE_WELL, AT_A_TIME) as crowd:
            while True:
                async with database.write() as db:
                    gathered = await gather(db, now=clock.now())
                await crowd.fill(
                    lambda most, well: claim(database, clock.now(), most=most, well=well),
                    lambda held: self._turn(database, clock, outgoing, held),
                    lambda held: held.endpoint.failing_since is None,
                )
                if not crowd and not gathered:
                    return tried
                if crowd:
                    tried += await crowd.some_done()

    async def _is_due(self, database: Database, clock: Clock) -> bool:
        """Whether there is anything to send, once what was announced is gathered.

        The client is eight megabytes that most installations have no use for.
        """
        while True:
            async with database.read() as db:
                announced, due = await queries.work(db, clock.now())
            if due or not announced:
                return due
            async with database.write() as db:
                if not await gather(db, now=clock.now()):
                    return False  # another process holds it, and sends what comes of it

    async def _turn(
        self, database: Database, clock: Clock, outgoing: "Outgoing", held: Held
    ) -> int:  # fmt: skip
        """Send what is due to one endpoint, one after the other; returns how many were tried."""
        tried, now_held = 0, held
        while True:
            tried += 1
            outcome = await self._send(database, clock, outgoing, now_held)
            following = await settle(
                database, now_held, outcome, now=clock.now(), more=tried < STREAK
            )
            if following is None:
                return tried
            now_held = following

    async def _send(
        self, database: Database, clock: Clock, outgoing: "Outgoing", held: Held
    ) -> Outcome | None:  # fmt: skip
        """What came of it; None where nobody there may learn of it any more."""
        endpoint, delivery = held.endpoint, held.delivery
        try:
            async with database.read() as db:
                base_url = self.settings.base_url
                body = await body_of(db, endpoint, delivery, base_url=base_url)
            if body is None:
                return None
            now, key = clock.now(), self.settings.secret_key
            if not key:
                raise Unreached("NoSecretKey")
            headers = headers_of(delivery.id, body, keys_of(endpoint, key, now), now=now)
            answer = await outgoing.post(endpoint.url, body, headers)
        except Unreached as error:
            return _told(delivery, Outcome(None), error.kind)
        except Exception as error:
            # A row that can't be read holds up no other.
            log.exception("webhook delivery %s can't be made", delivery.id)
            return _told(delivery, Outcome(None), type(error).__name__)
        outcome = Outcome(answer.status, answer.body, answer.headers.get("retry-after"))
        return outcome if 200 <= answer.status < 300 else _told(delivery, outcome, "answered")


def _told(delivery: WebhookDelivery, outcome: Outcome, why: str) -> Outcome:
    """The same, told to the operator: by ids and kinds, no address and no words of others."""
    status = outcome.status or "nothing"
    log.warning("webhook delivery %s not taken: %s %s", delivery.id, why, status)
    return outcome


def dispatch_of(settings: Settings) -> Dispatch:
    """How an installation with these settings sends."""

    def client() -> "Outgoing":
        from negotiations.outgoing.client import Outgoing  # see outgoing.answers

        return Outgoing(rule_of(settings))

    return Dispatch(settings, client)
