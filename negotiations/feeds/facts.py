"""Loading what the events of some tracks are rendered from, by a constant number of queries.

It reads for all audiences at once and so asks no actor; `texts` decides who is told what.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import col, select

from negotiations.db import Db, afresh, locked
from negotiations.feeds.texts import TrackFacts
from negotiations.models import (
    Attendance,
    Commitment,
    Issue,
    Negotiation,
    NegotiationSession,
    Outcome,
    Party,
    Person,
    Summary,
    Track,
)
from negotiations.scheduling import queries as scheduling


async def tracks_of(db: Db, negotiation_ids: set[str], track_ids: set[str]) -> list[str]:
    """The ids of these tracks and of all tracks of these negotiations, held in one order."""
    rows = await db.exec(
        locked(
            select(Track.id)
            .where(col(Track.negotiation_id).in_(negotiation_ids) | col(Track.id).in_(track_ids))
            .order_by(col(Track.id))
        )
    )
    return list(rows.all())


async def load(db: Db, track_ids: Sequence[str]) -> list[TrackFacts]:
    """The facts of each of these tracks."""
    placed = await db.exec(
        afresh(
            select(Negotiation, Track, Party)
            .join(Track, col(Track.negotiation_id) == Negotiation.id)
            .join(Party, col(Party.id) == Track.party_id)
            .where(col(Track.id).in_(track_ids))
            .order_by(col(Track.id))
        )
    )
    places = placed.all()
    negotiation_ids = {negotiation.id for negotiation, _, _ in places}
    agencies = await db.exec(
        afresh(
            select(Party).where(
                col(Party.negotiation_id).in_(negotiation_ids), col(Party.kind) == "agency"
            )
        )
    )
    agency_of = {party.negotiation_id: party for party in agencies}
    listed = await db.exec(
        afresh(select(Issue).where(col(Issue.negotiation_id).in_(negotiation_ids)))
    )
    issues = {issue.id: issue for issue in listed}
    found = await db.exec(
        afresh(
            select(NegotiationSession)
            .where(col(NegotiationSession.track_id).in_(track_ids))
            .order_by(col(NegotiationSession.starts_at), col(NegotiationSession.id))
        )
    )
    sessions = found.all()
    ids = [session.id for session in sessions]
    changes = await scheduling.changes(db, sessions)
    agendas = await scheduling.agendas(db, sessions)
    people = await _people(db, sessions)
    outcomes = await _outcomes(db, ids)
    commitments = await _commitments(db, track_ids)
    written = await db.exec(select(Summary).where(col(Summary.session_id).in_(ids)))
    summaries = {summary.session_id: summary for summary in written}
    return [
        TrackFacts(
            negotiation=negotiation,
            track_id=track.id,
            jurisdiction=jurisdiction,
            agency=agency_of[negotiation.id],
            sessions=[session for session in sessions if session.track_id == track.id],
            issues=issues,
            changes=changes,
            agendas=agendas,
            people=people,
            outcomes=outcomes,
            commitments=commitments[track.id],
            summaries=summaries,
        )
        for negotiation, track, jurisdiction in places
        if negotiation.id in agency_of
    ]


async def _people(db: Db, sessions: Sequence[NegotiationSession]) -> dict[str, list[str]]:
    """The names of who is expected or chairs, by session."""
    rows = await db.exec(
        select(Attendance.session_id, Person.name)
        .join(Person, col(Person.id) == Attendance.person_id)
        .where(col(Attendance.session_id).in_([session.id for session in sessions]))
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
