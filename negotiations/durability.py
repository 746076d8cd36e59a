"""Does the database keep what it acknowledged? Asked of its own connections before serving.

A note that was answered with 200 must outlive a crash and a power cut. That hangs on settings of
the engine which nothing else would notice: so they are read back from the very connections that
requests will use, and a wrong one refuses the start in one line that says what to set.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import QueuePool, text
from sqlalchemy.ext.asyncio import AsyncEngine

from negotiations.db import Database
from negotiations.engines import BUSY_MS
from negotiations.errors import Refused
from negotiations.models.row_walls import POLICIES

# From these on, by branch, SQLite no longer resets its log under a second writer's feet.
MENDED = {(3, 44): 6, (3, 50): 7}
MENDED_SINCE = (3, 51, 3)
OLDEST_POSTGRESQL = 14
SPARE = 10  # connections for commands, backups and the superuser


@dataclass(frozen=True, slots=True)
class SqliteConnection:
    """What one connection says of itself; `most` is how many like it the pool may open.

    `busy_timeout` is in milliseconds; with `wal_autocheckpoint` 0 it never checkpoints.
    """

    journal_mode: str
    synchronous: int
    foreign_keys: int
    busy_timeout: int
    wal_autocheckpoint: int
    most: int


@dataclass(frozen=True, slots=True)
class Findings:
    """`faults` forbid serving; `remarks` are worth knowing. Each is one sentence."""

    faults: tuple[str, ...]
    remarks: tuple[str, ...]


async def examine(database: Database, *, processes: int = 1) -> Findings:
    """What is wrong with the engine, and what one should know, as seen by our own sessions."""
    if not database.is_sqlite:
        settings = await _postgresql_settings(database.engines["writers"])
        findings = postgresql_findings(settings, processes * sum(_most(database)))
        walls = [] if findings.faults else await _wall_faults(database.requests)
        return Findings((*findings.faults, *walls), findings.remarks)
    connections = {name: await _sqlite(engine) for name, engine in database.engines.items()}
    return sqlite_findings(await _sqlite_version(database.engines["readers"]), connections)


async def require(database: Database, *, processes: int = 1) -> tuple[str, ...]:
    """The remarks; Refused with the first fault, and the database closed."""
    findings = await examine(database, processes=processes)
    if findings.faults:
        await database.close()
        raise Refused(findings.faults[0])
    return findings.remarks


async def _wall_faults(requests: Database | None) -> list[str]:
    """What the role of requests may and should not, as PostgreSQL sees it."""
    if requests is None or requests.is_sqlite:
        return []
    async with requests.engines["readers"].connect() as connection:
        role = (await connection.execute(text("SELECT current_user"))).scalar_one()
        found = (await connection.execute(_BEYOND, {"tables": list(POLICIES)})).one()
    mighty, owner, open_tables = found
    again = "Make another for NEGOTIATIONS_REQUESTS_ROLE (createuser --pwprompt) and migrate."
    faults = []
    if mighty:
        faults.append(f"The role {role} answers requests and passes by row security. {again}")
    if owner:
        faults.append(f"The role {role} answers requests and owns the tables. {again}")
    if open_tables:
        faults.append(
            f"Row security is off for {open_tables}. Run negotiations migrate, or put back what "
            "took it off."
        )
    return faults


_BEYOND = text("""
    SELECT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user),
        coalesce(bool_or(pg_has_role(current_user, relowner, 'MEMBER')), false),
        string_agg(relname, ', ' ORDER BY relname)
            FILTER (WHERE NOT (relrowsecurity AND relforcerowsecurity))
    FROM pg_class
    WHERE relname = ANY (:tables) AND relnamespace = current_schema()::regnamespace
