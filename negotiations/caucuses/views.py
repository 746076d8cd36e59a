"""How a caucus looks in JSON, for one actor."""

from typing import Any

from negotiations.access.actor import Actor
from negotiations.caucuses.queries import Circle


def caucus_view(circle: Circle, actor: Actor) -> dict[str, Any]:
    """Who is only asked sees the invitation: of those who joined, the founder alone."""
    member = circle.has_joined(actor)
    return {
        "id": circle.caucus.id,
        "name": circle.caucus.name,
        "founded_by": circle.founder.slug,
        "asked": [party.slug for party in circle.asked],
        "joined": [
            party.slug
            for party in circle.joined
            if member or party.id == circle.caucus.founded_by_id
        ],
        "member": member,
    }
