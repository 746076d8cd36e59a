"""A database of either engine for a fault round: made once, copied for each, checked at the end."""

import itertools
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import postgres
from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import Engine, make_url
from templates import ROLE, Templates

from negotiations.schema import migrate

_numbers = itertools.count(1)


def engine_of(url: str) -> Engine:
    """A plain engine for reading and for SQL that goes past the service."""
    sync = make_url(url)
    driver = "sqlite" if sync.get_backend_name() == "sqlite" else "postgresql+psycopg"
    return create_engine(sync.set(drivername=driver), poolclass=NullPool)


class Databases:
    """Makes and copies databases. `server` is None for SQLite, whose files lie in `folder`.

    With `templates` an empty one is a copy of theirs, which is quicker than to migrate one.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        server: postgres.Server | None,
        templates: Templates | None = None,
    ) -> None:
        self.name, self._folder, self._server = name, folder, server
        self._templates = templates

    @property
    def server(self) -> postgres.Server | None:
        return self._server

    def new(self) -> str:
        """The address of an empty database at the newest migration."""
        if self._templates is not None:
            return self._templates.copy(self.name, "empty", self._place())
        url = self.empty()
        migrate(url, role=ROLE)
        return url

    def _place(self) -> str:
        """A new name, or file."""
        name = f"faults_{os.getpid()}_{next(_numbers)}"
        return name if self._server is not None else f"{self._folder}/{name}.db"

    def empty(self) -> str:
        """The address of a database without tables."""
        place = self._place()
        if self._server is None:
            return f"sqlite:///{place}"
        self._server.create_database(place)
        return self._server.url(place)

    def copy(self, url: str) -> str:
        """A copy of a database that nobody has open."""
        place = self._place()
        if self._server is not None:
            self._server.create_database(place, template=make_url(url).database)
            return self._server.url(place)
        with (
            sqlite3.connect(make_url(url).database or "") as here,
            sqlite3.connect(place) as there,
        ):
            here.backup(there)
        here.close()
        there.close()
        return f"sqlite:///{place}"

    def drop(self, url: str) -> None:
        database = make_url(url).database or ""
        if self._server is not None:
            self._server.drop_database(database)
            return
        for path in Path(database).parent.glob(f"{Path(database).name}*"):
            path.unlink()

    def keep(self, url: str, where: Path) -> str:
        """Put the image of a violating round aside; returns where it is."""
        where.mkdir(parents=True, exist_ok=True)
        database = make_url(url).database or ""
        if self._server is not None:
            return f"database {database}, which ends with this run"
        for path in Path(database).parent.glob(f"{Path(database).name}*"):
            shutil.copy(path, where)
        return str(where)

    def broken(self, url: str) -> list[str]:
        """What the database's own check finds: empty when it is whole."""
        if self._server is None:
            with engine_of(url).connect() as connection:
                told = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
                hanging = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            return [one for one in told if one != "ok"] + [str(row) for row in hanging]
        return self._amcheck(make_url(url).database or "")

    def _amcheck(self, database: str) -> list[str]:
        folder = next((one for one in postgres._machine_binaries()), None)
        server = self._server
        assert server is not None
        if folder is None or server.folder is None or not (folder / "pg_amcheck").exists():
            return []
        words = [folder / "pg_amcheck", "--install-missing", "-h", server.folder, "-U", "postgres"]
        found: list[str] = []
        # What is broken stays so. What the server's own vacuum is just taking away is no breakage:
        # of its statistics rows were once found without their parts.
        for _ in range(2):
            done = subprocess.run(
                [*words, "-d", database], capture_output=True, text=True, check=False
            )
            if done.returncode == 0:
                return []
            found.append((done.stdout + done.stderr)[:2000])
        return found


@contextmanager
def databases(
    engine: str,
    folder: Path,
    server: postgres.Server | None,
    templates: Templates | None = None,
) -> Iterator[Databases]:
    """Databases of one engine; a PostgreSQL that isn't given is started for the block."""
    own = None
    if engine == "postgresql" and server is None:
        own = server = postgres.start()
        if server is None:
            raise SystemExit("no PostgreSQL at hand")
    try:
        yield Databases(engine, folder, server if engine == "postgresql" else None, templates)
    finally:
        if own is not None:
            own.stop()
