"""Whole copies of the database while it is at work, and bringing one back.

SQLite is copied by its own backup interface, PostgreSQL by pg_dump. A copy is put under its name
once it is whole and was read through; it never takes the place of a file or a database that is
there. A restored copy is fenced (models.periodic.Fence).
"""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine, text
from sqlalchemy.engine import make_url

from negotiations.errors import Refused
from negotiations.schema import head_revision, migrate, revision_of

DEBIAN = "/usr/lib/postgresql"
_FENCED = "INSERT INTO fence (id, made_at) VALUES (1, :now)"


def back_up(url: str, file: Path) -> int:
    """Copy the whole database into this new file; returns its size in bytes.

    Refused where the file is there already, or the copy can't be made or read.
    """
    if file.exists():
        raise Refused(f"{file} is there already. Name a new file.")
    with _finished(file) as part:
        if _is_sqlite(url):
            _copy(Path(make_url(url).database or ""), part)
        else:
            _dump(make_url(url), part)
    return file.stat().st_size


def restore(url: str, file: Path, *, role: str | None = None) -> str:
    """Bring a copy back into a database without tables; returns the revision it then is at.

    A copy of an earlier version is brought to this one's tables. `role` as for schema.migrate.
    Refused where there are tables, or the file is no whole copy of a version known here.
    """
    if not file.is_file():
        raise Refused(f"There is no file {file}.")
    if revision_of(url) is not None:
        raise Refused(
            "The database of NEGOTIATIONS_DATABASE_URL has tables already. A copy is restored into "
            "one that has none: name another, or move that one away."
        )
    if _is_sqlite(url):
        target = Path(make_url(url).database or "")
        with _finished(target) as part:
            _copy(file, part)
            _check_revision(revision_of(f"sqlite:///{part}"))
            _bring_up(f"sqlite:///{part}", None)
    else:
        _check_revision(_revision_in(file))
        _load(make_url(url), file)
        _bring_up(url, role)
    return revision_of(url) or ""


def _check_revision(found: str | None) -> None:
    """Before anything is there that would be served."""
    if found is None:
        raise Refused("The file holds no tables of this service.")
    if found > head_revision():
        raise Refused(
            f"The copy is of a newer version (revision {found}; this one knows {head_revision()}). "
            "Restore it with that version."
        )


def _bring_up(url: str, role: str | None) -> None:
    """To the tables of this version, and fenced."""
    migrate(url, role=role)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM fence"))
        connection.execute(text(_FENCED), {"now": datetime.now(UTC)})


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


@contextmanager
def _finished(file: Path) -> Iterator[Path]:
    """A file beside it that takes its name once it is whole and on the disk; else it goes."""
    part = file.with_name(f"{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        yield part
        with part.open("rb") as whole:
            os.fsync(whole.fileno())
        part.rename(file)
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise Refused(f"{file} can't be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """One moment of a SQLite database, whoever writes meanwhile."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as before,
            closing(sqlite3.connect(target)) as after,
        ):
            before.backup(after)
            after.execute("PRAGMA journal_mode = DELETE")  # all of it in this one file
            _check(after)
    except sqlite3.Error as error:
        raise Refused(f"{source} can't be copied: {error}.") from None


def _check(database: sqlite3.Connection) -> None:
    broken = [row for (row,) in database.execute("PRAGMA integrity_check") if row != "ok"]
    broken += [f"row {row} of {table}" for table, row, *_ in
               database.execute("PRAGMA foreign_key_check")]  # fmt: skip
    if broken:
        raise Refused(f"The copy isn't whole: {broken[0]}.")


def _dump(url: URL, part: Path) -> None:
    # The owner of the tables dumps as who sees all rows; a superuser does anyway.
    words = ["--format=custom", "--enable-row-security", "--file", str(part)]
    _postgresql("pg_dump", url, words)
    _postgresql("pg_restore", None, ["--list", str(part)])


def _revision_in(file: Path) -> str | None:
    """The revision of the tables in a dump: its one row stands on a line of its own."""
    words = ["--data-only", "--table=alembic_version", "--file=-", str(file)]
    found = re.search(r"^(\d{4})$", _postgresql("pg_restore", None, words), re.MULTILINE)
    return found[1] if found else None


def _load(url: URL, file: Path) -> None:
    words = [
        "--single-transaction", "--exit-on-error", "--enable-row-security", "--no-owner",
        "--no-privileges", str(file),
    ]  # fmt: skip
    _postgresql("pg_restore", url, words)


def _postgresql(program: str, url: URL | None, words: Sequence[str]) -> str:
    """What one of PostgreSQL's own programs prints; the password is not among its words."""
    found = _program(program, _server_version(url) if url is not None else 0)
    env = dict(os.environ)
    if url is not None:
        if url.password:
            env["PGPASSWORD"] = str(url.password)
        plain = url.set(drivername="postgresql", password=None)
        words = ["--dbname", plain.render_as_string(hide_password=False), *words]
    done = subprocess.run(  # noqa: S603 (our own words and an address that the operator set)
        [found, *words], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        told = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise Refused(f"{program} failed: {told[0][:300]}")
    return done.stdout


def _server_version(url: URL) -> int:
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection:
        return int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000


def _program(name: str, version: int) -> str:
    """The program of this version or newer: an older one can't read what the server has."""
    paths = [shutil.which(name), *sorted(map(str, Path(DEBIAN).glob(f"*/bin/{name}")))]
    found = {path: _version(path) for path in paths if path}
    fit = [path for path, number in found.items() if number >= version]
    if fit:
        return fit[0]
    have = ", ".join(f"{path} is {number}" for path, number in found.items()) or "there is none"
    raise Refused(
        f"{name} of version {version or 'any'} or newer is needed ({have}). On Debian: "
        f"apt-get install postgresql-client-{version}"
    )


def _version(path: str) -> int:
    told = subprocess.run(  # noqa: S603 (a program of PostgreSQL's)
        [path, "--version"], capture_output=True, text=True, check=False
    )
    number = re.search(r"(\d+)", told.stdout.partition("(PostgreSQL)")[2])
    return int(number[1]) if number else 0
