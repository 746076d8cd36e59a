"""A process that looks for a periodic job again and again, and prints which runs it claimed.

python tests/claiming.py DATABASE_URL START PERIODS
"""

import asyncio
import json
import sys
from datetime import datetime, timedelta

from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.settings import Settings
from negotiations.ticks import Periodic, claim

EVERY = timedelta(minutes=1)


async def main(url: str, start: str, periods: int) -> list[int]:
    database = open_database(Settings(database_url=url), Clock())
    job = Periodic("count", EVERY, lambda *_: asyncio.sleep(0))
    first = datetime.fromisoformat(start)
    claimed = [
        place for place in range(periods) if await claim(database, job, first + place * EVERY)
    ]
    await database.close()
    return claimed


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))))
