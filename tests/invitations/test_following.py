"""Whatever happens in whatever order, a calendar that takes each mail comes to show what holds."""

import random
from typing import Any

import pytest
from factories import World, act, propose
from icalendar import Calendar
from invitations.inviting import choose, invited, wanting
from mail.post import Box, later

SIDES = ("x", "agency")
CONSENTS = [{"party": side, "by": "Head", "how": "by telephone"} for side in SIDES]
PEOPLE = ("head_x", "delegate_x", "agency_head")


class Life:
    """Two sessions to which things happen, and each person's calendar by the mails they got."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.calendars: dict[str, dict[str, Any]] = {name: {} for name in PEOPLE}
        self.told: dict[tuple[str, str], tuple[int, Any]] = {}
        self.wants = set(PEOPLE)
        self.day = 1

    async def start(self) -> None:
        await wanting(self.world, *PEOPLE)
        self.sessions = [
            (await propose(self.world, local_start=f"2030-11-{day:02}T10:00"))["id"]
            for day in (5, 6)
        ]
        for session in self.sessions:
            await self._confirm(session)

    async def _confirm(self, session: str) -> int:
        for client in (self.world.head_x, self.world.agency_head):
            await act(client, session, "accept")
        return (await act(self.world.coordinator, session, "confirm")).status_code

    def _start(self) -> str:
        self.day += 1
        return f"2031-{self.day // 28 + 1:02}-{self.day % 28 + 1:02}T10:00"

    async def happen(self) -> None:
        """One act, which may be refused by where the session stands."""
        session, start = self.random.choice(self.sessions), self._start()
        times = {"local_start": start, "local_end": f"{start[:11]}12:00"}
        consents = CONSENTS if self.random.randrange(3) else []
        acts: list[tuple[str, dict[str, Any]]] = [
            ("confirm", {}), ("confirm", {}), ("postpone", {"reason": "Flood"}),
            ("move", {**times, "reason": "Rain", "consents": consents}),
            ("relocate", {"location": start, "reason": "Larger", "consents": CONSENTS}),
            ("reinstate", {**times, "consents": CONSENTS}), ("choose", {}),
        ]  # fmt: skip
        name, body = self.random.choice(acts)
        if name == "choose":
            person = self.random.choice(PEOPLE)
            self.wants ^= {person}
            await choose(self.world, person, invitations=person in self.wants)
            return
        if name == "confirm":
            assert await self._confirm(session) in (200, 409)
            return
        answer = await act(self.world.coordinator, session, name, body)
        assert answer.status_code in (200, 409), answer.text

    async def mails(self, seconds: float) -> None:
        """What came in this time is taken, each newer than the one before it."""
        for letter in invited(await later(self.world, Box(), seconds)):
            assert letter.text.calendar is not None
            read = Calendar.from_ical(letter.text.calendar.body)
            [event] = read.events
            name, uid = letter.to.partition("@")[0], str(event["UID"])
            revision = int(event["SEQUENCE"]), event["DTSTAMP"].dt
            assert revision > self.told.get((name, uid), (-1, None))
            self.told[name, uid] = revision
            if read["METHOD"] == "CANCEL":
                assert self.calendars[name].pop(uid, None), "what wasn't there is taken back"
            else:
                self.calendars[name][uid] = event

    async def agree(self) -> None:
        for id_ in self.sessions:
            told = (await self.world.coordinator.get(f"/api/v1/sessions/{id_}")).json()
            for name in PEOPLE:
                event = self.calendars[name].get(told["uid"])
                if name not in self.wants or told["status"] == "postponed":
                    assert event is None
                elif told["status"] == "confirmed":
                    assert event is not None
                if event is None:
                    continue
                start = event["DTSTART"].dt.replace(tzinfo=None)
                assert start.isoformat(timespec="minutes") == told["local_start"]
                assert int(event["SEQUENCE"]) >= told["sequence"]
                word = "CONFIRMED" if told["status"] == "confirmed" else "TENTATIVE"
                assert str(event["STATUS"]) == word


@pytest.mark.parametrize("seed", range(4))
async def test_calendars_come_to_show_what_holds(world: World, seed: int) -> None:
    life = Life(world, seed)
    await life.start()
    for _ in range(24):
        await life.happen()
        await life.mails(life.random.choice((0, 3, 12, 40)))
    for _ in range(4):
        await life.mails(40)
    await life.agree()
    assert life.told
