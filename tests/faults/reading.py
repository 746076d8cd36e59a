"""What is stored after a crash, read by SQL and compared with what the service itself shows."""

import re
from collections import Counter, defaultdict
from typing import Any

from faults.checker import Booked, Found, State
from faults.engines import Databases, engine_of
from faults.history import SEEDED, sha256
from sqlalchemy import Connection, select
from sqlmodel import col, update
from sqlmodel import select as select_rows

from negotiations import audit
from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.db import Db
from negotiations.feeds import projection
from negotiations.models import (
    AgendaItem,
    AuditEntry,
    Booking,
    Commitment,
    EventBytes,
    NegotiationSession,
    OutboxEvent,
    Outcome,
    PollOption,
    SessionChange,
    SessionTeam,
    Summary,
    SummaryRevision,
)
from negotiations.models.polls import OptionStatus
from negotiations.models.sessions import ChangeKind
from negotiations.scheduling.rules import BOOKING
from negotiations.settings import Settings

_MARK = re.compile(r"op(?:-\d+){3}")


def mark(text: str) -> str:
    """Whose write a stored text is: every text that a client sends begins with its op_id."""
    found = _MARK.match(text)
    return found[0] if found else SEEDED if text.startswith(SEEDED) else ""


def read(url: str, databases: Databases) -> State:
    """Everything that the checker judges, but for the feeds (`stale`) and the service's view."""
    state = State()
    with engine_of(url).connect() as connection:
        told = _Told(connection)
        _summaries(connection, told, state)
        _outcomes(connection, told, state)
        _sessions(connection, told, state)
        state.bookings, state.faults["C3"] = bookings(connection)
        state.faults["C3"] += told.surplus()
        state.faults["C8"] = _audit(connection)
    state.faults["C9"] = databases.broken(url)
    return state


class _Told:
    """How often an object is in the audit and in the outbox, and how often it was written."""

    def __init__(self, connection: Connection) -> None:
        audited = connection.execute(select(AuditEntry.object_type, AuditEntry.object_id))
        self._audited = Counter((kind, id_) for kind, id_ in audited)
        announced = connection.execute(select(OutboxEvent.object_id))
        self._announced = Counter(id_ for (id_,) in announced)
        self._written: Counter[tuple[str, str]] = Counter()

    def piece(self, kind: str, object_id: str, op_id: str, part: str, text: str) -> Found:
        """The next write of an object: is there an entry and an announcement left for it?"""
        self._written[kind, object_id] += 1
        times = self._written[kind, object_id]
        return Found(
            op_id,
            part,
            sha256(text),
            audited=times <= self._audited[kind, object_id],
            announced=times <= self._announced[object_id],
        )

    def surplus(self) -> list[str]:
        """Entries and announcements that nothing stored stands behind."""
        found = []
        for (kind, object_id), times in self._written.items():
            for name, told in (
                ("audit entries", self._audited[kind, object_id]),
                ("announcements", self._announced[object_id]),
            ):
                if told > times:
                    found.append(f"{kind} {object_id}: {told} {name} for {times} writes")
        return found


def _summaries(connection: Connection, told: _Told, state: State) -> None:
    rows = connection.execute(
        select(Summary.id, Summary.session_id, SummaryRevision.number, SummaryRevision.body)
        .join(SummaryRevision, col(SummaryRevision.summary_id) == Summary.id)
        .order_by(Summary.id, SummaryRevision.number)
    )
    for summary, session, number, body in rows:
        op_id = mark(body)
        state.found.append(told.piece("summary", summary, op_id, "revision", body))
        state.lines.setdefault(f"summary:{session}", []).append((number, op_id))


def _outcomes(connection: Connection, told: _Told, state: State) -> None:
    rows = connection.execute(
        select(
            Outcome.id, Outcome.session_id, Outcome.issue_id, Outcome.text, Outcome.supersedes_id
        )
    ).all()
    following = {row.supersedes_id: row for row in rows if row.supersedes_id}
    for row in rows:
        state.found.append(told.piece("outcome", row.id, mark(row.text), "outcome", row.text))
        if row.supersedes_id is None:
            line, here = state.lines.setdefault(f"outcomes:{row.session_id}", []), row
            while here is not None:
                line.append((len(line) + 1, mark(here.text)))
                here = following.get(here.id)
    promises = connection.execute(select(Commitment.id, Commitment.text))
    for id_, text in promises:
        state.found.append(told.piece("commitment", id_, mark(text), "commitment", text))


