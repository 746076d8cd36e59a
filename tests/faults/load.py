"""Sixteen clients that write all the time, and a log of what they were told."""

import asyncio
import hashlib
import json
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
from faults.history import Call, read, sha256
from faults.talks import NEG, Seeded, local

WORKERS = 16
# One of each ten acts; saving a summary is the commonest, as in life.
KINDS = (
    "revision", "revision", "result", "revision", "commitment", "outcome", "move", "accept",
    "agenda", "propose",
)  # fmt: skip
MOST_PROPOSALS = 3
DAYS = 12  # for 16 clients with four agency teams between them: clashes are meant


@dataclass
class Proposal:
    id: str
    tag: str = ""
    agenda_tag: str = ""


@dataclass
class Round:
    """What the clients of one round share."""

    client: httpx2.AsyncClient
    log: "Log"
    lane: int
    number: int
    until: float
    answers: int = 0
    killed: bool = False
    acked_at: float = 0.0  # when the latest of those calls began that were acknowledged
    cut: int = 0  # clients that lost their connection
    wrong: list[str] = field(default_factory=list)  # answers that no client may get


class Log:
    """The history on a file: a line before each call and one after it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a")

    def write(self, call: Call) -> None:
        self._file.write(call.line())
        self._file.flush()

    def calls(self) -> list[Call]:
        return read(self.path.read_text().splitlines(keepends=True))

    def close(self) -> None:
        self._file.close()


class Worker:
    """One person with a token, a jurisdiction whose session is held, and sessions to come."""

    def __init__(self, number: int, seeded: Seeded, seed: str) -> None:
        self.number, self.slug = number, f"z{number}"
        self.session = seeded.sessions[self.slug]
        self._token, self._teams = seeded.tokens[number], seeded.teams
        self.proposals: list[Proposal] = []
        self.tag = self.outcome = ""
        self.random = random.Random(f"{seed}/{number}")
        self.posts: list[tuple[Call, dict[str, Any]]] = []  # of this round, to be sent again
        self._count = 0

    async def work(self, round_: Round) -> None:
        """Write until the time is over or the service is gone."""
        self.posts = []
        while not round_.killed:
            try:
                await self._one(round_)
            except httpx2.TransportError:
                round_.cut += 1
                return

    async def _one(self, round_: Round) -> None:
        kind = self.random.choice(KINDS)
        if kind in ("move", "accept", "agenda") and not self.proposals:
            kind = "propose"
        if kind == "propose" and len(self.proposals) >= MOST_PROPOSALS:
            kind = "revision"
        await getattr(self, f"_{kind}")(round_)

    def _op(self, round_: Round) -> str:
        self._count += 1
        return f"op-{round_.lane}-{self.number}-{self._count}"

    def _words(self, op_id: str) -> str:
        return f"{op_id}. " + " ".join(f"{self.random.randrange(10**6):06}" for _ in range(20))

    async def _send(
        self, round_: Round, kind: str, key: str, op_id: str, method: str, path: str,
        body: dict[str, Any], parts: dict[str, str], if_match: str | None = None,
    ) -> httpx2.Response:  # fmt: skip
        raw = json.dumps(body)
        call = Call(
            op_id, f"c{self.number}", kind, key, if_match, sha256(raw), time.monotonic(), parts
        )
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if if_match is not None:
            headers["If-Match"] = if_match
        if method == "POST":
            headers["Idempotency-Key"] = op_id
        request = {"method": method, "url": path, "content": raw, "headers": headers}
        if method == "POST":
            self.posts.append((call, request))
        return await send(round_, call, request)

    async def _revision(self, round_: Round) -> None:
        await self._put(round_, {}, {})

    async def _result(self, round_: Round) -> None:
        """The whole result: a text, an outcome that supersedes, and a commitment."""
        words = self._words(f"op-{round_.lane}-{self.number}-{self._count + 1}")
        body = {
            "outcomes": [
                {"issue": "1", "value": "clarified", "text": words, "supersedes": self.outcome}
            ],
            "commitments": [{"owner": self.slug, "text": words}],
        }
        if self.outcome:
            parts = {"outcome": sha256(words), "commitment": sha256(words)}
            await self._put(round_, body, parts)

    async def _put(self, round_: Round, more: dict[str, Any], parts: dict[str, str]) -> None:
        op_id = self._op(round_)
        text = self._words(op_id)
        answer = await self._send(
            round_, "revision", f"summary:{self.session}", op_id, "PUT",
            f"/api/v1/sessions/{self.session}/summary", {"body": text, **more},
            {"revision": sha256(text), **parts}, self.tag,
        )  # fmt: skip
        if answer.status_code in (200, 201):
            self.tag = answer.headers["etag"]
            if more:
                await self._read_outcome(round_.client)
        else:
            await self.refresh(round_.client)

    async def _outcome(self, round_: Round) -> None:
        op_id = self._op(round_)
        text = self._words(op_id)
        body = {"issue": "1", "value": "noted", "text": text, "supersedes": self.outcome or None}
        await self._send(
            round_, "outcome", f"outcomes:{self.session}", op_id, "POST",
            f"/api/v1/sessions/{self.session}/outcomes", body, {"outcome": sha256(text)},
        )  # fmt: skip
        await self.refresh(round_.client)  # the summary's version covers its outcomes

    async def _commitment(self, round_: Round) -> None:
        op_id = self._op(round_)
        text = self._words(op_id)
        body = {"jurisdiction": self.slug, "owner": self.slug, "text": text}
        await self._send(
            round_, "commitment", "", op_id, "POST", f"{NEG}/commitments", body,
            {"commitment": sha256(text)},
        )  # fmt: skip

    async def _propose(self, round_: Round) -> None:
        op_id = self._op(round_)
        start = local(self.random.randrange(DAYS), self.random.randrange(8, 18))
        body = {
            "jurisdiction": self.slug, "local_start": start, "tz": "UTC", "title": op_id,
            "local_end": f"{start[:11]}{int(start[11:13]) + 2:02}:00", "location": "Hall",
            "teams": [self.random.choice(self._teams)], "agenda": [{"title": op_id}],
        }  # fmt: skip
        answer = await self._send(
            round_, "propose", "", op_id, "POST", f"{NEG}/sessions", body,
            {"change": sha256(op_id)},
        )  # fmt: skip
        if answer.status_code == 201:
            self.proposals.append(Proposal(answer.json()["id"], answer.headers["etag"]))

    async def _move(self, round_: Round) -> None:
        start = local(self.random.randrange(DAYS), self.random.randrange(8, 18))
        await self._act(round_, "move", lambda op_id: {"local_start": start, "reason": op_id})

    async def _accept(self, round_: Round) -> None:
        await self._act(round_, "accept", lambda op_id: {"party": self.slug, "how": op_id})

    async def _act(self, round_: Round, kind: str, body: Any) -> None:
        proposal, op_id = self.random.choice(self.proposals), self._op(round_)
        path = f"/api/v1/sessions/{proposal.id}"
        answer = await self._send(
            round_, kind, f"changes:{proposal.id}", op_id, "POST", f"{path}/{kind}",
            body(op_id), {"change": sha256(op_id)}, proposal.tag or '"none"',
        )  # fmt: skip
        if answer.status_code != 200:
            answer = await round_.client.get(path, headers=self._reading())
        proposal.tag = answer.headers.get("etag", "")

    async def _agenda(self, round_: Round) -> None:
        proposal, op_id = self.random.choice(self.proposals), self._op(round_)
        path = f"/api/v1/sessions/{proposal.id}/agenda"
        if not proposal.agenda_tag:
            seen = await round_.client.get(path, headers=self._reading())
            proposal.agenda_tag = seen.headers.get("etag", '"none"')
        answer = await self._send(
            round_, "agenda", f"agenda:{proposal.id}", op_id, "PUT", path,
            {"items": [{"title": op_id}, {"issue": "1"}]}, {}, proposal.agenda_tag,
        )  # fmt: skip
        proposal.agenda_tag = answer.headers["etag"] if answer.status_code == 200 else ""
        proposal.tag = ""  # the session's version covers its agenda

    def _reading(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def refresh(self, client: httpx2.AsyncClient) -> str:
        """Read the versions as they are; returns the hash of the summary's text."""
        path = f"/api/v1/sessions/{self.session}/summary"
        seen = await client.get(path, headers=self._reading())
        if seen.status_code != 200:
            return ""
        self.tag = seen.headers["etag"]
        await self._read_outcome(client)
        return str(seen.json()["sha256"])

    async def _read_outcome(self, client: httpx2.AsyncClient) -> None:
        path = f"/api/v1/sessions/{self.session}/outcomes"
        seen = await client.get(path, headers=self._reading())
        if seen.status_code != 200:
            return
        items = seen.json()["items"]
        replaced = {one["supersedes"] for one in items}
        self.outcome = next(one["id"] for one in items if one["id"] not in replaced)

    async def after_restart(self, client: httpx2.AsyncClient) -> tuple[str, str]:
        """Forget what the clients believed; returns the session and its text as the API has it."""
        for one in self.proposals:
            one.tag = one.agenda_tag = ""
        # A proposal that was cut off may be there: what it holds is judged by SQL.
        return self.session, await self.refresh(client)


