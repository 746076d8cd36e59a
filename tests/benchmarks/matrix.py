"""What the matrix costs: processor time of a whole request, the database's included.

    python tests/benchmarks/matrix.py

500 jurisdictions, 10 issues, 5 sessions each: 25,000 outcomes, of which half are superseded. Beside
it, taking turns in the same run, the same matrix made from model objects. On SQLite and PostgreSQL.
"""

import itertools
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import postgres
import uvloop
from inside import BASE, Service
from measuring import ROUNDS, table
from record import Recorded, record_talks
from sqlmodel import select
from talks import SLUG

from negotiations.access.actor import operator
from negotiations.models import Negotiation
from negotiations.outcomes import queries
from negotiations.settings import Settings

PATH = f"/api/v1/negotiations/{SLUG}/outcomes"
WARM = 7  # turns before: SQL is compiled, and from the sixth on prepared by the driver
SHORT = 5  # times in each round, of what takes milliseconds
SIZE = {"tracks": 500, "issues": 10, "sessions": 5}
VALUES = itertools.cycle(("noted", "clarified", "deferred"))


class Matrix(Service):
    """Asked for its matrix."""

    def __init__(self, url: str, told: Recorded) -> None:
        super().__init__(url, told.token)
        self.told = told

    async def objects(self) -> None:
        """The same from model objects, as the definition makes it."""
        async with self.app.state.service.database.read() as db:
            talks = (await db.exec(select(Negotiation))).one()
            found = await queries.matrix(db, operator(talks.id), talks)
        assert len(found.cells) == SIZE["tracks"] * SIZE["issues"]

    async def whole(self) -> None:
        """The matrix that nobody has asked for before."""
        self.app.state.matrices.kept.clear()
        assert sum(map(len, await self.sent(PATH))) > 1_000_000

    async def change(self) -> None:
        """One outcome more, in the place of the one that stands."""
        path = f"/api/v1/sessions/{self.told.session}/outcomes"
        listed = json.loads(await self.ask(f"{path}?limit=200"))["items"]
        rows = [one for one in listed if one["issue"] == self.told.issue]
        superseded = {one["supersedes"] for one in rows}
        stands = next(one for one in rows if one["id"] not in superseded)
        said = {"issue": self.told.issue, "value": next(VALUES), "text": "Said since"}
        if stands["value"] == said["value"]:
            said["value"] = next(VALUES)
        await self.ask(path, "POST", {**said, "supersedes": stands["id"]})


def middle(found: list[float]) -> float:
    return sorted(found)[len(found) // 2]


async def measure(name: str, url: str) -> list[tuple[str, ...]]:
    settings = Settings(database_url=url, base_url=BASE)
    service = Matrix(url, await record_talks(settings, **SIZE))
    as_of = f"{PATH}?as_of={service.told.last_day}"
    costs: dict[str, list[float]] = {}

    async def take(what: str, act: Callable[[], Awaitable[object]]) -> None:
        costs.setdefault(what, []).append(await service.cost(act))

    for number in range(ROUNDS + WARM):
        await take("objects", service.objects)
        await take("the whole (<=60)", service.whole)
        await take("as of a date (<=150)", lambda: service.sent(as_of))
        for _ in range(SHORT):
            await service.change()
            await take("after one change (<=5)", lambda: service.sent(PATH))
            await take("nothing changed", lambda: service.sent(PATH))
        if number == WARM - 1:
            costs.clear()
    await service.close()
    objects = costs.pop("objects")
    return [
        (
            f"{name}: {what}",
            f"{middle(found):.1f}",
            f"{middle(objects):.0f}",
            f"{middle(found) / middle(objects):.3f}",
        )
        for what, found in costs.items()
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = uvloop.run(measure("SQLite", f"sqlite:///{folder}/matrix.db"))
    machine = postgres.start()
    if machine is not None:
        machine.create_database("matrix")
        rows += uvloop.run(measure("PostgreSQL", machine.url("matrix")))
        machine.stop()
    columns = ("ours", "objects", "ratio")
    table("A matrix of 5,000 cells, ms of CPU", columns, rows)


if __name__ == "__main__":
    main()
