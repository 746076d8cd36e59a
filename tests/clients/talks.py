"""Talks that calendar programs follow: a running service, and what is done there over JSON.

All of it lies in November 2010, around the night of 7 November in which clocks went back.
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2
from running import free_port, ready, running
from templates import ROLE
from typer.testing import CliRunner

from negotiations.cli.commands import app
from negotiations.schema import migrate

API = "/api/v1"
NEG = f"{API}/negotiations/water-talks"
BOTH = [{"party": "san-francisco", "how": "by mail"}, {"party": "agency", "how": "by mail"}]
# name -> local start and end, zone
SESSIONS = {
    "held": ("2010-11-02T10:00", "2010-11-02T12:00", "America/New_York"),
    "moved": ("2010-11-05T10:00", "2010-11-05T12:00", "America/Los_Angeles"),
    "cancelled": ("2010-11-08T09:00", "2010-11-08T11:00", "America/St_Johns"),
    "kept": ("2010-11-11T15:00", "2010-11-11T16:30", "Europe/London"),
}


class Talks:
    """A service on 127.0.0.1, its coordinator, and the calendar address of a delegate."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "negotiations.db"
        self._url = f"sqlite:///{self._file}"
        self.base = f"http://127.0.0.1:{free_port()}"
        self._served = ExitStack()
        self._coordinator = httpx2.Client(base_url=self.base)
        self.sessions: dict[str, str] = {}  # name -> id
        self.names: dict[str, str] = {}  # UID -> name
        self.feed = ""
        migrate(self._url, role=ROLE)

    def command(self, *words: str, as_json: bool = True) -> Any:
        """What a command of the service prints, taken from JSON."""
        told = CliRunner(
            env={"NEGOTIATIONS_DATABASE_URL": self._url, "NEGOTIATIONS_BASE_URL": self.base}
        ).invoke(app, [*words, *(["--json"] if as_json else [])])
        assert told.exit_code == 0, told.output
        return json.loads(told.stdout) if as_json else told.stdout

    def start(self) -> None:
        port = self.base.rpartition(":")[2]
        words = ("serve", "--port", port)
        ready(self._served.enter_context(running(self._url, *words, BASE_URL=self.base)), self.base)

    def stop(self) -> None:
        """SIGTERM, and wait: what it knew of the fetches is written then."""
        self._served.close()

    def close(self) -> None:
        self._coordinator.close()

    def ask(self, method: str, path: str, body: Any, **headers: str) -> Any:
        """As the coordinator."""
        answer = self._coordinator.request(method, path, json=body, headers=headers)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json()

    def _as_it_is(self, path: str) -> dict[str, str]:
        """The header with which a change is made to what is there already."""
        return {"If-Match": self._coordinator.get(path).headers["etag"]}

    def found(self) -> None:
        """The talks of an agency with San Francisco, and four confirmed sessions."""
        self.command(
            "init", "--title", "Water talks", "--agency", "Water Agency", "--short-name", "Agency",
            "--home-zone", "America/New_York", "--mail", "coordinator@example.org",
        )  # fmt: skip
        token = self.command("token", "create", "coordinator@example.org", "--scope", "write")
        self._coordinator.headers["Authorization"] = f"Bearer {token['token']}"
        window = {"opens_on": "2010-11-01", "closes_on": "2010-12-15"}
        self.ask("PATCH", NEG, window, **self._as_it_is(NEG))
        self.ask("POST", f"{NEG}/parties", {
            "slug": "san-francisco", "name": "San Francisco", "short_name": "SF",
            "kind": "jurisdiction", "city": "San Francisco", "tz": "America/Los_Angeles",
        })  # fmt: skip
        self.ask("POST", f"{NEG}/issues", {"code": "1", "title": "Rivers; lakes, wells"})
        self.ask("POST", f"{NEG}/people", {
            "name": "Zoë", "email": "delegate@example.org", "role": "delegate",
            "party": "san-francisco",
        })  # fmt: skip
        for name, (start, end, tz) in SESSIONS.items():
            session = self.ask("POST", f"{NEG}/sessions", {
                "jurisdiction": "san-francisco", "local_start": start, "local_end": end, "tz": tz,
                "location": "City Hall, Room 200; Café", "agenda": [{"issue": "1"}],
                "consents": BOTH,
            })  # fmt: skip
            self.sessions[name], self.names[session["uid"]] = session["id"], name
            self.act(name, "confirm")
        self.feed = self.command("feed", "create", "delegate@example.org")["url"]

    def act(self, name: str, event: str, **body: Any) -> None:
        path = f"{API}/sessions/{self.sessions[name]}"
        self.ask("POST", f"{path}/{event}", body, **self._as_it_is(path))

    def move(self) -> None:
        self.act("moved", "move", local_start="2010-11-09T14:00", reason="Rain, ‘heavy’",
                 consents=BOTH)  # fmt: skip

    def cancel(self) -> None:
        self.act("cancelled", "cancel", reason="Settled by mail")

    def hold(self) -> None:
        self.ask("PUT", f"{API}/sessions/{self.sessions['held']}/summary", {
            "body": "Done.", "close": {"close_kind": "concluded"},
            "outcomes": [{"issue": "1", "value": "clarified", "text": "It is so."}],
        }, **{"If-None-Match": "*"})  # fmt: skip

    def revoke(self) -> None:
        [feed] = self.command("feed", "list")
        self.command("feed", "revoke", feed["id"], as_json=False)

    @contextmanager
    def broken(self) -> Iterator[None]:
        """It can't read its events meanwhile: each calendar program gets a 503."""
        self._sql("ALTER TABLE event_bytes RENAME TO away")
        yield
        self._sql("ALTER TABLE away RENAME TO event_bytes")

    def _sql(self, statement: str) -> None:
        with closing(sqlite3.connect(self._file)) as connection, connection:
            connection.execute(statement)

    def answers(self) -> Counter[int]:
        """How many answers of each status calendar programs got, since the service started."""
        told = httpx2.get(f"{self.base}/metrics").text
        found = re.findall(
            r'^negotiations_feed_answers_total\{kind="personal",status="(\d+)"} ([\d.]+)$',
            told, re.MULTILINE,
        )  # fmt: skip
        return Counter({int(status): int(float(count)) for status, count in found})

    def fetched_by(self) -> str:
        """The program by which the feed was fetched last; it is written when the service stops."""
        self.stop()
        with closing(sqlite3.connect(self._file)) as connection:
            [(program,)] = connection.execute("SELECT program FROM feed_fetch")
        return str(program)


@contextmanager
def following(folder: Path) -> Iterator[Talks]:
    talks = Talks(folder)
    talks.start()
    try:
        talks.found()
        yield talks
    finally:
        talks.stop()
        talks.close()
