"""The record to print and hand over, as Markdown, with the hashes it can be checked by."""

import re
from collections.abc import Iterator, Sequence

from negotiations.civil import long_day
from negotiations.exchange.record import Record, SessionRecord, TableRecord
from negotiations.models import AgendaItem, Outcome
from negotiations.models.outcomes import Certainty
from negotiations.models.sessions import Presence
from negotiations.outcomes.matrix import LOOKS
from negotiations.outcomes.queries import Promise
from negotiations.overview.log_lines import log_line
from negotiations.scheduling.rules import place_of
from negotiations.web.showing import listing, span, stamp, utc, words

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")


def to_markdown(record: Record) -> bytes:
    """The record of these tracks; texts of people stand in it escaped, summaries quoted."""
    subject = _plain(record.negotiation.subject)
    lines = [
        f"# {_plain(record.negotiation.title)}",
        "",
        *([subject, ""] if subject else []),
        *_window(record),
        "As the secretariat sees it. Caucuses and personal notes are no part of it.",
    ]
    for table in record.tables:
        lines += _table(record, table)
    return ("\n".join(lines) + "\n").encode()


def _plain(text: str | None) -> str:
    """A text on one line that Markdown takes for nothing else."""
    return _SPECIAL.sub(r"\\\1", " ".join((text or "").split()))


def _window(record: Record) -> list[str]:
    row = record.negotiation
    if row.opens_on is None or row.closes_on is None:
        return []
    return [f"Window: {long_day(row.opens_on)} to {long_day(row.closes_on)} ({row.home_tz}).", ""]


def _table(record: Record, table: TableRecord) -> Iterator[str]:
    yield from ("", f"## {_heading(record, table)}")
    if table.row is not None:
        reason = f": {_plain(table.row.closed_reason)}" if table.row.closed_reason else ""
        yield from ("", f"Track {words(table.row.status)}{reason}.")
    if not table.sessions:
        yield from ("", "No session recorded.")
    for one in table.sessions:
        yield from _session(record, one)
    if table.commitments:
        yield from ("", "### Commitments", "")
        yield from (f"- {_promise(one)}" for one in table.commitments)
    yield from ("", "### Hashes", "")
    if table.head:
        yield f"- Audit chain, entry {table.head[0]}: `{table.head[1]}`"
    for one in table.sessions:
        for summary, text in one.texts:
            symbol = _plain(summary.symbol)
            yield f"- {symbol}, revision {text.number} (SHA-256 of its text): `{text.sha256}`"


def _heading(record: Record, table: TableRecord) -> str:
    if table.jurisdiction is None:
        return "Plenaries"
    agency = record.agency.name if record.agency else "the agency"
    return f"{_plain(table.jurisdiction.name)} and {_plain(agency)}"


def _session(record: Record, one: SessionRecord) -> Iterator[str]:
    row = one.row
    yield from ("", f"### {row.number}. {_plain(row.title)}", "")
    yield f"- When: {span(row.starts_at, row.ends_at, row.tz)} ({utc(row)})"
    yield f"- Where: {_plain(place_of(row)) or 'no place set'}"
    yield f"- Between: {_plain(listing([party.short_name for party in one.parties]))}"
    closed = f", {words(row.close_kind)}" if row.close_kind else ""
    yield f"- State: {words(row.status)}{closed}"
    for word, person_id in (("Chair", row.chair_id), ("Notes", row.note_taker_id)):
        if person_id:
            yield f"- {word}: {_plain(record.names.get(person_id))}"
    if row.basis_note:
        yield f"- Note: {_plain(row.basis_note)}"
    yield from ("", "#### Agenda", "")
    yield from (_item(record, item) for item in one.agenda)
    yield from ("", "#### Attendance", "")
    yield from _attendance(record, one)
    yield from ("", "#### Outcomes", "")
    yield from _outcomes(record, one)
    yield from _summary(one)
    yield from ("", "#### Changes", "")
    sides = {party.id: party.short_name for party in record.parties.values()}
    for change in one.changes:
        at = stamp(change.created_at, record.negotiation.home_tz)
        yield f"{change.number}. {at}: {_plain(log_line(change, sides, record.names))}"


def _item(record: Record, item: AgendaItem) -> str:
    issue = record.issues.get(item.issue_id or "")
    code = f", issue {issue.code}" if issue else ""
    minutes = f", {item.minutes} minutes" if item.minutes else ""
    told = f"{words(item.kind)}, {words(item.state)}{code}{minutes}"
    return f"{item.position}. {_plain(item.title)} ({told})"


def _attendance(record: Record, one: SessionRecord) -> Iterator[str]:
    if not one.people:
        yield "Not recorded."
    for row, person in one.people:
        side = record.sides.get(person.id, "Secretariat")
        title = f", {_plain(person.title)}" if person.title else ""
        came = words(row.actual)
        if row.actual is Presence.unknown:
            came = f"not recorded; {words(row.rsvp)}"
        yield f"- {_plain(person.name)}{title} ({_plain(side)}): {came}"


def _outcomes(record: Record, one: SessionRecord) -> Iterator[str]:
    if not one.outcomes:
        yield "None recorded."
    superseded = {row.supersedes_id for row in one.outcomes}
    for row in one.outcomes:
        yield f"- {_outcome(record, row, stands=row.id not in superseded)}"


def _outcome(record: Record, row: Outcome, *, stands: bool) -> str:
    issue, look = record.issues[row.issue_id], LOOKS[row.value]
    parts = [f"**{issue.code} {_plain(issue.title)}**: {look.glyph} {look.word}"]
    parts += ["(in part)"] if row.partial else []
    if row.decided_by_id:
        parts.append(f"by {_plain(record.parties[row.decided_by_id].short_name)}")
    sentences = [" ".join(parts), row.text]
    sentences += [f"Reason: {row.reason}"] if row.reason else []
    sentences.append(f"Said on {long_day(row.effective_on)}")
    if row.certainty is Certainty.C:
        sentences.append("Certainty C: sources disagree, or inferred")
    cited = record.sources.get(row.id, ())
    sentences += [f"Sources: {'; '.join(source.citation for source in cited)}"] if cited else []
    sentences += [] if stands else ["Superseded by what follows"]
    first, *rest = sentences
    return ". ".join([first, *(_plain(text).rstrip(".") for text in rest if text)]) + "."


def _summary(one: SessionRecord) -> Sequence[str]:
    """The text that stands, quoted line by line: its bytes are what its hash is of."""
    if not one.texts:
        return []
    summary, text = one.texts[-1]
    head = f"#### Summary {_plain(summary.symbol)}, revision {text.number}, {words(summary.state)}"
    return ["", head, "", *(f"> {line}" if line else ">" for line in text.body.split("\n"))]


def _promise(one: Promise) -> str:
    row = one.row
    to = f" to {_plain(one.beneficiary.short_name)}" if one.beneficiary else ""
    issue = f", issue {one.issue}" if one.issue else ""
    due = f", by {long_day(row.due_on)}" if row.due_on else ""
    evidence = f" Evidence: {_plain(row.evidence)}" if row.evidence else ""
    owner, text = _plain(one.owner.short_name), _plain(row.text)
    return f"{owner}{to}: {text} ({words(row.status)}{due}{issue}).{evidence}"