async def send(round_: Round, call: Call, request: dict[str, Any]) -> httpx2.Response:
    """One call with its two lines in the log. Raises TransportError when the service is gone."""
    round_.log.write(call)
    answer = await round_.client.request(**request)
    status = answer.status_code
    outcome = "ok" if status < 300 else "fail" if status < 500 else "info"
    done = call.returned(
        t_return=time.monotonic(), outcome=outcome, status=status,
        etag=answer.headers.get("etag"), answer_sha256=hashlib.sha256(answer.content).hexdigest(),
    )  # fmt: skip
    round_.log.write(done)
    round_.answers += 1
    if outcome == "ok":
        round_.acked_at = max(round_.acked_at, call.t_invoke)
    if status >= 500:
        round_.wrong += unlike_busy(answer)
        await asyncio.sleep(0.05)
    return answer


def unlike_busy(answer: httpx2.Response) -> list[str]:
    """What is wrong with an answer that says that something is: it is 503 or 507, and when to ask
    again."""
    status = answer.status_code
    if status not in (503, 507):
        return [f"{answer.request.method} {answer.request.url.path}: {status}"]
    return [] if "retry-after" in answer.headers else [f"{status} without Retry-After"]


async def until_killed(
    workers: list[Worker], round_: Round, kill: Callable[[], Awaitable[object]]
) -> None:
    """Let them all write until the time is over, then end the service under them.

    On a busy machine a little longer, until each had one answer on average.
    """
    tasks = [asyncio.create_task(one.work(round_)) for one in workers]
    latest = round_.until + 20
    await asyncio.sleep(max(0.0, round_.until - time.monotonic()))
    while round_.answers < WORKERS and time.monotonic() < latest:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await kill()
    round_.killed = True
    await asyncio.gather(*tasks)


async def resend(round_: Round, workers: list[Worker], most: int) -> None:
    """The last round's POSTs once more, under the same key: acknowledged or cut off."""
    for worker in workers[:most]:
        for call, request in worker.posts[-1:]:
            again = replace(call, attempt=2, t_invoke=time.monotonic())
            await send(round_, again, request)
