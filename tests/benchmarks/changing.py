"""Sessions that are relocated, so many a second: acts as any other, each in its own transaction.

    python tests/benchmarks/changing.py URL RATE SECONDS

by a process beside the service; prints how many there were.
"""

import asyncio
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from faults.told import relocate
from sqlmodel import select

from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.models import NegotiationSession
from negotiations.settings import Settings

AT_ONCE = 4


async def changes(database: Database, rate: float, seconds: float) -> int:
    """How many there were in that time: those that came too late are left out."""
    async with database.read() as db:
        sessions = (await db.exec(select(NegotiationSession.id))).all()
    draw = random.Random(2026)
    began, done = time.monotonic(), 0
    free = asyncio.Semaphore(1 if database.is_sqlite else AT_ONCE)

    async def change(number: int) -> None:
        nonlocal done
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        async with free:
            if time.monotonic() < began + seconds:
                await relocate(database, draw.choice(sessions), number)
                done += 1

    await asyncio.gather(*(change(number) for number in range(int(rate * seconds))))
    return done


async def main(url: str, rate: float, seconds: float) -> int:
    database = open_database(Settings(database_url=url), Clock())
    try:
        return await changes(database, rate, seconds)
    finally:
        await database.close()


if __name__ == "__main__":
    print(asyncio.run(main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))))
