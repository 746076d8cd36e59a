"""The record of some talks for people: each track with its sessions and all that hangs on them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, func, select

from negotiations.access.actor import Actor, operator
from negotiations.db import Db
from negotiations.documents import queries as documents
from negotiations.documents.queries import Requested
from negotiations.errors import Refused
from negotiations.models import (
    AgendaItem,
    Attendance,
    AuditEntry,
    Issue,
    Negotiation,
    NegotiationSession,
    Outcome,
    Party,
    Person,
    SessionChange,
    Source,
    Summary,
    SummaryRevision,
    Track,
)
from negotiations.outcomes import queries as recorded
from negotiations.outcomes.matrix import in_succession
from negotiations.outcomes.positions import Stance
from negotiations.outcomes.positions import positions as stances
from negotiations.outcomes.queries import Promise
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating

Present = tuple[Attendance, Person]


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One session; its texts, outcomes and changes oldest first, `parties` who sits there."""

    row: NegotiationSession
    parties: Sequence[Party]
    agenda: Sequence[AgendaItem]
    people: Sequence[Present]
    outcomes: Sequence[Outcome]
    texts: Sequence[tuple[Summary, SummaryRevision]]
    changes: Sequence[SessionChange]


@dataclass(frozen=True, slots=True)
class TableRecord:
    """One track, or the plenaries, of which there is no track and no jurisdiction.

    `head` is the last hash of its audit chain with its number, if it has any.
    """

    row: Track | None
    jurisdiction: Party | None
    sessions: Sequence[SessionRecord]
    commitments: Sequence[Promise]
    head: tuple[int, str] | None

    @property
    def name(self) -> str:
        return self.jurisdiction.name if self.jurisdiction else "Plenary"


@dataclass(frozen=True, slots=True)
class Record:
    """Some talks; parties, issues and names by id, sources by outcome id.

    `sides` are short names by person id; the secretariat's people aren't in it.
    """

    negotiation: Negotiation
    parties: Mapping[str, Party]
    issues: Mapping[str, Issue]
    names: Mapping[str, str]
    sides: Mapping[str, str]
    sources: Mapping[str, Sequence[Source]]
    tables: Sequence[TableRecord]
    positions: Sequence[Stance]
    requests: Sequence[Requested]

    @property
    def agency(self) -> Party | None:
        return next((one for one in self.parties.values() if one.kind == "agency"), None)


async def record(
    db: Db, negotiation: Negotiation, tracks: Sequence[tuple[Track, Party]], *, whole: bool
) -> Record:
    """The record of these tracks as the secretariat sees it, by a constant number of queries.

    The `whole` has the plenaries and the document requests too, which belong to no track.
    """
    actor = operator(negotiation.id)
    everyone = await parties.parties(db, actor, negotiation.id)
    issues = {one.id: one for one in await parties.issues(db, actor, negotiation.id)}
    ids = {track.id for track, _ in tracks}
    rows = [
        one
        for one in await scheduling.sessions(db, actor, negotiation.id)
        if one.track_id in ids or (whole and one.track_id is None)
    ]
    sessions = await _sessions(db, rows, {key: one.code for key, one in issues.items()})
    promises = await recorded.commitments(db, actor, negotiation.id)
    heads = await _heads(
        db, [f"track:{one}" for one in sorted(ids)] + [f"negotiation:{negotiation.id}"]
    )
    named = [row.chair_id for row in rows] + [row.note_taker_id for row in rows]
    named += [change.person_id for one in sessions for change in one.changes]
    seats = await parties.members(db, actor, negotiation.id, ended=True)
    outcomes = [row.id for one in sessions for row in one.outcomes]
    return Record(
        negotiation,
        {one.id: one for one in everyone},
        issues,
        await parties.names(db, named),
        {person.id: party.short_name for _, person, party in seats if party},
        await recorded.sources_of(db, outcomes),
        _tables(negotiation, tracks, sessions, promises, heads),
        [one for one in await stances(db, actor, negotiation.id) if one.row.track_id in ids],
        await documents.requests(db, actor, negotiation) if whole else [],
    )


