"""A process that sends what is due until nothing is, or that ends in the middle of a mail.

python tests/mail/draining.py DATABASE_URL SMTP_URL NOW [POINT]

POINT is where it ends as if it were killed: after_claim, before_data, after_data, after_mark.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.mail import jobs
from negotiations.mail.encoding import Letter
from negotiations.mail.sending import Deliver, Smtp
from negotiations.settings import Settings

KILLED = 137


class Ending(Smtp):
    """Ends the process before or after it has sent a letter."""

    point = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Deliver]:
        async with super().open() as deliver:

            async def end(letter: Letter) -> None:
                if self.point == "before_data":
                    os._exit(KILLED)
                await deliver(letter)
                if self.point == "after_data":
                    os._exit(KILLED)

            yield end


async def main(url: str, smtp: str, now: str, point: str = "") -> None:
    settings = Settings(
        database_url=url, base_url="http://testserver", smtp_url=smtp, mail_from="talks@example.org"
    )
    clock = Clock(datetime.fromisoformat(now))
    database = open_database(settings, clock)
    post = Ending(smtp, settings.sender)
    post.point = point
    for name, where in (("claim", "after_claim"), ("end", "after_mark")):
        if point == where:
            setattr(jobs, name, ending(getattr(jobs, name)))
    await jobs.Office(settings, post).send_due(database, clock)
    await database.close()


def ending(step):  # type: ignore[no-untyped-def]
    """The step, after which the process ends."""

    async def then_end(*args, **more):  # type: ignore[no-untyped-def]
        await step(*args, **more)
        os._exit(KILLED)

    return then_end


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
