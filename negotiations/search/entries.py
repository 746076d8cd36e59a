"""PURE: what of an object may be found, and by whom? Rows in, entries for each audience out.

A new kind is one more function here, and where its rows are loaded in `kinds`.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from negotiations.models import (
    AgendaItem,
    Commitment,
    DocumentRequest,
    DocumentRequestEvent,
    Issue,
    NegotiationSession,
    Note,
    Outcome,
    Position,
    Summary,
    Track,
)
from negotiations.models.notes import NoteAudience
from negotiations.models.search import SearchAudience, SearchKind
from negotiations.models.sessions import ItemState, SessionKind

SHOWN_FROM = 100_000  # characters of a text from which results show a part; all of it is searched


class Readers(NamedTuple):
    """One audience: its kind, and whose (see models.search)."""

    audience: SearchAudience
    id: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of an object for one audience."""

    negotiation_id: str
    readers: Readers
    kind: SearchKind
    object_id: str
    day: date
    title: str
    text: str
    session_id: str | None = None
    track_id: str | None = None
    superseded: bool = False


def at_the_table(session: NegotiationSession, party_ids: Iterable[str]) -> list[Readers]:
    """Who sits at a session (the same as access.visible says): both sides of a track; at a plenary
    who takes part and the secretariat; at a caucus session who takes part alone."""
    if session.track_id is not None:
        return [Readers(SearchAudience.track, session.track_id)]
    parties = [Readers(SearchAudience.party, one) for one in party_ids]
    if session.kind is SessionKind.plenary:
        return [Readers(SearchAudience.secretariat, session.negotiation_id), *parties]
    return parties


def of_session(
    session: NegotiationSession, agenda: Sequence[AgendaItem], party_ids: Iterable[str]
) -> list[Entry]:
    """Where it is, its agenda, why it was cancelled; for the public what it was shown of it."""
    items = [one.title for one in agenda if one.state is not ItemState.dropped]
    own = Entry(
        negotiation_id=session.negotiation_id,
        readers=Readers(SearchAudience.track, ""),
        kind=SearchKind.session,
        object_id=session.id,
        day=session.local_start.date(),
        title=session.title,
        text=_lines(session.location, session.room, *items, session.cancel_reason),
        session_id=session.id,
        track_id=session.track_id,
    )
    seated = [replace(own, readers=one) for one in at_the_table(session, party_ids)]
    return [*seated, *_public(session, own)]


def _public(session: NegotiationSession, own: Entry) -> list[Entry]:
    """Nothing of a copy that SQL has broken."""
    copy = session.public_copy
    if session.published_at is None or copy is None:
        return []
    with suppress(TypeError, ValueError):
        public = replace(
            own,
            readers=Readers(SearchAudience.public, session.negotiation_id),
            day=datetime.fromisoformat(copy["local_start"]).date(),
            title=str(copy["title"]),
            text=_lines(copy["location"], copy["room"], *copy["agenda"]),
        )
        return [public]
    return []


def of_summary(
    summary: Summary,
    session: NegotiationSession,
    party_ids: Iterable[str],
    *,
    latest: str,
    shared: str | None,
    published: str | None,
) -> list[Entry]:
    """The secretariat finds its latest text, the delegations what was circulated to them last, the
    public what was published; None: not yet."""
    own = Entry(
        negotiation_id=session.negotiation_id,
        readers=Readers(SearchAudience.secretariat, session.negotiation_id),
        kind=SearchKind.summary,
        object_id=summary.id,
        day=session.local_start.date(),
        title=f"Summary {summary.symbol}",
        text=latest,
        session_id=session.id,
        track_id=session.track_id,
    )
    found = [own]
    if shared is not None:
        found += [
            replace(own, readers=one, text=shared)
            for one in at_the_table(session, party_ids)
            if one.audience is not SearchAudience.secretariat
        ]
    if published is not None:
        public = Readers(SearchAudience.public, session.negotiation_id)
        found.append(replace(own, readers=public, text=published))
    return found