def _tables(
    negotiation: Negotiation,
    tracks: Sequence[tuple[Track, Party]],
    sessions: Sequence[SessionRecord],
    promises: Sequence[Promise],
    heads: Mapping[str, tuple[int, str]],
) -> list[TableRecord]:
    """The plenaries, if there are any, then the tracks."""
    found = [
        TableRecord(
            track,
            party,
            [one for one in sessions if one.row.track_id == track.id],
            [one for one in promises if one.row.track_id == track.id],
            heads.get(f"track:{track.id}"),
        )
        for track, party in tracks
    ]
    plenaries = [one for one in sessions if one.row.track_id is None]
    if plenaries:
        head = heads.get(f"negotiation:{negotiation.id}")
        found.insert(0, TableRecord(None, None, plenaries, [], head))
    return found


async def chosen_tracks(
    db: Db, actor: Actor, negotiation: Negotiation, jurisdiction: str | None
) -> list[tuple[Track, Party]]:
    """Every track, or the one of that jurisdiction; Refused when there is none."""
    tracks = await parties.tracks(db, actor, negotiation.id)
    found = [one for one in tracks if jurisdiction in (None, one[1].slug)]
    if jurisdiction is not None and not found:
        known = ", ".join(sorted(party.slug for _, party in tracks)) or "none yet"
        raise Refused(f"There is no track {jurisdiction!r} in these talks. Known: {known}.")
    return found


async def _sessions(
    db: Db, rows: Sequence[NegotiationSession], codes: Mapping[str, str]
) -> list[SessionRecord]:
    """By track in the order of their numbers."""
    ids = [row.id for row in rows]
    settings = await seating.settings_of(db, rows)
    agendas = await scheduling.agendas(db, rows)
    changes = await scheduling.changes(db, rows)
    outcomes = await recorded.outcomes_of(db, ids)
    people, texts = await _people(db, ids), await _texts(db, ids)
    return [
        SessionRecord(
            row=row,
            parties=settings[row.id].parties,
            agenda=agendas[row.id],
            people=people[row.id],
            outcomes=in_succession(outcomes[row.id], codes),
            texts=texts[row.id],
            changes=changes[row.id],
        )
        for row in sorted(rows, key=lambda one: one.number)
    ]


async def _people(db: Db, ids: Sequence[str]) -> dict[str, list[Present]]:
    """Who is expected or came, by name."""
    rows = await db.exec(
        select(Attendance, Person)
        .join(Person, col(Person.id) == Attendance.person_id)
        .where(col(Attendance.session_id).in_(ids))
        .order_by(col(Person.name), col(Person.id))
    )
    grouped = defaultdict(list)
    for attendance, person in rows:
        grouped[attendance.session_id].append((attendance, person))
    return grouped


async def _texts(db: Db, ids: Sequence[str]) -> dict[str, list[tuple[Summary, SummaryRevision]]]:
    rows = await db.exec(
        select(Summary, SummaryRevision)
        .join(SummaryRevision, col(SummaryRevision.summary_id) == Summary.id)
        .where(col(Summary.session_id).in_(ids))
        .order_by(col(SummaryRevision.number))
    )
    grouped = defaultdict(list)
    for summary, revision in rows:
        grouped[summary.session_id].append((summary, revision))
    return grouped


async def _heads(db: Db, chains: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Number and hash of the last entry of each audit chain."""
    last = (
        select(AuditEntry.chain, func.max(AuditEntry.number).label("number"))
        .where(col(AuditEntry.chain).in_(chains))
        .group_by(col(AuditEntry.chain))
        .subquery()
    )
    rows = await db.exec(
        select(AuditEntry.chain, AuditEntry.number, AuditEntry.sha256).join(
            last,
            (last.c.chain == AuditEntry.chain) & (last.c.number == AuditEntry.number),
        )
    )
    return {chain: (number, sha256) for chain, number, sha256 in rows}
