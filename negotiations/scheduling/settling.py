"""Booking many sessions at the end of a transaction, when each stands where it ended."""

from sqlalchemy import inspect
from sqlmodel import col, delete

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import BookingClash
from negotiations.models import Booking
from negotiations.scheduling.bookings import rebook, to_book
from negotiations.scheduling.rules import BOOKING


def book_at_the_end(db: Db) -> None:
    """From now on in this transaction, book nothing before `book_all`.

    What is told of the past step by step would clash on its way with what was never there at the
    same time; only how it ended has to fit together.
    """
    db.info["to_book"] = {}


async def book_all(db: Db, actor: Actor) -> list[tuple[str, BookingClash]]:
    """Book what has waited; returns the ids of the sessions that clash, each with its clash."""
    # Those made in a savepoint that was rolled back were never there.
    waiting = [one for one in (to_book(db) or {}).values() if inspect(one).persistent]
    db.info.pop("to_book", None)
    await rebook(db, actor, [one for one in waiting if one.status not in BOOKING])
    booking = [one for one in waiting if one.status in BOOKING]
    try:
        async with db.begin_nested():
            await rebook(db, actor, booking)
        return []
    except BookingClash:
        pass
    await db.exec(delete(Booking).where(col(Booking.session_id).in_([one.id for one in booking])))
    clashes = []
    for session in sorted(booking, key=lambda one: (one.starts_at, one.id)):
        try:
            async with db.begin_nested():
                await rebook(db, actor, [session])
        except BookingClash as error:
            clashes.append((session.id, error))
    return clashes
