"""F21: every migration up, down and up again on data, and killed in the middle.

Of each revision: rows written before it come through up and down unchanged; rows written after it
go down and up again without an error, and lose only what `LOST` declares; the database refuses an
overlap of bookings at every step; what a SIGKILL leaves is the old or the new revision, whole.
"""

import ast
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from faults.engines import Databases, engine_of
from faults.rows import Filler, Row, Words, snapshot, tables_of
from sqlalchemy import Table, func, inspect, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from negotiations.models.no_overlap import NAME
from negotiations.schema import head_revision, migrate, migrations_folder, revision_of, unmigrate

Rows = dict[str, dict[tuple[Any, ...], Row]]
COMMAND = [sys.executable, "-m", "negotiations"]


@dataclass(frozen=True)
class Lost:
    """What a downgrade can't keep: rows of these tables, values of these `table.column`.

    Tables that are `anew` are emptied by the upgrade too: the next start fills them.
    """

    reason: str
    rows: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    anew: frozenset[str] = frozenset()


_OF_SESSIONS = (
    "session agenda_item attendance booking outbox_event outcome outcome_source session_change "
    "session_team summary summary_revision event_bytes"
)
LOST = {
    "0002": Lost(
        "The older tables know neither sessions without a track nor the newer words.",
        frozenset(_OF_SESSIONS.split()),
        frozenset(
            {
                "agenda_item.state",
                "session.status",
                "session.close_kind",
                "commitment.session_id",
            }
        ),
    ),
    "0009": Lost(
        "Of who declined, the older table would say that they are asked still.",
        frozenset({"caucus_party"}),
    ),
    "0012": Lost(
        "Older versions store events only; the others are rendered again at the next start.",
        frozenset({"event_bytes"}),
        frozenset({"event_bytes.stamp"}),
    ),
    "0029": Lost(
        "Older versions know no invitations, and no mail of one session that gathers.",
        frozenset({"mail", "mail_event"}),
        frozenset({"mail.gathering", "notice.mail_id"}),
    ),
    "0032": Lost(
        "Cells are kept in another form, and are picked again at the next start.",
        frozenset({"standing_outcome"}),
        anew=frozenset({"standing_outcome"}),
    ),
    "0035": Lost(
        "Older versions know no polls, and would take what is held for them for the session's own.",
        frozenset({"booking"}),
    ),
}


@dataclass
class Report:
    seed: str
    revisions: list[str] = field(default_factory=list)
    rows: int = 0
    kills: int = 0
    cut_off: int = 0
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)

    def text(self) -> str:
        lines = [
            f"revisions {', '.join(self.revisions)} in {self.seconds:.0f} s, seed {self.seed}",
            f"{self.rows} rows written",
            f"{self.kills} upgrades killed, {self.cut_off} of them before the end",
            f"{len(self.broken)} broken",
        ]
        return "\n".join(lines + [f"  {one}" for one in self.broken[:20]])


def revisions() -> list[str]:
    """From the first to the newest."""
    walked = ScriptDirectory(str(migrations_folder())).walk_revisions()
    return [one.revision for one in reversed(list(walked))]


