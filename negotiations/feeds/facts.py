"""Loading what the events of some tables are rendered from, by a constant number of queries.

It reads for all audiences at once and so asks no actor; `texts` decides who is told what.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import and_, col, or_, select

from negotiations.db import Db, afresh, locked
from negotiations.feeds.minutes import LONGEST_MINUTES
from negotiations.feeds.table_facts import Minutes, TableFacts
from negotiations.models import (
    Attendance,
    Caucus,
    Commitment,
    Issue,
    Negotiation,
    NegotiationSession,
    Outcome,
    Party,
    Person,
    SessionParty,
    Summary,
    Track,
)
from negotiations.models.sessions import Presence, Rsvp, SessionKind
from negotiations.notes import queries as notes
from negotiations.outbox import Announced
from negotiations.polls import queries as polls
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling.seating import participants


@dataclass(frozen=True, slots=True)
class Scope:
    """What has to be rendered: whole negotiations, tracks, plenaries and caucuses, by their ids.

    A caucus never brings anything else with it: nobody else's bytes may tell of it.
    """

    whole: frozenset[str] = frozenset()
    tracks: frozenset[str] = frozenset()
    plenaries: frozenset[str] = frozenset()
    caucuses: frozenset[str] = frozenset()

    @classmethod
    def of(cls, events: Iterable[Announced]) -> "Scope":
        """What these events concern."""
        found = defaultdict(set)
        for event in events:
            if event.caucus_id is not None:
                found["caucuses"].add(event.caucus_id)
            elif event.track_id is not None:
                found["tracks"].add(event.track_id)
            elif event.session_id is not None:
                found["plenaries"].add(event.session_id)
            else:
                found["whole"].add(event.negotiation_id)
        return cls(**{name: frozenset(ids) for name, ids in found.items()})


async def held(db: Db, scope: Scope) -> tuple[list[str], list[str]]:
    """The ids of the tracks and of the caucuses concerned, held in one order.

    A plenary concerns the tracks of who takes part: it counts as a session in their windows.
    """
    seated = select(SessionParty.party_id).where(col(SessionParty.session_id).in_(scope.plenaries))
    tracks = await db.exec(
        locked(
            select(Track.id)
            .where(
                or_(
                    col(Track.negotiation_id).in_(scope.whole),
                    col(Track.id).in_(scope.tracks),
                    col(Track.party_id).in_(seated),
                )
            )
            .order_by(col(Track.id))
        )
    )
    caucuses = await db.exec(
        locked(
            select(Caucus.id)
            .where(
                or_(col(Caucus.negotiation_id).in_(scope.whole), col(Caucus.id).in_(scope.caucuses))
            )
            .order_by(col(Caucus.id))
        )
    )
    return list(tracks.all()), list(caucuses.all())


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Rows of all tables together, grouped by what they hang on."""

    negotiations: Mapping[str, Negotiation]
    agencies: Mapping[str, Party]
    seated: Mapping[str, Sequence[Party]]
    shared: Mapping[str, Any]  # what TableFacts takes as it is
    commitments: Mapping[str, Sequence[Commitment]]


async def load(db: Db, scope: Scope) -> list[TableFacts]:
    """The facts of each table concerned: tracks, then plenaries and caucuses by who sits there."""
    track_ids, caucus_ids = await held(db, scope)
    placed = await db.exec(
        afresh(
            select(Track, Party)
            .join(Party, col(Party.id) == Track.party_id)
            .where(col(Track.id).in_(track_ids))
            .order_by(col(Track.id))
        )
    )
    tracks = placed.all()
    in_talks = {track.negotiation_id for track, _ in tracks} | scope.whole
    session = NegotiationSession
    found = await db.exec(
        afresh(
            select(session)
            .where(
                or_(
                    col(session.track_id).in_(track_ids),
                    col(session.caucus_id).in_(caucus_ids),
                    and_(
                        col(session.kind) == SessionKind.plenary,
                        or_(
                            col(session.negotiation_id).in_(in_talks),
                            col(session.id).in_(scope.plenaries),
                        ),
                    ),
                )
            )
            .order_by(col(session.starts_at), col(session.id))
        )
    )
    sessions = found.all()
    loaded = await _load(db, sessions, track_ids, in_talks)
    tables = [_of_track(loaded, *place, sessions) for place in tracks if _has_agency(loaded, place)]
    return tables + _of_parties(loaded, sessions, scope)


def _has_agency(loaded: _Loaded, place: tuple[Track, Party]) -> bool:
    return place[0].negotiation_id in loaded.agencies


