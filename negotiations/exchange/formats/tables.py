"""The record as tables (RFC 4180), one file for each kind of row."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from negotiations.exchange.record import Record, SessionRecord, TableRecord
from negotiations.models import Source
from negotiations.outcomes.matrix_views import plain
from negotiations.web.etags import instant

Row = list[Any]
_OF_SESSION = (
    "title", "kind", "status", "local_start", "local_end", "tz", "location", "room",
    "conference_url", "close_kind", "cancel_reason", "basis", "basis_note",
)  # fmt: skip


def to_tables(record: Record) -> dict[str, bytes]:
    """Each table under the name of its file; safe to open in a spreadsheet."""
    return {
        "sessions.csv": _table(
            ["jurisdiction", "session", "starts_at", "ends_at", *_OF_SESSION, "published_at"],
            _sessions(record),
        ),
        "outcomes.csv": _table(
            ["jurisdiction", "session", "issue", "title", "value", "partial", "text", "reason",
             "decided_by", "effective_on", "recorded_at", "stands", "certainty", "basis",
             "sources"],
            _outcomes(record),
        ),
        "commitments.csv": _table(
            ["jurisdiction", "session", "issue", "text", "owner", "beneficiary", "due_on",
             "status", "evidence"],
            _commitments(record),
        ),
        "positions.csv": _table(
            ["jurisdiction", "issue", "title", "side", "text", "attributed", "stated_on",
             "recorded_at", "stands", "certainty", "basis", "sources"],
            _positions(record),
        ),
        "documents.csv": _table(
            ["title", "requester", "holder", "legal_basis", "reference", "happened_on", "event",
             "state", "disposition", "due_on", "text", "certainty"],
            _documents(record),
        ),
        "attendance.csv": _table(
            ["jurisdiction", "session", "name", "title", "side", "rsvp", "actual", "mode"],
            _attendance(record),
        ),
    }  # fmt: skip


def _table(head: list[str], rows: Iterable[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    for row in rows:
        writer.writerow([plain(value) for value in row])
    return out.getvalue().encode()


def _each(record: Record) -> Iterator[tuple[TableRecord, SessionRecord, Row]]:
    """Every session with what each of its rows begins with."""
    for table in record.tables:
        for one in table.sessions:
            yield table, one, [table.name, one.row.number]


def _sessions(record: Record) -> Iterator[Row]:
    for _, one, start in _each(record):
        row = one.row
        values = row.model_dump(mode="json", include=set(_OF_SESSION))
        published = instant(row.published_at) if row.published_at else ""
        times = [instant(row.starts_at), instant(row.ends_at)]
        yield [*start, *times, *(values[name] for name in _OF_SESSION), published]


def _outcomes(record: Record) -> Iterator[Row]:
    for _, one, start in _each(record):
        superseded = {row.supersedes_id for row in one.outcomes}
        for row in one.outcomes:
            issue = record.issues[row.issue_id]
            by = record.parties[row.decided_by_id].short_name if row.decided_by_id else ""
            sources = _cited(record.sources.get(row.id, ()))
            yield [
                *start, issue.code, issue.title, row.value, _yes(row.partial), row.text,
                row.reason, by, row.effective_on, instant(row.recorded_at),
                _yes(row.id not in superseded), row.certainty, row.basis, sources,
            ]  # fmt: skip


def _cited(sources: Iterable[Source]) -> str:
    return "; ".join(f"{one.citation} {one.url or ''}".strip() for one in sources)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _commitments(record: Record) -> Iterator[Row]:
    for table in record.tables:
        numbers = {one.row.id: one.row.number for one in table.sessions}
        for promise in table.commitments:
            row = promise.row
            beneficiary = promise.beneficiary.short_name if promise.beneficiary else ""
            yield [
                table.name, numbers.get(row.session_id or "", ""), promise.issue,
                row.text, promise.owner.short_name, beneficiary, row.due_on, row.status,
                row.evidence,
            ]  # fmt: skip


def _positions(record: Record) -> Iterator[Row]:
    for one in record.positions:
        row = one.row
        yield [
            one.jurisdiction.name, one.issue.code, one.issue.title, one.party.short_name,
            row.text, _yes(row.attributed), row.stated_on, instant(row.recorded_at),
            _yes(one.stands), row.certainty, row.basis, _cited(one.sources),
        ]  # fmt: skip


def _documents(record: Record) -> Iterator[Row]:
    """One row for each event of each request."""
    for one in record.requests:
        row = one.row
        start = [
            row.title, one.requester.short_name, one.holder.short_name, row.legal_basis,
            row.reference,
        ]  # fmt: skip
        for event in one.events:
            yield [
                *start, event.happened_on, event.kind, event.state, event.disposition,
                event.due_on, event.text, event.certainty,
            ]  # fmt: skip


def _attendance(record: Record) -> Iterator[Row]:
    for _, one, start in _each(record):
        for row, person in one.people:
            side = record.sides.get(person.id, "Secretariat")
            yield [*start, person.name, person.title, side, row.rsvp, row.actual, row.mode]
