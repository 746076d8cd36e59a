"""Reading across the domains: what waits for somebody, and what anybody may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import and_, col, or_, select

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.documents import queries as documents
from negotiations.documents.lines import late_warning
from negotiations.documents.publication import as_public as as_public_request
from negotiations.documents.states import standing
from negotiations.models import (
    Commitment,
    DocumentRequest,
    DocumentRequestSession,
    EventBytes,
    Negotiation,
    NegotiationSession,
    Party,
    PollOption,
    PublishedSummary,
    Summary,
    Track,
)
from negotiations.models.feeds import EventAudience
from negotiations.models.outcomes import CommitmentStatus
from negotiations.models.parties import PartyKind, Role
from negotiations.notes import publishing
from negotiations.overview.published import PublicSession, PublicTalks
from negotiations.scheduling import seating
from negotiations.scheduling.publication import as_public

_AT_THE_TABLE = (PartyKind.agency, PartyKind.jurisdiction)


async def defects(db: Db, actor: Actor) -> Sequence[NegotiationSession]:
    """The sessions whose calendar text can't be made anew, for their coordinators.

    Also where that is so of the minutes, or of what was undertaken there. Of a caucus session its
    heads are told: they do there what the coordinator does elsewhere.
    """
    return list(await db.exec(_defects(actor)))


@prepared
def _defects(actor: Actor) -> Any:
    coordinated = [seat.negotiation_id for seat in actor.seats if seat.role is Role.coordinator]
    headed = [seat.negotiation_id for seat in actor.seats if seat.role in (Role.head, Role.deputy)]
    bad = select(EventBytes.object_id).where(
        col(EventBytes.defect).is_not(None),
        or_(
            col(EventBytes.negotiation_id).in_(coordinated),
            and_(
                col(EventBytes.audience) == EventAudience.caucus,
                col(EventBytes.negotiation_id).in_(headed),
            ),
        ),
    )
    session_id = col(NegotiationSession.id)
    their = [
        session_id.in_(select(table.session_id).where(col(table.id).in_(bad)))
        for table in (Summary, Commitment, PollOption)
    ]
    return (
        select(NegotiationSession)
        .where(or_(session_id.in_(bad), *their), visible(actor, NegotiationSession))
        .order_by(col(NegotiationSession.starts_at), col(NegotiationSession.id))
    )


async def published_talks(db: Db) -> Sequence[Negotiation]:
    """The negotiations of which anything is published, by title."""
    sessions = select(NegotiationSession.negotiation_id).where(
        col(NegotiationSession.published_at).is_not(None)
    )
    requests = select(DocumentRequest.negotiation_id).where(
        col(DocumentRequest.published_at).is_not(None)
    )
    summaries = (
        select(NegotiationSession.negotiation_id)
        .join(Summary, col(Summary.session_id) == NegotiationSession.id)
        .join(PublishedSummary, col(PublishedSummary.summary_id) == Summary.id)
    )
    any_of = [col(Negotiation.id).in_(ids) for ids in (sessions, requests, summaries)]
    rows = await db.exec(
        select(Negotiation)
        .where(or_(*any_of))
        .execution_options(passage="published")
        .order_by(col(Negotiation.title), col(Negotiation.id))
    )
    return rows.all()


@dataclass(frozen=True, slots=True)
class Overdue:
    """A commitment past its day, or soon, with whose it is and in which talks."""

    row: Commitment
    owner: Party
    jurisdiction: str
    negotiation: Negotiation


async def overdue(
    db: Db, actor: Actor, *, now: datetime, ahead: timedelta = timedelta()
) -> list[Overdue]:
    """The visible open commitments of all the actor's talks whose day is over, or will be after
    the time `ahead`, oldest first.

    A day ends at midnight in the home zone of the talks.
    """
    now += ahead
    # It is never later than this anywhere on earth (UTC+14).
    latest = local_date(now + timedelta(hours=14), "UTC")
    rows = await db.exec(_overdue(actor), params={"latest": latest})
    return [
        Overdue(row, owner, slug, negotiation)
        for row, owner, slug, negotiation in rows
        if row.due_on and row.due_on < local_date(now, negotiation.home_tz)
    ]


@prepared
def _overdue(actor: Actor) -> Any:
    jurisdictions = select(col(Party.id).label("id"), col(Party.slug).label("slug")).subquery(
        "jurisdiction"
    )
    return (
        select(Commitment, Party, jurisdictions.c.slug, Negotiation)
        .join(Party, col(Party.id) == Commitment.owner_id)
        .join(Track, col(Track.id) == Commitment.track_id)
        .join(jurisdictions, jurisdictions.c.id == Track.party_id)
        .join(Negotiation, col(Negotiation.id) == Track.negotiation_id)
        .where(
            visible(actor, Commitment),
            col(Commitment.status).in_([CommitmentStatus.open, CommitmentStatus.in_progress]),
            col(Commitment.due_on) < bindparam("latest"),
        )
        .order_by(col(Commitment.due_on), col(Commitment.created_at), col(Commitment.id))
    )


@dataclass(frozen=True, slots=True)
class LateRequest:
    """A document request whose answer is due after a session to come that needs it."""

    row: DocumentRequest
    negotiation: Negotiation
    session: NegotiationSession
    warning: str


async def late_requests(db: Db, actor: Actor, *, now: datetime) -> list[LateRequest]:
    """Those of all the actor's talks, by the first session that each comes too late for."""
    rows = await db.exec(_needed(actor), params={"now": now})
    found: dict[str, LateRequest] = {}
    needed = rows.all()
    events = await documents.events_of(db, list({row.id for row, _, _ in needed}))
    for row, negotiation, before in needed:
        stood = standing(events[row.id])
        late = late_warning(stood, before, negotiation.home_tz) if stood else []
        if late:
            found.setdefault(row.id, LateRequest(row, negotiation, before, late[0]))
    return list(found.values())


