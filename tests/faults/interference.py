"""F25: worlds that differ only in what one side does in private look alike to everybody else.

A world is the talks with whatever X has done behind its wall so far: caucuses, their sessions (the
intervals that hold its team stay the same), notes, drafts, what was deleted. What everybody else is
answered there is compared, byte for byte with all headers, with what they were answered before; so
are the rows that others draw from, and the mails that others are sent over the week that follows.
The control is a world in which something did change for others, and one whose caucus session is
gone: only clashes may tell of that; and mails that tell how many private notes there are.
"""

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from caucuses.mailed import BABBLING, Sent, apart, sent
from caucuses.outside import TRIES, Key, Outside, Told, ids_of, rows
from caucuses.privately import HUSH, SESSIONS, Private, make_talks
from factories import Standing, World, act, in_days, make_world, propose
from faults.engines import Databases
from templates import settings_for

WORLDS_OF_A_BASE = 10
AGENDA = ("coordinator's browser", "/n/water-talks")  # where any new session is seen


@dataclass
class Report:
    seed: str
    worlds: int = 0
    requests: int = 0
    bytes: int = 0
    mails: int = 0
    differing: int = 0
    asked: set[Key] = field(default_factory=set)
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)

    def text(self) -> str:
        lines = [
            f"{self.worlds} worlds, {self.requests:,} requests ({len(self.asked)} different ones)",
            f"{self.mails:,} mails",
            f"{self.bytes:,} bytes compared, {self.differing:,} of them differ",
            f"{self.seconds:.0f} s, seed {self.seed}",
        ]
        return "\n".join(lines + [f"  {one}" for one in self.broken[:20]])


def _size(told: Told) -> int:
    return len(told[1]) + sum(len(name) + len(value) for name, value in told[2])


def _differing(one: Told, other: Told) -> int:
    """Bytes; at least one if anything is not the same."""
    if one == other:
        return 0
    first, second = one[1], other[1]
    apart = sum(a != b for a, b in zip(first, second, strict=False))
    return max(1, apart + abs(len(first) - len(second)))


class Base:
    """The talks, a side behind its wall, and what all others were answered and sent at first."""

    def __init__(self, world: World, report: Report, own: Databases, side: str = "x") -> None:
        """`own` is where copies of the talks are made. (Mails are compared of those outside X.)"""
        self.world, self.report, self._own = world, report, own
        self.private = Private(world, report.seed, side)
        self.before: dict[Key, Told] = {}
        self.sent: list[Sent] = []

    async def start(self) -> None:
        await make_talks(self.world)
        await self.private.start()
        side = self.private.side
        self.outside = Outside(self.world, await ids_of(self.world, side), side)
        await self.outside.start()
        self._rows = await rows(self.world, side)
        self.sent = await sent(self.world, self._own)

    async def first(self, keys: Iterable[Key]) -> None:
        """What is answered to these, before X does anything else."""
        self.before = {key: await self.outside.answer(key) for key in keys}

    async def compare(self, keys: Iterable[Key]) -> None:
        """One more world: these again, and the rows."""
        report = self.report
        report.worlds += 1
        for key in keys:
            now = await self.outside.answer(key)
            report.requests, report.bytes = report.requests + 1, report.bytes + _size(now)
            report.asked.add(key)
            if apart := _differing(self.before[key], now):
                report.differing += apart
                report.broken.append(f"world {report.worlds}: {key} differs in {apart} bytes")
            if HUSH.encode() in now[1]:
                report.broken.append(f"world {report.worlds}: {key} shows a private word")
        after = await rows(self.world, self.private.side)
        changed = [name for name in after if self._rows[name] != after[name]]
        if changed:
            report.broken.append(f"world {report.worlds}: rows of {changed} changed")

    async def compare_mails(self) -> None:
        """Those of this world, with those of the first."""
        report, now = self.report, await sent(self.world, self._own)
        report.mails += len(now)
        report.bytes += sum(len(one.whole) for one in now)
        found = apart(self.sent, now)
        report.differing += len(found)
        report.broken += [f"world {report.worlds}: {one}" for one in found]

    async def babbles(self) -> bool:
        """Whether it is found out where mails do tell how many private notes there are."""
        before = await sent(self.world, self._own, BABBLING)
        await self.private.another_note()
        return apart(before, await sent(self.world, self._own, BABBLING)) != []

    async def changed(self, keys: Iterable[Key]) -> set[Key]:
        """What is answered otherwise than at first."""
        return {key for key in keys if await self.outside.answer(key) != self.before[key]}

    async def remove(self) -> None:
        """X's caucus session is cancelled, and its team is free."""
        answer = await act(self.world.head_x, self.private.session, "cancel", {"reason": HUSH})
        assert answer.status_code == 200, answer.text


def watched(keys: Iterable[Key]) -> list[Key]:
    """What shows the controls whatever else is asked."""
    return [key for key in keys if key[0] == TRIES or key[1] == SESSIONS or key == AGENDA]


async def controls(base: Base, keys: list[Key]) -> None:
    """A caucus session that is gone frees its hour and tells no more; a session of a track does."""
    report = base.report
    await base.remove()
    told = await base.changed(keys)
    # The proposals at the hour that was taken; another jurisdiction's was always free.
    free = {(TRIES, how) for how in ("at the hour", "close to it", "in plenary")}
    if told != free & set(keys) or not told:
        report.broken.append(f"without the caucus session these changed: {sorted(told)}")
    await propose(base.world, local_start=in_days(60))
    told = await base.changed(keys)
    seen = {who for who, _ in told}
    if not {"coordinator", "agency_head", "coordinator's browser"} <= seen or "head_y" in seen:
        report.broken.append(f"a session of X and the agency was seen by {sorted(seen)} alone")


async def run(own: Databases, worlds: int, requests: int, seconds: float, seed: str) -> Report:
    """So many worlds, ten of them on the same talks, and requests in each, drawn from all."""
    report, began, chance = Report(seed), time.monotonic(), random.Random(seed)
    while report.worlds < worlds and time.monotonic() - began < seconds:
        url = own.new()
        base = Base(await make_world(settings_for(url), Standing()), report, own)
        base.private.random.seed(f"{seed}/{report.worlds}")
        await base.start()
        keys = base.outside.keys
        await base.first(keys)
        for _ in range(min(WORLDS_OF_A_BASE, worlds - report.worlds)):
            await base.private.do(chance.randrange(1, 8), chance.randrange(51))
            await base.compare(chance.sample(keys, requests))
            await base.compare_mails()
        if not await base.babbles():
            report.broken.append("mails that count private notes weren't found out")
        await controls(base, [*watched(keys), *chance.sample(keys, 100)])
        await base.world.close()
        own.drop(url)
    if report.worlds < worlds:
        report.broken.append(f"only {report.worlds} worlds in {seconds:.0f} s")
    report.seconds = time.monotonic() - began
    return report
