"""Whose calendars follow? When each was fetched last, and who hasn't seen the last move."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, or_, select

from negotiations.access.actor import Actor, seat_of
from negotiations.access.scope import capped
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.models import (
    Feed,
    FeedFetch,
    Membership,
    NegotiationSession,
    Party,
    SessionChange,
    SessionParty,
    Track,
)
from negotiations.models.parties import PartyKind
from negotiations.models.sessions import ChangeKind

# What a calendar that isn't fetched anew shows wrongly.
MOVES = (
    ChangeKind.moved,
    ChangeKind.relocated,
    ChangeKind.postponed,
    ChangeKind.reinstated,
    ChangeKind.cancelled,
)


@dataclass(frozen=True, slots=True)
class Following:
    """How one person's calendars follow: their subscriptions, the newest fetch of any of them.

    `unseen` are the sessions to come that were moved, called off or brought back since, where the
    person sits; all of them while none was fetched. Without a subscription there are none.
    """

    feeds: int = 0
    fetch: FeedFetch | None = None
    unseen: tuple[NegotiationSession, ...] = ()


async def fetches(db: Db, feeds: Sequence[Feed]) -> dict[str, FeedFetch]:
    """The newest fetch of each of these subscriptions, by its id."""
    ids = [feed.id for feed in feeds]
    rows = await db.exec(select(FeedFetch).where(col(FeedFetch.feed_id).in_(ids)))
    return {row.feed_id: row for row in rows}


async def following(
    db: Db,
    actor: Actor,
    negotiation_id: str,
    seats: Sequence[tuple[Membership, Party | None]],
    *,
    now: datetime,
) -> dict[str, Following]:
    """By person, for the holders of these seats; of the sessions only those that `actor` sees."""
    own = await followed(db, negotiation_id, seats, now=now)
    moved = await _moved(db, actor, negotiation_id, now)
    at_table = await _at_table(db, [session for session, _ in moved])
    found: dict[str, Following] = {}
    for seat, party in seats:
        count, newest = own.get(seat.person_id, (0, None))
        unseen = tuple(
            session
            for session, changed_at in moved
            if count
            and (newest is None or newest.fetched_at < changed_at)
            and _sits(party, session, at_table[session.id])
        )
        found[seat.person_id] = Following(count, newest, unseen)
    return found


async def followed(
    db: Db,
    negotiation_id: str,
    seats: Sequence[tuple[Membership, Party | None]],
    *,
    now: datetime,
) -> dict[str, tuple[int, FeedFetch | None]]:
    """By person, for the holders of these seats: how many of their subscriptions show these talks,
    and the newest fetch of any; nobody without one."""
    own = await _feeds(db, negotiation_id, {seat.person_id for seat, _ in seats}, now)
    found: dict[str, tuple[int, FeedFetch | None]] = {}
    for seat, party in seats:
        held = seat_of(seat, party)
        listed = [one for one in own.get(seat.person_id, ()) if capped(one[0], [held])]
        fetched = [fetch for _, fetch in listed if fetch is not None]
        if listed:
            newest = max(fetched, key=lambda one: one.fetched_at, default=None)
            found[seat.person_id] = len(listed), newest
    return found


def _sits(party: Party | None, session: NegotiationSession, seated: frozenset[str]) -> bool:
    """Whether this side has the session in its calendars: the secretariat has every one."""
    if party is None:
        return True
    if session.track_id is not None and party.kind is PartyKind.agency:
        return True
    return party.id in seated


async def _feeds(
    db: Db, negotiation_id: str, person_ids: Iterable[str], now: datetime
) -> Mapping[str, Sequence[tuple[Feed, FeedFetch | None]]]:
    """The subscriptions that haven't ended and show these talks, by their owner."""
    rows = await db.exec(
        select(Feed, FeedFetch)
        .outerjoin(FeedFetch, col(FeedFetch.feed_id) == Feed.id)
        .where(
            col(Feed.person_id).in_(person_ids),
            col(Feed.revoked_at).is_(None),
            or_(col(Feed.expires_at).is_(None), col(Feed.expires_at) > now),
            or_(col(Feed.negotiation_id).is_(None), col(Feed.negotiation_id) == negotiation_id),
        )
    )
    grouped = defaultdict(list)
    for feed, fetch in rows:
        grouped[feed.person_id].append((feed, fetch))
    return grouped


async def _moved(
    db: Db, actor: Actor, negotiation_id: str, now: datetime
) -> list[tuple[NegotiationSession, datetime]]:
    """Each session to come with the time of its last move, the next first."""
    last = (
        select(SessionChange.session_id, func.max(SessionChange.created_at).label("at"))
        .join(NegotiationSession, col(NegotiationSession.id) == SessionChange.session_id)
        .where(
            col(NegotiationSession.negotiation_id) == negotiation_id,
            col(SessionChange.kind).in_(MOVES),
        )
        .group_by(col(SessionChange.session_id))
        .subquery()
    )
    rows = await db.exec(
        select(NegotiationSession, last.c.at)
        .join(last, last.c.session_id == NegotiationSession.id)
        .where(
            col(NegotiationSession.negotiation_id) == negotiation_id,
            col(NegotiationSession.ends_at) > now,
            visible(actor, NegotiationSession),
        )
        .order_by(col(NegotiationSession.starts_at), col(NegotiationSession.id))
    )
    return list(rows.all())


async def _at_table(db: Db, sessions: Sequence[NegotiationSession]) -> Mapping[str, frozenset[str]]:
    """The jurisdiction of each session's track, or who takes part in the plenary."""
    tracks = await db.exec(
        select(Track.id, Track.party_id).where(
            col(Track.id).in_([one.track_id for one in sessions if one.track_id])
        )
    )
    parties = dict(tracks.all())
    named = await db.exec(
        select(SessionParty.session_id, SessionParty.party_id).where(
            col(SessionParty.session_id).in_([one.id for one in sessions])
        )
    )
    seated: dict[str, set[str]] = defaultdict(set)
    for session_id, party_id in named:
        seated[session_id].add(party_id)
    return {
        one.id: frozenset(seated[one.id] | {parties.get(one.track_id or "", "")})
        for one in sessions
    }
