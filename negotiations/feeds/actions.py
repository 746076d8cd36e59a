"""Making and ending subscriptions. The address is told once; only its hash is kept."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.secrets import fingerprint, new_secret
from negotiations.db import Db, locked
from negotiations.errors import Conflict, Forbidden, Invalid, NotFound
from negotiations.models import Feed, Negotiation
from negotiations.web.cursors import Part, rows_of


async def create(
    db: Db,
    actor: Actor,
    *,
    label: str,
    negotiation: Negotiation | None,
    now: datetime,
    expires_at: datetime | None = None,
    secret: str | None = None,
) -> tuple[Feed, str]:
    """A subscription of the actor's own, with the secret its address is made of."""
    if actor.person is None or not actor.seats:
        raise Forbidden("Only who takes part in talks has a calendar of their own.")
    _demand_writing(actor)
    if expires_at is not None and expires_at <= now:
        raise Invalid.field("expires_at", "This date lies in the past. Choose a later one.")
    secret = secret or new_secret()
    row = Feed(
        created_at=now,
        person_id=actor.person.id,
        negotiation_id=negotiation.id if negotiation else None,
        token_sha256=fingerprint(secret),
        label=label,
        expires_at=expires_at,
    )
    db.add(row)
    await db.flush()
    return row, secret


async def own(
    db: Db, actor: Actor, *, part: Part | None = None
) -> Sequence[tuple[Feed, Negotiation | None]]:
    """The actor's subscriptions that haven't ended, the newest first."""
    query = (
        select(Feed, Negotiation)
        .outerjoin(Negotiation, col(Negotiation.id) == Feed.negotiation_id)
        .where(col(Feed.person_id) == actor.person_id, col(Feed.revoked_at).is_(None))
    )
    return await rows_of(db, query, col(Feed.created_at).desc(), col(Feed.id), part=part)


async def one(
    db: Db, actor: Actor, feed_id: str, *, lock: bool = False
) -> tuple[Feed, Negotiation | None]:
    """One of the actor's own subscriptions; with `lock`, to end it."""
    query = (
        select(Feed, Negotiation)
        .outerjoin(Negotiation, col(Negotiation.id) == Feed.negotiation_id)
        .where(col(Feed.id) == feed_id, col(Feed.person_id) == actor.person_id)
    )
    found = (await db.exec(locked(query, of=Feed) if lock else query)).first()
    if found is None:
        raise NotFound
    if lock:
        _demand_writing(actor)
    return found


def _demand_writing(actor: Actor) -> None:
    if not actor.may_write:
        raise Forbidden("This token only reads. Use one that writes.")


async def revoke(db: Db, feed: Feed, *, now: datetime) -> None:
    """End a subscription: its address answers 410 from the commit on."""
    if feed.revoked_at is not None:
        raise Conflict("This subscription has ended already.")
    feed.revoked_at = now
    db.add(feed)


def address(base_url: str, secret: str) -> str:
    """Where a calendar program fetches this subscription."""
    return f"{base_url}/feeds/{secret}.ics"
