"""Reads a calendar in a process of its own, which is given little time, memory and knowledge."""

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

from negotiations.models.availability import BusyFault

WALL = 2.8  # seconds in all; of the processor it gets less (child.CPU_SECONDS)
MOST_TOLD = 1_000_000  # bytes that are taken of an answer
CHILD = "negotiations.busy.child"


@dataclass(frozen=True, slots=True)
class Read:
    """When somebody is busy, or why their calendar couldn't be read."""

    blocks: tuple[tuple[datetime, datetime], ...] = ()
    fault: BusyFault | None = None


async def read(body: bytes, tz: str, since: datetime, until: datetime) -> Read:
    """What a calendar's file says between two instants (UTC); no process is left behind."""
    given = {"tz": tz, "since": since.timestamp(), "until": until.timestamp()}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-B", "-m", CHILD,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, env={},
    )  # fmt: skip
    try:
        async with asyncio.timeout(WALL):
            told, _ = await process.communicate(json.dumps(given).encode() + b"\n" + body)
    except TimeoutError:
        return Read(fault=BusyFault.too_slow)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return _read(told, process.returncode or 0)


def _read(told: bytes, status: int) -> Read:
    """One that was ended by a signal had used up its time, any other end its memory."""
    if status < 0:
        return Read(fault=BusyFault.too_slow)
    if status or len(told) > MOST_TOLD:
        return Read(fault=BusyFault.too_much)
    answer = json.loads(told)
    if "refused" in answer:
        return Read(fault=BusyFault(answer["refused"]))
    blocks = tuple(
        (datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
        for start, end in answer["blocks"]
    )
    return Read(blocks)