def _sessions(connection: Connection, told: _Told, state: State) -> None:
    titles = dict(connection.execute(select(NegotiationSession.id, NegotiationSession.title)).all())
    rows = connection.execute(
        select(
            SessionChange.session_id, SessionChange.number, SessionChange.kind,
            SessionChange.reason, SessionChange.consents,
        ).order_by(SessionChange.session_id, SessionChange.number)
    )  # fmt: skip
    for session, number, kind, reason, consents in rows:
        text = titles[session] if kind is ChangeKind.created else _said(reason, consents)
        op_id = mark(text)
        piece = told.piece("session", session, op_id, "change", text)
        state.lines.setdefault(f"changes:{session}", []).append((number, op_id))
        # Other acts carry no words of their own; that they are told of is asked all the same.
        if op_id or not (piece.audited and piece.announced):
            state.found.append(piece)
    items = connection.execute(
        select(AgendaItem.session_id, AgendaItem.title).where(col(AgendaItem.position) == 1)
    )
    for session, title in items:
        state.registers[f"agenda:{session}"] = mark(title) or SEEDED


def _said(reason: str | None, consents: list[dict[str, Any]]) -> str:
    return reason or (consents[0]["how"] if consents else "")


def bookings(connection: Connection) -> tuple[list[Booked], list[str]]:
    """Every booking, and each session whose bookings aren't those of its row."""
    rows = connection.execute(
        select(Booking.resource_no, Booking.session_id, Booking.starts_at, Booking.ends_at)
    )
    booked = [Booked(*row) for row in rows]
    held: dict[str, list[Booked]] = defaultdict(list)
    for one in booked:
        held[one.session].append(one)
    seated = Counter(id_ for (id_,) in connection.execute(select(SessionTeam.session_id)))
    asked: dict[str, list[Any]] = defaultdict(list)  # what polls hold
    option = PollOption
    for id_, *times in connection.execute(
        select(option.session_id, option.starts_at, option.ends_at).where(
            col(option.status) == OptionStatus.offered
        )
    ):
        asked[id_].append(tuple(times))
    wrong = []
    for id_, status, starts_at, ends_at in connection.execute(
        select(
            NegotiationSession.id, NegotiationSession.status,
            NegotiationSession.starts_at, NegotiationSession.ends_at,
        )
    ):  # fmt: skip
        times = [(one.starts_at, one.ends_at) for one in held[id_]]
        wanted = [(starts_at, ends_at)] * (seated[id_] if status in BOOKING else 0)
        wanted += asked[id_] * seated[id_]
        if sorted(times) != sorted(wanted):
            wrong.append(f"session {id_} is {status} with {len(times)} bookings")
    return booked, wrong


def _audit(connection: Connection) -> list[str]:
    chains: dict[str, list[Any]] = defaultdict(list)
    table = AuditEntry.__table__  # type: ignore[attr-defined]
    for row in connection.execute(select(table).order_by(table.c.chain, table.c.number)):
        chains[row.chain].append(row)
    return [text for rows in chains.values() for text in audit.faults(rows)]


async def stale(url: str) -> list[str]:
    """The stored events whose bytes aren't those that a fresh rendering gives (C8).

    All are rendered again, as a new version of the program would, and that is undone.
    """
    settings, clock = Settings(database_url=url), Clock()
    database = open_database(settings, clock)
    try:
        async with database.write(dry_run=True) as db:
            before = await _bodies(db)
            await db.exec(update(EventBytes).values(stamp=""))
            await projection.refresh_stale(db)
            after = await _bodies(db)
    finally:
        await database.close()
    return [
        f"event {id_} for {audience} isn't fresh"
        for id_, audience in before.keys() | after.keys()
        if before.get((id_, audience)) != after.get((id_, audience))
    ]


async def _bodies(db: Db) -> dict[tuple[str, str], bytes]:
    rows = await db.exec(select_rows(EventBytes.object_id, EventBytes.audience, EventBytes.body))
    return {(id_, audience): body for id_, audience, body in rows}
