"""Who may end which subscription: its owner, and who answers for the talks or the side it shows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, func, or_, select

from negotiations import audit
from negotiations.access.actor import Actor, still_seated
from negotiations.access.policy import can
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import Conflict, NotFound
from negotiations.models import Feed, FeedFetch, Membership, Negotiation, Party, Person
from negotiations.models.feeds import EndedBy
from negotiations.web.cursors import Part, rows_of

Theirs = tuple[Feed, Person, Party | None, FeedFetch | None]


async def ended_by_others(db: Db, actor: Actor, *, since: datetime) -> Sequence[Feed]:
    """Those of the actor's subscriptions that somebody else has ended since, the newest first."""
    rows = await db.exec(
        select(Feed)
        .where(
            col(Feed.person_id) == actor.person_id,
            col(Feed.revoked_at) >= since,
            col(Feed.ended_by).in_([one for one in EndedBy if one is not EndedBy.owner]),
        )
        .order_by(col(Feed.revoked_at).desc(), col(Feed.id))
    )
    return rows.all()


async def theirs(
    db: Db, actor: Actor, negotiation: Negotiation, *, now: datetime, part: Part | None = None
) -> Sequence[Theirs]:
    """The subscriptions of these talks' people that can show them and that the actor may end.

    The secretariat's people first, then by party and name; NotFound for who ends only their own.
    """
    seat = actor.seat_in(negotiation.id)
    if seat is None or not can(actor, "feeds.read", negotiation):
        raise NotFound
    here = replace(actor, seats=(seat,))  # another seat of theirs tells nothing of these talks
    query = (
        select(Feed, Person, Party, FeedFetch)
        .join(Person, col(Person.id) == Feed.person_id)
        .join(Membership, col(Membership.person_id) == Person.id)
        .outerjoin(Party, col(Party.id) == Membership.party_id)
        .outerjoin(FeedFetch, col(FeedFetch.feed_id) == Feed.id)
        .where(
            col(Membership.negotiation_id) == negotiation.id,
            col(Membership.ended_at).is_(None),
            col(Feed.revoked_at).is_(None),
            or_(col(Feed.expires_at).is_(None), col(Feed.expires_at) > now),
            or_(col(Feed.negotiation_id).is_(None), col(Feed.negotiation_id) == negotiation.id),
            visible(here, Feed),
            visible(here, Membership),
        )
    )
    party = func.coalesce(col(Party.name), "")
    order = (col(Membership.party_id).is_not(None), party, col(Person.name))
    return await rows_of(db, query, *order, col(Feed.created_at), col(Feed.id), part=part)


async def revoke(db: Db, actor: Actor, feed: Feed, *, now: datetime) -> None:
    """End a subscription: its addresses answer 410 from the commit on.

    Who ends somebody else's does so for the talks in which they may; it shows nothing of others
    any more either, since whoever has the address could read both.
    """
    by = EndedBy.owner
    if feed.person_id != actor.person_id:
        by = await _end_of_others(db, actor, feed, now)
    if feed.revoked_at is not None:
        raise Conflict("This subscription has ended already.")
    feed.revoked_at, feed.ended_by = now, by
    db.add(feed)


async def _end_of_others(db: Db, actor: Actor, feed: Feed, now: datetime) -> EndedBy:
    """Check the right in each of the talks that it can show, and enter the act there."""
    shown = await db.exec(
        select(Negotiation, Membership)
        .join(Membership, col(Membership.negotiation_id) == Negotiation.id)
        .where(
            col(Membership.person_id) == feed.person_id,
            col(Membership.ended_at).is_(None),
            col(Negotiation.id).in_([seat.negotiation_id for seat in actor.seats]),
        )
        .order_by(col(Negotiation.id))
    )
    by: EndedBy | None = None
    for negotiation, membership in shown:
        seat = actor.seat_in(negotiation.id)
        own_side = seat is not None and seat.party_id in (None, membership.party_id)
        if feed.negotiation_id not in (None, negotiation.id) or not own_side:
            continue
        if not can(actor, "feeds.revoke", negotiation):
            continue
        await still_seated(db, actor, negotiation.id)
        secretariat = seat is not None and seat.party_id is None
        by = EndedBy.secretariat if secretariat else by or EndedBy.party
        audit.record(
            db,
            at=now,
            actor=actor.signature,
            action="feed.revoke",
            object_type="feed",
            object_id=feed.id,
            content={"owner": feed.person_id, "label": feed.label},
            negotiation_id=negotiation.id,
        )
    if by is None:
        raise NotFound
    return by