""")


def sqlite_findings(version: tuple[int, ...], connections: dict[str, SqliteConnection]) -> Findings:
    """Judge the SQLite library and one connection of each kind."""
    faults = [fault for one in connections.items() for fault in _sqlite_faults(*one)]
    checkpointing = sum(one.most for one in connections.values() if one.wal_autocheckpoint)
    told = ".".join(map(str, version))
    if checkpointing > 1 and not _is_mended(version):
        faults.append(
            f"{checkpointing} connections may checkpoint, and SQLite {told} can lose writes when "
            "more than one does: use SQLite 3.51.3 or newer, or PostgreSQL."
        )
    alone = "" if _is_mended(version) else "; safe with the one connection that checkpoints"
    return Findings(tuple(faults), (f"SQLite {told}{alone}.",))


def _sqlite_faults(name: str, found: SqliteConnection) -> Iterator[str]:
    if found.journal_mode != "wal":
        yield (
            f"SQLite keeps no write-ahead log here (journal_mode is {found.journal_mode!r}): put "
            "the file of NEGOTIATIONS_DATABASE_URL on a local disk that can be written."
        )
    for pragma, value, good, wanted in (
        ("synchronous", found.synchronous, found.synchronous == 2, "2 (FULL)"),
        ("foreign_keys", found.foreign_keys, found.foreign_keys == 1, "1"),
        ("busy_timeout", found.busy_timeout, found.busy_timeout >= BUSY_MS, f"{BUSY_MS} or more"),
    ):
        if not good:
            yield (
                f"SQLite has {pragma}={value} on its {name}, and it must be {wanted}: "
                "use an SQLite library that takes this setting, or PostgreSQL."
            )


def _is_mended(version: tuple[int, ...]) -> bool:
    patch = MENDED.get((version[0], version[1]))
    return version >= MENDED_SINCE or (patch is not None and version[2] >= patch)


async def _sqlite_version(engine: AsyncEngine) -> tuple[int, ...]:
    async with engine.connect() as connection:
        told = (await connection.execute(text("SELECT sqlite_version()"))).scalar_one()
    return tuple(int(part) for part in str(told).split("."))


async def _sqlite(engine: AsyncEngine) -> SqliteConnection:
    async with engine.connect() as connection:
        values = {}
        for name in SqliteConnection.__slots__[:-1]:
            values[name] = (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
    return SqliteConnection(**values, most=_most_of(engine))


def _most(database: Database) -> list[int]:
    both = (database, *([database.requests] if database.requests else ()))
    return [_most_of(engine) for one in both for engine in one.engines.values()]


def _most_of(engine: AsyncEngine) -> int:
    """How many connections its pool may open."""
    assert isinstance(engine.pool, QueuePool)
    return engine.pool.size() + engine.pool._max_overflow


def postgresql_findings(settings: dict[str, str], connections: int) -> Findings:
    """Judge a PostgreSQL by its settings, as one of our sessions reads them.

    `connections` is how many we may open together.
    """
    faults = [
        f"PostgreSQL has {name} = off, so a crash can lose what was saved: {cure}."
        for name, cure in (
            ("fsync", "set fsync = on in postgresql.conf"),
            ("full_page_writes", "set full_page_writes = on in postgresql.conf"),
            (
                "synchronous_commit",
                "set it to on, or take off what ALTER DATABASE or ALTER ROLE set for us",
            ),
        )
        if settings[name] == "off"
    ]
    if int(settings["server_version_num"]) < OLDEST_POSTGRESQL * 10000:
        faults.append(
            f"PostgreSQL {settings['server_version']} is too old: "
            f"use version {OLDEST_POSTGRESQL} or newer."
        )
    if settings["server_encoding"] != "UTF8":
        faults.append(
            f"The database's encoding is {settings['server_encoding']}: make it with ENCODING UTF8."
        )
    if settings["transaction_read_only"] == "on":
        faults.append(
            "This PostgreSQL takes no writes: name the primary in NEGOTIATIONS_DATABASE_URL, or "
            "take off default_transaction_read_only."
        )
    remarks = [f"PostgreSQL {settings['server_version']}."]
    if settings["data_checksums"] == "off":
        remarks.append("Data checksums are off: a broken disk may go unnoticed (pg_checksums).")
    if int(settings["max_connections"]) < connections + SPARE:
        remarks.append(
            f"These processes may open {connections} connections, and max_connections is "
            f"{settings['max_connections']}: set it to {connections + SPARE} or more."
        )
    return Findings(tuple(faults), tuple(remarks))


async def _postgresql_settings(engine: AsyncEngine) -> dict[str, str]:
    names = (
        "fsync", "full_page_writes", "synchronous_commit", "server_version", "server_version_num",
        "server_encoding", "transaction_read_only", "data_checksums",
        "max_connections",
    )  # fmt: skip
    async with engine.connect() as connection:
        found = await connection.execute(
            text("SELECT " + ", ".join(f"current_setting('{name}')" for name in names))
        )
        return dict(zip(names, map(str, found.one()), strict=True))
