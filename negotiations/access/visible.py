"""The same decisions as `policy`, as filters: every read asks `visible(actor, Table)`.

What one may not see is not found, by the same SQL as for an unknown id.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_
from sqlmodel import col, select

from negotiations.access.actor import Actor, Seat
from negotiations.models import (
    AgendaItem,
    Attendance,
    Caucus,
    CaucusParty,
    Circulation,
    Commitment,
    DocumentRequest,
    Feed,
    Issue,
    KeptNote,
    Membership,
    Negotiation,
    NegotiationSession,
    Note,
    NoteDraft,
    Outcome,
    Party,
    Person,
    Position,
    SearchEntry,
    SessionParty,
    Summary,
    SummaryComment,
    SummaryDecision,
    SummaryRevision,
    Team,
    Track,
)
from negotiations.models.notes import NoteAudience
from negotiations.models.parties import Role
from negotiations.models.search import SearchAudience
from negotiations.models.sessions import SessionKind

Condition = ColumnElement[bool]


def visible(actor: Actor, table: type[Any]) -> Condition:
    """The condition under which a row of `table` exists for `actor`."""
    condition: Condition = _FILTERS[table](actor)
    return condition


def _negotiations(actor: Actor) -> list[str]:
    return [seat.negotiation_id for seat in actor.seats]


def _wide(actor: Actor) -> list[str]:
    """Negotiations in which the actor sits at every table: secretariat and agency."""
    return [seat.negotiation_id for seat in actor.seats if seat.side != "jurisdiction"]


def _own_tracks(actor: Actor) -> list[str]:
    return [seat.track_id for seat in actor.seats if seat.track_id]


def _secretariat(actor: Actor) -> list[str]:
    return [seat.negotiation_id for seat in actor.seats if seat.side == "secretariat"]


def _own_parties(actor: Actor) -> list[str]:
    return [seat.party_id for seat in actor.seats if seat.party_id]


def _negotiation(actor: Actor) -> Condition:
    mine = col(Negotiation.id).in_(_negotiations(actor))
    return or_(mine, col(Negotiation.id).is_not(None)) if actor.is_administrator else mine


def _of_negotiation(table: type[Party] | type[Issue] | type[DocumentRequest]) -> Any:
    return lambda actor: col(table.negotiation_id).in_(_negotiations(actor))


def _track(actor: Actor) -> Condition:
    return or_(col(Track.negotiation_id).in_(_wide(actor)), col(Track.id).in_(_own_tracks(actor)))


def _session(actor: Actor) -> Condition:
    """Those of one's tracks; a plenary for who takes part and the secretariat; a caucus session
    for who takes part and nobody else."""
    session, taking_part = NegotiationSession, col(SessionParty.party_id).in_(_own_parties(actor))
    return or_(
        and_(col(session.track_id).is_not(None), col(session.negotiation_id).in_(_wide(actor))),
        col(session.track_id).in_(_own_tracks(actor)),
        and_(
            col(session.kind) == SessionKind.plenary,
            col(session.negotiation_id).in_(_secretariat(actor)),
        ),
        col(session.id).in_(select(SessionParty.session_id).where(taking_part)),
    )


def _of_session(column: Any) -> Any:
    return lambda actor: column.in_(select(NegotiationSession.id).where(_session(actor)))


def _of_secretariat(actor: Actor) -> Any:
    """The ids of the sessions of which one writes the summaries."""
    return select(NegotiationSession.id).where(
        col(NegotiationSession.negotiation_id).in_(_secretariat(actor))
    )


def _summary(actor: Actor) -> Condition:
    """For the secretariat; for who sees the session from the first revision that was shared on.

    (There is none of a caucus session.)
    """
    shared = select(SummaryRevision.summary_id).where(col(SummaryRevision.shared_at).is_not(None))
    return or_(
        col(Summary.session_id).in_(_of_secretariat(actor)),
        and_(
            col(Summary.session_id).in_(select(NegotiationSession.id).where(_session(actor))),
            col(Summary.id).in_(shared),
        ),
    )


def _revision(actor: Actor) -> Condition:
    """Drafts are the secretariat's alone; others see the revisions that were shared."""
    written = select(Summary.id).where(col(Summary.session_id).in_(_of_secretariat(actor)))
    seen = select(Summary.id).where(
        col(Summary.session_id).in_(select(NegotiationSession.id).where(_session(actor)))
    )
    revision = SummaryRevision
    return or_(
        col(revision.summary_id).in_(written),
        and_(col(revision.shared_at).is_not(None), col(revision.summary_id).in_(seen)),
    )


