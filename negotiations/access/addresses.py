"""Which subscription does a calendar's address belong to, and what may it show?"""

from dataclasses import replace

from sqlmodel import col, select

from negotiations.access.actor import Actor, load_actor
from negotiations.access.scope import capped
from negotiations.access.secrets import fingerprint
from negotiations.db import Db
from negotiations.models import Feed, FormerAddress, Person

Found = tuple[Feed, Person, FormerAddress | None]


async def subscription_at(db: Db, token: str) -> Found | None:
    """The subscription, its owner, and the address itself if it is a former one.

    None for an address that never was. By one statement for the address of now.
    """
    sha256 = fingerprint(token)
    owned = select(Feed, Person).join(Person, col(Person.id) == Feed.person_id)
    found = (await db.exec(owned.where(col(Feed.token_sha256) == sha256))).first()
    if found is not None:
        return found[0], found[1], None
    return (
        await db.exec(
            select(Feed, Person, FormerAddress)
            .join(Person, col(Person.id) == Feed.person_id)
            .join(FormerAddress, col(FormerAddress.feed_id) == Feed.id)
            .where(col(FormerAddress.token_sha256) == sha256)
        )
    ).first()


async def actor_of_feed(db: Db, found: Found) -> Actor:
    """The owner with those of their seats of now that this address shows; only reads."""
    feed, person, former = found
    owner = await load_actor(db, person, via="feed", may_write=False)
    return replace(owner, seats=capped(feed, owner.seats, former))
