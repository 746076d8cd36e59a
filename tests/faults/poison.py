"""F30: what a nasty value in any text column does to pages, lists and feeds.

The demonstration is served in this process; a value is written by SQL into the text columns of one
row of each table, the stored events are rendered again, and then every address that answered
before must answer as before: 200, as many items in each list, as many events in each feed, no raw
script. Then the rows are put back.
"""

import asyncio
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from beginnings import settings_for
from factories import Demonstration, signed_in
from faults.answers import ISSUE, JURISDICTION, RAW, TALKS, Seen, filled, items_of
from faults.columns import Place, columns, is_json, is_word, texts
from faults.engines import engine_of
from faults.nasty import BROKEN_JSON, UNKNOWN_WORDS, WRONG_JSON
from sqlalchemy import JSON, Table, text, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DataError, IntegrityError, StatementError
from starlette.routing import Route

from negotiations.feeds import projection
from negotiations.models import EventBytes, metadata
from negotiations.models.base import Shaped
from negotiations.settings import Settings

# Feeds and public pages are read by nobody, above; the others tell of the machine's moment.
TRIES = 10
NOT_ASKED = ("/feeds/", "/public/", "/sign-in/", "/readyz", "/healthz", "/metrics")


def unlimited(url: str) -> Settings:
    """A service that may be asked as often as this takes."""
    limits = {"requests_per_minute": 0, "feed_fetches_per_hour": 0}
    return settings_for(url).model_copy(update=limits)


@dataclass
class Report:
    seed: str
    values: int = 0
    written: int = 0
    requests: int = 0
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)

    def text(self) -> str:
        lines = [
            f"{self.values} values, {self.written} times into a column, in {self.seconds:.0f} s",
            f"seed {self.seed}; {self.requests} requests; {len(self.broken)} broken",
        ]
        return "\n".join(lines + [f"  {one}" for one in self.broken[:20]])


