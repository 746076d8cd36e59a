"""PURE: what may a calendar address show? What its owner sees now, at most what it was made for.

With an address go the sides on which its owner sat when it was made, by negotiation. In those talks
it shows that side's calendar and no other's. In talks that they joined later it shows theirs if
they sit on a kind of side (secretariat, agency, jurisdiction) where they sat then; the first such
side that they leave is the only one it shows there from then on.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from negotiations.access.actor import Seat
from negotiations.models import Feed, FormerAddress

Sides = Mapping[str, str]


def side_of(seat: Seat) -> str:
    """`secretariat`, `agency ID` or `jurisdiction ID`, with the party's id."""
    return f"{seat.side} {seat.party_id}" if seat.party_id else seat.side


def sides_of(seats: Sequence[Seat]) -> dict[str, str]:
    """What is kept with an address that is made while these seats are held."""
    return {seat.negotiation_id: side_of(seat) for seat in seats}


def covers(sides: Sides | None, seat: Seat) -> bool:
    """Whether an address made on these sides may show what this seat sees."""
    side, known = side_of(seat), _known(sides)
    kept = known.get(seat.negotiation_id)
    if kept is not None:
        return kept == side
    return seat.side in {one.partition(" ")[0] for one in known.values()}


def _known(sides: object) -> dict[str, str]:
    """What can be read of it: what is of another shape (a broken row) covers nothing."""
    pairs = sides.items() if isinstance(sides, Mapping) else ()
    return {key: side for key, side in pairs if isinstance(side, str)}


def capped(
    feed: Feed, seats: Sequence[Seat], former: FormerAddress | None = None
) -> tuple[Seat, ...]:
    """Of the owner's seats of now those that the subscription's address shows.

    `former`: the one that was asked for, where it is not the subscription's address of now.
    """
    sides = feed.sides if former is None else former.sides
    return tuple(
        seat
        for seat in seats
        if feed.negotiation_id in (None, seat.negotiation_id) and covers(sides, seat)
    )


def left(sides: Sides | None, seat: Seat) -> dict[str, str]:
    """The same sides after their owner has left this seat."""
    kept = _known(sides)
    if covers(kept, seat):
        kept.setdefault(seat.negotiation_id, side_of(seat))
    return kept


def ends(feed: Feed, former: FormerAddress | None = None) -> list[datetime]:
    """When the address ends by itself, if it does: with its subscription, or as a former one."""
    found = [feed.expires_at, former.until if former else None]
    return [end for end in found if end is not None]
