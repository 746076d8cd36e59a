"""Whatever is done in whatever order: what polls hold never overlaps, and nothing stays held."""

import random
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from factories import World, act, in_days, propose
from polls.asking import ask, poll_act
from sqlmodel import select

from negotiations.models import Booking, NegotiationSession, Poll, PollOption, SessionTeam
from negotiations.models.polls import OptionStatus, PollStatus
from negotiations.polls.jobs import expire
from negotiations.scheduling.rules import BOOKING

STEPS = 40


class Walk:
    """Acts at random on three sessions of two jurisdictions, all with the agency's one team."""

    def __init__(self, world: World, sessions: list[str], seed: int) -> None:
        self._world, self._sessions = world, sessions
        self._random = random.Random(seed)
        self.done = 0

    async def step(self) -> None:
        one = self._random.choice(
            (self._ask, self._ask, self._offer, self._withdraw, self._answer, self._choose,
             self._close, self._move, self._postpone, self._reinstate, self._expire, self._confirm)
        )  # fmt: skip
        answer = await one(self._random.choice(self._sessions))
        if answer is not None:
            assert answer.status_code in (200, 201, 404, 409, 412, 422), answer.text
            self.done += answer.is_success

    def _start(self) -> str:
        """Few enough hours to meet others there."""
        return in_days(self._random.randint(11, 16), self._random.choice((9, 10, 11, 13)))

    async def _poll(self, session: str) -> dict[str, Any] | None:
        """The newest poll about it, open or not."""
        path = f"/api/v1/sessions/{session}/polls"
        items = (await self._world.coordinator.get(path)).json()["items"]
        return items[0] if items else None

    async def _ask(self, session: str) -> Any:
        times = [{"local_start": self._start()} for _ in range(self._random.randint(1, 3))]
        due = self._random.randint(1, 4)
        return await ask(self._world, session, due=due, options=times)

    async def _offer(self, session: str) -> Any:
        return await self._on(session, "offer", {"local_start": self._start()})

    async def _withdraw(self, session: str) -> Any:
        return await self._on(session, "withdraw", {})

    async def _answer(self, session: str) -> Any:
        said = self._random.choice(("yes", "yes", "if_need_be", "no"))
        return await self._on(session, "answer", {"answers": said, "party": "agency", "how": "?"})

    async def _choose(self, session: str) -> Any:
        return await self._on(session, "choose", {})

    async def _close(self, session: str) -> Any:
        return await self._on(session, "close", {"reason": "Enough"})

    async def _on(self, session: str, name: str, body: dict[str, Any]) -> Any:
        poll = await self._poll(session)
        if poll is None:
            return None
        held = [one for one in poll["options"] if one["status"] == "offered"]
        option = self._random.choice(held or poll["options"])["id"]
        if name in ("withdraw", "choose"):
            body = {"option": option}
        if name == "answer":
            body = {**body, "answers": [{"option": option, "answer": body["answers"]}]}
        return await poll_act(self._world.coordinator, poll["id"], name, body)

    async def _move(self, session: str) -> Any:
        body = {"local_start": self._start(), "reason": "A call"}
        return await act(self._world.coordinator, session, "move", body)

    async def _postpone(self, session: str) -> Any:
        return await act(self._world.coordinator, session, "postpone", {"reason": "Flood"})

    async def _reinstate(self, session: str) -> Any:
        body = {"local_start": self._start()}
        return await act(self._world.coordinator, session, "reinstate", body)

    async def _confirm(self, session: str) -> Any:
        return await act(self._world.coordinator, session, "confirm")

    async def _expire(self, _session: str) -> Any:
        if self._random.random() < 0.3:
            self._world.clock.forward(days=1)
        await expire(self._world.database, self._world.clock)


async def check(world: World, uids: dict[str, tuple[str, int]]) -> None:
    """What holds at any time; `uids` are those of the sessions with the SEQUENCE seen last."""
    async with world.database.read() as db:
        booked = (await db.exec(select(Booking))).all()
        sessions = (await db.exec(select(NegotiationSession))).all()
        options = (await db.exec(select(PollOption))).all()
        polls = (await db.exec(select(Poll))).all()
        seated = (await db.exec(select(SessionTeam))).all()
    by_resource: dict[int, list[tuple[datetime, datetime]]] = {}
    for one in booked:
        by_resource.setdefault(one.resource_no, []).append((one.starts_at, one.ends_at))
    for times in by_resource.values():
        times.sort()
        assert all(first[1] <= then[0] for first, then in pairwise(times))
    open_ = [one.session_id for one in polls if one.status is PollStatus.open]
    assert len(open_) == len(set(open_))
    held = [one for one in options if one.status is OptionStatus.offered]
    assert {one.poll_id for one in held} == {
        one.id for one in polls if one.status is PollStatus.open
    }
    teams = {one.id: sum(team.session_id == one.id for team in seated) for one in sessions}
    wanted = [(one.id, one.starts_at) for one in sessions if one.status in BOOKING]
    wanted += [(one.session_id, one.starts_at) for one in held]
    assert sorted((one.session_id, one.starts_at) for one in booked) == sorted(
        one for one in wanted for _ in range(teams[one[0]])
    )
    for one in sessions:
        uid, sequence = uids.setdefault(one.id, (one.uid, 0))
        assert (one.uid, one.sequence >= sequence) == (uid, True)
        uids[one.id] = (uid, one.sequence)
    for one in options:
        uid, sequence = uids.setdefault(one.id, (one.uid, 0))
        assert (one.uid, one.sequence) == (uid, int(one.status is not OptionStatus.offered))
    assert len({uid for uid, _ in uids.values()}) == len(uids)


@pytest.mark.parametrize("seed", range(3))
async def test_no_order_of_acts_leaves_an_overlap_or_anything_held(world: World, seed: int) -> None:
    sessions = [
        (await propose(world, jurisdiction=slug, local_start=in_days(day)))["id"]
        for slug, day in (("x", 12), ("y", 13), ("x", 14))
    ]
    walk, uids = Walk(world, sessions, seed), dict[str, tuple[str, int]]()
    for _ in range(STEPS):
        await walk.step()
        await check(world, uids)
    assert walk.done > 5
