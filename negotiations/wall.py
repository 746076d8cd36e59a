"""Who reads in this transaction: told to PostgreSQL, and asked of every read by ourselves.

Two walls besides `visible()`. On PostgreSQL requests come as a role that sees only what the readers
of its transaction may (`models.row_walls`); their ids are set for that transaction, signed with a
key that the role can't read. On both engines a SELECT of a guarded table is refused unless the
condition of `visible()` is in it, or it names one of PASSAGES.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, Table, TextClause, event, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal

from negotiations.models.row_walls import POLICIES, SCHEMA

# As the driver takes it.
_SET = (
    "SELECT set_config('negotiations.readers', %(readers)s, true),"
    " set_config('negotiations.signature', %(signature)s, true)"
)


# What a transaction hasn't told yet. Many requests, above all for a matrix that is kept, read
# nothing that a policy asks it for; and to tell it takes as long as to read.
_to_tell: MutableMapping[Any, Mapping[str, str]] = WeakKeyDictionary()


class Signer:
    """Signs for whom a transaction reads. The key is the database's, and its owner's to read."""

    def __init__(self, owner: AsyncEngine) -> None:
        self._owner = owner
        self._key: bytes | None = None

    async def admit(self, db: Any, readers: Iterable[str]) -> None:
        """From now on the transaction sees what these readers may, and nobody else's."""
        if self._key is None:
            async with self._owner.connect() as connection:
                found = await connection.execute(text(f"SELECT key FROM {SCHEMA}.key"))  # noqa: S608
                self._key = bytes(found.scalar_one())
        told = " ".join(sorted(readers))
        given = {"readers": told, "signature": signature(self._key, told)}
        connection = await db.connection()
        _to_tell[connection.sync_connection] = given


def signature(key: bytes, told: str) -> str:
    """What `wall.readers()` compares with."""
    return hashlib.sha256(key + hashlib.sha256(key + told.encode()).digest()).hexdigest()


# Tables whose rows are one side's, all or some of them, and of which tables `visible()` has to be
# asked in a SELECT that reads them.
_SESSIONS = frozenset(
    {
        "session", "agenda_item", "attendance", "outcome", "summary", "summary_revision",
        "summary_decision", "summary_comment", "circulation",
    }
)  # fmt: skip
GUARDED: Mapping[str, frozenset[str]] = {
    "note": frozenset({"note"}),
    "note_revision": frozenset({"note"}),
    "kept_note": frozenset({"kept_note"}),
    "note_draft": frozenset({"note_draft"}),
    "summary_revision": frozenset(
        {"summary_revision", "summary_decision", "summary_comment", "circulation"}
    ),
    "session": _SESSIONS | {"note", "kept_note", "note_draft"},
    "caucus": frozenset({"caucus"}),
    "search_entry": frozenset({"search_entry"}),
    "webhook_endpoint": frozenset({"webhook_endpoint"}),
    "webhook_delivery": frozenset({"webhook_endpoint"}),
    "plan": frozenset({"plan"}),
    "plan_track": frozenset({"plan"}),
    "plan_item": frozenset({"plan"}),
    "availability": frozenset({"availability"}),
    "busy_block": frozenset({"busy_block"}),
    "busy_calendar": frozenset({"busy_calendar"}),
}
# What reads them for no actor, and why.
PASSAGES: Mapping[str, str] = {
    "projections": "derive, before the commit, what each audience will read",
    "setting": "where a session belongs that visible() has given",
    "table": "numbers, symbols and alternatives of a table, counted over all there are",
    "compiling": "the secretariat's notes go into the draft that a chair's closing makes too",
    "free times": "when people can meet: for the secretariat all, for a side its own",
    "published": "what carries a date of publication is for whoever asks",
}
_NAMED = re.compile(rf'\b(?:from|join)\s+"?({"|".join(GUARDED)})\b', re.IGNORECASE)


class Unguarded(RuntimeError):
    """A read of a guarded table without `visible()`: a mistake of ours, and no answer."""


class Walled(ColumnElement[bool]):
    """A condition of `visible()` for rows of `table`, which can be told from any other."""

    __visit_name__ = "walled"
    inherit_cache = True
    _traverse_internals = [
        ("element", InternalTraversal.dp_clauseelement),
        ("table", InternalTraversal.dp_string),
    ]

    def __init__(self, element: ColumnElement[bool], table: str) -> None:
        self.element, self.table = element.self_group(), table
        self.type = element.type

    @property
    def _from_objects(self) -> Any:
        return self.element._from_objects


class _Reads:
    """What a statement reads beside the conditions of `visible()` and `within` them, and which of
    these it holds."""

    def __init__(self) -> None:
        self.depth = 0
        self.within: set[str] = set()
        self.tables: set[str] = set()
        self.walls: set[str] = set()

    def lacking(self) -> list[str]:
        return sorted(
            table for table in self.tables & GUARDED.keys() if not GUARDED[table] & self.walls
        )


def _reads_of(compiler: Any) -> _Reads:
    reads: _Reads = compiler.__dict__.setdefault("negotiations_reads", _Reads())
    return reads


@compiles(Walled)
def _compile_condition(element: Walled, compiler: Any, **options: Any) -> str:
    reads = _reads_of(compiler)
    if not reads.depth:
        reads.walls.add(element.table)
    reads.depth += 1
    try:
        written: str = compiler.process(element.element, **options)
    finally:
        reads.depth -= 1
    return written


@compiles(Table)
def _compile_table(element: Table, compiler: Any, **options: Any) -> str:
    reads = _reads_of(compiler)
    if options.get("asfrom"):
        (reads.within if reads.depth else reads.tables).add(element.name)
    written: str = compiler.visit_table(element, **options)
    return written


def guarded(engine: AsyncEngine) -> AsyncEngine:
    """The same connections, of which every SELECT is looked at."""
    return engine.execution_options(negotiations_guarded=True)


def watch(engine: Engine) -> None:
    """Look at what goes through this engine by a connection that is guarded()."""
    event.listen(engine, "before_cursor_execute", _look)


def _may_ask(compiled: Any) -> bool:
    """Whether it may read or write what PostgreSQL asks a policy about: a SELECT only from a table
    that has one, whatever else in any case."""
    if compiled is None or not getattr(compiled.statement, "is_select", False):
        return True
    reads = _reads_of(compiled)
    return not POLICIES.keys().isdisjoint(reads.tables | reads.within)


def _look(
    connection: Any, _cursor: Any, statement: str, _given: Any, context: Any, _many: bool
) -> None:
    if connection in _to_tell and _may_ask(context.compiled):
        # Before a savepoint too: what is told within one ends with it.
        connection.exec_driver_sql(_SET, _to_tell.pop(connection))
    options = context.execution_options
    if not options.get("negotiations_guarded") or options.get("passage") in PASSAGES:
        return
    compiled = context.compiled
    if compiled is None or isinstance(compiled.statement, TextClause):
        lacking = _NAMED.findall(statement)
    else:
        lacking = _reads_of(compiled).lacking() if compiled.statement.is_select else []
    if lacking:
        raise Unguarded(
            f"{lacking[0]} is read without visible(actor, …). Ask it, or name a passage "
            "(negotiations.wall.PASSAGES)."
        )
