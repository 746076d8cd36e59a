"""Many turns at once, of which none waits for another; some places are kept for the well.

A turn is what is done with one that was claimed: a program that is told, a calendar that is read.
One that failed the last time may take long to answer, or never does.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Self, TypeVar

PACE = 0.5  # seconds between two looks while something is on its way
Held = TypeVar("Held")


class Crowd:
    """At most `most` turns under way; `for_the_well` of these places only those get that were well
    the last time. Claimed are `at_a_time`. On leaving, what is still under way is cancelled."""

    def __init__(self, most: int, for_the_well: int, at_a_time: int) -> None:
        self._most, self._for_the_well, self._at_a_time = most, for_the_well, at_a_time
        self._running: dict[asyncio.Task[int], bool] = {}  # and whether it was well

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def __bool__(self) -> bool:
        return bool(self._running)

    async def fill(
        self,
        claim: Callable[[int, bool], Awaitable[Sequence[Held]]],
        turn: Callable[[Held], Coroutine[Any, Any, int]],
        is_well: Callable[[Held], bool],
    ) -> None:
        """Begin with all that can be claimed: `claim` is asked for so many, and whether only for
        well ones; a `turn` returns how often it tried."""
        while len(self._running) < self._most:
            left = self._most - self._for_the_well
            left -= sum(not well for well in self._running.values())
            most = min(self._at_a_time, self._most - len(self._running))
            most = min(most, left) if left > 0 else most
            claimed = await claim(most, left <= 0)
            for held in claimed:
                self._running[asyncio.create_task(turn(held))] = is_well(held)
            if len(claimed) < most:
                return

    async def some_done(self) -> int:
        """Wait until a turn has ended, or for PACE; how often those tried that have."""
        done, _ = await asyncio.wait(
            self._running, timeout=PACE, return_when=asyncio.FIRST_COMPLETED
        )
        for one in done:
            del self._running[one]
        return sum(one.result() for one in done)
