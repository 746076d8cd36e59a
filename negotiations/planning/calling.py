"""A plan from a process of its own, with limits: the loop that serves never waits for it.

Imports nothing that plans: neither numpy nor a solver is loaded where this is.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from negotiations.planning.options import Options, Progress
from negotiations.planning.plain import Unreadable, plain, read
from negotiations.planning.plan import Plan
from negotiations.planning.problem import Problem
from negotiations.planning.valid import Invalid, demand_valid

CHILD = (sys.executable, "-m", "negotiations.planning.child")
GRACE = 5.0  # seconds that the process has, behind its cap, to say what it found
MEMORY = 2 * 1024**3
LONGEST_LINE = 64 * 1024**2
# What the process is given of the environment: no setting of the service, so no secret of it.
KEPT = ("PATH", "PYTHONPATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}


class Failed(Exception):
    """The planner's process gave no plan at all; the words say what to do."""


async def plan_apart(
    problem: Problem,
    options: Options,
    *,
    seconds: float,
    memory: int = MEMORY,
    on: Callable[[Progress], None] = lambda _: None,
    command: Sequence[str] = CHILD,
) -> Plan:
    """Plan in a process that has so many seconds and so much memory (bytes).

    A cap that strikes gives the best plan so far, which says so (`stopped_by`, `notes`). Raise
    Invalid if the problem contradicts itself, Failed if there is no plan at all. Cancelled, it ends
    the process.
    """
    demand_valid(problem)
    # In a thread, as all that takes longer the more jurisdictions there are.
    asked = await asyncio.to_thread(_asked, problem, options, seconds, memory)
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=LONGEST_LINE,
        env={**{name: os.environ[name] for name in KEPT if name in os.environ}, **ONE_THREAD},
    )
    heard = Heard(on)
    try:
        async with asyncio.timeout(seconds + GRACE):
            await _ask(process, asked)
            await heard.listen(process)
    except TimeoutError:
        heard.ended = "it had not ended when its time was over"
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return heard.plan()


def _asked(problem: Problem, options: Options, seconds: float, memory: int) -> bytes:
    asked = {"problem": plain(problem), "options": plain(options)}
    return json.dumps({**asked, "seconds": seconds, "memory": memory}).encode()


async def _ask(process: asyncio.subprocess.Process, asked: bytes) -> None:
    assert process.stdin is not None
    # One that ends before it has read everything is heard of by what it says.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(asked)
        await process.stdin.drain()
        process.stdin.close()


class Heard:
    """What a planner's process has said so far."""

    def __init__(self, on: Callable[[Progress], None]) -> None:
        self.on = on
        self.best: Plan | None = None
        self.done = False
        self.ended = "it ended by itself"

    async def listen(self, process: asyncio.subprocess.Process) -> None:
        """Read lines until the plan, or the end; raise Invalid or Failed."""
        assert process.stdout is not None
        try:
            while not self.done and (line := await process.stdout.readline()):
                await self._take(await asyncio.to_thread(json.loads, line))
        except (ValueError, Unreadable, TypeError, AttributeError) as error:
            if isinstance(error, Invalid):
                raise
            self.ended = "it wrote what is no plan"

    async def _take(self, said: Any) -> None:
        ((kind, value),) = said.items()
        if kind == "progress":
            self.on(read(Progress, value))
        elif kind in {"plan", "done"}:
            self.best = await asyncio.to_thread(read, Plan, value)
            self.done = kind == "done"
        elif kind == "invalid":
            raise Invalid([str(each) for each in value])
        elif kind == "failed":
            self.ended = "its memory was not enough"

    def plan(self) -> Plan:
        """The plan; the best so far, labelled, if the process did not come to its end."""
        if self.best is None:
            raise Failed(
                f"The planner gave no plan: {self.ended}. "
                "Give it more time or memory, or plan a shorter window or fewer jurisdictions."
            )
        if self.done:
            return self.best
        note = f"The planner was stopped ({self.ended}): this is the best plan it had found."
        return replace(self.best, stopped_by="cap", notes=(*self.best.notes, note))