def _of_revision(column: Any) -> Any:
    return lambda actor: column.in_(select(SummaryRevision.id).where(_revision(actor)))


def _circulation(actor: Actor) -> Condition:
    """Whom it reached when is known to the secretariat, and to each party of itself."""
    written = select(Summary.id).where(col(Summary.session_id).in_(_of_secretariat(actor)))
    revisions = select(SummaryRevision.id).where(col(SummaryRevision.summary_id).in_(written))
    own = col(Circulation.party_id).in_(_own_parties(actor))
    seen = select(SummaryRevision.id).where(_revision(actor))
    return or_(
        col(Circulation.revision_id).in_(revisions),
        and_(own, col(Circulation.revision_id).in_(seen)),
    )


def _of_track(column: Any) -> Any:
    return lambda actor: column.in_(select(Track.id).where(_track(actor)))


def _note_draft(actor: Actor) -> Condition:
    """One's own, while one still belongs to the secretariat."""
    if actor.person_id is None:
        return false()
    return and_(
        col(NoteDraft.person_id) == actor.person_id,
        col(NoteDraft.session_id).in_(_of_secretariat(actor)),
    )


def _notes(table: type[Note] | type[KeptNote], actor: Actor) -> Condition:
    """Of the sessions one may see: one's own, one's side's, and the secretariat's for it alone."""
    audience, owner, seen = col(table.audience), col(table.owner_id), NegotiationSession
    sessions = select(seen.id).where(_session(actor))
    circles = select(seen.caucus_id).where(_session(actor), col(seen.caucus_id).is_not(None))
    return and_(
        col(table.session_id).in_(sessions),
        or_(
            and_(audience == NoteAudience.mine, owner.in_([actor.person_id or ""])),
            and_(audience == NoteAudience.caucus, owner.in_(_own_parties(actor))),
            and_(audience == NoteAudience.caucus, owner.in_(circles)),
            and_(audience == NoteAudience.secretariat, owner.in_(_secretariat(actor))),
        ),
    )


def _note(actor: Actor) -> Condition:
    return _notes(Note, actor)


def _kept_note(actor: Actor) -> Condition:
    """One's own, while one may still see the notes that they were meant for."""
    return and_(col(KeptNote.person_id).in_([actor.person_id or ""]), _notes(KeptNote, actor))


def _caucus(actor: Actor) -> Condition:
    """For members of the parties that are asked into it."""
    asked = col(CaucusParty.party_id).in_(_own_parties(actor))
    return col(Caucus.id).in_(select(CaucusParty.caucus_id).where(asked))


def _team(actor: Actor) -> Condition:
    """Read like the session: own team and whom one meets."""
    everyone = select(Party.id).where(col(Party.negotiation_id).in_(_wide(actor)))
    agencies = select(Party.id).where(
        col(Party.negotiation_id).in_(_negotiations(actor)), col(Party.kind) == "agency"
    )
    return or_(
        col(Team.party_id).in_(everyone),
        col(Team.party_id).in_(agencies),
        col(Team.party_id).in_(_own_parties(actor)),
    )


def _membership(actor: Actor) -> Condition:
    seen = or_(
        col(Membership.negotiation_id).in_(_secretariat(actor)),
        col(Membership.party_id).in_(_own_parties(actor)),
        col(Membership.person_id) == actor.person_id if actor.person_id else false(),
    )
    appointed = col(Membership.role) == Role.coordinator
    return or_(seen, appointed) if actor.is_administrator else seen


