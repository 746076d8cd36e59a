"""Sessions that are relocated, so many a second: acts as any other, so many in one transaction.

    python tests/benchmarks/changing.py URL RATE SECONDS TOGETHER

by a process beside the service; prints how many there were.
"""

import asyncio
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from faults.told import relocate
from sqlmodel import col, select

from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.models import NegotiationSession
from negotiations.settings import Settings

AT_ONCE = 4


async def changes(database: Database, rate: float, seconds: float, together: int) -> int:
    """How many there were in that time: those that came too late are left out."""
    async with database.read() as db:
        # In the order of their tables, in which whoever changes several holds them.
        table = col(NegotiationSession.track_id)
        sessions = (await db.exec(select(NegotiationSession.id).order_by(table))).all()
    draw = random.Random(2026)
    began, done = time.monotonic(), 0
    free = asyncio.Semaphore(1 if database.is_sqlite else AT_ONCE)

    async def change(number: int) -> None:
        nonlocal done
        await asyncio.sleep(max(0.0, began + number * together / rate - time.monotonic()))
        async with free:
            if time.monotonic() < began + seconds:
                places = sorted(draw.sample(range(len(sessions)), together))
                await relocate(database, *(sessions[one] for one in places), number=number)
                done += together

    await asyncio.gather(*(change(number) for number in range(int(rate * seconds / together))))
    return done


async def main(url: str, rate: float, seconds: float, together: int) -> int:
    database = open_database(Settings(database_url=url), Clock())
    try:
        return await changes(database, rate, seconds, together)
    finally:
        await database.close()


if __name__ == "__main__":
    print(asyncio.run(main(sys.argv[1], *map(float, sys.argv[2:4]), int(sys.argv[4]))))
