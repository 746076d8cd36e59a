"""Making and changing one's subscriptions. An address is told once; only its hash is kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select, update

from negotiations.access.actor import Actor
from negotiations.access.scope import sides_of
from negotiations.access.secrets import fingerprint, new_secret
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import Conflict, Forbidden, Invalid, NotFound
from negotiations.locks import locked
from negotiations.models import Feed, FormerAddress, Negotiation
from negotiations.web.cursors import Part, rows_of


async def create(
    db: Db,
    actor: Actor,
    *,
    label: str,
    negotiation: Negotiation | None,
    now: datetime,
    expires_at: datetime | None = None,
    shows_links: bool = True,
    secret: str | None = None,
) -> tuple[Feed, str]:
    """A subscription of the actor's own, with the secret its address is made of."""
    if actor.person is None or not actor.seats:
        raise Forbidden("Only who takes part in talks has a calendar of their own.")
    _demand_writing(actor)
    _check_end(expires_at, now)
    secret = secret or new_secret()
    row = Feed(
        created_at=now,
        person_id=actor.person.id,
        negotiation_id=negotiation.id if negotiation else None,
        token_sha256=fingerprint(secret),
        label=label,
        expires_at=expires_at,
        shows_links=shows_links,
        sides=sides_of(actor.seats),
    )
    db.add(row)
    await db.flush()
    return row, secret


def _check_end(expires_at: datetime | None, now: datetime) -> None:
    if expires_at is not None and expires_at <= now:
        raise Invalid.field("expires_at", "This date lies in the past. Choose a later one.")


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
    """A subscription that the actor may see; with `lock`, to change it."""
    query = (
        select(Feed, Negotiation)
        .outerjoin(Negotiation, col(Negotiation.id) == Feed.negotiation_id)
        .where(col(Feed.id) == feed_id, visible(actor, Feed))
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


def demand_own(actor: Actor, feed: Feed) -> None:
    """Forbidden unless it is the actor's: who may end it doesn't change it."""
    if feed.person_id != actor.person_id:
        raise Forbidden("Only its owner changes a subscription. You can end it.")


def _demand_good(actor: Actor, feed: Feed, now: datetime) -> None:
    """That it is the actor's own, and hasn't ended."""
    demand_own(actor, feed)
    if feed.revoked_at is not None or (feed.expires_at is not None and feed.expires_at <= now):
        raise Conflict("This subscription has ended already. Make a new one.")


def set_end(
    db: Db, actor: Actor, feed: Feed, *, expires_at: datetime | None, now: datetime
) -> None:
    """Another end of the actor's own subscription, or none."""
    _demand_good(actor, feed, now)
    _check_end(expires_at, now)
    feed.expires_at = expires_at
    db.add(feed)


def grace(days: int | None, most: int) -> timedelta:
    """How long an old address goes on working: `days`, or `most` if left out."""
    if days is not None and days > most:
        raise Invalid.field("grace_days", f"At most {most}: the setting of this service.")
    return timedelta(days=most if days is None else days)


async def rotate(db: Db, actor: Actor, feed: Feed, *, grace: timedelta, now: datetime) -> str:
    """Give the actor's own subscription a new address, and return its secret.

    The address of now works for `grace` more, and shows what it did; any before it ends at once.
    The new one is made on the seats of now.
    """
    _demand_good(actor, feed, now)
    earlier = update(FormerAddress).where(
        col(FormerAddress.feed_id) == feed.id, col(FormerAddress.until) > now
    )
    await db.exec(earlier.values(until=now))
    until = now + grace
    db.add(
        FormerAddress(
            token_sha256=feed.token_sha256, feed_id=feed.id, sides=feed.sides or {}, until=until
        )
    )
    secret = new_secret()
    feed.token_sha256, feed.sides = fingerprint(secret), sides_of(actor.seats)
    feed.former_until = until
    db.add(feed)
    await db.flush()
    return secret


def address(base_url: str, secret: str) -> str:
    """Where a calendar program fetches this subscription."""
    return f"{base_url}/feeds/{secret}.ics"
