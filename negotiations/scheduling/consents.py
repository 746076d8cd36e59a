"""Who says yes for whom: a head for their own side, the coordinator for what they heard."""

from collections.abc import Sequence

from negotiations.access.actor import Actor
from negotiations.errors import Invalid
from negotiations.models import Party
from negotiations.scheduling.acceptance import Consent
from negotiations.scheduling.bodies import RecordedConsent
from negotiations.scheduling.seating import Setting


def side_of(actor: Actor, where: Setting, slug: str | None) -> Party:
    """The party an act counts for: a head's own, or the one the coordinator names."""
    seat = actor.seat_in(where.negotiation.id)
    own = seat.party_id if seat else None
    sides = where.by_slug
    if own is not None:
        if slug is not None and (slug not in sides or sides[slug].id != own):
            raise Invalid.field("party", "You speak for your own side only. Leave it out.")
        return where.party(own)
    if slug not in sides:
        raise Invalid.field("party", f"Say which side it is: {' or '.join(sides)}.")
    return sides[slug]


def witness(actor: Actor, where: Setting, by: str | None, how: str | None) -> tuple[str, str]:
    """By whom and how: a head by their own act; the coordinator says."""
    seat = actor.seat_in(where.negotiation.id)
    if seat is not None and seat.party_id is not None:
        return (actor.person.name if actor.person else ""), "signed in"
    if not how:
        raise Invalid.field("how", "Say how they accepted, as “by telephone on 3 Nov”.")
    return by or "not named", how


def recorded(where: Setting, given: Sequence[RecordedConsent]) -> list[Consent]:
    """What the coordinator recorded, each with how it was given."""
    if given and where.is_caucus:
        raise Invalid.field("consents", "A caucus session needs nobody's consent. Leave this out.")
    sides, consents = where.by_slug, []
    for place, one in enumerate(given):
        if one.party not in sides:
            raise Invalid.field(f"consents/{place}/party", f"Name {' or '.join(sides)}.")
        if not one.how:
            raise Invalid.field(f"consents/{place}/how", "Say how the consent was given.")
        consents.append(Consent(sides[one.party].id, one.by or "not named", one.how))
    return consents


def given_with(
    actor: Actor, where: Setting, given: Sequence[RecordedConsent], how: str = "by moving it"
) -> list[Consent]:
    """The consents behind new terms: who sets them accepts for their own side, and no other.

    A caucus session needs none.
    """
    seat = actor.seat_in(where.negotiation.id)
    if seat is None or seat.party_id is None or where.is_caucus:
        return recorded(where, given)
    if given:
        raise Invalid.field("consents", "The other side accepts for itself. Leave this out.")
    name = actor.person.name if actor.person else ""
    return [Consent(seat.party_id, name, how)]
