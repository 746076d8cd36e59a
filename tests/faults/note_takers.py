"""F7: note-takers who save the same summary at once: one is saved, and no text is lost.

At a barrier 2, 4, 8 or 16 savers send their own text with one ETag to the running service. Exactly
one is acknowledged; every other gets 412 with the text that stands, and their own can be read back
as a draft. In between, saves that name no version or a wrong one are refused as the contract says.
"""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from faults.engines import Databases
from faults.serving import Serving, client_to
from faults.talks import Seeded, seed

SAVERS = (2, 4, 8, 16)
TABLES = 16
# What a version may look like that isn't one, and its answer (contract.md).
ODD_VERSIONS = ((None, 428), ("*", 428), ("abc", 400), ('"a" "b"', 400), ("W/{tag}", 412))


@dataclass
class Report:
    seed: str
    rounds: int = 0
    saves: int = 0
    kept: int = 0
    seconds: float = 0.0
    answers: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def text(self) -> str:
        lines = [
            f"{self.rounds} rounds in {self.seconds:.0f} s, seed {self.seed}",
            f"{self.saves} saves, {self.kept} refused texts read back",
            f"{len(self.broken)} broken; answers {dict(sorted(self.answers.items()))}",
        ]
        return "\n".join(lines + [f"  {one}" for one in self.broken[:20]])


@dataclass
class _Table:
    """One session's summary and who writes it."""

    client: httpx2.AsyncClient
    path: str
    tokens: list[str]
    report: Report

    def _headers(self, saver: int, version: str | None = None) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self.tokens[saver]}"}
        return bearer if version is None else {**bearer, "If-Match": version}

    async def _put(self, saver: int, text: str, version: str | None) -> httpx2.Response:
        headers = self._headers(saver, version)
        answer = await self.client.put(self.path, json={"body": text}, headers=headers)
        self.report.answers[answer.status_code] += 1
        self.report.saves += 1
        return answer

    async def round(self, name: str, savers: int) -> None:
        seen = await self.client.get(self.path, headers=self._headers(0))
        tag, revision = seen.headers["etag"], seen.json()["revision"]
        for version, status in ODD_VERSIONS:
            odd = version.replace("{tag}", tag) if version else None
            answer = await self._put(0, f"{name} odd", odd)
            self._expect(
                answer.status_code == status, f"{name}: {version} gives {answer.status_code}"
            )
        texts = [f"{name} of saver {number}" for number in range(savers)]
        answers = await asyncio.gather(
            *(self._put(number, text, tag) for number, text in enumerate(texts))
        )
        codes = Counter(one.status_code for one in answers)
        self._expect(codes == {200: 1, 412: savers - 1}, f"{name}: {dict(codes)}")
        winner = next((n for n, one in enumerate(answers) if one.status_code == 200), None)
        after = (await self.client.get(self.path, headers=self._headers(0))).json()
        if winner is not None:
            now = (after["body"], after["revision"])
            self._expect(now == (texts[winner], revision + 1), f"{name}: {now} stands")
        for number, answer in enumerate(answers):
            if answer.status_code == 412:
                await self._kept(name, number, texts[number], answer, after)
        self.report.rounds += 1

    async def _kept(
        self, name: str, saver: int, text: str, answer: httpx2.Response, after: Any
    ) -> None:
        told = answer.json()
        self._expect(
            (told.get("current") or {}).get("body") == after["body"],
            f"{name}: saver {saver} isn't told what stands",
        )
        path = f"/api/v1/drafts/{told.get('yours')}"
        draft = await self.client.get(path, headers=self._headers(saver))
        found = draft.status_code == 200 and draft.json()["body"] == text
        self._expect(found, f"{name}: the text of saver {saver} is lost")
        self.report.kept += found

    def _expect(self, holds: bool, text: str) -> None:
        if not holds:
            self.report.broken.append(text)


async def run(
    databases: Databases, rounds: int, seconds: float, seed_: str, folder: Path, at_once: int = 4
) -> Report:
    """`rounds` races, `at_once` of them side by side at as many tables."""
    report, began = Report(seed_), time.monotonic()
    url = databases.new()
    seeded: Seeded = await seed(url, tracks=TABLES, people=max(SAVERS), held=True)
    serving = Serving(url, folder / "service.log")
    left = iter(range(rounds))
    try:
        await serving.ready()
        async with client_to(serving, at_once * max(SAVERS)) as client:

            async def lane(number: int) -> None:
                sizes = random.Random(f"{seed_}/{number}")
                mine = [one for place, one in enumerate(seeded.sessions.values())
                        if place % at_once == number]  # fmt: skip
                for place in left:
                    if time.monotonic() - began > seconds:
                        return
                    path = f"/api/v1/sessions/{mine[place % len(mine)]}/summary"
                    table = _Table(client, path, seeded.tokens, report)
                    await table.round(f"round {place}", sizes.choice(SAVERS))

            await asyncio.gather(*map(lane, range(at_once)))
    finally:
        serving.kill()
    report.seconds = time.monotonic() - began
    databases.drop(url)
    return report
