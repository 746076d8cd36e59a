"""The record as tables (RFC 4180): sessions, outcomes, commitments and attendance."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from negotiations.exchange.record import Record, SessionRecord, TrackRecord
from negotiations.outcomes.views import plain
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


def _each(record: Record) -> Iterator[tuple[TrackRecord, SessionRecord, Row]]:
    """Every session with what each of its rows begins with."""
    for track in record.tracks:
        for one in track.sessions:
            yield track, one, [track.jurisdiction.name, one.row.number]


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
            cited = record.sources.get(row.id, ())
            sources = "; ".join(f"{each.citation} {each.url or ''}".strip() for each in cited)
            yield [
                *start, issue.code, issue.title, row.value, _yes(row.partial), row.text,
                row.reason, by, row.effective_on, instant(row.recorded_at),
                _yes(row.id not in superseded), row.certainty, row.basis, sources,
            ]  # fmt: skip


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _commitments(record: Record) -> Iterator[Row]:
    for track in record.tracks:
        numbers = {one.row.id: one.row.number for one in track.sessions}
        for promise in track.commitments:
            row = promise.row
            beneficiary = promise.beneficiary.short_name if promise.beneficiary else ""
            yield [
                track.jurisdiction.name, numbers.get(row.session_id or "", ""), promise.issue,
                row.text, promise.owner.short_name, beneficiary, row.due_on, row.status,
                row.evidence,
            ]  # fmt: skip


def _attendance(record: Record) -> Iterator[Row]:
    for _, one, start in _each(record):
        for row, person in one.people:
            side = record.sides.get(person.id, "Secretariat")
            yield [*start, person.name, person.title, side, row.rsvp, row.actual, row.mode]
