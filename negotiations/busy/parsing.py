"""Reads a calendar in a process of its own, which is given little time, memory and knowledge."""

import asyncio
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from negotiations.models.availability import BusyFault

WALL = 2.5  # seconds in all; of the processor it gets less (child.CPU_SECONDS)
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
    with _file(json.dumps(given).encode() + b"\n" + body) as file:
        return await _in_child(file)


def _file(content: bytes) -> BinaryIO:
    """In memory alone if possible; to hand megabytes over a pipe takes the loop's time."""
    if sys.platform == "linux":
        made: BinaryIO = os.fdopen(os.memfd_create("calendar"), "w+b")
    else:
        made = tempfile.TemporaryFile()  # noqa: SIM115  (whoever asks closes it)
    made.write(content)
    made.seek(0)
    return made


async def _in_child(file: BinaryIO) -> Read:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-B", "-m", CHILD,
        stdin=file, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, env={},
    )  # fmt: skip
    try:
        async with asyncio.timeout(WALL):
            told, _ = await process.communicate()
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
