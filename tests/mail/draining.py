"""A process that sends what is due until nothing is.

python tests/mail/draining.py DATABASE_URL SMTP_URL NOW
"""

import asyncio
import sys
from datetime import datetime

from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.mail.jobs import Office
from negotiations.mail.sending import Smtp
from negotiations.settings import Settings


async def main(url: str, smtp: str, now: str) -> None:
    settings = Settings(
        database_url=url, base_url="http://testserver", smtp_url=smtp, mail_from="talks@example.org"
    )
    clock = Clock(datetime.fromisoformat(now))
    database = open_database(settings, clock)
    await Office(settings, Smtp(smtp, settings.sender)).send_due(database, clock)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
