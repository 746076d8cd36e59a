"""The same decisions as `policy`, as filters: every read asks `visible(actor, Table)`.

What one may not see is not found, by the same SQL as for an unknown id.
"""

from typing import Any

from sqlalchemy import and_, false, or_
from sqlmodel import col, select

from negotiations.access import notes_filter, summaries_filter
from negotiations.access.actor import Actor, Seat
from negotiations.access.prepared import prepared
from negotiations.access.reach import (
    Condition,
    negotiations,
    own_parties,
    own_tracks,
    secretariat,
    session_filter,
    wide,
)
from negotiations.models import (
    AgendaItem,
    Attendance,
    Availability,
    BusyBlock,
    BusyCalendar,
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
    Plan,
    Poll,
    Position,
    SearchEntry,
    Summary,
    SummaryComment,
    SummaryDecision,
    SummaryRevision,
    Team,
    Track,
    WebhookEndpoint,
)
from negotiations.models.parties import HEADS, Role
from negotiations.models.search import SearchAudience
from negotiations.wall import Walled


# A page asks the same of many tables, and its reader asks for the next page.
@prepared
def visible(actor: Actor, table: type[Any]) -> Condition:
    """The condition under which a row of `table` exists for `actor`."""
    return Walled(_FILTERS[table](actor), str(table.__tablename__))


def _negotiation(actor: Actor) -> Condition:
    mine = col(Negotiation.id).in_(negotiations(actor))
    return or_(mine, col(Negotiation.id).is_not(None)) if actor.is_administrator else mine


def _of_negotiation(table: type[Party] | type[Issue] | type[DocumentRequest]) -> Any:
    return lambda actor: col(table.negotiation_id).in_(negotiations(actor))


def _track(actor: Actor) -> Condition:
    return or_(col(Track.negotiation_id).in_(wide(actor)), col(Track.id).in_(own_tracks(actor)))


def _of_session(column: Any) -> Any:
    return lambda actor: column.in_(select(NegotiationSession.id).where(session_filter(actor)))


def _of_track(column: Any) -> Any:
    return lambda actor: column.in_(select(Track.id).where(_track(actor)))


def _caucus(actor: Actor) -> Condition:
    """For members of the parties that are asked into it."""
    asked = col(CaucusParty.party_id).in_(own_parties(actor))
    return col(Caucus.id).in_(select(CaucusParty.caucus_id).where(asked))


def _team(actor: Actor) -> Condition:
    """Read like the session: own team and whom one meets."""
    everyone = select(Party.id).where(col(Party.negotiation_id).in_(wide(actor)))
    agencies = select(Party.id).where(
        col(Party.negotiation_id).in_(negotiations(actor)), col(Party.kind) == "agency"
    )
    return or_(
        col(Team.party_id).in_(everyone),
        col(Team.party_id).in_(agencies),
        col(Team.party_id).in_(own_parties(actor)),
    )


def _membership(actor: Actor) -> Condition:
    seen = or_(
        col(Membership.negotiation_id).in_(secretariat(actor)),
        col(Membership.party_id).in_(own_parties(actor)),
        col(Membership.person_id) == actor.person_id if actor.person_id else false(),
    )
    appointed = col(Membership.role) == Role.coordinator
    return or_(seen, appointed) if actor.is_administrator else seen


def _person(actor: Actor) -> Condition:
    """Own side, oneself, and the names in sessions one may see."""
    sessions = select(NegotiationSession.id).where(session_filter(actor))
    attending = select(Attendance.person_id).where(col(Attendance.session_id).in_(sessions))
    chairs = select(NegotiationSession.chair_id).where(
        session_filter(actor), col(NegotiationSession.chair_id).is_not(None)
    )
    takers = select(NegotiationSession.note_taker_id).where(
        session_filter(actor), col(NegotiationSession.note_taker_id).is_not(None)
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


def _webhook(actor: Actor) -> Condition:
    """Those of the side for which one speaks, or of the secretariat for its coordinators."""
    owners = [
        seat.party_id or seat.negotiation_id
        for seat in actor.seats
        if seat.role in HEADS or seat.role is Role.coordinator
    ]
    return col(WebhookEndpoint.owner_id).in_(owners)


def _availability(actor: Actor) -> Condition:
    """One's own and one's party's; of every party for its coordinators, who keep them too."""
    coordinated = [seat.negotiation_id for seat in actor.seats if seat.role is Role.coordinator]
    parties = select(Party.id).where(col(Party.negotiation_id).in_(coordinated))
    return or_(
        _own(Availability)(actor),
        col(Availability.party_id).in_(own_parties(actor)),
        col(Availability.party_id).in_(parties),
    )


def _plan(actor: Actor) -> Condition:
    """A draft is the coordinators' alone; what comes of it are sessions like any other."""
    coordinated = [seat.negotiation_id for seat in actor.seats if seat.role is Role.coordinator]
    return col(Plan.negotiation_id).in_(coordinated)


def _own(table: type[Availability] | type[BusyBlock] | type[BusyCalendar]) -> Any:
    return lambda actor: col(table.person_id) == actor.person_id if actor.person_id else false()


def entries_for(actor: Actor, entry: Any = SearchEntry) -> Condition:
    """What of the search indexes is the actor's to find; `entry` may be an alias of the table.

    The same as the filters of the objects themselves say: see search.entries.
    """
    return Walled(_entries(actor, entry), "search_entry")


def _entries(actor: Actor, entry: Any = SearchEntry) -> Condition:
    track = or_(
        entry.negotiation_id.in_(wide(actor)),
        entry.reader_id.in_(own_tracks(actor)),
    )
    whose: dict[SearchAudience, Condition] = {
        SearchAudience.negotiation: entry.negotiation_id.in_(negotiations(actor)),
        SearchAudience.track: track,
        SearchAudience.party: entry.reader_id.in_(own_parties(actor)),
        SearchAudience.secretariat: entry.negotiation_id.in_(secretariat(actor)),
        SearchAudience.mine: and_(
            entry.negotiation_id.in_(negotiations(actor)),
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
    NegotiationSession: session_filter,
    AgendaItem: _of_session(col(AgendaItem.session_id)),
    Attendance: _of_session(col(Attendance.session_id)),
    Outcome: _of_session(col(Outcome.session_id)),
    Summary: summaries_filter.summary,
    SummaryRevision: summaries_filter.revision,
    SummaryDecision: summaries_filter.of_revision(col(SummaryDecision.revision_id)),
    SummaryComment: summaries_filter.of_revision(col(SummaryComment.revision_id)),
    Circulation: summaries_filter.circulation,
    Commitment: _of_track(col(Commitment.track_id)),
    Poll: _of_session(col(Poll.session_id)),
    Position: _of_track(col(Position.track_id)),
    Note: notes_filter.note,
    NoteDraft: summaries_filter.note_draft,
    SearchEntry: _entries,
    KeptNote: notes_filter.kept_note,
    Caucus: _caucus,
    Feed: _feed,
    WebhookEndpoint: _webhook,
    Plan: _plan,
    Availability: _availability,
    BusyBlock: _own(BusyBlock),
    BusyCalendar: _own(BusyCalendar),
}