def _person(actor: Actor) -> Condition:
    """Own side, oneself, and the names in sessions one may see."""
    sessions = select(NegotiationSession.id).where(_session(actor))
    attending = select(Attendance.person_id).where(col(Attendance.session_id).in_(sessions))
    chairs = select(NegotiationSession.chair_id).where(
        _session(actor), col(NegotiationSession.chair_id).is_not(None)
    )
    takers = select(NegotiationSession.note_taker_id).where(
        _session(actor), col(NegotiationSession.note_taker_id).is_not(None)
    )
    members = select(Membership.person_id).where(_membership(actor))
    return or_(
        col(Person.id).in_(members),
        col(Person.id).in_(attending),
        col(Person.id).in_(chairs),
        col(Person.id).in_(takers),
        col(Person.id) == actor.person_id if actor.person_id else false(),
    )


def _feed(actor: Actor) -> Condition:
    """One's own; those of the people of talks that can show them for their coordinators, and for
    heads and deputies those of their own side's people."""
    own = col(Feed.person_id) == actor.person_id if actor.person_id else false()
    return or_(own, *(_feeds_under(seat) for seat in actor.seats if _ends_feeds(seat)))


def _ends_feeds(seat: Seat) -> bool:
    return seat.role in (Role.coordinator, Role.head, Role.deputy)


def _feeds_under(seat: Seat) -> Condition:
    members = select(Membership.person_id).where(
        col(Membership.negotiation_id) == seat.negotiation_id, col(Membership.ended_at).is_(None)
    )
    if seat.party_id is not None:
        members = members.where(col(Membership.party_id) == seat.party_id)
    talks = or_(col(Feed.negotiation_id).is_(None), col(Feed.negotiation_id) == seat.negotiation_id)
    return and_(talks, col(Feed.person_id).in_(members))


def entries_for(actor: Actor, entry: Any = SearchEntry) -> Condition:
    """What of the search indexes is the actor's to find; `entry` may be an alias of the table.

    The same as the filters of the objects themselves say: see search.entries.
    """
    track = or_(
        entry.negotiation_id.in_(_wide(actor)),
        entry.reader_id.in_(_own_tracks(actor)),
    )
    whose: dict[SearchAudience, Condition] = {
        SearchAudience.negotiation: entry.negotiation_id.in_(_negotiations(actor)),
        SearchAudience.track: track,
        SearchAudience.party: entry.reader_id.in_(_own_parties(actor)),
        SearchAudience.secretariat: entry.negotiation_id.in_(_secretariat(actor)),
        SearchAudience.mine: and_(
            entry.negotiation_id.in_(_negotiations(actor)),
            entry.reader_id == actor.person_id if actor.person_id else false(),
        ),
    }
    inside = [and_(entry.audience == audience, theirs) for audience, theirs in whose.items()]
    return or_(entry.audience == SearchAudience.public, *inside)


_FILTERS: dict[type[Any], Any] = {
    Negotiation: _negotiation,
    Party: _of_negotiation(Party),
    Issue: _of_negotiation(Issue),
    DocumentRequest: _of_negotiation(DocumentRequest),
    Team: _team,
    Track: _track,
    Membership: _membership,
    Person: _person,
    NegotiationSession: _session,
    AgendaItem: _of_session(col(AgendaItem.session_id)),
    Attendance: _of_session(col(Attendance.session_id)),
    Outcome: _of_session(col(Outcome.session_id)),
    Summary: _summary,
    SummaryRevision: _revision,
    SummaryDecision: _of_revision(col(SummaryDecision.revision_id)),
    SummaryComment: _of_revision(col(SummaryComment.revision_id)),
    Circulation: _circulation,
    Commitment: _of_track(col(Commitment.track_id)),
    Position: _of_track(col(Position.track_id)),
    Note: _note,
    NoteDraft: _note_draft,
    SearchEntry: entries_for,
    KeptNote: _kept_note,
    Caucus: _caucus,
    Feed: _feed,
}
