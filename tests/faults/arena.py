"""Where sixty-four clients race for one place (F8): their sessions, what they do and were told."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2
from faults.talks import NEG, Seeded, both

HOURS = timedelta(hours=2)


@dataclass
class Report:
    seed: str
    clients: int
    rounds: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    seconds: float = 0.0
    answers: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def text(self) -> str:
        lines = [
            f"{self.rounds.total()} rounds of {self.clients} clients in {self.seconds:.0f} s",
            f"seed {self.seed}: {dict(self.rounds)}",
            f"{self.requests} requests, {self.requests / max(self.seconds, 1):.0f} a second",
            f"answers {dict(sorted(self.answers.items()))}",
            f"{len(self.broken)} broken",
        ]  # fmt: skip
        return "\n".join(lines + [f"  {one}" for one in self.broken[:20]])


@dataclass
class Session:
    """A session to come and the version that its client saw last."""

    slug: str
    id: str
    tag: str = ""


class Arena:
    """Sixty-four sessions of as many jurisdictions, all with the agency's one default team."""

    def __init__(
        self, clients: list[httpx2.AsyncClient], seeded: Seeded, report: Report, seed_: str
    ) -> None:
        self._clients, self._tokens, self.report = clients, seeded.tokens, report
        self.sessions = [Session(slug, id_) for slug, id_ in seeded.sessions.items()]
        self.random = random.Random(seed_)
        self.adjourning: dict[int, Session] = {}
        self._day, self._past = 300, 0

    async def call(self, number: int, method: str, path: str, **more: Any) -> httpx2.Response:
        token = self._tokens[number % len(self._tokens)]
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        client = self._clients[number % len(self._clients)]
        answer = await client.request(method, path, headers=headers, **more)
        self.report.requests += 1
        self.report.answers[answer.status_code] += 1
        return answer

    async def act(
        self, number: int, event: str, body: dict[str, Any], one: Session | None = None
    ) -> int:
        """An act of one client, on its own session if not on another; it reads the new version."""
        one = one or self.sessions[number]
        path = f"/api/v1/sessions/{one.id}"
        headers = {"If-Match": one.tag}
        answer = await self.call(number, "POST", f"{path}/{event}", json=body, headers=headers)
        if answer.status_code in (200, 412):
            one.tag = answer.headers["etag"]
        return answer.status_code

    async def move(self, number: int, start: str) -> int:
        end = (datetime.fromisoformat(start) + HOURS).isoformat(timespec="minutes")
        slug = self.sessions[number].slug
        body = {"local_start": start, "local_end": end, "reason": "Wanted"}
        return await self.act(number, "move", {**body, "consents": both(slug)})

    async def create(self, number: int, start: str) -> int:
        end = (datetime.fromisoformat(start) + HOURS).isoformat(timespec="minutes")
        body = {
            "jurisdiction": self.sessions[number].slug, "local_start": start, "local_end": end,
            "tz": "UTC", "location": "Hall", "agenda": [{"issue": "1"}],
        }  # fmt: skip
        return (await self.call(number, "POST", f"{NEG}/sessions", json=body)).status_code

    async def begun(self, number: int) -> Session:
        """A confirmed session of that client's jurisdiction whose time has begun, years ago."""
        self._past += 1
        start = datetime(2020, 1, 1, 10) + timedelta(self._past)
        slug = self.sessions[number].slug
        body = {
            "jurisdiction": slug, "local_start": start.isoformat(timespec="minutes"),
            "local_end": (start + HOURS).isoformat(timespec="minutes"), "tz": "UTC",
            "location": "Hall", "agenda": [{"issue": "1"}], "consents": both(slug),
        }  # fmt: skip
        made = await self.call(number, "POST", f"{NEG}/sessions", json=body)
        self.expect(made.status_code == 201, f"a begun session: {made.text[:200]}")
        one = Session(slug, made.json()["id"], made.headers["etag"])
        code = await self.act(number, "confirm", {}, one)
        self.expect(code == 200, f"a begun session: confirming gives {code}")
        return one

    async def read(self) -> None:
        """What each client sees before the first race."""
        for number, one in enumerate(self.sessions):
            seen = await self.call(number, "GET", f"/api/v1/sessions/{one.id}")
            one.tag = seen.headers["etag"]

    def day(self) -> int:
        """A day that nobody has asked for yet."""
        self._day += 2
        return self._day

    def expect(self, holds: bool, text: str) -> None:
        if not holds:
            self.report.broken.append(text)