class Round:
    """F30 on one engine."""

    def __init__(self, world: Demonstration, seed: str, turns: int = 1) -> None:
        self._world, self.report, self._turns = world, Report(seed), turns
        self._engine: Engine = engine_of(world.settings.database_url)
        self._missing = 0  # how many items of a list may be missing: the bad one
        self._began = time.monotonic()
        self._baseline: dict[tuple[str, str], Seen] = {}
        self._last: dict[tuple[str, str], Seen] = {}
        self._readers: dict[str, httpx2.AsyncClient] = {}
        self._rows: dict[str, list[dict[str, Any]]] = {}

    async def begin(self) -> None:
        """Read everything once as it is: only what is 200 now is asked again."""
        world = self._world
        for name in ("coordinator", JURISDICTION):
            self._readers[f"{name}'s token"] = world.clients[name]
            self._readers[f"{name}'s browser"] = await signed_in(world, name)
        self._readers["nobody"] = world.clients["nobody"]
        for reader in self._readers.values():
            reader._transport.raise_app_exceptions = False  # type: ignore[attr-defined]
        with self._engine.connect() as connection:
            for table in metadata.sorted_tables:
                rows = connection.execute(_plain(table)).mappings().all()
                self._rows[table.name] = [dict(row) for row in rows]
        for place in await self._addresses():
            seen = await self._see(*place)
            if seen.status == 200:
                self._baseline[place] = seen

    def unfilled(self) -> set[str]:
        """Tables with a text column and no row to poison."""
        return {table for table, _ in texts() if not self._rows[table]}

    def addresses(self) -> set[str]:
        return {address for _, address in self._baseline}

    async def _addresses(self) -> list[tuple[str, str]]:
        """Every page, list, item and feed that can be read, with who reads it."""
        ids = await self._ids()
        found = [
            ("nobody", f"/public/{TALKS}{end}")
            for end in ("", ".ics", ".json", f"/{JURISDICTION}.ics")
        ]
        found += [("nobody", path) for path in self._world.feeds.values()]
        for route in self._world.app.routes:
            if not isinstance(route, Route) or "GET" not in (route.methods or ()):
                continue
            kind = "token" if route.path.startswith("/api/") else "browser"
            for address in filled(route.path, ids):
                if not address.startswith(NOT_ASKED):
                    found += [
                        (f"{name}'s {kind}", address) for name in ("coordinator", JURISDICTION)
                    ]
        return found

    async def _ids(self) -> dict[str, list[str]]:
        """By the beginning of an address: ids that may stand in it."""
        sessions = self._rows["session"]
        by_status: dict[str, str] = {}
        for row in sessions:
            by_status.setdefault(row["status"], row["id"])
        api, ids = "/api/v1", {"/s/": list(by_status.values())}
        ids[f"{api}/sessions/"] = ids["/s/"]
        coordinator = self._world.coordinator
        for route in self._world.app.routes:
            path = getattr(route, "path", "")
            if path.endswith("/{id}") and path.startswith(api):
                listed = path.removesuffix("/{id}").replace("{neg}", TALKS)
                answer = await coordinator.get(listed)
                if answer.status_code == 200 and answer.json().get("items"):
                    ids[f"{listed}/"] = [one["id"] for one in answer.json()["items"]][:3]
                    ids[f"/n/{TALKS}/{listed.rpartition('/')[2]}/"] = ids[f"{listed}/"]
        owner = self._world.people["coordinator"]
        ids[f"{api}/drafts/"] = [
            one["id"] for one in self._rows["note_draft"] if one["person_id"] == owner
        ]
        plans = [one["id"] for one in self._rows["plan"]]
        ids |= {f"{api}/plans/": plans, f"/n/{TALKS}/plans/": plans}
        ids[f"{api}/plan-items/"] = [one["id"] for one in self._rows["plan_item"]][:3]
        ids[f"{api}/deliveries/"] = [one["id"] for one in self._rows["webhook_delivery"]]
        return ids

    async def _see(self, reader: str, address: str) -> Seen:
        # A busy machine may keep a feed from looking for changes for a second: it says 503 then.
        for _ in range(TRIES):
            answer = await self._readers[reader].get(address)
            self.report.requests += 1
            if answer.status_code != 503:
                break
            await asyncio.sleep(0.5)
        html = answer.headers.get("content-type", "").startswith("text/html")
        raw = html and bool(RAW.search(answer.content))
        self._last[reader, address] = Seen(answer.status_code, items_of(answer), raw)
        return self._last[reader, address]

    async def try_text(self, value: str, places: Iterable[Place]) -> None:
        """One value in all these columns at once, each in one row of its table."""
        self.report.values += 1
        with self._written(dict.fromkeys(places, value)) as chosen:
            await self._render()
            wrong = await self._wrong(self._turn())
        if wrong:
            told = [f"{one[1]} for {one[0]}, now {self._last[one]}" for one in wrong]
            by = [place for place in chosen if await self._breaks(value, place, wrong[:2])]
            self.report.broken.append(f"{value[:30]!r} in {by}: {len(told)}, as {told[:2]}")

    def _turn(self) -> list[tuple[str, str]]:
        """The addresses whose turn it is: with `turns` 3 every third of them for each value."""
        places = list(self._baseline)
        return places[self.report.values % self._turns :: self._turns]

    async def _breaks(self, value: str, place: Place, wrong: Iterable[tuple[str, str]]) -> bool:
        """Whether the value in this column alone breaks one of these addresses."""
        with self._written({place: value}):
            await self._render()
            found = await self._wrong(wrong)
        return bool(found)

    async def all(self, values: Sequence[str], seconds: float) -> None:
        """Each value in every column at once, and each column alone with some of them."""
        for value in values:
            if time.monotonic() - self._began < seconds:
                await self.try_text(value, texts())
        await self.try_words()
        await self.try_json()
        self._missing = 0
        draw = random.Random(self.report.seed)
        for place in texts():
            if time.monotonic() - self._began < seconds:
                await self.try_text(draw.choice(values), [place])

    async def try_words(self, words: Iterable[str] = UNKNOWN_WORDS) -> None:
        """Enumerated values that this version doesn't know, as another may have left them.

        What is listed by its state may itself be missing, as a session that is neither to come
        nor past.
        """
        self._missing = 1
        for word in words:
            await self.try_text(word, columns(is_word))

    async def try_json(self) -> None:
        """JSON of another shape than the program writes, and on SQLite what is no JSON.

        A session whose public copy is broken isn't shown to the public.
        """
        self._missing = 1
        values = WRONG_JSON + (BROKEN_JSON if self._world.database.is_sqlite else [])
        for value in values:
            await self.try_text(value, columns(is_json))

    async def _wrong(self, asked: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Which of these readers and addresses aren't answered as they were."""
        found = [
            place
            for place in asked
            if not (await self._see(*place)).as_good_as(self._baseline[place], self._missing)
        ]
        self.report.seconds = time.monotonic() - self._began
        return found

    @contextmanager
    def _written(self, values: dict[Place, str]) -> Iterator[list[Place]]:
        """Write, and put back what was there."""
        undo: list[tuple[Table, str, dict[str, Any], Any]] = []
        chosen: list[Place] = []
        for (table, column), value in values.items():
            row = self._bad_row(table, column)
            if row is None:
                continue
            if self._set(metadata.tables[table], column, row, value):
                undo.append((metadata.tables[table], column, row, row[column]))
                chosen.append((table, column))
                self.report.written += 1
        try:
            yield chosen
        finally:
            for place in undo:
                self._set(*place)

    def _bad_row(self, table: str, column: str) -> dict[str, Any] | None:
        """Any row; of what stands in the addresses themselves another one."""
        rows = self._rows[table]
        if column == "slug":
            rows = [row for row in rows if row["slug"] not in (TALKS, JURISDICTION)]
        if (table, column) == ("issue", "code"):
            rows = [row for row in rows if row["code"] != ISSUE]
        if not rows:
            return None
        # The same row for the same value, so that it can be tried alone.
        return random.Random(f"{self.report.seed}/{self.report.values}/{table}").choice(rows)

    def _set(self, table: Table, column: str, row: dict[str, Any], value: Any) -> bool:
        """Past all types; False where the database itself refuses it."""
        kind = table.c[column].type
        length = getattr(kind, "length", None)
        if isinstance(value, str) and length and not isinstance(kind, JSON | Shaped):
            value = value[:length]
        keys = [one.name for one in table.primary_key.columns]
        where = " AND ".join(f'"{one}" = :{one}' for one in keys)
        cast = "CAST(:value AS json)" if self._casts(kind) else ":value"
        statement = text(f'UPDATE "{table.name}" SET "{column}" = {cast} WHERE {where}')
        try:
            with self._engine.begin() as connection:
                given = {"value": value, **{one: row[one] for one in keys}}
                connection.execute(statement, given)
        except (IntegrityError, DataError, StatementError):
            return False
        return True

    def _casts(self, kind: Any) -> bool:
        return isinstance(kind, JSON | Shaped) and self._engine.dialect.name == "postgresql"

    async def _render(self) -> None:
        async with self._world.database.write() as db:
            await db.exec(update(EventBytes).values(stamp=""))
            await projection.refresh_stale(db)


def _plain(table: Table) -> Any:
    """Every column as the driver gives it: no type of ours may fail on what is there."""
    casts = [f'CAST("{one.name}" AS text) AS "{one.name}"' for one in table.columns]
    return text(f'SELECT {", ".join(casts)} FROM "{table.name}"')