@prepared
def _needed(actor: Actor) -> Any:
    session, link = NegotiationSession, DocumentRequestSession
    return (
        select(DocumentRequest, Negotiation, session)
        .join(Negotiation, col(Negotiation.id) == DocumentRequest.negotiation_id)
        .join(link, col(link.request_id) == DocumentRequest.id)
        .join(session, col(session.id) == link.session_id)
        .where(
            visible(actor, DocumentRequest),
            visible(actor, session),
            col(session.starts_at) > bindparam("now"),
        )
        .order_by(col(session.starts_at), col(session.id), col(DocumentRequest.id))
    )


async def public_talks(db: Db, slug: str) -> PublicTalks | None:
    """The published part of these talks, for whoever asks; None when there are no such talks.

    It asks no actor: what is public is what carries `published_at`, and nobody has a right more.
    """
    named = await db.exec(select(Negotiation).where(col(Negotiation.slug) == slug))
    negotiation = named.first()
    if negotiation is None:
        return None
    rows = await db.exec(
        select(NegotiationSession)
        .where(
            col(NegotiationSession.negotiation_id) == negotiation.id,
            col(NegotiationSession.published_at).is_not(None),
        )
        .execution_options(passage="published")
    )
    found = [one for one in rows if one.public_copy is not None]  # else its copy was broken by SQL
    settings = await seating.settings_of(db, found)
    published = sorted(map(as_public, found), key=lambda one: (one.starts_at, one.id))
    copies = await documents.published(db, negotiation.id)
    requests = [as_public_request(copy) for copy in copies]
    summaries = await publishing.published(db, negotiation.id)
    if not published:
        return PublicTalks(negotiation, None, (), (), requests, summaries)
    sides = await db.exec(
        select(Party)
        .where(
            col(Party.negotiation_id) == negotiation.id,
            col(Party.kind).in_(_AT_THE_TABLE),
        )
        .order_by(col(Party.name), col(Party.id))
    )
    parties = sides.all()
    return PublicTalks(
        negotiation,
        next((party for party in parties if party.kind is PartyKind.agency), None),
        [party for party in parties if party.kind is PartyKind.jurisdiction],
        [
            PublicSession(
                session,
                settings[session.id].parties,
                tuple((session.public_copy or {})["agenda"]),
            )
            for session in published
        ],
        requests,
        summaries,
    )