async def _load(
    db: Db,
    sessions: Sequence[NegotiationSession],
    track_ids: Sequence[str],
    negotiation_ids: Iterable[str],
) -> _Loaded:
    ids = [session.id for session in sessions]
    talks = {*negotiation_ids, *(session.negotiation_id for session in sessions)}
    rows = await db.exec(afresh(select(Negotiation).where(col(Negotiation.id).in_(talks))))
    negotiations = {row.id: row for row in rows}
    agencies = await db.exec(
        afresh(
            select(Party).where(col(Party.negotiation_id).in_(talks), col(Party.kind) == "agency")
        )
    )
    listed = await db.exec(afresh(select(Issue).where(col(Issue.negotiation_id).in_(talks))))
    written = await db.exec(select(Summary).where(col(Summary.session_id).in_(ids)))
    summaries = {summary.session_id: summary for summary in written}
    return _Loaded(
        negotiations,
        {party.negotiation_id: party for party in agencies},
        await participants(db, ids),
        {
            "issues": {issue.id: issue for issue in listed},
            "changes": await scheduling.changes(db, sessions),
            "agendas": await scheduling.agendas(db, sessions),
            "people": await _people(db, sessions),
            "outcomes": await _outcomes(db, ids),
            "summaries": summaries,
            "minutes": await _minutes(db, summaries.values()),
            "asked": await polls.asked_about(db, ids),
        },
        await _commitments(db, track_ids),
    )


def _of_track(
    loaded: _Loaded, track: Track, jurisdiction: Party, sessions: Sequence[NegotiationSession]
) -> TableFacts:
    return TableFacts(
        negotiation=loaded.negotiations[track.negotiation_id],
        parties=(loaded.agencies[track.negotiation_id], jurisdiction),
        track_id=track.id,
        jurisdiction=jurisdiction,
        sessions=[session for session in sessions if session.track_id == track.id],
        commitments=loaded.commitments[track.id],
        plenaries=[
            session
            for session in sessions
            if session.kind is SessionKind.plenary
            and any(party.id == jurisdiction.id for party in loaded.seated[session.id])
        ],
        **loaded.shared,
    )


def _of_parties(
    loaded: _Loaded, sessions: Sequence[NegotiationSession], scope: Scope
) -> list[TableFacts]:
    """The plenaries and caucus sessions of the same parties are one table."""
    tables: dict[tuple[str, ...], list[NegotiationSession]] = defaultdict(list)
    for session in sessions:
        seated = [party.id for party in loaded.seated[session.id]]
        if session.track_id is None:
            tables[session.negotiation_id, session.caucus_id or "", *seated].append(session)
    return [
        TableFacts(
            negotiation=loaded.negotiations[table[0].negotiation_id],
            parties=loaded.seated[table[0].id],
            track_id=None,
            jurisdiction=None,
            sessions=table,
            commitments=(),
            **loaded.shared,
        )
        for table in tables.values()
        if _concerned(table, scope)
    ]


def _concerned(table: Sequence[NegotiationSession], scope: Scope) -> bool:
    """Other plenaries of the talks are loaded for the windows only, and are nobody's who holds a
    track."""
    return any(
        session.negotiation_id in scope.whole
        or session.id in scope.plenaries
        or session.caucus_id in scope.caucuses
        for session in table
    )


async def _minutes(db: Db, summaries: Iterable[Summary]) -> dict[str, Minutes]:
    """What each summary says to the secretariat and to the delegations, by session."""
    found = await notes.texts(db, summaries, LONGEST_MINUTES + 1)
    return {session_id: Minutes(*texts) for session_id, texts in found.items()}


async def _people(db: Db, sessions: Sequence[NegotiationSession]) -> dict[str, list[str]]:
    """The names of who is expected or chairs, by session; but for who said they don't come."""
    rows = await db.exec(
        select(Attendance.session_id, Person.name)
        .join(Person, col(Person.id) == Attendance.person_id)
        .where(
            col(Attendance.session_id).in_([session.id for session in sessions]),
            or_(
                col(Attendance.rsvp) != Rsvp.declined,
                col(Attendance.actual).in_([Presence.present, Presence.left_early]),
            ),
        )
        .order_by(col(Person.name), col(Person.id))
    )
    named = defaultdict(list)
    for session_id, name in rows:
        named[session_id].append(name)
    return named


async def _outcomes(db: Db, session_ids: Sequence[str]) -> dict[str, list[Outcome]]:
    rows = await db.exec(
        select(Outcome)
        .where(col(Outcome.session_id).in_(session_ids))
        .order_by(col(Outcome.recorded_at), col(Outcome.id))
    )
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.session_id].append(row)
    return grouped


async def _commitments(db: Db, track_ids: Sequence[str]) -> dict[str, list[Commitment]]:
    rows = await db.exec(
        afresh(
            select(Commitment)
            .where(col(Commitment.track_id).in_(track_ids))
            .order_by(
                col(Commitment.due_on).is_(None),
                col(Commitment.due_on),
                col(Commitment.created_at),
                col(Commitment.id),
            )
        )
    )
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.track_id].append(row)
    return grouped