def words_at(revision: str) -> Words:
    """The enumerated values that the migrations up to this one name, by the name of their type."""
    script = ScriptDirectory(str(migrations_folder()))
    words: Words = {}
    for one in script.iterate_revisions(revision, "base"):
        for node in ast.walk(ast.parse(Path(one.path).read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "Enum":
                name = next(word.value for word in node.keywords if word.arg == "name")
                named = [word.value for word in node.args if isinstance(word, ast.Constant)]
                words.setdefault(ast.literal_eval(name), []).extend(map(str, named))
    return words


class Round:
    """F21 on one engine, with about `rows` rows in each database."""

    def __init__(self, databases: Databases, folder: Path, rows: int, seed: str) -> None:
        self._databases, self._rows = databases, rows
        self.report = Report(seed)
        self._began = time.monotonic()
        # On SQLite, whose text of the conditions is that of the migrations.
        plain = databases.name == "sqlite"
        self._plain = databases if plain else Databases("sqlite", folder, None)
        self._blanks: dict[str, dict[str, str]] = {}
        self._columns: dict[str, dict[str, set[str]]] = {}
        self._tables: list[Table] = []  # of the database that was filled last

    def every_revision(self, newest: int | None = None) -> None:
        """All of it; or, of rows written before a migration, those of the `newest` ones only."""
        older, walked = "base", revisions()
        thorough = walked[-newest:] if newest else walked[1:]
        for newer in walked:
            if newer in thorough:
                self._before(older, newer)
            self._after(older, newer)
            self.report.revisions.append(newer)
            older = newer
        self._all_the_way()
        self.report.seconds = time.monotonic() - self._began

    def _expect(self, holds: bool, text: str) -> None:
        if not holds:
            self.report.broken.append(text)

    def filled(self, revision: str, *, old_words: bool = False) -> str:
        """A database at that revision in which every table has rows.

        With `old_words` enumerated values are those that the migrations up to it name.
        """
        url = self._databases.copy(self._blank(self._databases, revision))
        shape = self._blank(self._plain, revision)
        words = words_at(revision) if old_words else {}
        seed = f"{self.report.seed}/{revision}"
        filler = Filler(engine_of(url), engine_of(shape), seed, words)
        made, self._tables = filler.fill(self._rows), filler.tables
        columns = {one.name: {*one.columns.keys()} for one in filler.tables}
        self._columns.setdefault(revision, columns)
        empty = sorted(name for name, rows in made.items() if not rows)
        self._expect(not empty, f"{revision}: no row was made for {', '.join(empty)}")
        self.report.rows += sum(made.values())
        return url

    def _blank(self, databases: Databases, revision: str) -> str:
        """A database without rows at that revision: each grows out of an older one."""
        blanks = self._blanks.setdefault(databases.name, {})
        if revision not in blanks:
            older = max((one for one in blanks if one < revision), default=None)
            url = databases.copy(blanks[older]) if older else databases.empty()
            migrate(url, revision)
            blanks[revision] = url
        return blanks[revision]

    def _before(self, older: str, newer: str) -> None:
        """What was there before comes back as it was."""
        url = self.filled(older, old_words=True)
        engine = engine_of(url)
        before = snapshot(engine, self._tables)
        migrate(url, newer)
        self._sound(url, newer)
        anew = Lost("", LOST.get(newer, Lost("")).anew)
        up = differing(before, snapshot(engine), anew)
        self._expect(not up, f"up to {newer}: {up[:5]}")
        unmigrate(url, older)
        down = differing(before, snapshot(engine), anew)
        self._expect(not down, f"up to {newer} and down again: {down[:5]}")
        self._databases.drop(url)

    def _after(self, older: str, newer: str) -> None:
        """What only the newer tables can say may go, where it is declared."""
        url = self.filled(newer)
        engine = engine_of(url)
        before = snapshot(engine, self._tables)
        unmigrate(url, older)
        kept = set(inspect(engine).get_table_names())
        migrate(url, newer)
        self._sound(url, newer)
        lost = LOST.get(newer, Lost(""))
        there = {name: rows for name, rows in before.items() if name in kept}
        down = differing(there, snapshot(engine), lost, self._columns.get(older))
        self._expect(not down, f"down from {newer} and up again (declare it in LOST?): {down[:5]}")
        self._databases.drop(url)

    def _all_the_way(self) -> None:
        url = self.filled(head_revision())
        unmigrate(url, "base")
        migrate(url)
        self._sound(url, "all the way")
        self._databases.drop(url)

    def _sound(self, url: str, name: str) -> None:
        broken = self._databases.broken(url)
        self._expect(not broken, f"{name}: {broken}")
        self._expect(refuses_overlap(engine_of(url)), f"{name}: an overlap was taken")

    def kills(self, times: int) -> None:
        """SIGKILL while the oldest tables with data are brought to the newest revision."""
        first = revisions()[0]
        template = self.filled(first, old_words=True)
        before = snapshot(engine_of(template))
        took = _upgrade(self._databases.copy(template), None)
        draw = random.Random(self.report.seed)
        for number in range(times):
            url = self._databases.copy(template)
            _upgrade(url, draw.uniform(0.3, 1.05) * took)
            self.report.kills += 1
            found = revision_of(url)
            whole = found in (first, head_revision())
            self._expect(whole, f"kill {number} left revision {found}")
            if found == first:
                self.report.cut_off += 1
                same = snapshot(engine_of(url)) == before
                self._expect(same, f"kill {number} left other rows at {first}")
                self._expect(_refused(url), f"kill {number}: serve started on {first}")
                _upgrade(url, None)
            wrong = differing(before, snapshot(engine_of(url)), Lost(""))
            self._expect(not wrong, f"kill {number}: {wrong[:5]}")
            self._databases.drop(url)
        self._databases.drop(template)
        self.report.seconds = time.monotonic() - self._began


def differing(
    before: Rows, after: Rows, lost: Lost, columns: dict[str, set[str]] | None = None
) -> list[str]:
    """Rows and values that were there before and aren't now, but for those declared."""
    found = []
    for table, rows in before.items():
        gone = rows.keys() - after.get(table, {}).keys()
        if gone and table not in lost.rows:
            found.append(f"{table}: {len(gone)} of {len(rows)} rows are gone")
        for key in rows.keys() - gone:
            old, new = rows[key], after[table][key]
            found += [
                f"{table}.{name} of {key}: {old[name]!r} is {new.get(name)!r}"
                for name in (columns or {}).get(table, old.keys())
                if old[name] != new.get(name) and f"{table}.{name}" not in lost.values
            ]
    return found


def refuses_overlap(engine: Engine) -> bool:
    """Whether a copy of a booking for another session is refused by the database itself."""
    booking = next(one for one in tables_of(engine) if one.name == "booking")
    with engine.connect() as connection:
        row = connection.execute(booking.select().limit(1)).mappings().first()
        if row is None:
            return True
        session = connection.execute(
            select(func.max(booking.c.session_id)).where(booking.c.session_id != row["session_id"])
        ).scalar()
        copy = {**row, "id": "f" * 20, "session_id": session}
        try:
            connection.execute(booking.insert().values(copy))
        except IntegrityError as error:
            return NAME in str(error)
    return False


def _upgrade(url: str, kill_after: float | None) -> float:
    """`negotiations migrate` as a process; the seconds it took."""
    began = time.monotonic()
    env = {**os.environ, "NEGOTIATIONS_DATABASE_URL": url}
    process = subprocess.Popen(
        [*COMMAND, "migrate"], env=env, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        process.wait(kill_after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    else:
        assert process.returncode == 0, "the upgrade failed"
    return time.monotonic() - began


def _refused(url: str) -> bool:
    done = subprocess.run(
        [*COMMAND, "serve", "--port", "1"],
        env={**os.environ, "NEGOTIATIONS_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode == 1 and "Run: negotiations migrate" in done.stderr
