"""The tick that mails leave by: what was announced is gathered, what is due is sent.

Any number of processes may do so at once: what one has claimed no other sends.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError

from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.mail import queries, trouble
from negotiations.mail.claiming import claim, end, end_and_claim, put_off
from negotiations.mail.gathering import gather
from negotiations.mail.sending import Deliver, Post, Undelivered
from negotiations.mail.writing import Writer, letter_of
from negotiations.models import Mail
from negotiations.models.mail import MailEnd, MailKind
from negotiations.settings import Settings

log = logging.getLogger("negotiations")
LONGEST = 20.0  # seconds for which one look goes on sending
GATHERED = 1.0  # seconds after which it gathers once more meanwhile


@dataclass(frozen=True, slots=True)
class Office:
    """Sends what is due, by `post`, with addresses and texts as these settings say.

    `others` write the kinds of mails that other folders queue; `look` queues some, before each
    time that mails are sent.
    """

    settings: Settings
    post: Post
    others: Mapping[MailKind, Writer] = field(default_factory=dict)
    look: Callable[[Database, Clock], Awaitable[object]] | None = None

    async def send_due(self, database: Database, clock: Clock) -> int:
        """Gather and send all that is due; returns how many mails went."""
        if self.look is not None:
            await self.look(database, clock)
        async with database.read() as db:
            if not (await queries.has_work(db, clock.now()) or await trouble.has_wishes(db)):
                return 0
        await self._gather(database, clock)
        sent, until = 0, time.monotonic() + LONGEST
        gather_at = time.monotonic() + GATHERED
        async with self.post.open() as deliver:
            mail = await claim(database, clock.now())
            while mail is not None:
                try:
                    how = await self._send(database, clock, mail, deliver)
                except Undelivered as error:
                    log.warning("mail %s (%s) not sent: %s", mail.id, mail.kind, error.reason)
                    await put_off(database, mail, error.reason, now=clock.now())
                    if error.for_all:
                        break
                else:
                    sent += how is MailEnd.sent
                    if time.monotonic() < min(until, gather_at):
                        mail = await end_and_claim(database, mail, how, now=clock.now())
                        continue
                    await end(database, mail, how, now=clock.now())
                if (moment := time.monotonic()) >= until:
                    break
                if moment >= gather_at:
                    await self._gather(database, clock)
                    gather_at = moment + GATHERED
                mail = await claim(database, clock.now())
        return sent

    async def _gather(self, database: Database, clock: Clock) -> None:
        """Add what was announced to the mails that wait."""
        try:
            async with database.write() as db:
                await trouble.gather_wishes(db, now=clock.now())
                await gather(db, now=clock.now())
        except IntegrityError:
            log.info("another process gathers mails too: the rest follows")

    async def _send(
        self, database: Database, clock: Clock, mail: Mail, deliver: Deliver
    ) -> MailEnd:
        """What becomes of it. A mail that can't be written holds up no other."""
        try:
            letter = await letter_of(database, self.settings, mail, self.others, now=clock.now())
        except Exception as error:
            log.exception("mail %s (%s) can't be written", mail.id, mail.kind)
            raise Undelivered(f"writing: {type(error).__name__}", for_all=False) from error
        if letter is None:
            return MailEnd.dropped
        await deliver(letter)
        return MailEnd.sent
