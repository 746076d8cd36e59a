"""How a caucus looks in JSON, for one actor."""

from negotiations.access.actor import Actor
from negotiations.caucuses.queries import Circle
from negotiations.web.answers import Id, TypedDict


class CaucusView(TypedDict):
    """A space of some parties; `member` tells whether one's own belongs to it or is only asked."""

    id: Id
    name: str
    founded_by: str
    asked: list[str]
    joined: list[str]
    declined: list[str]
    member: bool


def caucus_view(circle: Circle, actor: Actor) -> CaucusView:
    """Who is only asked sees the invitation: who else answered is the members' to know."""
    member = circle.has_joined(actor)
    seat = actor.seat_in(circle.caucus.negotiation_id)
    seen = {circle.caucus.founded_by_id, seat.party_id if seat else None}
    return {
        "id": circle.caucus.id,
        "name": circle.caucus.name,
        "founded_by": circle.founder.slug,
        "asked": [party.slug for party in circle.asked],
        "joined": [party.slug for party in circle.joined if member or party.id in seen],
        "declined": [party.slug for party in circle.declined if member or party.id in seen],
        "member": member,
    }