def of_note(
    note: Note, session: NegotiationSession, party_ids: Iterable[str], body: str
) -> list[Entry]:
    """For its author, its side (in a caucus session all who confer) or the secretariat alone."""
    own = Entry(
        negotiation_id=note.negotiation_id,
        readers=Readers(SearchAudience.mine, note.owner_id),
        kind=SearchKind.note,
        object_id=note.id,
        day=session.local_start.date(),
        title=f"Notes: {session.title}",
        text=body,
        session_id=session.id,
        track_id=session.track_id,
    )
    side = [Readers(SearchAudience.party, note.owner_id)]
    readers = {
        NoteAudience.mine: [own.readers],
        NoteAudience.caucus: at_the_table(session, party_ids) if session.caucus_id else side,
        NoteAudience.secretariat: [Readers(SearchAudience.secretariat, note.negotiation_id)],
    }
    # A word that this version doesn't know is for nobody.
    return [replace(own, readers=one) for one in readers.get(note.audience, ())]


def of_outcome(
    outcome: Outcome,
    issue: Issue,
    session: NegotiationSession,
    party_ids: Iterable[str],
    *,
    superseded: bool,
) -> list[Entry]:
    """One that is superseded is found still, and marked: it was said."""
    value = str(outcome.value.value).replace("_", " ")
    return [
        Entry(
            negotiation_id=session.negotiation_id,
            readers=readers,
            kind=SearchKind.outcome,
            object_id=outcome.id,
            day=outcome.effective_on,
            title=_title(issue),
            text=_lines(value, outcome.text, outcome.reason),
            session_id=session.id,
            track_id=session.track_id,
            superseded=superseded,
        )
        for readers in at_the_table(session, party_ids)
    ]


def of_position(position: Position, issue: Issue, track: Track, *, superseded: bool) -> list[Entry]:
    """Whose it is stands where it leads to: both sides may find it."""
    return [
        Entry(
            negotiation_id=track.negotiation_id,
            readers=Readers(SearchAudience.track, track.id),
            kind=SearchKind.position,
            object_id=position.id,
            day=position.stated_on,
            title=_title(issue),
            text=position.text,
            session_id=position.session_id,
            track_id=track.id,
            superseded=superseded,
        )
    ]


def of_commitment(
    commitment: Commitment, track: Track, issue: Issue | None, session: NegotiationSession | None
) -> list[Entry]:
    """By the day on which it was undertaken."""
    day = session.local_start.date() if session else commitment.created_at.date()
    return [
        Entry(
            negotiation_id=track.negotiation_id,
            readers=Readers(SearchAudience.track, track.id),
            kind=SearchKind.commitment,
            object_id=commitment.id,
            day=day,
            title=_title(issue) if issue else "Commitment",
            text=_lines(commitment.text, commitment.evidence),
            session_id=commitment.session_id,
            track_id=track.id,
        )
    ]


def of_request(row: DocumentRequest, events: Sequence[DocumentRequestEvent]) -> list[Entry]:
    """By the day of the last that happened, for every side; for the public what it was shown.

    What was entered wrong and superseded is not found: the request doesn't tell of it either.
    """
    superseded = {one.supersedes_id for one in events}
    standing = [one for one in events if one.id not in superseded]
    said = [text for one in standing for text in (one.label, one.text)]
    own = Entry(
        negotiation_id=row.negotiation_id,
        readers=Readers(SearchAudience.negotiation, row.negotiation_id),
        kind=SearchKind.document_request,
        object_id=row.id,
        day=max((one.happened_on for one in standing), default=row.created_at.date()),
        title=row.title,
        text=_lines(row.reference, row.scope, *said),
    )
    return [own, *_public_request(row, own)]


def _public_request(row: DocumentRequest, own: Entry) -> list[Entry]:
    """Nothing of a copy that SQL has broken."""
    copy = row.public_copy
    if row.published_at is None or copy is None:
        return []
    with suppress(TypeError, ValueError, KeyError):
        said = [str(one[name] or "") for one in copy["events"] for name in ("label", "text")]
        days = [date.fromisoformat(one["happened_on"]) for one in copy["events"]]
        public = replace(
            own,
            readers=Readers(SearchAudience.public, row.negotiation_id),
            day=max(days, default=own.day),
            title=str(copy["title"]),
            text=_lines(copy["reference"], copy["scope"], *said),
        )
        return [public]
    return []


def _title(issue: Issue) -> str:
    return f"{issue.code} {issue.title}"


def _lines(*texts: str | None) -> str:
    return "\n".join(one for one in texts if one)
